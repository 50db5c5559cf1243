//! Limits the rate of requests.

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

/// The lowest allowed rate per second, so that every request is sent eventually.
const FEWEST: f64 = 0.001;

/// A rate limit: a burst, and then a number of requests per second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// The time between requests.
    interval: Duration,
    /// How far ahead of this schedule a burst may be.
    ahead: Duration,
}

/// The rate is too low.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("the rate of {0} requests per second is too low: the minimum is {FEWEST}")]
#[non_exhaustive]
pub struct BadRate(f64);

impl Rate {
    /// `burst` requests at once, and then `per_second` requests per second; client-go calls these
    /// burst and QPS.
    ///
    /// # Errors
    ///
    /// The rate is below one request in a thousand seconds, or not a number.
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

/// A client with this rate limit; requests that exceed it are delayed. A watch is one request,
/// regardless of its duration.
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

/// Delays requests in order of arrival, with the generic cell rate algorithm.
#[derive(Debug)]
struct Pace {
    rate: Rate,
    /// When the next request would be sent without bursts.
    next: Mutex<Instant>,
}

impl Pace {
    fn new(rate: Rate) -> Self {
        Self {
            rate,
            next: Mutex::new(Instant::now()),
        }
    }

    /// How long a request made now must wait.
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
    fn a_burst_and_then_a_steady_rate() {
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
    fn bad_rates_are_rejected() {
        for nothing in [0.0, -1.0, f64::NAN, f64::NEG_INFINITY, 1e-9] {
            assert!(rate(nothing, 1).is_err(), "{nothing}");
        }
        for one in [FEWEST, 1e12, f64::INFINITY] {
            assert!(rate(one, u32::MAX).is_ok(), "{one}");
        }
    }
}
