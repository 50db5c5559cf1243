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
    /// Two items of a list have the key by which server-side apply merges them.
    DuplicateKey,
}

impl Kind {
    const fn words(self) -> &'static str {
        match self {
            Self::Required => "Required value",
            Self::Forbidden => "Forbidden",
            Self::Invalid => "Invalid value",
            Self::Unsupported => "Unsupported value",
            Self::Duplicate => "Duplicate value",
            Self::NotFound => "Not found",
            Self::TooLong => "Too long",
            Self::TooMany => "Too many",
            Self::DuplicateKey => "duplicate entries for key",
        }
    }
}

/// A field that an API server refuses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Refusal {
    /// The field, in the rendered object; it need not exist.
    pub path: FieldPath,
    /// What is wrong with it.
    pub kind: Kind,
    /// The path as the API server writes it, which is not always where the field is.
    pub field: String,
    /// What the API server says besides, in its words or in fewer.
    pub detail: String,
}

/// As the API server says it.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.kind.words())?;
        match self.kind {
            _ if self.detail.is_empty() => Ok(()),
            Kind::DuplicateKey => write!(f, " {}", self.detail),
            _ => write!(f, ": {}", self.detail),
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

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn required(&mut self, node: &Node<'_, '_>, detail: &str) {
        self.add(node, Kind::Required, detail);
    }

    /// Refuses a missing or empty text; tells whether there is one.
    pub(super) fn needs(&mut self, node: &Node<'_, '_>) -> bool {
        if node.is_empty() {
            self.required(node, "");
        }
        !node.is_empty()
    }

    pub(super) fn forbidden(&mut self, node: &Node<'_, '_>, detail: &str) {
        self.add(node, Kind::Forbidden, detail);
    }

    pub(super) fn invalid(&mut self, node: &Node<'_, '_>, detail: &str) {
        self.add_with_value(node, Kind::Invalid, detail);
    }

    pub(super) fn unsupported(&mut self, node: &Node<'_, '_>, supported: &[&str]) {
        let supported: Vec<_> = supported.iter().map(|value| format!("{value:?}")).collect();
        let detail = format!("supported values: {}", supported.join(", "));
        self.add_with_value(node, Kind::Unsupported, &detail);
    }

    pub(super) fn duplicate(&mut self, node: &Node<'_, '_>) {
        self.add_with_value(node, Kind::Duplicate, "");
    }

    pub(super) fn not_found(&mut self, node: &Node<'_, '_>, detail: &str) {
        self.add_with_value(node, Kind::NotFound, detail);
    }

    pub(super) fn too_long(&mut self, node: &Node<'_, '_>, most: usize) {
        let detail = format!("may not be more than {most} bytes");
        self.add(node, Kind::TooLong, &detail);
    }

    pub(super) fn too_many(&mut self, node: &Node<'_, '_>, most: usize) {
        let detail = format!("{}: must have at most {most} items", node.len());
        self.add(node, Kind::TooMany, &detail);
    }

    /// Refuses a text that breaks a rule.
    pub(super) fn check(&mut self, node: &Node<'_, '_>, rule: fn(&str) -> Option<&'static str>) {
        if let Some(fault) = rule(node.text_or_empty()) {
            self.invalid(node, fault);
        }
    }

    /// Refuses a text that is there and is none of these.
    pub(super) fn check_one_of(&mut self, node: &Node<'_, '_>, supported: &[&str]) {
        if node.text().is_some_and(|text| !supported.contains(&text)) {
            self.unsupported(node, supported);
        }
    }

    /// Refuses a number below 0.
    pub(super) fn check_not_negative(&mut self, node: &Node<'_, '_>) {
        if node.integer().is_some_and(|number| number < 0) {
            self.invalid(node, NOT_NEGATIVE);
        }
    }

    /// Refuses a number outside these bounds.
    pub(super) fn check_range(&mut self, node: &Node<'_, '_>, from: i64, to: i64) {
        if node
            .integer()
            .is_some_and(|number| number < from || number > to)
        {
            let detail = format!("must be between {from} and {to}, inclusive");
            self.invalid(node, &detail);
        }
    }

    fn add_with_value(&mut self, node: &Node<'_, '_>, kind: Kind, detail: &str) {
        let value = shown(node);
        if detail.is_empty() {
            self.add(node, kind, &value);
        } else {
            self.add(node, kind, &format!("{value}: {detail}"));
        }
    }

    fn add(&mut self, node: &Node<'_, '_>, kind: Kind, detail: &str) {
        self.push(Refusal {
            path: node.path(),
            kind,
            field: node.field(),
            detail: detail.to_owned(),
        });
    }

    /// Refuses a value that is at no node.
    pub(super) fn invalid_at(&mut self, path: FieldPath, field: String, value: &str, detail: &str) {
        let detail = format!("{value:?}: {detail}");
        let kind = Kind::Invalid;
        self.push(Refusal {
            path,
            kind,
            field,
            detail,
        });
    }

    pub(super) fn push(&mut self, refusal: Refusal) {
        self.0.push(refusal);
    }
}

pub(super) const NOT_NEGATIVE: &str = "must be greater than or equal to 0";

/// A value in a message.
fn shown(node: &Node<'_, '_>) -> String {
    match node.value() {
        None => "\"\"".to_owned(),
        Some(Value::String(text)) => format!("{text:?}"),
        Some(value) => value.to_string(),
    }
}
