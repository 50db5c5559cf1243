//! An in-memory API server, for operators with a [`kube::Client`].
//!
//! A [`Server`] is a [tower service](kube::Client::new) for a client's requests: get, list in
//! chunks, watch, create, update, patch, server-side apply, delete, the subresources `status` and
//! `scale`, and discovery. Errors have an API server's messages. It has the built-in kinds that
//! operators use most, and those of [given](Server::with_crd) CRDs, which it validates and defaults
//! as an API server does.
//!
//! Nothing in it takes time. With tokio's clock [paused], an hour of waiting passes at once, and
//! results do not depend on the speed of the machine.
//!
//! Tests inject [faults](Server::fault): requests are rejected, connections break before or after
//! the server has processed the request, answers come late or never; [watches](Server::watches)
//! lag, break, or have expired.
//!
//! [paused]: https://docs.rs/tokio/latest/tokio/time/fn.pause.html
//!
//! # An operator under test
//!
//! This operator keeps a ConfigMap for every Namespace:
//!
//! ```
//! use std::{sync::Arc, time::Duration};
//!
//! use feast_testing::cluster::Key;
//! use feast_testing::server::{Fault, Requests, Server};
//! use futures::StreamExt;
//! use k8s_openapi::api::core::v1::{ConfigMap, Namespace};
//! use kube::api::{Api, Patch, PatchParams};
//! use kube::runtime::controller::{Action, Controller};
//! use kube::{Client, ResourceExt};
//! use serde_json::json;
//!
//! async fn reconcile(namespace: Arc<Namespace>, client: Arc<Client>) -> kube::Result<Action> {
//!     let name = namespace.name_any();
//!     let maps: Api<ConfigMap> = Api::namespaced(Client::clone(&client), &name);
//!     let map = json!({
//!         "apiVersion": "v1", "kind": "ConfigMap",
//!         "metadata": { "name": "greeting" }, "data": { "hello": name },
//!     });
//!     let params = PatchParams::apply("greeter").force();
//!     maps.patch("greeting", &params, &Patch::Apply(&map)).await?;
//!     Ok(Action::await_change())
//! }
//!
//! async fn run(client: Client) {
//!     let retry = |_, _: &kube::Error, _| Action::requeue(Duration::from_secs(5));
//!     Controller::new(Api::<Namespace>::all(client.clone()), Default::default())
//!         .run(reconcile, retry, Arc::new(client))
//!         .for_each(|_| async {})
//!         .await;
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true)
//! #     .build().unwrap().block_on(async {
//! // In a test with `#[tokio::test(start_paused = true)]`:
//! let server = Server::new();
//! tokio::spawn(run(server.client()));
//!
//! // The first two attempts fail.
//! server.fault(Requests::writes().of("configmaps").times(2), Fault::TooManyRequests);
//! server.change(|store| {
//!     store.put(json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": "ml" } }));
//! });
//! server.rest(Duration::from_secs(60)).await?;
//! let map = server.get(&Key::new("v1", "ConfigMap", "ml", "greeting")).expect("made");
//! assert_eq!(map["data"]["hello"], "ml");
//! # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
//! ```
//!
//! # Limitations
//!
//! There is no authentication. A list is one field in server-side apply. There are no strategic
//! merge patches, dry runs, version conversions or admission webhooks, and built-in kinds are
//! stored without validation and defaults. Namespaces need not exist; one that is being deleted
//! admits nothing new. Deletion is in the background; dependents are deleted [with garbage
//! collection](Server::with_garbage_collection).

mod change;
mod exchange;
mod faults;
mod kinds;
mod refusal;
mod request;
mod state;
mod watcher;
mod watches;
mod writes;

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use crd_admission::Crd;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use http::{Response, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use kube::client::Body;
use kube::core::Status;
use serde::Serialize;
use serde_json::{Value, json};

pub use self::exchange::Exchange;
pub use self::faults::{Fault, Requests};
pub use self::request::Verb;
pub use self::watches::Watches;

use self::change::shown;
use self::refusal::Refusal;
use self::request::{Asked, Request, Subresource};
use self::state::{State, lock};
use self::watcher::Lines;
use crate::cluster::{Key, Store};

/// How long an operator may run before it counts as never converging.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// The default client name.
const OPERATOR: &str = "operator";

/// An in-memory API server. Clones share its objects.
#[derive(Clone)]
pub struct Server {
    state: Arc<Mutex<State>>,
    /// The client name of this clone.
    user: Arc<str>,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            state: Arc::default(),
            user: OPERATOR.into(),
        }
    }
}

/// An operator that never stops writing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("still writing after a day: {last:?}")]
#[non_exhaustive]
pub struct Restless {
    /// The last writes.
    pub last: Vec<Exchange>,
}

/// The objects.
impl Server {
    /// Creates an empty server.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the kinds of a CRD.
    #[must_use]
    pub fn with_crd(self, crd: Crd) -> Self {
        self.state().kinds.add(crd);
        self
    }

