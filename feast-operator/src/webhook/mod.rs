//! A validating webhook: the verdict of the published CRD, which may be newer than the cluster's,
//! and lints.
//!
//! <https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/>

mod certificates;
mod issue;
mod issuing;
mod limits;
mod policy;
mod review;
mod worse;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use feast_api::v1::FeatureStore;
use feast_render::ObjectRef;
use feast_validate::{Answer, ReviewError};
use serde_json::Value;

pub use certificates::Certificates;
pub use issuing::Issuing;
pub use limits::Limits;
pub use policy::{Policy, UnknownLint};
pub use review::review;

use crate::MANAGER;
use crate::context::Context;
use crate::controller::Shutdown;
use crate::dereference::now;
use crate::error::Error;
use crate::segment::segment;

/// Path for reviews.
pub const PATH: &str = "/validate";

/// How long running requests may take on shutdown.
const LAST: Duration = Duration::from_secs(5);

/// The host names by which API servers call the webhook in the operator's namespace.
pub fn hosts(namespace: &str) -> Vec<String> {
    let host = format!("{MANAGER}.{namespace}.svc");
    vec![format!("{host}.cluster.local"), host]
}

/// Serves the webhook until the shutdown, and reloads the certificate when it changes.
///
/// # Errors
///
/// The certificate cannot be read, or the address cannot be bound.
pub async fn serve(
    address: SocketAddr,
    certificates: Certificates,
    context: Arc<Context>,
    policy: Policy,
    limits: Limits,
    shutdown: Shutdown,
) -> io::Result<()> {
    context.hands.health.with_webhook();
    let router = Router::new()
        .route(PATH, post(answer))
        .with_state(Arc::new((Arc::clone(&context), policy)));
    let router = limits.around(router);
    let config = tokio::select! {
        config = certificates.load(&context.hands) => config?,
        () = shutdown.clone() => return Ok(()),
    };
    let following = config.clone();
    tokio::spawn(async move {
        let every = limits.certificate;
        certificates.follow(every, following, &context.hands).await;
    });
    let handle = axum_server::Handle::new();
    let server = axum_server::bind_rustls(address, config)
        .handle(handle.clone())
        .first_request_timeout(limits.request);
    tracing::info!(%address, "serving the webhook");
    tokio::spawn(async move {
        shutdown.await;
        handle.graceful_shutdown(Some(LAST));
    });
    server.serve(router.into_make_service()).await
}

async fn answer(State(state): State<Arc<(Arc<Context>, Policy)>>, body: Bytes) -> Response {
    let (context, policy) = &*state;
    match judge(&body, policy, context).await {
        Ok(answer) => {
            context.hands.meter.review(answer.is_allowed());
            let json = [(header::CONTENT_TYPE, "application/json")];
            match serde_json::to_string(&answer) {
                Ok(body) => (json, body).into_response(),
                Err(error) => {
                    (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response()
                }
            }
        }
        Err(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    }
}

/// Answers a review, with the stored FeatureStore if the review lacks it. A FeatureStore of another
/// operator is read from the API server.
async fn judge(body: &[u8], policy: &Policy, context: &Context) -> Result<Answer, ReviewError> {
    let Context { known, .. } = context;
    let mut unknown = None;
    let stored = |namespace: &str, name: &str| {
        let key = ObjectRef::new::<FeatureStore>(Some(namespace), name);
        let Some(object) = known.objects.get(&key) else {
            unknown = Some(key);
            return None;
        };
        object.value(&key).ok()
    };
    let answer = review(body, policy, known.operator(), &now(), stored)?;
    let Some(key) = unknown.filter(|_| known.configuration.is_sharded()) else {
        return Ok(answer);
    };
    match of_another(context, &key).await {
        Ok(found) => review(body, policy, known.operator(), &now(), |_, _| found),
        Err(error) => {
            tracing::warn!(%error, "reviewing without the stored FeatureStore");
            Ok(answer)
        }
    }
}

/// A FeatureStore of another operator, if it exists.
async fn of_another(context: &Context, key: &ObjectRef) -> Result<Option<Value>, Error> {
    let api = context.hands.api_of(key)?;
    let found = api.get_opt(&segment(&key.name)).await;
    let found = found.map_err(Error::request(key))?;
    Ok(found.map(|found| found.object.value(key)).transpose()?)
}
