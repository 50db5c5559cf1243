//! Error answers: `metav1.Status`, in an API server's words.

use kube::core::Status;
use serde_json::{Value, json};

use super::kinds::Kind;

/// An answer with a `metav1.Status`.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) code: u16,
    reason: &'static str,
    message: String,
    details: Value,
    /// Seconds until a retry.
    pub(super) retry_after: Option<u32>,
}

impl Refusal {
    pub(super) fn new(code: u16, reason: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            reason,
            message: message.into(),
            details: json!({}),
            retry_after: None,
        }
    }

    /// One about an object.
    pub(super) fn about(self, kind: &Kind, name: &str) -> Self {
        self.with_details(json!({ "name": name, "group": kind.group, "kind": kind.plural }))
    }

    fn with_details(self, details: Value) -> Self {
        Self { details, ..self }
    }

    pub(super) fn with_causes(mut self, causes: Vec<Value>) -> Self {
        self.details["causes"] = causes.into();
        self
    }

    pub(super) fn after(mut self, seconds: u32) -> Self {
        self.details["retryAfterSeconds"] = seconds.into();
        self.retry_after = Some(seconds);
        self
    }

    /// As a client parses it.
    pub(super) fn to_status(&self) -> Status {
        serde_json::from_value(self.status()).expect("it is one")
    }

    /// The body of the answer.
    pub(super) fn status(&self) -> Value {
        json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": self.message, "reason": self.reason, "details": self.details,
            "code": self.code,
        })
    }
}

/// The path does not exist.
pub(super) fn no_such_resource() -> Refusal {
    let message = "the server could not find the requested resource";
    Refusal::new(404, "NotFound", message)
}

pub(super) fn bad_request(message: impl Into<String>) -> Refusal {
    Refusal::new(400, "BadRequest", message)
}

pub(super) fn not_found(kind: &Kind, name: &str) -> Refusal {
    let message = format!("{} \"{name}\" not found", kind.qualified());
    Refusal::new(404, "NotFound", message).about(kind, name)
}

pub(super) fn already_exists(kind: &Kind, name: &str) -> Refusal {
    let message = format!("{} \"{name}\" already exists", kind.qualified());
    Refusal::new(409, "AlreadyExists", message).about(kind, name)
}

/// The object is not the requested one, or has another version.
pub(super) fn conflict(kind: &Kind, name: &str, why: &str) -> Refusal {
    let qualified = kind.qualified();
    let message = format!("Operation cannot be fulfilled on {qualified} \"{name}\": {why}");
    Refusal::new(409, "Conflict", message).about(kind, name)
}

/// Somebody else has changed the object.
pub(super) fn modified(kind: &Kind, name: &str) -> Refusal {
    let why = "the object has been modified; please apply your changes to the latest version and \
               try again";
    conflict(kind, name, why)
}

/// An apply that would change fields of others, each with its managers.
pub(super) fn apply_conflict(fields: &[(String, String)]) -> Refusal {
    let cause = |(field, manager): &(String, String)| {
        let message = format!("conflict with \"{manager}\"");
        json!({ "reason": "FieldManagerConflict", "message": message, "field": field })
    };
    let listed = fields
        .iter()
        .map(|(field, manager)| format!("conflict with \"{manager}\": {field}"));
    let listed: Vec<_> = listed.collect();
    let plural = if listed.len() == 1 { "" } else { "s" };
    let (count, listed) = (listed.len(), listed.join("\n"));
    let message = format!("Apply failed with {count} conflict{plural}: {listed}");
    let causes = fields.iter().map(cause).collect();
    Refusal::new(409, "Conflict", message).with_causes(causes)
}

pub(super) fn forbidden(kind: &Kind, name: &str, why: &str) -> Refusal {
    let message = format!("{} \"{name}\" is forbidden: {why}", kind.qualified());
    Refusal::new(403, "Forbidden", message).about(kind, name)
}

/// The namespace is being deleted, and admits nothing new.
pub(super) fn terminating(kind: &Kind, namespace: &str, name: &str) -> Refusal {
    let why = format!(
        "unable to create new content in namespace {namespace} because it is being terminated"
    );
    let message = format!("namespace {namespace} is being terminated");
    let cause = json!({
        "reason": "NamespaceTerminating", "message": message, "field": "metadata.namespace",
    });
    forbidden(kind, name, &why).with_causes(vec![cause])
}

pub(super) fn invalid(kind: &Kind, name: &str, why: &str) -> Refusal {
    let (kind_name, group) = (&kind.name, &kind.group);
    let dot = if group.is_empty() { "" } else { "." };
    let message = format!("{kind_name}{dot}{group} \"{name}\" is invalid: {why}");
    Refusal::new(422, "Invalid", message)
        .with_details(json!({ "name": name, "group": group, "kind": kind_name }))
}

/// The status of a CRD validation error.
pub(super) fn rejected(rejection: &crd_admission::Rejection, name: &str) -> Refusal {
    let status = rejection.to_status(name);
    let details = serde_json::to_value(&status.details).unwrap_or_default();
    Refusal::new(status.code, status.reason, status.message).with_details(details)
}

/// The history since this version is no longer known.
pub(super) fn expired(version: u64, oldest: u64) -> Refusal {
    let message = format!("too old resource version: {version} ({oldest})");
    Refusal::new(410, "Expired", message)
}
