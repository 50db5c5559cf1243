//! A validating webhook: the verdict of the published CRD, where the one of the cluster may be
//! older, and advice.
//!
//! <https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/>

mod certificates;
mod policy;
mod review;

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum_server::tls_rustls::RustlsConfig;
use feast_api::v1::FeatureStore;
use feast_render::ObjectRef;
use serde_json::Value;

pub use policy::{Policy, UnknownLint};
pub use review::review;

use crate::context::Context;
use crate::controller::Shutdown;

/// Where reviews are answered.
pub const PATH: &str = "/validate";

/// Most bytes of a review: two objects as large as etcd takes them, and then some.
const LARGEST: usize = 8 << 20;
/// How long a request may take to come in and be answered. API servers wait for ten seconds.
const SLOWEST: Duration = Duration::from_secs(10);
/// How long requests that are under way may go on at the end.
const LAST: Duration = Duration::from_secs(5);

/// Serves the webhook until the shutdown, with the certificate `tls.crt` and the key `tls.key` of a
/// folder. A certificate that is replaced there is taken up.
///
/// # Errors
///
/// No certificate can be read, or the address not be listened on.
pub async fn serve(
    address: SocketAddr,
    certificates: &Path,
    context: Arc<Context>,
    policy: Policy,
    shutdown: Shutdown,
) -> io::Result<()> {
    let router = Router::new()
        .route(PATH, post(answer))
        .layer(DefaultBodyLimit::max(LARGEST))
        .layer(from_fn(in_time))
        .with_state(Arc::new((context, policy)));
    let config: RustlsConfig = certificates::load(certificates).await?;
    tokio::spawn(certificates::follow(
        certificates.to_owned(),
        config.clone(),
    ));
    let handle = axum_server::Handle::new();
    let server = axum_server::bind_rustls(address, config)
        .handle(handle.clone())
        .first_request_timeout(SLOWEST);
    tracing::info!(%address, "serving the webhook");
    tokio::spawn(async move {
        shutdown.await;
        handle.graceful_shutdown(Some(LAST));
    });
    server.serve(router.into_make_service()).await
}

async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(SLOWEST, next.run(request)).await {
        Ok(response) => response,
        Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
    }
}

async fn answer(State(state): State<Arc<(Arc<Context>, Policy)>>, body: Bytes) -> Response {
    let (context, policy) = &*state;
    let stored = |namespace: &str, name: &str| -> Option<Value> {
        let key = ObjectRef::new::<FeatureStore>(Some(namespace), name);
        context.objects.get(&key)?.value(&key).ok()
    };
    match review(&body, policy, context.inputs(), stored) {
        Ok(answer) => {
            context
                .metrics
                .review(answer["response"]["allowed"] == true);
            let json = [(header::CONTENT_TYPE, "application/json")];
            (json, answer.to_string()).into_response()
        }
        Err(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    }
}
