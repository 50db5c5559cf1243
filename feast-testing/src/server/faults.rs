//! Faults that tests inject.

use std::time::Duration;

use serde_json::Value;

use super::kinds::Kind;
use super::refusal::{Refusal, forbidden, invalid, modified};
use super::request::{Request, Verb};

/// A fault of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// 409: somebody else has changed the object.
    Conflict,
    /// 403: the client lacks the right.
    Forbidden,
    /// 403: the namespace's quota is exceeded.
    Quota,
    /// 422: the object is invalid, for this reason.
    Invalid(String),
    /// 429: too many requests.
    TooManyRequests,
    /// 500: an internal error, or a failing webhook.
    InternalError,
    /// 503: the server is starting or stopping.
    Unavailable,
    /// 504: the server timed out.
    Timeout,
    /// The connection breaks before the server gets the request.
    Cut,
    /// The server processes the request, and the connection breaks before it answers.
    Lost,
    /// There is no answer until [`recover`](super::Server::recover); then the connection breaks.
    Silent,
    /// The answer is delayed.
    Slow(Duration),
}

impl Fault {
    /// The answer of the fault, if it has one.
    pub(super) fn refusal(&self, request: &Request) -> Option<Refusal> {
        let (kind, name) = (&request.kind, &named(request));
        Some(match self {
            Self::Conflict => modified(kind, name),
            Self::Forbidden => forbidden(kind, name, &cannot(request)),
            Self::Quota => forbidden(kind, name, &exceeded(kind)),
            Self::Invalid(why) => invalid(kind, name, why),
            Self::TooManyRequests => {
                let message = "the server has received too many requests and has asked us to try \
                               again later";
                Refusal::new(429, "TooManyRequests", message).after(1)
            }
            Self::InternalError => {
                let message = "Internal error occurred: etcdserver: leader changed";
                Refusal::new(500, "InternalError", message)
            }
            Self::Unavailable => {
                let message = "the server is currently unable to handle the request";
                Refusal::new(503, "ServiceUnavailable", message)
            }
            Self::Timeout => {
                let message = "Timeout: request did not complete within the allotted duration";
                Refusal::new(504, "Timeout", message)
            }
            Self::Cut | Self::Lost | Self::Silent | Self::Slow(_) => return None,
        })
    }
}

/// The name of the request's object.
pub(super) fn named(request: &Request) -> String {
    let given = request.body.pointer("/metadata/name");
    match given.and_then(Value::as_str) {
        Some(given) if request.name.is_empty() => given.to_owned(),
        _ => request.name.clone(),
    }
}

fn cannot(request: &Request) -> String {
    let verb = match request.verb {
        Verb::Get => "get",
        Verb::List => "list",
        Verb::Watch => "watch",
        Verb::Create => "create",
        Verb::Update => "update",
        Verb::Patch => "patch",
        Verb::Delete => "delete",
    };
    let (plural, group) = (&request.kind.plural, &request.kind.group);
    let user = &request.user;
    let place = if request.namespace.is_empty() {
        "at the cluster scope".to_owned()
    } else {
        format!("in the namespace \"{}\"", request.namespace)
    };
    format!("User \"{user}\" cannot {verb} resource \"{plural}\" in API group \"{group}\" {place}")
}

fn exceeded(kind: &Kind) -> String {
    let counted = format!("count/{}", kind.qualified());
    format!(
        "exceeded quota: quota, requested: {counted}=1, used: {counted}=9, limited: {counted}=9"
    )
}

/// Selects the requests for a [`Fault`].
///
/// ```
/// use feast_testing::server::Requests;
///
/// let second_write = Requests::writes().after(1).times(1);
/// let all_about_secrets = Requests::all().of("secrets");
/// ```
#[derive(Clone, Debug)]
pub struct Requests {
    matches: Verbs,
    user: Option<String>,
    resource: Option<String>,
    namespace: Option<String>,
    name: Option<String>,
    skipped: usize,
    times: usize,
}

#[derive(Clone, Copy, Debug)]
enum Verbs {
    All,
    Writes,
    One(Verb),
}

impl Requests {
    fn new(matches: Verbs) -> Self {
        Self {
            matches,
            user: None,
            resource: None,
            namespace: None,
            name: None,
            skipped: 0,
            times: usize::MAX,
        }
    }

    /// All requests about objects, including watches.
    pub fn all() -> Self {
        Self::new(Verbs::All)
    }

    /// All writes.
    pub fn writes() -> Self {
        Self::new(Verbs::Writes)
    }

    /// All requests with this verb.
    pub fn to(verb: Verb) -> Self {
        Self::new(Verbs::One(verb))
    }

    /// Only those of a [client](super::Server::client_of).
    #[must_use]
    pub fn by(self, user: &str) -> Self {
        let user = Some(user.to_owned());
        Self { user, ..self }
    }

    /// Only those for a resource, such as `services`.
    #[must_use]
    pub fn of(self, resource: &str) -> Self {
        let resource = Some(resource.to_owned());
        Self { resource, ..self }
    }

    /// Only those in a namespace.
    #[must_use]
    pub fn within(self, namespace: &str) -> Self {
        let namespace = Some(namespace.to_owned());
        Self { namespace, ..self }
    }

    /// Only those for an object of this name.
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        let name = Some(name.to_owned());
        Self { name, ..self }
    }

    /// Skips the first ones.
    #[must_use]
    pub fn after(self, skipped: usize) -> Self {
        Self { skipped, ..self }
    }

    /// Only the first ones.
    #[must_use]
    pub fn times(self, times: usize) -> Self {
        Self { times, ..self }
    }

    /// Whether it selects a request, which is then counted.
    pub(super) fn take(&mut self, request: &Request) -> bool {
        let verb = match self.matches {
            Verbs::All => true,
            Verbs::Writes => request.verb.is_write(),
            Verbs::One(verb) => request.verb == verb,
        };
        let is = |wanted: &Option<String>, found: &str| {
            wanted.as_deref().is_none_or(|wanted| wanted == found)
        };
        if !verb
            || !is(&self.user, &request.user)
            || !is(&self.resource, &request.kind.plural)
            || !is(&self.namespace, &request.namespace)
            || !is(&self.name, &named(request))
        {
            return false;
        }
        if self.skipped > 0 {
            self.skipped -= 1;
            return false;
        }
        if self.times == 0 {
            return false;
        }
        self.times -= 1;
        true
    }
}
