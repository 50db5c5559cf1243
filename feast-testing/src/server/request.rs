//! Parses HTTP requests.

use std::collections::BTreeMap;

use apimachinery::labels::Selector;
use http::Method;
use http::request::Parts;
use serde_json::Value;

use super::kinds::{Kind, Kinds};
use super::refusal::{Refusal, bad_request, no_such_resource};
use crate::cluster::Key;

/// The manager of a test's own writes.
const USER: &str = "user";

/// A request's verb, as in Kubernetes' authorization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Verb {
    /// Reads one object.
    Get,
    /// Reads the objects of a kind.
    List,
    /// Watches for changes.
    Watch,
    /// Creates an object.
    Create,
    /// Replaces an object.
    Update,
    /// Patches or applies an object.
    Patch,
    /// Deletes an object.
    Delete,
}

impl Verb {
    /// Whether it writes.
    pub fn is_write(self) -> bool {
        !matches!(self, Self::Get | Self::List | Self::Watch)
    }
}

/// A subresource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subresource {
    Status,
    Scale,
}

/// The target of a request.
pub(super) enum Asked {
    /// Discovery.
    Discovery(Value),
    /// Objects.
    Objects(Box<Request>),
}

/// A request about objects.
pub(super) struct Request {
    /// The client.
    pub(super) user: String,
    pub(super) verb: Verb,
    pub(super) kind: Kind,
    /// Empty for all namespaces, or for cluster-scoped objects.
    pub(super) namespace: String,
    /// Empty for several objects, or a new one.
    pub(super) name: String,
    pub(super) subresource: Option<Subresource>,
    parameters: BTreeMap<String, String>,
    pub(super) content_type: String,
    /// Only metadata is requested.
    pub(super) metadata_only: bool,
    user_agent: String,
    pub(super) body: Value,
}

impl Request {
    /// A creation or replacement by a user.
    pub(super) fn put(kind: &Kind, key: &Key, body: Value) -> Self {
        Self {
            user: USER.to_owned(),
            verb: Verb::Update,
            kind: kind.clone(),
            namespace: key.namespace.clone(),
            name: key.name.clone(),
            subresource: None,
            parameters: BTreeMap::new(),
            content_type: String::new(),
            metadata_only: false,
            user_agent: USER.to_owned(),
            body,
        }
    }

    /// Whether a client sends it, not a user.
    pub(super) fn is_of_client(&self) -> bool {
        self.user != USER
    }

    /// A request of a client.
    pub(super) fn by(self, user: &str) -> Self {
        let user = user.to_owned();
        Self { user, ..self }
    }

    /// The object.
    pub(super) fn key(&self) -> Key {
        let Self {
            kind,
            namespace,
            name,
            ..
        } = self;
        Key::new(&kind.api_version(), &kind.name, namespace, name)
    }

    /// A query parameter, unless empty.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let value = self.parameters.get(name)?;
        (!value.is_empty()).then_some(value)
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.parameter(name) == Some("true") || self.parameter(name) == Some("1")
    }

    /// The field manager: by default the program.
    pub(super) fn manager(&self) -> &str {
        let program = self.user_agent.split('/').next().unwrap_or_default();
        self.parameter("fieldManager").unwrap_or(program)
    }

    /// The selected objects.
    pub(super) fn selection(&self) -> Result<Selection, Refusal> {
        let labels = self.parameter("labelSelector").unwrap_or_default();
        let labels = labels.parse();
        let labels: Selector = labels.map_err(|error| bad_request(format!("{error}")))?;
        let mut name = None;
        let fields = self.parameter("fieldSelector").unwrap_or_default();
        for field in fields.split(',').filter(|field| !field.is_empty()) {
            let (field, value) = field.split_once('=').unwrap_or((field, ""));
            if field != "metadata.name" {
                let message = format!("field label not supported: {field}");
                return Err(bad_request(message));
            }
            name = Some(value.trim_start_matches('=').to_owned());
        }
        Ok(Selection {
            api_version: self.kind.api_version(),
            kind: self.kind.name.clone(),
            namespace: self.namespace.clone(),
            name,
            labels,
        })
    }
}

/// Selects objects of a kind.
#[derive(Clone, Debug)]
pub(super) struct Selection {
    pub(super) api_version: String,
    pub(super) kind: String,
    namespace: String,
    name: Option<String>,
    labels: Selector,
}

impl Selection {
    /// Whether it selects an object.
    pub(super) fn has(&self, key: &Key, object: &Value) -> bool {
        if self.api_version != key.api_version
            || self.kind != key.kind
            || !(self.namespace.is_empty() || self.namespace == key.namespace)
            || self.name.as_ref().is_some_and(|name| *name != key.name)
        {
            return false;
        }
        self.labels.is_everything() || self.labels.matches(&labels(object))
    }
}

