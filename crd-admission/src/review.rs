//! An API server's request to a webhook (`admission.k8s.io/v1`), and the answer.

use std::borrow::Cow;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::error::Violation;
use crate::report::{AdmissionResponse, AdmissionReview, Details, Metadata, Status};
use crate::request::{Body, FieldValidation, Request};
use crate::validator::Validator;
use crate::verdict::{Rejection, Verdict};

const API_VERSION: &str = "admission.k8s.io/v1";
const KIND: &str = "AdmissionReview";

/// The request of an `AdmissionReview`, parsed without decoding its objects, so that duplicate keys
/// and the spelling of numbers are still there for validation.
///
/// A complete webhook handler, for any bytes:
///
/// ```
/// use crd_admission::{AdmissionRequest, ReviewError, Validator};
///
/// fn respond(validator: Validator<'_>, body: &[u8]) -> Result<String, ReviewError> {
///     let request = AdmissionRequest::parse(body)?;
///     let answer = validator.judge(&request);
///     let lints = ["this thing has no owner".to_owned()];
///     Ok(serde_json::to_string(&answer.with_warnings(lints))?)
/// }
///
/// # let crd = crd_admission::Crd::parse(include_bytes!("../examples/thing.json"))?;
/// let answer = respond(crd.version("v1").expect("served"), br#"{
///     "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
///     "request": {
///         "uid": "1", "operation": "CREATE", "name": "sample", "namespace": "ml",
///         "resource": {"group": "example.com", "version": "v1", "resource": "things"},
///         "object": {
///             "apiVersion": "example.com/v1", "kind": "Thing",
///             "metadata": {"name": "sample"}, "spec": {"size": 12}
///         }
///     }
/// }"#)?;
/// let answer: serde_json::Value = serde_json::from_str(&answer)?;
/// assert_eq!(answer["response"]["allowed"], false);
/// assert_eq!(answer["response"]["status"]["details"]["causes"][0]["field"], "spec.size");
/// assert_eq!(answer["response"]["warnings"][0], "this thing has no owner");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AdmissionRequest<'a> {
    /// Identifies the request; the answer repeats it.
    #[serde(borrow)]
    pub uid: Cow<'a, str>,
    /// The operation.
    pub operation: Operation,
    /// The resource, in the version of the objects.
    #[serde(borrow)]
    pub resource: Resource<'a>,
    /// `status`, `scale`, or `None` for the object itself.
    #[serde(borrow, default)]
    pub sub_resource: Cow<'a, str>,
    /// The object's name; empty if the API server will generate it.
    #[serde(borrow, default)]
    pub name: Cow<'a, str>,
    /// The object's namespace; empty for a cluster-scoped resource.
    #[serde(borrow, default)]
    pub namespace: Cow<'a, str>,
    /// The new object; `None` for a deletion. For the subresource `scale` it is a `Scale`.
    #[serde(borrow, default)]
    pub object: Option<&'a RawValue>,
    /// The old object; `None` for a creation.
    #[serde(borrow, default)]
    pub old_object: Option<&'a RawValue>,
    /// Whether this is a dry run. The answer is the same, but a webhook must not have side effects.
    #[serde(default)]
    pub dry_run: Option<bool>,
    #[serde(default)]
    options: Option<Options>,
    /// The object of a `Scale`.
    #[serde(skip)]
    scaled: Option<Body<'a>>,
}

/// The operation of a request (`operation`).
///
/// Exhaustive: the API server has no others, and webhooks decide on each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Operation {
    /// Creates an object.
    Create,
    /// Updates an object, or removes the last finalizer of one that is being deleted.
    Update,
    /// Deletes an object.
    Delete,
    /// Opens a connection.
    Connect,
}

/// A resource at a version (`GroupVersionResource`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize)]
#[non_exhaustive]
pub struct Resource<'a> {
    /// Such as `example.com`.
    #[serde(borrow, default)]
    pub group: Cow<'a, str>,
    /// Such as `v1`.
    #[serde(borrow, default)]
    pub version: Cow<'a, str>,
    /// The plural, such as `things`.
    #[serde(borrow, default)]
    pub resource: Cow<'a, str>,
}

/// `CreateOptions` and `UpdateOptions`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Options {
    #[serde(default)]
    field_validation: String,
}