    /// Adds a garbage collector that deletes objects without living owners.
    #[must_use]
    pub fn with_garbage_collection(self) -> Self {
        self.state().controllers.garbage_collection = true;
        self
    }

    /// Adds nodes: the pods of every Deployment become ready at once.
    #[must_use]
    pub fn with_available_deployments(self) -> Self {
        self.state().controllers.availability = true;
        self
    }

    /// Adds a load that needs this many replicas, for every HorizontalPodAutoscaler.
    #[must_use]
    pub fn with_load(self, replicas: i32) -> Self {
        self.state().controllers.load = Some(replicas);
        self
    }

    /// A server with the user's objects of this one, for a new operator.
    #[must_use]
    pub fn fresh(&self) -> Self {
        let fresh = self.state().fresh();
        Self {
            state: Arc::new(Mutex::new(fresh)),
            user: Arc::clone(&self.user),
        }
    }

    /// A client of this server with the default namespace `default`.
    ///
    /// # Panics
    ///
    /// If called outside a tokio runtime, which such a client needs.
    pub fn client(&self) -> kube::Client {
        self.client_of(OPERATOR)
    }

    /// A client with a name, to tell its requests from others.
    ///
    /// # Panics
    ///
    /// If called outside a tokio runtime, which such a client needs.
    pub fn client_of(&self, user: &str) -> kube::Client {
        let way = Self {
            state: Arc::clone(&self.state),
            user: user.into(),
        };
        kube::Client::new(way, "default")
    }

    /// An object as clients see it, if it exists.
    pub fn get(&self, key: &Key) -> Option<Value> {
        self.state().object(key)
    }

    /// The objects of a kind as clients see them, ordered by namespace and name.
    pub fn of_kind(&self, api_version: &str, kind: &str) -> Vec<Value> {
        self.state().of_kind(api_version, kind)
    }

    /// The stored objects, without the fields that the server adds to answers.
    pub fn store(&self) -> Store {
        self.state().store.clone()
    }

    /// Creates or replaces an object as a user, and returns it. The status does not change.
    ///
    /// # Errors
    ///
    /// The server's error if it rejects the object.
    ///
    /// # Panics
    ///
    /// The object cannot be converted to JSON, such as a map with keys that are not strings.
    pub fn put(&self, object: &impl Serialize) -> Result<Value, Box<Status>> {
        let object = serde_json::to_value(object).expect("Kubernetes objects are JSON");
        let put = self.state().put(object);
        let put = put.map(|stored| (*stored).clone());
        put.map_err(|refusal| Box::new(refusal.to_status()))
    }

    /// Changes objects as a user or a controller; watches report it.
    pub fn change<T>(&self, change: impl FnOnce(&mut Store) -> T) -> T {
        let mut state = self.state();
        let outcome = change(&mut state.store);
        state.publish(None);
        outcome
    }

    /// All requests about objects so far, in order.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.state().exchanges.clone()
    }

    /// All [writes](Exchange::is_write) so far.
    pub fn writes(&self) -> Vec<Exchange> {
        let mut exchanges = self.exchanges();
        exchanges.retain(Exchange::is_write);
        exchanges
    }

    /// Waits until the operator [rests](Self::rest) and returns the objects, for
    /// [invariants](crate::invariants), which see all writes since the last call.
    ///
    /// # Errors
    ///
    /// The operator never stops writing.
    pub async fn settle(&self, quiet: Duration) -> Result<Store, Restless> {
        self.rest(quiet).await?;
        let mut state = self.state();
        let settled = state.store.clone();
        state.store.start_over();
        Ok(settled)
    }

    /// Waits until nothing was written for this long. Use it with a paused clock.
    ///
    /// # Errors
    ///
    /// The operator never stops writing.
    pub async fn rest(&self, quiet: Duration) -> Result<(), Restless> {
        let start = tokio::time::Instant::now();
        let written = || {
            let state = self.state();
            let writes = state.exchanges.iter().filter(|one| one.is_write());
            writes.count()
        };
        let mut seen = written();
        loop {
            tokio::time::sleep(quiet).await;
            let now = written();
            if now == seen {
                return Ok(());
            }
            if start.elapsed() > LONGEST {
                let writes = self.writes();
                let last = writes.len().saturating_sub(20);
                let last = writes.get(last..).unwrap_or_default().to_vec();
                return Err(Restless { last });
            }
            seen = now;
        }
    }
}

/// Fault injection.
impl Server {
    /// Injects a fault into these requests from now on. If several faults match a request, the
    /// first is used.
    pub fn fault(&self, requests: Requests, fault: Fault) {
        self.state().faults.push((requests, fault));
    }

    /// Removes all faults, except those of watches.
    pub fn recover(&self) {
        let mut state = self.state();
        state.faults.clear();
        state.silenced.clear();
    }

