//! Health, readiness and metrics.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;

use crate::context::Context;
use crate::controller::Shutdown;
use crate::dereference::now;
use crate::health::Ailment;

/// Serves `/healthz`, `/readyz` and `/metrics` until the shutdown.
///
/// # Errors
///
/// The address cannot be listened on.
pub async fn serve(
    address: SocketAddr,
    context: Arc<Context>,
    shutdown: Shutdown,
) -> io::Result<()> {
    let (is_live, is_ready) = (Arc::clone(&context), Arc::clone(&context));
    let router = Router::new()
        .route(
            "/healthz",
            get(async move || told(is_live.hands.health.live())),
        )
        .route("/readyz", get(async move || told(ready(&is_ready))))
        .route("/metrics", get(async move || metrics(&context)));
    let listener = tokio::net::TcpListener::bind(address).await?;
    tracing::info!(%address, "serving health and metrics");
    axum::serve(listener, router)
        .with_graceful_shutdown(shutdown)
        .await
}

/// Whether the operator may be relied on, its webhook included, if there is one.
///
/// # Errors
///
/// What keeps it from that.
pub fn ready(context: &Context) -> Result<(), Ailment> {
    context.hands.health.ready()?;
    if context.known.settings.serving.webhook_listen.is_none() {
        return Ok(());
    }
    match context.hands.metrics.certificate_end() {
        None => Err(Ailment::NoCertificate),
        Some(end) if end <= now().0 => Err(Ailment::Expired),
        Some(_) => Ok(()),
    }
}

fn told(outcome: Result<(), Ailment>) -> impl IntoResponse {
    match outcome {
        Ok(()) => (StatusCode::OK, "ok".to_owned()),
        Err(ailment) => (StatusCode::SERVICE_UNAVAILABLE, ailment.to_string()),
    }
}

fn metrics(context: &Context) -> impl IntoResponse + use<> {
    let format = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    match context.hands.metrics.encode() {
        Ok(text) => ([(header::CONTENT_TYPE, format)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
