//! Errors of a pass over a FeatureStore.

use feast_render::{Object, ObjectRef};
use kube::core::Status;

/// Why a pass over a FeatureStore failed; it will be retried.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The FeatureStore cannot be rendered, or the API server rejects an object. The status gives
    /// the reason.
    #[error(transparent)]
    Refused(#[from] feast_render::Error),
    /// An object cannot be written at present, for a reason outside the FeatureStore: a quota is
    /// exceeded, the operator lacks a permission to grant, or others manage its fields. The status
    /// gives the reason.
    #[error(transparent)]
    Withheld(feast_render::Error),
    /// The operator has no permission for an object, or its kind or namespace does not exist.
    /// Permissions may arrive after the operator starts; the status reports it if they do not.
    #[error(transparent)]
    Lacking(feast_render::Error),
    /// The namespace is being deleted, with everything in it.
    #[error("{0}: its namespace is being deleted")]
    Ending(ObjectRef),
    /// The FeatureStore does not match its type; an event names the field.
    #[error("unreadable FeatureStore: {0}")]
    Unreadable(#[from] feast_api::ReadError),
    /// The FeatureStore cannot be a stored object.
    #[error("unreadable FeatureStore: {0}")]
    NotStored(#[from] feast_api::NotStored),
    /// An object needed for rendering does not match its kind.
    #[error(transparent)]
    WrongAnswer(#[from] feast_render::WrongAnswer),
    /// A request about an object failed.
    #[error("{object}: {}", Said(source))]
    Request {
        /// The object.
        object: ObjectRef,
        /// The reason.
        source: Box<kube::Error>,
    },
    /// Another FeatureStore's pass was to write the shared ConfigMaps, and failed.
    #[error("the ConfigMaps shared by all FeatureStores could not be written")]
    Unshared,
    /// An object has a kind that the operator does not know.
    #[error("{0}: unknown kind")]
    UnknownKind(ObjectRef),
    /// A response of the API server is not an object of the expected type.
    #[error("unreadable object: {0}")]
    UnreadableObject(#[from] serde_json::Error),
}

impl Error {
    /// A request about this object failed.
    pub fn request(object: &ObjectRef) -> impl Fn(kube::Error) -> Self + '_ {
        |source| Self::Request {
            object: object.clone(),
            source: Box::new(source),
        }
    }

    /// An object could not be written.
    pub(crate) fn write(object: Object<'_>, error: kube::Error) -> Self {
        let kube::Error::Api(status) = error else {
            return Self::request(&object.reference())(error);
        };
        let refused = |message: &str| feast_render::Error::refused(object, message);
        match Meaning::of(&status) {
            Meaning::Final => Self::Refused(refused(&status.message)),
            Meaning::Withheld => Self::Withheld(refused(&status.message)),
            Meaning::Lacking => Self::Lacking(refused(&status.message)),
            Meaning::Ending => Self::Ending(object.reference()),
            Meaning::Passing => Self::request(&object.reference())(kube::Error::Api(status)),
        }
    }

    /// Whether other requests would fail as well: the server is unreachable or overloaded, or the
    /// namespace is being deleted.
    pub fn concerns_all(&self) -> bool {
        match self {
            Self::Ending(_) => true,
            Self::Request { source, .. } => match &**source {
                kube::Error::Api(status) => status.code == 429,
                _ => true,
            },
            _ => false,
        }
    }

    /// The more informative of two errors: the one that someone has to act on.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let rank = |error: &Self| match error {
            Self::Refused(_) => 0,
            Self::Withheld(_) => 1,
            Self::Lacking(_) => 2,
            _ => 3,
        };
        if rank(&other) < rank(&self) {
            other
        } else {
            self
        }
    }

    /// Whether the FeatureStore itself is the cause.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::Unreadable(_))
    }

    /// Whether the object was changed concurrently.
    pub fn is_conflict(&self) -> bool {
        self.code() == Some(409)
    }

    /// The reason in one word, for a metric's label.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::Withheld(_) => "withheld",
            Self::Lacking(_) => "lacking",
            Self::Ending(_) => "ending",
            Self::Unreadable(_) | Self::NotStored(_) => "unreadable",
            Self::Request { source, .. } => match code(source) {
                None => "unreachable",
                Some(409) => "conflict",
                Some(429) => "throttled",
                Some(500..) => "server",
                Some(_) => "request",
            },
            Self::WrongAnswer(_)
            | Self::Unshared
            | Self::UnknownKind(_)
            | Self::UnreadableObject(_) => "other",
        }
    }

    /// HTTP status of the API server's response.
    pub fn code(&self) -> Option<u16> {
        match self {
            Self::Request { source, .. } => code(source),
            _ => None,
        }
    }
}

