//! The API server's rejection of a field.

use std::fmt;

use apimachinery::go::Quoted;
use apimachinery::{FieldPath, Release};
use serde::Serialize;

use crate::node::Node;
use crate::release::Feature;

/// Kubernetes' kind of error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[non_exhaustive]
pub enum Kind {
    /// The field is required.
    Required,
    /// The field must not be set.
    Forbidden,
    /// The value is not valid.
    Invalid,
    /// The value is not in the list of supported values.
    Unsupported,
    /// The value exists twice.
    Duplicate,
    /// The value refers to something that does not exist.
    NotFound,
    /// The value is too long.
    TooLong,
    /// The list or map has too many items.
    TooMany,
    /// Two items of a list have the same key for server-side apply.
    DuplicateKey,
    /// The release does not know the field.
    Unknown,
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
            Self::Unknown => "field not declared in schema",
        }
    }
}

/// A field that an API server rejects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Refusal {
    /// The field, in the rendered object; it need not exist.
    pub path: FieldPath,
    /// The kind of error.
    pub kind: Kind,
    /// The path in the API server's message, which sometimes differs from the field's.
    pub field: String,
    /// The rest of the API server's message, in its words or shortened.
    pub detail: String,
}

/// The API server's message.
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

/// Collects the rejections of a release.
#[derive(Debug)]
pub(crate) struct Refusals {
    release: Release,
    refusals: Vec<Refusal>,
}

impl Refusals {
    pub(crate) const fn of(release: Release) -> Self {
        let refusals = Vec::new();
        Self { release, refusals }
    }

    pub(crate) fn into_vec(self) -> Vec<Refusal> {
        self.refusals
    }

    pub(crate) fn len(&self) -> usize {
        self.refusals.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.refusals.is_empty()
    }

    /// An empty collection for the same release.
    pub(crate) fn apart(&self, check: impl FnOnce(&mut Self)) -> Vec<Refusal> {
        let mut others = Self::of(self.release);
        check(&mut others);
        others.into_vec()
    }

    /// Whether the release has the feature.
    pub(crate) fn is_on(&self, feature: Feature) -> bool {
        self.release >= feature.on
    }

    /// Whether the release validates the field of a feature. It rejects a field that it does not know.
    pub(crate) fn has(&mut self, node: &Node<'_, '_>, feature: Feature) -> bool {
        if node.exists() && self.release < feature.known {
            self.add(node, Kind::Unknown, "");
        }
        self.is_on(feature)
    }

    pub(crate) fn required(&mut self, node: &Node<'_, '_>, detail: &str) {
        self.add(node, Kind::Required, detail);
    }

    /// Rejects a missing or empty string; returns whether there is one.
    pub(crate) fn needs(&mut self, node: &Node<'_, '_>) -> bool {
        if node.is_empty() {
            self.required(node, "");
        }
        !node.is_empty()
    }

    pub(crate) fn forbidden(&mut self, node: &Node<'_, '_>, detail: &str) {
        self.add(node, Kind::Forbidden, detail);
    }

    pub(crate) fn invalid(&mut self, node: &Node<'_, '_>, detail: &str) {
        self.add_with_value(node, Kind::Invalid, detail);
    }

    pub(crate) fn unsupported(&mut self, node: &Node<'_, '_>, supported: &[&str]) {
        let supported = supported.iter().map(|value| Quoted(value).to_string());
        let supported: Vec<_> = supported.collect();
        let detail = format!("supported values: {}", supported.join(", "));
        self.add_with_value(node, Kind::Unsupported, &detail);
    }

    pub(crate) fn duplicate(&mut self, node: &Node<'_, '_>) {
        self.add_with_value(node, Kind::Duplicate, "");
    }

    pub(crate) fn not_found(&mut self, node: &Node<'_, '_>, detail: &str) {
        self.add_with_value(node, Kind::NotFound, detail);
    }

    pub(crate) fn too_long(&mut self, node: &Node<'_, '_>, most: usize) {
        let detail = format!("may not be more than {most} bytes");
        self.add(node, Kind::TooLong, &detail);
    }

