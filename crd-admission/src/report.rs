//! A rejection for clients: a `Status`, or the answer of a webhook.

use apimachinery::go;
use serde::Serialize;

use crate::verdict::{Rejection, Verdict};

/// `metav1.Status`: the answer to a rejected request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Status {
    /// `v1`.
    pub api_version: &'static str,
    /// `Status`.
    pub kind: &'static str,
    /// Empty: the status has no list.
    pub metadata: Metadata,
    /// `Failure`.
    pub status: &'static str,
    /// All errors in one text.
    pub message: String,
    /// The kind of rejection, such as `Invalid`.
    pub reason: &'static str,
    /// The errors one by one.
    pub details: Details,
    /// The HTTP status.
    pub code: u16,
}

/// The empty metadata of a [`Status`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Metadata {}

/// `StatusDetails`: the subject of a [`Status`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Details {
    /// Name of the object.
    pub name: String,
    /// Group of the resource.
    pub group: String,
    /// Kind of the resource.
    pub kind: String,
    /// The violations of fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<Cause>,
}

/// `StatusCause`: one violation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Cause {
    /// The type, such as `FieldValueInvalid`.
    pub reason: &'static str,
    /// The text, without the field.
    pub message: String,
    /// The field.
    pub field: String,
}

/// `AdmissionReview` (`admission.k8s.io/v1`): the answer of a validating webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AdmissionReview {
    /// `admission.k8s.io/v1`.
    pub api_version: &'static str,
    /// `AdmissionReview`.
    pub kind: &'static str,
    /// The answer.
    pub response: AdmissionResponse,
}

/// `AdmissionResponse`: whether a request is admitted, and the reasons if not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AdmissionResponse {
    /// The uid of the request.
    pub uid: String,
    /// Whether the request is admitted.
    pub allowed: bool,
    /// The rejection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Warnings for the client: unknown and duplicate fields, and violations that ratcheting
    /// ignores.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

impl AdmissionReview {
    /// The answer that admits the request with this uid.
    pub(crate) fn allowing(uid: &str) -> Self {
        Self {
            api_version: "admission.k8s.io/v1",
            kind: "AdmissionReview",
            response: AdmissionResponse {
                uid: uid.to_owned(),
                allowed: true,
                status: None,
                warnings: Vec::new(),
            },
        }
    }
}

impl Rejection {
    /// The status that a client gets for an object with this name.
    pub fn to_status(&self, name: &str) -> Status {
        let about_fields = self.request_fault().is_none();
        let (kind, group) = &self.resource;
        let causes = self.violations().iter().filter(|_| about_fields);
        Status {
            api_version: "v1",
            kind: "Status",
            metadata: Metadata {},
            status: "Failure",
            message: self.summary(name),
            reason: self.reason(),
            details: Details {
                name: name.to_owned(),
                group: group.clone(),
                kind: kind.clone(),
                causes: causes
                    .map(|violation| Cause {
                        reason: violation.error_type.reason(),
                        message: violation.message().to_string(),
                        field: violation.path.to_string(),
                    })
                    .collect(),
            },
            code: self.code(),
        }
    }

    /// The text of a status: a single violation as it is, several in brackets.
    fn summary(&self, name: &str) -> String {
        let texts: Vec<_> = self.violations().iter().map(ToString::to_string).collect();
        if self.request_fault().is_some() {
            return texts.join(", ");
        }
        let (kind, group) = &self.resource;
        let texts = match texts.as_slice() {
            [one] => one.clone(),
            _ => format!("[{}]", texts.join(", ")),
        };
        format!("{kind}.{group} {} is invalid: {texts}", go::Quoted(name))
    }
}

impl<T> Verdict<T> {
    /// The webhook's answer to the request with this uid.
    pub fn to_review(&self, uid: &str, name: &str) -> AdmissionReview {
        let unknown = self.unknown_fields.iter();
        let repeated = self.duplicate_fields.iter();
        let warnings = unknown
            .map(|field| format!("unknown field {}", go::Quoted(&field.path)))
            .chain(repeated.map(|path| format!("duplicate field {}", go::Quoted(path))))
            .chain(self.warnings.iter().cloned());
        let mut review = AdmissionReview::allowing(uid);
        review.response.allowed = self.is_allowed();
        review.response.status = self.rejection().map(|rejection| rejection.to_status(name));
        review.response.warnings = warnings.collect();
        review
    }
}
