//! Timeouts for requests: by default a client waits forever.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use kube::Client;
use kube::client::Body;
use tokio::time::{Instant, Sleep, sleep_until, timeout_at};
use tower_service::Service;

use crate::meter::Meter;

/// Timeout of a request, including its response.
const LONGEST: Duration = Duration::from_secs(30);
/// Extra time for a watch after the duration it asked for, when the server should have ended it.
const OVERTIME: Duration = Duration::from_secs(30);
/// Duration of a watch that asks for none.
const WATCH: Duration = Duration::from_secs(600);

/// A request took too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the API server did not answer in time")]
#[non_exhaustive]
pub struct TooLate;

/// A client whose requests fail with [`TooLate`] after 30 seconds; a watch 30 seconds after the
/// duration it asked for.
///
/// Otherwise nothing would notice a dead connection, and everything that depends on the request
/// would wait.
pub fn bounded(client: Client) -> Client {
    heard(client, Arc::new(()))
}

/// Like [`bounded`]; also reports when watches receive data.
pub fn heard(client: Client, meter: Arc<dyn Meter>) -> Client {
    let namespace = client.default_namespace().to_owned();
    Client::new(Bounded { client, meter }, namespace)
}

#[derive(Clone)]
struct Bounded {
    client: Client,
    meter: Arc<dyn Meter>,
}

impl Service<Request<Body>> for Bounded {
    type Response = Response<Until>;
    type Error = kube::Error;
    type Future = BoxFuture<'static, Result<Self::Response, kube::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), kube::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let Self { client, meter } = self.clone();
        async move {
            let now = Instant::now();
            let watch = watch_time(request.uri().query().unwrap_or_default());
            let end = now + watch.map_or(LONGEST, |time| time + OVERTIME);
            let path = watch.map(|_| request.uri().path().to_owned());
            let answer = timeout_at(now + LONGEST, client.send(request)).await;
            let answer = answer.map_err(|_| kube::Error::Service(TooLate.into()))??;
            let path = path.filter(|_| answer.status().is_success());
            let heard = path.map(|path| (meter, path));
            if let Some((meter, path)) = &heard {
                meter.heard(path);
            }
            Ok(answer.map(|body| Until {
                body,
                end: Box::pin(sleep_until(end)),
                heard,
            }))
        }
        .boxed()
    }
}

/// The duration that a watch asks for; `None` if the request is not a watch.
fn watch_time(query: &str) -> Option<Duration> {
    let parameter = |name: &str| {
        let mut parameters = form_urlencoded::parse(query.as_bytes());
        parameters.find_map(|(found, value)| (found == name).then_some(value))
    };
    parameter("watch").filter(|watch| matches!(&**watch, "true" | "1"))?;
    let seconds = parameter("timeoutSeconds").and_then(|seconds| seconds.parse().ok());
    Some(seconds.map_or(WATCH, Duration::from_secs))
}

/// A body that fails after its deadline.
struct Until {
    body: Body,
    end: Pin<Box<Sleep>>,
    /// For a watch: its path, and the meter to notify when data arrives.
    heard: Option<(Arc<dyn Meter>, String)>,
}

impl http_body::Body for Until {
    type Data = <Body as http_body::Body>::Data;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Ready(frame) => {
                if let (Some(Ok(_)), Some((meter, path))) = (&frame, &self.heard) {
                    meter.heard(path);
                }
                Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
            }
            Poll::Pending => self
                .end
                .poll_unpin(context)
                .map(|()| Some(Err(TooLate.into()))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_watches_may_take_long() {
        assert_eq!(watch_time("limit=500"), None);
        assert_eq!(watch_time("watch=false&timeoutSeconds=9"), None);
        assert_eq!(watch_time("&watch=true"), Some(WATCH));
        let watch = watch_time("watch=1&timeoutSeconds=290");
        assert_eq!(watch, Some(Duration::from_secs(290)));
    }
}