    pub(crate) fn too_many(&mut self, node: &Node<'_, '_>, most: usize) {
        let detail = format!("{}: must have at most {most} items", node.len());
        self.add(node, Kind::TooMany, &detail);
    }

    /// Rejects a string that violates a rule.
    pub(crate) fn check<F: AsRef<str>, R: IntoIterator<Item = F>>(
        &mut self,
        node: &Node<'_, '_>,
        rule: fn(&str) -> R,
    ) {
        self.invalid_for(node, rule(node.text_or_empty()));
    }

    /// Rejects a value once for each of these faults.
    pub(crate) fn invalid_for<F: AsRef<str>>(
        &mut self,
        node: &Node<'_, '_>,
        faults: impl IntoIterator<Item = F>,
    ) {
        for fault in faults {
            self.invalid(node, fault.as_ref());
        }
    }

    /// Rejects a string that is set to another value than these.
    pub(crate) fn check_one_of(&mut self, node: &Node<'_, '_>, supported: &[&str]) {
        if node.text().is_some_and(|text| !supported.contains(&text)) {
            self.unsupported(node, supported);
        }
    }

    /// Rejects a negative number.
    pub(crate) fn check_not_negative(&mut self, node: &Node<'_, '_>) {
        if node.integer().is_some_and(|number| number < 0) {
            self.invalid(node, NOT_NEGATIVE);
        }
    }

    /// Rejects a number outside these bounds.
    pub(crate) fn check_range(&mut self, node: &Node<'_, '_>, from: i64, to: i64) {
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

    /// Rejects a value that has no node.
    pub(crate) fn invalid_at(&mut self, path: FieldPath, field: String, value: &str, detail: &str) {
        let detail = format!("{}: {detail}", Quoted(value));
        let kind = Kind::Invalid;
        self.push(Refusal {
            path,
            kind,
            field,
            detail,
        });
    }

    pub(crate) fn push(&mut self, refusal: Refusal) {
        self.refusals.push(refusal);
    }
}

pub(crate) const NOT_NEGATIVE: &str = "must be greater than or equal to 0";

/// The value of a field in a message, with strings quoted as by Go; a missing value is an empty
/// string.
fn shown(node: &Node<'_, '_>) -> String {
    match (node.text(), node.value()) {
        (None, Some(value)) => value.to_string(),
        (text, _) => Quoted(text.unwrap_or_default()).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The rejections of a Deployment with this number of variables of one name.
    fn refused(variables: usize) -> Vec<String> {
        let variable = json!({"name": "a\u{1b}\u{7}é\u{200b}=", "value": "b"});
        let object = json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "a", "namespace": "a"},
            "spec": {"template": {"spec": {
                "containers": [{
                    "name": "c\u{1b}", "imagePullPolicy": "\u{1b}",
                    "env": vec![variable; variables],
                }],
            }}},
        });
        let refusals = crate::check(&object, Release::V1_35).into_iter();
        refusals.map(|refusal| refusal.to_string()).collect()
    }

    #[test]
    fn texts_are_quoted_as_go_quotes_them() {
        for (variables, told) in [
            (1, r#"env[0].name: Invalid value: "a\x1b\aé\u200b=": "#),
            (
                1,
                r#"imagePullPolicy: Unsupported value: "\x1b": supported values: "#,
            ),
            (
                2,
                r#"containers[name="c\x1b"].env: duplicate entries for key [name="a\x1b\aé\u200b="]"#,
            ),
        ] {
            let refusals = refused(variables);
            let is_told = refusals.iter().any(|refusal| refusal.contains(told));
            assert!(is_told, "{told} in {refusals:#?}");
        }
    }

    #[test]
    fn values_at_no_node_are_quoted_too() {
        let mut out = Refusals::of(Release::V1_35);
        out.invalid_at(FieldPath::default(), "a".to_owned(), "\u{1b}", "no");
        let told = out.into_vec().remove(0).to_string();
        assert_eq!(told, r#"a: Invalid value: "\x1b": no"#);
    }
}
