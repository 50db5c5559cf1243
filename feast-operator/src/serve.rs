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
use crate::metrics::Metrics;

/// Serves `/healthz`, `/readyz` and `/metrics` until the shutdown.
///
/// # Errors
///
/// The address cannot be listened on.
pub async fn serve(
    address: SocketAddr,
    context: Arc<Context>,
    metrics: Arc<Metrics>,
    shutdown: Shutdown,
) -> io::Result<()> {
    let (is_live, is_ready) = (Arc::clone(&context), context);
    let live = move || is_live.hands.health.live();
    let ready = move || is_ready.hands.health.ready(now().0);
    let router = Router::new()
        .route("/healthz", get(async move || told(live())))
        .route("/readyz", get(async move || told(ready())))
        .route("/metrics", get(async move || text(&metrics)));
    let listener = tokio::net::TcpListener::bind(address).await?;
    tracing::info!(%address, "serving health and metrics");
    axum::serve(listener, router)
        .with_graceful_shutdown(shutdown)
        .await
}

fn told(outcome: Result<(), Ailment>) -> impl IntoResponse {
    match outcome {
        Ok(()) => (StatusCode::OK, "ok".to_owned()),
        Err(ailment) => (StatusCode::SERVICE_UNAVAILABLE, ailment.to_string()),
    }
}

fn text(metrics: &Metrics) -> impl IntoResponse + use<> {
    let format = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    match metrics.encode() {
        Ok(text) => ([(header::CONTENT_TYPE, format)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