/// What a rejected write means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    /// The object itself would have to change.
    Final,
    /// A quota is exceeded, or others manage its fields.
    Withheld,
    /// The permission, kind or namespace is missing.
    Lacking,
    /// Its namespace is being deleted.
    Ending,
    /// A retry may succeed.
    Passing,
}

impl Meaning {
    /// From the code; if it is ambiguous, from the causes or else the message.
    fn of(status: &Status) -> Self {
        let details = status.details.iter();
        let mut causes = details.flat_map(|details| &details.causes);
        let mut has_cause = |reason| causes.any(|cause| cause.reason == reason);
        let says = |text| status.message.contains(text);
        match status.code {
            403 if has_cause("NamespaceTerminating") || says("because it is being terminated") => {
                Self::Ending
            }
            403 if says("exceeded quota") => Self::Withheld,
            403 if says(" cannot ") && says(" resource ") => Self::Lacking,
            403 if says("is attempting to grant RBAC permissions not currently held") => {
                Self::Lacking
            }
            // 403: from an admission plugin or a webhook.
            400 | 403 | 405 | 406 | 413 | 415 | 422 => Self::Final,
            404 => Self::Lacking,
            409 if has_cause("FieldManagerConflict") => Self::Withheld,
            _ => Self::Passing,
        }
    }
}

/// HTTP status of the API server's response.
pub(crate) fn code(error: &kube::Error) -> Option<u16> {
    match error {
        kube::Error::Api(status) => Some(status.code),
        _ => None,
    }
}

/// The API server's message, or why it did not respond.
struct Said<'a>(&'a kube::Error);

impl std::fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            kube::Error::Api(status) => f.write_str(&status.message),
            error => error.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_meaning_depends_on_code_causes_and_message() {
        let forbidden = |message: &str| (403, message.to_owned(), None);
        let cases = [
            ((422, "Invalid value".into(), None), Meaning::Final),
            (
                (400, "webhook denied the request".into(), None),
                Meaning::Final,
            ),
            (
                forbidden("pods \"a\" is forbidden: violates PodSecurity"),
                Meaning::Final,
            ),
            (
                forbidden("services \"a\" is forbidden: exceeded quota: q, requested: services=1"),
                Meaning::Withheld,
            ),
            (
                forbidden(
                    "roles.rbac.authorization.k8s.io \"a\" is forbidden: User \"u\" cannot patch \
                     resource \"roles\" in API group \"rbac.authorization.k8s.io\" in the namespace",
                ),
                Meaning::Lacking,
            ),
            (
                forbidden(
                    "roles.rbac.authorization.k8s.io \"a\" is forbidden: user \"u\" is attempting to \
                     grant RBAC permissions not currently held:",
                ),
                Meaning::Lacking,
            ),
            (
                (403, String::new(), Some("NamespaceTerminating")),
                Meaning::Ending,
            ),
            (
                (404, "namespaces \"ml\" not found".into(), None),
                Meaning::Lacking,
            ),
            (
                (409, "Apply failed".into(), Some("FieldManagerConflict")),
                Meaning::Withheld,
            ),
            ((409, "has been modified".into(), None), Meaning::Passing),
            ((429, String::new(), None), Meaning::Passing),
            ((500, String::new(), None), Meaning::Passing),
        ];
        for ((code, message, cause), meaning) in cases {
            let reasons: Vec<_> = cause
                .iter()
                .map(|cause| json!({ "reason": cause }))
                .collect();
            let details = json!({ "causes": reasons });
            let status = json!({ "code": code, "message": message, "details": details });
            let status: Status = serde_json::from_value(status).unwrap();
            assert_eq!(Meaning::of(&status), meaning, "{status:?}");
        }
    }
}
