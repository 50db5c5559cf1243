//! Health, readiness and metrics.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;

use crate::context::Context;
use crate::controller::Shutdown;

/// Serves `/healthz`, `/readyz` and `/metrics` until the shutdown.
///
/// # Errors
///
/// The address cannot be listened on.
pub async fn serve(
    address: SocketAddr,
    context: Arc<Context>,
    ready: Arc<AtomicBool>,
    shutdown: Shutdown,
) -> io::Result<()> {
    let is_ready = move || async move {
        if ready.load(Ordering::Relaxed) {
            (StatusCode::OK, "ok")
        } else {
            (StatusCode::SERVICE_UNAVAILABLE, "reading what exists")
        }
    };
    let router = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(is_ready))
        .route("/metrics", get(move || async move { metrics(&context) }));
    let listener = tokio::net::TcpListener::bind(address).await?;
    tracing::info!(%address, "serving health and metrics");
    axum::serve(listener, router)
        .with_graceful_shutdown(shutdown)
        .await
}

fn metrics(context: &Context) -> impl IntoResponse + use<> {
    let format = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    match context.metrics.encode() {
        Ok(text) => ([(header::CONTENT_TYPE, format)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
