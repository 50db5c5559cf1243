//! What an API server says of a field that it refuses.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::node::Node;
use crate::path::FieldPath;

/// What is wrong with a field, as Kubernetes sorts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[non_exhaustive]
pub enum Kind {
    /// It must be there.
    Required,
    /// It must not be there.
    Forbidden,
    /// Its value is not allowed.
    Invalid,
    /// Its value is none of a list.
    Unsupported,
    /// Another one like it is there.
    Duplicate,
    /// What it names is not there.
    NotFound,
    /// It is longer than allowed.
    TooLong,
    /// It has more items than allowed.
    TooMany,
    /// Two items of a list have the key by which server-side apply merges it.
    DuplicateKey,
}

/// A field that an API server refuses.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Refusal {
    /// The field, in the rendered object.
    pub path: FieldPath,
    /// What is wrong with it.
    pub kind: Kind,
    /// The path in the API server's words.
    pub field: String,
    /// What follows the path in the API server's message, but for the kind.
    pub detail: String,
}

/// In the API server's words.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Required => "Required value",
            Kind::Forbidden => "Forbidden",
            Kind::Invalid => "Invalid value",
            Kind::Unsupported => "Unsupported value",
            Kind::Duplicate => "Duplicate value",
            Kind::NotFound => "Not found",
            Kind::TooLong => "Too long",
            Kind::TooMany => "Too many",
            Kind::DuplicateKey => "duplicate entries for key",
        };
        write!(f, "{}: {kind}", self.field)?;
        match (self.kind, self.detail.is_empty()) {
            (_, true) => Ok(()),
            (Kind::DuplicateKey, false) => write!(f, " {}", self.detail),
            (_, false) => write!(f, ": {}", self.detail),
        }
    }
}

/// Takes what is refused.
#[derive(Debug, Default)]
pub(super) struct Refusals(Vec<Refusal>);

impl Refusals {
    pub(super) fn into_vec(self) -> Vec<Refusal> {
        self.0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn required(&mut self, node: &Node<'_, '_>, detail: impl Into<String>) {
        self.add(node, Kind::Required, detail.into());
    }

    pub(super) fn forbidden(&mut self, node: &Node<'_, '_>, detail: impl Into<String>) {
        self.add(node, Kind::Forbidden, detail.into());
    }

    /// The value is shown.
    pub(super) fn invalid(&mut self, node: &Node<'_, '_>, detail: impl AsRef<str>) {
        self.invalid_value(node, &shown(node), detail);
    }

    /// Another value than the field's is shown.
    pub(super) fn invalid_value(
        &mut self,
        node: &Node<'_, '_>,
        value: &str,
        detail: impl AsRef<str>,
    ) {
        self.add(node, Kind::Invalid, with(value, detail.as_ref()));
    }

    pub(super) fn unsupported(&mut self, node: &Node<'_, '_>, supported: &[&str]) {
        let supported: Vec<_> = supported.iter().map(|value| format!("{value:?}")).collect();
        let detail = format!("supported values: {}", supported.join(", "));
        self.add(node, Kind::Unsupported, with(&shown(node), &detail));
    }

    pub(super) fn duplicate(&mut self, node: &Node<'_, '_>) {
        self.add(node, Kind::Duplicate, shown(node));
    }

    pub(super) fn not_found(&mut self, node: &Node<'_, '_>, detail: impl AsRef<str>) {
        self.add(node, Kind::NotFound, with(&shown(node), detail.as_ref()));
    }

    pub(super) fn add(&mut self, node: &Node<'_, '_>, kind: Kind, detail: String) {
        let path = node.path();
        let field = path.to_string();
        self.0.push(Refusal {
            path,
            kind,
            field,
            detail,
        });
    }

    /// Adds a refusal whose field has other words than its path.
    pub(super) fn push(&mut self, refusal: Refusal) {
        self.0.push(refusal);
    }
}

fn with(value: &str, detail: &str) -> String {
    if detail.is_empty() {
        value.to_owned()
    } else {
        format!("{value}: {detail}")
    }
}

/// A value in a message.
fn shown(node: &Node<'_, '_>) -> String {
    match node.value() {
        None => "\"\"".to_owned(),
        Some(Value::String(text)) => format!("{text:?}"),
        Some(value) => value.to_string(),
    }
}
