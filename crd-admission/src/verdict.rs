//! Verdicts of the API server.

use std::fmt;

use serde_json::Value;

use crate::error::{ErrorType, Violation};
use crate::suggest::Hint;

/// The API server's verdict on a request.
///
/// [`Validator::run`](crate::Validator::run) includes the stored object;
/// [`Validator::check`](crate::Validator::check) does not.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Verdict<T = Value> {
    /// The stored object, or the rejection.
    ///
    /// The object lacks what only a server can generate: uid, creation time, resource version and
    /// managed fields. `xxxxx` stands for the five random characters after a `generateName`.
    pub outcome: Result<T, Rejection>,
    /// Unknown fields, which are dropped: first those of the metadata, then the others, ordered by
    /// path.
    pub unknown_fields: Vec<UnknownField>,
    /// Paths of duplicate keys in JSON objects; the last one is used.
    pub duplicate_fields: Vec<String>,
    /// Broken rules that ratcheting ignores, and bad finalizer names.
    pub warnings: Vec<String>,
}

impl Verdict {
    /// The stored object, unless the request is rejected.
    pub fn stored(&self) -> Option<&Value> {
        self.outcome.as_ref().ok()
    }
}

impl<T> Verdict<T> {
    /// Whether the request is admitted.
    pub fn is_allowed(&self) -> bool {
        self.outcome.is_ok()
    }

    /// The rejection, if there is one.
    pub fn rejection(&self) -> Option<&Rejection> {
        self.outcome.as_ref().err()
    }
}

/// An unknown field.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownField {
    /// Its path, such as `spec.services.volumes[0].x`.
    pub path: String,
    /// A suggestion.
    pub hint: Option<Hint>,
    /// Whether the suggestion is the only name that differs by one typo (a character added,
    /// removed, replaced or swapped) or by case and separators.
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

/// Why a request is rejected: one or more violations, in this order: metadata, schema, scale paths,
/// duplicate list items, rules.
///
/// Within a group they are in the order of the object. The API server reports the same ones, some
/// several times and in varying order.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub struct Rejection {
    violations: Vec<Violation>,
    /// Kind and group of the resource, as in `FeatureStore.feast.dev`.
    pub(crate) resource: (String, String),
}

impl Rejection {
    /// A rejection for violations of an object with a kind and group.
    ///
    /// # Errors
    ///
    /// A rejection, unless there are no violations.
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

    /// Sets the kind and group.
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

    /// The status reason.
    pub fn reason(&self) -> &'static str {
        match self.request_fault() {
            Some(fault) => fault.reason(),
            None => "Invalid",
        }
    }

    /// The HTTP status.
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

    /// The violation, if it concerns the request rather than fields.
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