/// Why a body is not a request; answer with HTTP status 400.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReviewError {
    /// The body is larger than an API server's requests.
    #[error("a review has at most {} bytes", AdmissionRequest::MAX_BYTES)]
    TooLarge,
    /// The body is not JSON, or a field is missing or has the wrong type.
    #[error("not an AdmissionReview: {0}")]
    Json(#[from] serde_json::Error),
    /// The body is another kind, or another version.
    #[error("expected `{KIND}` of `{API_VERSION}`, not `{kind}` of `{api_version}`")]
    NotAReview {
        /// Its `apiVersion`.
        api_version: String,
        /// Its `kind`.
        kind: String,
    },
    /// The review has no request: it is an answer.
    #[error("the AdmissionReview has no `request`")]
    NoRequest,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Review<'a> {
    #[serde(borrow, default)]
    api_version: Cow<'a, str>,
    #[serde(borrow, default)]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    request: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct Scale {
    #[serde(default)]
    spec: ScaleSpec,
}

#[derive(Default, Deserialize)]
struct ScaleSpec {
    #[serde(default)]
    replicas: i32,
}

impl<'a> AdmissionRequest<'a> {
    /// Maximum size of a review: two objects of the maximum size, and the envelope.
    pub const MAX_BYTES: usize = 8 << 20;

    /// Parses a body from an API server.
    ///
    /// # Errors
    ///
    /// If it is not an `AdmissionReview` of `admission.k8s.io/v1` with a request.
    /// [`Validator::judge`] reports errors in the objects.
    pub fn parse(body: &'a [u8]) -> Result<Self, ReviewError> {
        if body.len() > Self::MAX_BYTES {
            return Err(ReviewError::TooLarge);
        }
        let review: Review<'a> = serde_json::from_slice(body)?;
        if (&*review.api_version, &*review.kind) != (API_VERSION, KIND) {
            return Err(ReviewError::NotAReview {
                api_version: review.api_version.into_owned(),
                kind: review.kind.into_owned(),
            });
        }
        let request = review.request.ok_or(ReviewError::NoRequest)?;
        Ok(serde_json::from_str(request.get())?)
    }

    /// The stored object of a `Scale`. A review of the subresource `scale` does not contain it, and
    /// without it [`Validator::judge`] admits the request.
    #[must_use]
    pub fn scaling(self, stored: impl Into<Body<'a>>) -> Self {
        let scaled = Some(stored.into());
        Self { scaled, ..self }
    }

    /// The request to validate; `None` if there is nothing to validate.
    fn to_request(&self) -> Result<Option<Request<'_>>, Violation> {
        let body = |object: Option<&'a RawValue>, name| {
            let missing = || Violation::bad_request(format!("the request has no `{name}`"));
            object.map(RawValue::get).ok_or_else(missing)
        };
        let new = || body(self.object, "object");
        let old = || body(self.old_object, "oldObject");
        let request = match (self.operation, &*self.sub_resource) {
            (Operation::Create, "") => Request::create(new()?),
            (Operation::Update, "") => Request::update(old()?, new()?),
            (Operation::Update, "status") => Request::update_status(old()?, new()?),
            (Operation::Update, "scale") => match self.scaled {
                Some(stored) => Request::scale(stored, replicas(new()?)?),
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        let options = self.options.as_ref();
        let is_strict = options.is_some_and(|options| options.field_validation == "Strict");
        let request = request.field_validation(if is_strict {
            FieldValidation::Strict
        } else {
            FieldValidation::Warn
        });
        Ok(Some(request.namespace(&self.namespace)))
    }
}

fn replicas(scale: &str) -> Result<i32, Violation> {
    let scale: Scale = serde_json::from_str(scale)
        .map_err(|error| Violation::bad_request(format!("not a Scale: {error}")))?;
    Ok(scale.spec.replicas)
}

/// The answer to a request; it serializes as the `AdmissionReview` that the API server expects.
#[derive(Clone, Debug)]
#[must_use]
pub struct Answer {
    uid: String,
    name: String,
    verdict: Option<Verdict>,
    forbidden: Option<String>,
    warnings: Vec<String>,
}