fn labels(object: &Value) -> BTreeMap<String, String> {
    let labels = object
        .pointer("/metadata/labels")
        .and_then(Value::as_object);
    let labels = labels.into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    labels
        .map(|(key, value)| (key.clone(), text(value)))
        .collect()
}

/// Parses a request.
pub(super) fn read(kinds: &Kinds, parts: &Parts, body: &[u8]) -> Result<Asked, Refusal> {
    let path: Vec<&str> = parts.uri.path().split('/').skip(1).collect();
    let (group, version, rest) = match path.as_slice() {
        ["version"] => return Ok(Asked::Discovery(version())),
        ["api"] => return Ok(Asked::Discovery(core())),
        ["apis"] => return Ok(Asked::Discovery(kinds.groups())),
        ["api", version, rest @ ..] => ("", *version, rest),
        ["apis", group, version, rest @ ..] => (*group, *version, rest),
        _ => return Err(no_such_resource()),
    };
    let (namespace, rest) = match rest {
        [] => {
            let resources = kinds.resources(group, version);
            return resources.map(Asked::Discovery).ok_or_else(no_such_resource);
        }
        ["namespaces", _] | ["namespaces", _, "status"] => ("", rest),
        ["namespaces", namespace, rest @ ..] => (*namespace, rest),
        rest => ("", rest),
    };
    let (plural, name, subresource) = match rest {
        [plural] => (*plural, "", None),
        [plural, name] => (*plural, *name, None),
        [plural, name, "status"] => (*plural, *name, Some(Subresource::Status)),
        [plural, name, "scale"] => (*plural, *name, Some(Subresource::Scale)),
        _ => return Err(no_such_resource()),
    };
    let kind = kinds.of_path(group, version, plural);
    let kind = kind.ok_or_else(no_such_resource)?;
    let has_part = match subresource {
        None => true,
        Some(Subresource::Status) => kind.has_status,
        Some(Subresource::Scale) => kind.replicas.is_some(),
    };
    let is_one = !name.is_empty();
    if !has_part || is_one && kind.is_namespaced == namespace.is_empty() {
        return Err(no_such_resource());
    }
    let query = parts.uri.query().unwrap_or_default();
    let parameters = form_urlencoded::parse(query.as_bytes());
    let header = |name| {
        parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let mut request = Request {
        user: String::new(),
        verb: Verb::Get,
        kind: kind.clone(),
        namespace: decoded(namespace),
        name: decoded(name),
        subresource,
        parameters: parameters.into_owned().collect(),
        content_type: header(http::header::CONTENT_TYPE)
            .unwrap_or_default()
            .to_owned(),
        metadata_only: header(http::header::ACCEPT)
            .is_some_and(|accept| accept.contains("as=PartialObjectMetadata")),
        user_agent: header(http::header::USER_AGENT)
            .unwrap_or("unknown")
            .to_owned(),
        body: Value::Null,
    };
    request.verb = verb(&parts.method, is_one, request.flag("watch"))?;
    if request.parameter("dryRun").is_some() {
        return Err(bad_request("a server in memory has no dry run"));
    }
    if !body.is_empty() {
        let body = serde_json::from_slice(body);
        request.body = body.map_err(|error| bad_request(format!("{error}")))?;
    }
    Ok(Asked::Objects(Box::new(request)))
}

/// A path segment.
fn decoded(segment: &str) -> String {
    // Form decoding only differs in `+`, which no name contains.
    let mut pairs = form_urlencoded::parse(segment.as_bytes());
    pairs
        .next()
        .map(|(name, _)| name.into_owned())
        .unwrap_or_default()
}

fn verb(method: &Method, is_one: bool, watches: bool) -> Result<Verb, Refusal> {
    match (method.as_str(), is_one) {
        ("GET", true) => Ok(Verb::Get),
        ("GET", false) if watches => Ok(Verb::Watch),
        ("GET", false) => Ok(Verb::List),
        ("POST", false) => Ok(Verb::Create),
        ("PUT", true) => Ok(Verb::Update),
        ("PATCH", true) => Ok(Verb::Patch),
        ("DELETE", true) => Ok(Verb::Delete),
        _ => Err(Refusal::new(
            405,
            "MethodNotAllowed",
            "the server does not allow this method on the requested resource",
        )),
    }
}

fn core() -> Value {
    serde_json::json!({ "kind": "APIVersions", "versions": ["v1"] })
}

/// The Kubernetes release that the server behaves like.
fn version() -> Value {
    serde_json::json!({
        "major": "1", "minor": "35", "gitVersion": "v1.35.0", "gitCommit": "",
        "gitTreeState": "clean", "buildDate": "2026-01-01T00:00:00Z", "goVersion": "go1.25",
        "compiler": "gc", "platform": "linux/amd64",
    })
}