    /// The watches, to disturb them.
    pub fn watches(&self) -> Watches<'_> {
        Watches {
            state: &self.state,
            resource: None,
        }
    }

    /// Forgets the history: watches that have not seen all of it get 410 and must start with a
    /// list.
    pub fn forget(&self) {
        let mut state = self.state();
        state.forgotten = state.version;
        state.history.clear();
        state.feed();
    }
}

/// Answers.
impl Server {
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    async fn answer(self, request: http::Request<Body>) -> io::Result<Response<AnswerBody>> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        let asked = request::read(&self.state().kinds, &parts, &body);
        let request = match asked {
            Ok(Asked::Discovery(found)) => return Ok(response(200, &found)),
            Ok(Asked::Objects(request)) => request.by(&self.user),
            Err(refusal) => return Ok(refused(&refusal)),
        };
        let (fault, index) = self.state().hear(&request);
        let broken = || io::Error::from(io::ErrorKind::ConnectionReset);
        let refusal = fault.as_ref().and_then(|fault| fault.refusal(&request));
        match &fault {
            Some(Fault::Cut) => return Err(broken()),
            Some(Fault::Silent) => {
                let recovered = self.state().silence();
                let _ = recovered.await;
                return Err(broken());
            }
            Some(Fault::Slow(delay)) => tokio::time::sleep(*delay).await,
            _ => {}
        }
        let answer = match refusal {
            Some(refusal) => refused(&refusal),
            None => self.carry_out(request),
        };
        if fault == Some(Fault::Lost) {
            return Err(broken());
        }
        if let Some(exchange) = self.state().exchanges.get_mut(index) {
            exchange.code = Some(answer.status().as_u16());
        }
        Ok(answer)
    }

    fn carry_out(&self, request: Request) -> Response<AnswerBody> {
        let mut state = self.state();
        let found = match request.verb {
            Verb::Get if request.subresource == Some(Subresource::Scale) => {
                state.scale(&request).map(|scale| (200, scale))
            }
            Verb::Get => {
                let found = state.found(&request);
                found.map(|found| (200, shown(&found, &request, false)))
            }
            Verb::List => state.list(&request).map(|list| (200, list)),
            Verb::Watch => {
                let ends = request.parameter("timeoutSeconds");
                let ends = ends.and_then(|seconds| seconds.parse().ok());
                return match state.watch(request) {
                    Ok(lines) => streamed(lines, ends.map(Duration::from_secs)),
                    Err(refusal) => refused(&refusal),
                };
            }
            Verb::Create => {
                let made = state.create(&request);
                made.map(|made| (201, shown(&made, &request, false)))
            }
            Verb::Update => {
                let written = state.update(&request);
                written.map(|written| (200, shown(&written, &request, false)))
            }
            Verb::Patch => {
                let written = state.patch(&request);
                written.map(|written| (200, shown(&written, &request, false)))
            }
            Verb::Delete => state.delete(&request).map(|left| match left {
                Some(left) => (200, shown(&left, &request, false)),
                None => (200, deleted(&request)),
            }),
        };
        match found {
            Ok((code, found)) => response(code, &found),
            Err(refusal) => refused(&refusal),
        }
    }
}

/// Shows no stored data: some of it is secret.
impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").finish_non_exhaustive()
    }
}

/// The body of an answer.
pub type AnswerBody = UnsyncBoxBody<Bytes, io::Error>;

impl tower_service::Service<http::Request<Body>> for Server {
    type Response = Response<AnswerBody>;
    type Error = io::Error;
    type Future = BoxFuture<'static, io::Result<Response<AnswerBody>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        self.clone().answer(request).boxed()
    }
}

fn response(code: u16, body: &Value) -> Response<AnswerBody> {
    let body = Full::new(Bytes::from(body.to_string()));
    let never = |never: Infallible| match never {};
    answer(code, body.map_err(never).boxed_unsync())
}

fn refused(refusal: &Refusal) -> Response<AnswerBody> {
    let mut answer = response(refusal.code, &refusal.status());
    if let Some(seconds) = refusal.retry_after {
        let headers = answer.headers_mut();
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    answer
}

/// An answer that ends when the server closes it, or after some time.
fn streamed(lines: Lines, ends: Option<Duration>) -> Response<AnswerBody> {
    let end = async move {
        match ends {
            Some(ends) => tokio::time::sleep(ends).await,
            None => std::future::pending().await,
        }
    };
    let lines = lines.take_until(end.boxed());
    let frames = lines.map(|line| line.map(http_body::Frame::data));
    answer(200, StreamBody::new(frames).boxed_unsync())
}

fn answer(code: u16, body: AnswerBody) -> Response<AnswerBody> {
    let mut answer = Response::new(body);
    *answer.status_mut() = http::StatusCode::from_u16(code).unwrap_or_default();
    let json = header::HeaderValue::from_static("application/json");
    answer.headers_mut().insert(header::CONTENT_TYPE, json);
    answer
}

fn deleted(request: &Request) -> Value {
    json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success",
        "details": {
            "name": request.name, "group": request.kind.group, "kind": request.kind.plural,
        },
    })
}

#[cfg(test)]
mod tests;
