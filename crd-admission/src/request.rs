//! Requests to the API server.

use serde_json::Value;

/// An object: the bytes of a request's body, or decoded JSON.
///
/// Bytes are validated exactly; a [`Value`] has lost duplicate keys and `-0`.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Body<'a> {
    /// JSON text.
    Bytes(&'a [u8]),
    /// Decoded JSON.
    Value(&'a Value),
}

impl<'a> From<&'a [u8]> for Body<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Body<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'a> From<&'a Vec<u8>> for Body<'a> {
    fn from(bytes: &'a Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'a> From<&'a str> for Body<'a> {
    fn from(text: &'a str) -> Self {
        Self::Bytes(text.as_bytes())
    }
}

impl<'a> From<&'a String> for Body<'a> {
    fn from(text: &'a String) -> Self {
        Self::Bytes(text.as_bytes())
    }
}

impl<'a> From<&'a Value> for Body<'a> {
    fn from(value: &'a Value) -> Self {
        Self::Value(value)
    }
}

/// How to treat unknown and duplicate fields (`fieldValidation`).
///
/// Exhaustive: the API server has no others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum FieldValidation {
    /// Admit the request with a warning: the API server's default.
    #[default]
    Warn,
    /// Reject the request.
    Strict,
}

/// A request to the API server.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub(crate) action: Action<'a>,
    pub(crate) namespace: Option<&'a str>,
    pub(crate) field_validation: FieldValidation,
    pub(crate) is_conditional: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Action<'a> {
    Create(Body<'a>),
    Update { old: Body<'a>, new: Body<'a> },
    UpdateStatus { old: Body<'a>, new: Body<'a> },
    Scale { old: Body<'a>, replicas: i32 },
}

impl<'a> Request<'a> {
    /// Creates an object.
    pub fn create(object: impl Into<Body<'a>>) -> Self {
        Self::new(Action::Create(object.into()))
    }

    /// Updates the stored `old` object to `new`.
    ///
    /// Without `metadata.resourceVersion` in `new`, the update applies to whatever is stored, as
    /// with `kubectl replace`. See [`conditional`](Self::conditional) for the API server's strict
    /// behaviour. A version other than `old`'s (`"1"` if it has none) is always a conflict.
    pub fn update(old: impl Into<Body<'a>>, new: impl Into<Body<'a>>) -> Self {
        let (old, new) = (old.into(), new.into());
        Self::new(Action::Update { old, new })
    }

    /// Updates the status of the stored `old` object to that of `new`.
    pub fn update_status(old: impl Into<Body<'a>>, new: impl Into<Body<'a>>) -> Self {
        let (old, new) = (old.into(), new.into());
        Self::new(Action::UpdateStatus { old, new })
    }

    /// Sets the replicas through the scale subresource, as `kubectl scale` does.
    pub fn scale(old: impl Into<Body<'a>>, replicas: i32) -> Self {
        let old = old.into();
        Self::new(Action::Scale { old, replicas })
    }

    fn new(action: Action<'a>) -> Self {
        Self {
            action,
            namespace: None,
            field_validation: FieldValidation::default(),
            is_conditional: false,
        }
    }

    /// Rejects an update without `metadata.resourceVersion`, as API servers do for custom
    /// resources. Most clients set it.
    ///
    /// ```
    /// # let crd = crd_admission::Crd::parse(include_bytes!("../examples/thing.json"))?;
    /// use crd_admission::Request;
    ///
    /// let thing = r#"{
    ///     "apiVersion": "example.com/v1", "kind": "Thing",
    ///     "metadata": {"name": "sample"}, "spec": {"size": 3}
    /// }"#;
    /// let validator = crd.version("v1").expect("served");
    /// let update = Request::update(thing, thing);
    /// assert!(validator.run(update).is_allowed());
    /// assert!(!validator.run(update.conditional()).is_allowed());
    /// # Ok::<(), crd_admission::CompileError>(())
    /// ```
    #[must_use]
    pub fn conditional(self) -> Self {
        Self {
            is_conditional: true,
            ..self
        }
    }

    /// The namespace in the request's URL. Default: that of the old object or of the object, else
    /// `default`.
    #[must_use]
    pub fn namespace(self, namespace: &'a str) -> Self {
        let namespace = Some(namespace);
        Self { namespace, ..self }
    }

    /// How to treat unknown and duplicate fields. Default: warn.
    #[must_use]
    pub fn field_validation(self, field_validation: FieldValidation) -> Self {
        Self {
            field_validation,
            ..self
        }
    }
}
