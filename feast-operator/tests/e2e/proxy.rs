//! A proxy for the API server that counts requests, and can make some fail.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use futures::stream::{self, StreamExt};
use kube::Client;
use serde_json::json;
use tokio::sync::watch;

/// Makes the same requests fail in each run, if they arrive in the same order.
const SEED: u64 = 9;

/// A forwarded request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Exchange {
    pub(crate) method: Method,
    /// Path and query.
    pub(crate) target: String,
    /// `None` until it is answered.
    pub(crate) answer: Option<StatusCode>,
    /// The message of the response, if the request was forbidden.
    pub(crate) forbidden: Option<String>,
}

impl Exchange {
    /// Whether it would change anything except the Lease.
    pub(crate) fn is_write(&self) -> bool {
        self.method != Method::GET && !self.target.contains("/leases")
    }

    /// Whether it was rejected for a missing permission. A terminating namespace forbids new
    /// objects regardless of permissions, and says so.
    pub(crate) fn lacks_a_right(&self) -> bool {
        let message = self.forbidden.as_deref();
        message.is_some_and(|message| !message.contains("because it is being terminated"))
    }
}

/// The percentage of failing requests, and the delay of others.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Faults {
    /// Answered with an error, including conflicts, without being forwarded.
    pub(crate) refused: u8,
    /// Cut off without being forwarded.
    pub(crate) cut: u8,
    /// Forwarded, but the response is cut off.
    pub(crate) lost: u8,
    /// The longest delay.
    pub(crate) delay: Duration,
}

/// The fate of a request.
enum Fate {
    Refused(StatusCode),
    Cut,
    Lost,
    Answered,
}

/// The proxy. It runs as long as the test's runtime.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    server: Client,
    exchanges: Mutex<Vec<Exchange>>,
    faults: watch::Sender<Faults>,
    random: Mutex<fastrand::Rng>,
}

impl Proxy {
    /// Starts a proxy for a server, with a client without credentials.
    pub(crate) async fn start(server: Client) -> Self {
        let shared = Arc::new(Shared {
            server,
            exchanges: Mutex::default(),
            faults: watch::Sender::default(),
            random: Mutex::new(fastrand::Rng::with_seed(SEED)),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(pass).with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, shared }
    }

    /// Sets the faults from now on, and interrupts watches.
    pub(crate) fn set(&self, faults: Faults) {
        self.shared.faults.send_replace(faults);
    }

    /// All requests so far.
    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        self.shared.exchanges().clone()
    }

    /// The requests so far that would change something.
    pub(crate) fn writes(&self) -> Vec<Exchange> {
        let mut exchanges = self.exchanges();
        exchanges.retain(Exchange::is_write);
        exchanges
    }
}

impl Shared {
    fn exchanges(&self) -> MutexGuard<'_, Vec<Exchange>> {
        self.exchanges
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn draw(&self, faults: Faults) -> (Fate, Duration) {
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        let delay = faults.delay.mul_f64(random.f64());
        let chance = random.u8(..100);
        let fate = if chance < faults.refused {
            let codes = [
                StatusCode::INTERNAL_SERVER_ERROR,
                StatusCode::CONFLICT,
                StatusCode::TOO_MANY_REQUESTS,
            ];
            Fate::Refused(codes[random.usize(..codes.len())])
        } else if chance < faults.refused + faults.cut {
            Fate::Cut
        } else if chance < faults.refused + faults.cut + faults.lost {
            Fate::Lost
        } else {
            Fate::Answered
        };
        (fate, delay)
    }

    async fn answer(&self, request: Request) -> Response {
        let mut faults = self.faults.subscribe();
        let (fate, delay) = self.draw(*faults.borrow_and_update());
        tokio::time::sleep(delay).await;
        match fate {
            Fate::Refused(code) => return refused(code),
            Fate::Cut => return cut(),
            Fate::Lost | Fate::Answered => {}
        }
        let answer = match self.send(request).await {
            Ok(answer) => answer,
            Err(error) => return (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
        };
        if matches!(fate, Fate::Lost) {
            return cut();
        }
        let (mut parts, body) = answer.into_parts();
        parts.headers.remove(header::CONTENT_LENGTH);
        parts.headers.remove(header::TRANSFER_ENCODING);
        let changed = Box::pin(async move { faults.changed().await });
        let body = Body::new(body).into_data_stream().take_until(changed);
        Response::from_parts(parts, Body::from_stream(body))
    }

    async fn send(
        &self,
        request: Request,
    ) -> Result<http::Response<kube::client::Body>, Box<dyn std::error::Error>> {
        let (mut parts, body) = request.into_parts();
        // The client sets the host.
        parts.headers.remove(header::HOST);
        parts.headers.remove(header::CONTENT_LENGTH);
        let body = to_bytes(body, usize::MAX).await?;
        let request = Request::from_parts(parts, kube::client::Body::from(body));
        Ok(self.server.send(request).await?)
    }
}

async fn pass(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let index = {
        let mut exchanges = shared.exchanges();
        exchanges.push(Exchange {
            method: request.method().clone(),
            target: request.uri().to_string(),
            answer: None,
            forbidden: None,
        });
        exchanges.len() - 1
    };
    let response = shared.answer(request).await;
    shared.exchanges()[index].answer = Some(response.status());
    if response.status() != StatusCode::FORBIDDEN {
        return response;
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    shared.exchanges()[index].forbidden = Some(String::from_utf8_lossy(&body).into_owned());
    Response::from_parts(parts, Body::from(body))
}

/// A response in the API server's format.
fn refused(code: StatusCode) -> Response {
    let status = json!({
        "kind": "Status", "apiVersion": "v1", "status": "Failure",
        "reason": code.canonical_reason(), "message": "as the test wants it", "code": code.as_u16(),
    });
    (code, Json(status)).into_response()
}

/// A truncated response.
fn cut() -> Response {
    let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    Response::new(Body::from_stream(stream::iter([Err::<Vec<u8>, _>(broken)])))
}