impl Answer {
    /// Whether the request is admitted.
    pub fn is_allowed(&self) -> bool {
        let is_valid = self.verdict.as_ref().is_none_or(Verdict::is_allowed);
        is_valid && self.forbidden.is_none()
    }

    /// The verdict on the request; `None` if there was nothing to validate, such as a deletion.
    pub fn verdict(&self) -> Option<&Verdict> {
        self.verdict.as_ref()
    }

    /// Adds warnings for the client.
    pub fn with_warnings(mut self, warnings: impl IntoIterator<Item = String>) -> Self {
        self.warnings.extend(warnings);
        self
    }

    /// Rejects the request for a reason of the webhook, as `Forbidden`. A rejection by the verdict
    /// takes precedence.
    pub fn forbid(self, message: impl Into<String>) -> Self {
        let forbidden = Some(message.into());
        Self { forbidden, ..self }
    }

    /// Admits the request regardless: reasons for rejection become warnings.
    ///
    /// For requests whose rejection would do harm, such as the removal of a finalizer.
    pub fn warn_only(mut self) -> Self {
        if let Some(verdict) = self.verdict.take_if(|verdict| !verdict.is_allowed()) {
            let violations = verdict.rejection().into_iter().flat_map(Rejection::iter);
            self.warnings.extend(violations.map(ToString::to_string));
        }
        self.warnings.extend(self.forbidden.take());
        self
    }

    /// The answer as data.
    pub fn to_review(&self) -> AdmissionReview {
        let verdict = self.verdict.as_ref();
        let mut review = verdict.map_or_else(
            || AdmissionReview::allowing(&self.uid),
            |verdict| verdict.to_review(&self.uid, &self.name),
        );
        let AdmissionResponse {
            allowed,
            status,
            warnings,
            ..
        } = &mut review.response;
        warnings.extend(self.warnings.iter().cloned());
        if let (true, Some(message)) = (*allowed, &self.forbidden) {
            *allowed = false;
            *status = Some(Status {
                api_version: "v1",
                kind: "Status",
                metadata: Metadata {},
                status: "Failure",
                message: message.clone(),
                reason: "Forbidden",
                details: Details {
                    name: self.name.clone(),
                    ..Details::default()
                },
                code: 403,
            });
        }
        review
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_review().serialize(serializer)
    }
}

impl Validator<'_> {
    /// Answers a webhook request for this resource, in any version.
    ///
    /// Creations and updates, including those of the status and of objects that are being deleted,
    /// are validated as in the API server. Deletions, connections and other subresources are
    /// admitted; for `scale` see [`AdmissionRequest::scaling`]. A request for another resource is
    /// rejected.
    pub fn judge(&self, request: &AdmissionRequest<'_>) -> Answer {
        let verdict = match self.of_resource(&request.resource) {
            Ok(validator) => match request.to_request() {
                Ok(request) => request.map(|request| validator.run(request)),
                Err(fault) => Some(self.refusal(fault)),
            },
            Err(fault) => Some(self.refusal(fault)),
        };
        Answer {
            uid: request.uid.clone().into_owned(),
            name: request.name.clone().into_owned(),
            verdict,
            forbidden: None,
            warnings: Vec::new(),
        }
    }

    /// The validator of the request's version.
    fn of_resource(&self, asked: &Resource<'_>) -> Result<Self, Violation> {
        let crd = self.crd;
        let is_ours = asked.group == crd.group && asked.resource == crd.plural;
        let version = is_ours
            .then(|| crd.stored_or_served(&asked.version))
            .flatten();
        let validator = version.map(|version| Self::new(crd, version));
        validator.ok_or_else(|| {
            Violation::bad_request(format!(
                "expected a request about `{}.{}`, not about `{}.{}` at version `{}`",
                crd.plural, crd.group, asked.resource, asked.group, asked.version
            ))
        })
    }

    /// The verdict on a request that is rejected before anything is decoded.
    fn refusal(&self, fault: Violation) -> Verdict {
        let rejection = Rejection::from(fault).about(&self.crd.kind, &self.crd.group);
        Verdict {
            outcome: Err(rejection),
            unknown_fields: Vec::new(),
            duplicate_fields: Vec::new(),
            warnings: Vec::new(),
        }
    }
}
