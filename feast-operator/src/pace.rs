//! Requests that are not too many at a time.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, Response};
use kube::Client;
use kube::client::Body;
use tokio::time::{Instant, sleep};
use tower_service::Service;

/// Fewest requests a second that a rate may be: more than none, so that each is made in the end.
const FEWEST: f64 = 0.001;

/// How many requests may be made: so many at once, and then so many a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// The time from one request to the next.
    interval: Duration,
    /// How far ahead of that requests may be.
    ahead: Duration,
}

/// No rate of requests.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("{0} requests a second: the least is {FEWEST}")]
#[non_exhaustive]
pub struct BadRate(f64);

impl Rate {
    /// `burst` requests at once, and then `per_second` of them a second: with client-go, burst and QPS.
    ///
    /// # Errors
    ///
    /// Fewer than one request in a thousand seconds, or no number.
    pub fn new(per_second: f64, burst: NonZeroU32) -> Result<Self, BadRate> {
        if per_second.is_nan() || per_second < FEWEST {
            return Err(BadRate(per_second));
        }
        let interval = Duration::from_secs_f64(per_second.recip());
        Ok(Self {
            interval,
            ahead: interval * (burst.get() - 1),
        })
    }
}

/// A client that makes no more requests than this: what is too early waits for its turn. A watch is
/// one request, however long it lasts.
pub fn paced(client: Client, rate: Rate) -> Client {
    let namespace = client.default_namespace().to_owned();
    let pace = Arc::new(Pace::new(rate));
    Client::new(Paced { client, pace }, namespace)
}

#[derive(Clone)]
struct Paced {
    client: Client,
    pace: Arc<Pace>,
}

impl Service<Request<Body>> for Paced {
    type Response = Response<Body>;
    type Error = kube::Error;
    type Future = BoxFuture<'static, Result<Self::Response, kube::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), kube::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let Self { client, pace } = self.clone();
        async move {
            sleep(pace.turn(Instant::now())).await;
            client.send(request).await
        }
        .boxed()
    }
}

/// Whose turn it is, first come, first served: the "generic cell rate algorithm".
#[derive(Debug)]
struct Pace {
    rate: Rate,
    /// When the next request would be made if they were made one by one.
    next: Mutex<Instant>,
}

impl Pace {
    fn new(rate: Rate) -> Self {
        Self {
            rate,
            next: Mutex::new(Instant::now()),
        }
    }

    /// How long a request has to wait that is to be made now.
    fn turn(&self, now: Instant) -> Duration {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let one_by_one = next.max(now);
        *next = one_by_one + self.rate.interval;
        one_by_one
            .duration_since(now)
            .saturating_sub(self.rate.ahead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(per_second: f64, burst: u32) -> Result<Rate, BadRate> {
        Rate::new(per_second, NonZeroU32::new(burst).unwrap())
    }

    #[test]
    fn some_at_once_and_then_one_by_one() {
        let start = Instant::now();
        let pace = Pace::new(rate(2.0, 3).unwrap());
        let waits = |after: u64| {
            let now = start + Duration::from_millis(after);
            [(); 5].map(|()| pace.turn(now).as_millis())
        };
        assert_eq!(waits(0), [0, 0, 0, 500, 1000]);
        assert_eq!(
            waits(1_000),
            [500, 1000, 1500, 2000, 2500],
            "after those that wait"
        );
        assert_eq!(
            waits(60_000),
            [0, 0, 0, 500, 1000],
            "no more than a burst is saved up"
        );
    }

    #[test]
    fn a_rate_has_an_end() {
        for nothing in [0.0, -1.0, f64::NAN, f64::NEG_INFINITY, 1e-9] {
            assert!(rate(nothing, 1).is_err(), "{nothing}");
        }
        for one in [FEWEST, 1e12, f64::INFINITY] {
            assert!(rate(one, u32::MAX).is_ok(), "{one}");
        }
    }
}
