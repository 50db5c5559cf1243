//! What the API server says to a request.

use std::fmt;

use serde_json::Value;

use crate::error::{ErrorType, Violation};
use crate::suggest::Hint;

/// What the API server says to a request.
///
/// [`Validator::run`](crate::Validator::run) gives the object that would be stored with it,
/// [`Validator::check`](crate::Validator::check) makes none.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Verdict<T = Value> {
    /// The object as it would be stored, or why it is refused.
    ///
    /// The object lacks what only a server can make up: uid, creation time, resource version and
    /// managed fields. `xxxxx` stands for the five random characters after a `generateName`.
    pub outcome: Result<T, Rejection>,
    /// Fields that the schema does not know, which are dropped: those of the metadata, then the
    /// others in the order of their paths.
    pub unknown_fields: Vec<UnknownField>,
    /// Paths of keys that were given more than once in one JSON object; the last one counts.
    pub duplicate_fields: Vec<String>,
    /// Broken rules that an update is forgiven because nothing they look at has changed, and
    /// ill-chosen finalizers.
    pub warnings: Vec<String>,
}

impl Verdict {
    /// The object as it would be stored, unless the request is refused.
    pub fn stored(&self) -> Option<&Value> {
        self.outcome.as_ref().ok()
    }
}

impl<T> Verdict<T> {
    /// Whether the request is let in.
    pub fn is_allowed(&self) -> bool {
        self.outcome.is_ok()
    }

    /// Why the request is refused, if it is.
    pub fn rejection(&self) -> Option<&Rejection> {
        self.outcome.as_ref().err()
    }
}

/// A field that the schema does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownField {
    /// Its path, such as `spec.services.volumes[0].x`.
    pub path: String,
    /// What it may have been meant to be.
    pub hint: Option<Hint>,
    /// Whether the hint is the one name that a slip of the keyboard makes of it: one character more,
    /// fewer, another or swapped, or other capitals and separators.
    pub is_slip: bool,
}

impl fmt::Display for UnknownField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        match &self.hint {
            Some(hint) => write!(f, ": {hint}"),
            None => Ok(()),
        }
    }
}

/// Why a request is refused: one or more violations, in this order: metadata, schema, scale
/// paths, repeated list items, rules.
///
/// Within a group they follow the object. The API server says the same, some more than once and in
/// an order that changes.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub struct Rejection {
    violations: Vec<Violation>,
    /// Kind and group of the resource, as in `FeatureStore.feast.dev`.
    pub(crate) resource: (String, String),
}

impl Rejection {
    /// That for some violations of an object of a kind and group.
    ///
    /// # Errors
    ///
    /// The rejection, unless there is no violation.
    pub fn of(violations: Vec<Violation>, kind: &str, group: &str) -> Result<(), Self> {
        if violations.is_empty() {
            return Ok(());
        }
        let resource = (kind.to_owned(), group.to_owned());
        Err(Self {
            violations,
            resource,
        })
    }

    /// Says what it is about.
    #[cold]
    pub(crate) fn about(mut self, kind: &str, group: &str) -> Self {
        self.resource = (kind.to_owned(), group.to_owned());
        self
    }

    /// The violations, at least one.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// The violations, one by one.
    pub fn iter(&self) -> std::slice::Iter<'_, Violation> {
        self.violations.iter()
    }

    /// What kind of refusal it is, as in the reason of a status.
    pub fn reason(&self) -> &'static str {
        match self.request_fault() {
            Some(fault) => fault.reason(),
            None => "Invalid",
        }
    }

    /// The HTTP status that goes with the refusal.
    pub fn code(&self) -> u16 {
        match self.request_fault() {
            None => 422,
            Some(ErrorType::Conflict) => 409,
            Some(ErrorType::NotFound) => 404,
            Some(ErrorType::TooLarge) => 413,
            Some(ErrorType::Internal) => 500,
            Some(_) => 400,
        }
    }

    /// The fault if it is about the request rather than about fields.
    pub(crate) fn request_fault(&self) -> Option<ErrorType> {
        let fault = self.violations.first()?.error_type;
        (!fault.is_field()).then_some(fault)
    }
}

impl From<Violation> for Rejection {
    fn from(violation: Violation) -> Self {
        Self {
            violations: vec![violation],
            resource: Default::default(),
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, violation) in self.violations.iter().enumerate() {
            f.write_str(if i == 0 { "" } else { "\n" })?;
            violation.fmt(f)?;
        }
        Ok(())
    }
}

impl<'a> IntoIterator for &'a Rejection {
    type Item = &'a Violation;
    type IntoIter = std::slice::Iter<'a, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Rejection {
    type Item = Violation;
    type IntoIter = std::vec::IntoIter<Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.violations.into_iter()
    }
}
