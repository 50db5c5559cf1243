//! Limits of the webhook.

use std::sync::Arc;
use std::time::Duration;

use axum::body::HttpBody;
use axum::error_handling::HandleErrorLayer;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::{BoxError, Router};
use tokio::sync::Semaphore;
use tower::ServiceBuilder;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower::timeout::error::Elapsed;

/// Limits of the webhook.
///
/// Exhaustive, so that it can be written as a literal with `..Limits::default()`.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Maximum size of a review in bytes.
    pub body: usize,
    /// Maximum total size of the reviews being read; others wait.
    pub bodies: usize,
    /// Maximum number of concurrent requests; others get status 503 at once.
    pub requests: usize,
    /// Timeout for receiving and answering a request.
    pub request: Duration,
    /// How often to check for a new certificate.
    pub certificate: Duration,
}

/// A review can contain two objects of etcd's maximum size, and API servers wait this long. Most
/// reviews have a few kilobytes, so all of them can be read at once. Certificates are renewed days
/// ahead.
impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 8 << 20,
            bodies: 32 << 20,
            requests: 2048,
            request: Duration::from_secs(10),
            certificate: Duration::from_secs(10),
        }
    }
}

impl Limits {
    /// The router with these limits.
    pub(super) fn around(self, router: Router) -> Router {
        let room = Arc::new(Semaphore::new(self.bodies));
        let read = from_fn(move |request, next| with_room(Arc::clone(&room), self, request, next));
        let outer = ServiceBuilder::new()
            .layer(HandleErrorLayer::new(refusal))
            .load_shed()
            .layer(GlobalConcurrencyLimitLayer::new(self.requests))
            .timeout(self.request);
        router
            .layer(DefaultBodyLimit::max(self.body))
            .layer(read)
            .layer(outer)
    }
}

/// Answers a request once there is room for its body: for its declared size, or else for the
/// maximum.
async fn with_room(room: Arc<Semaphore>, limits: Limits, request: Request, next: Next) -> Response {
    let most = limits.body.min(limits.bodies);
    let told = request.body().size_hint().upper();
    let bytes = told.and_then(|told| usize::try_from(told).ok());
    let bytes = bytes.unwrap_or(most).min(most);
    let permits = u32::try_from(bytes).unwrap_or(u32::MAX);
    match room.acquire_many(permits).await {
        Ok(_room) => next.run(request).await,
        // The semaphore is never closed.
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// The response to a request that exceeds the limits.
async fn refusal(error: BoxError) -> StatusCode {
    if error.is::<Elapsed>() {
        StatusCode::REQUEST_TIMEOUT
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::future::pending;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::body::{Body, Bytes};
    use axum::routing::post;
    use futures::future::{join_all, poll_immediate};
    use futures::stream;
    use tower::ServiceExt;

    use super::*;

    const SMALL: Limits = Limits {
        body: 100,
        bodies: 250,
        requests: 5,
        request: Duration::from_secs(10),
        certificate: Duration::from_secs(10),
    };

    fn router() -> Router {
        let length = |body: Bytes| async move { body.len().to_string() };
        SMALL.around(Router::new().route("/", post(length)))
    }

    fn request(body: Body) -> Request {
        Request::post("/").body(body).unwrap()
    }

    /// A body that never ends, and counts how often reading starts.
    fn endless(begun: &Arc<AtomicUsize>) -> Body {
        let begun = Arc::clone(begun);
        Body::from_stream(stream::once(async move {
            begun.fetch_add(1, Ordering::Relaxed);
            pending::<Result<Bytes, Infallible>>().await
        }))
    }

    #[tokio::test]
    async fn bodies_are_read_while_there_is_room() {
        let (router, begun) = (router(), Arc::default());
        let mut slow: Vec<_> = (0..4)
            .map(|_| Box::pin(router.clone().oneshot(request(endless(&begun)))))
            .collect();
        for slow in &mut slow {
            assert!(poll_immediate(slow).await.is_none());
        }
        assert_eq!(begun.load(Ordering::Relaxed), 2, "of 100 bytes each");
        let small = router.clone().oneshot(request(Body::from(vec![b' '; 60])));
        let mut small = Box::pin(small);
        assert!(poll_immediate(&mut small).await.is_none());
        // A cancelled request frees its room.
        slow.clear();
        assert_eq!(small.await.unwrap().status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn too_many_requests_are_rejected_at_once() {
        let (router, begun) = (router(), Arc::default());
        let mut slow: Vec<_> = (0..SMALL.requests)
            .map(|_| Box::pin(router.clone().oneshot(request(endless(&begun)))))
            .collect();
        for slow in &mut slow {
            assert!(poll_immediate(slow).await.is_none());
        }
        let one_more = || router.clone().oneshot(request(Body::empty()));
        let answer = one_more().await.unwrap();
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        slow.clear();
        assert_eq!(one_more().await.unwrap().status(), StatusCode::OK);
    }

    #[tokio::test(start_paused = true)]
    async fn slow_requests_time_out() {
        let (router, begun) = (router(), Arc::default());
        let slow = (0..SMALL.requests).map(|_| router.clone().oneshot(request(endless(&begun))));
        for answer in join_all(slow).await {
            assert_eq!(answer.unwrap().status(), StatusCode::REQUEST_TIMEOUT);
        }
        let answer = router.oneshot(request(Body::from("12"))).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn large_bodies_are_rejected() {
        for body in [
            Body::from(vec![b' '; 101]),
            Body::from_stream(stream::iter([Ok::<_, Infallible>(Bytes::from(vec![
                b' ';
                101
            ]))])),
        ] {
            let answer = router().oneshot(request(body)).await.unwrap();
            assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
        }
    }
}
