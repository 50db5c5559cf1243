//! Hover texts of fields.

use std::fmt::Write as _;
use std::ops::Range;

use feast_api::Version;
use serde_json::Value;

use super::outline::{Id, Outline};
use super::{Markup, fields};

/// A hover text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hover {
    /// The range of the field's name, in bytes.
    pub range: Range<usize>,
    /// The text.
    pub text: String,
}

/// The hover text of the field at a byte; `None` outside FeatureStores.
pub fn hover(text: &str, byte: usize, markup: Markup) -> Option<Hover> {
    let outline = Outline::around(text, byte);
    let id = outline.at(byte)?;
    let version = version(&outline, Some(id))?;
    let path = outline.path(Some(id));
    let schema = fields::find(fields::schema(version), &path)?;
    Some(Hover {
        text: self::text(&path.join("."), schema, version, markup),
        range: outline.entry(id).key.clone(),
    })
}

/// The version of the FeatureStore that contains an entry; `None` for other objects.
pub(super) fn version(outline: &Outline<'_>, id: Option<Id>) -> Option<Version> {
    let root = outline.root(id);
    let api_version = outline.text_of(root, "apiVersion");
    match outline.text_of(root, "kind") {
        Some(feast_api::KIND) | None => {}
        Some(_) => return None,
    }
    Version::from_api_version(api_version?)
}

/// The hover text of a field.
pub(super) fn text(path: &str, schema: &Value, version: Version, markup: Markup) -> String {
    let (strong, code, bullet) = match markup {
        Markup::Markdown => ("**", "`", "- "),
        Markup::Plain => ("", "", "  "),
    };
    let kind = fields::type_of(schema);
    // Writing to a string cannot fail.
    let mut text = format!("{strong}{path}{strong} {code}{kind}{code}");
    if let Some(description) = schema["description"].as_str() {
        let _ = write!(text, "\n\n{description}");
    }
    let facts = fields::facts(path, schema);
    if !facts.is_empty() {
        text += "\n";
    }
    for (label, value) in facts {
        let _ = write!(text, "\n{bullet}{label}: {code}{value}{code}");
    }
    for rule in fields::rules(path, version) {
        let _ = write!(text, "\n\n{code}{}{code}: {}", rule.name, rule.message);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_explained_from_its_first_character_to_just_behind_its_last() {
        let text = "apiVersion: feast.dev/v1\nkind: FeatureStore\nspec:\n  replicas: 3\n";
        let start = text.find("replicas").unwrap();
        let explained = |byte| {
            let hover = hover(text, byte, Markup::Plain)?;
            Some(text[hover.range].to_owned())
        };
        for byte in [start, start + 4, start + "replicas".len()] {
            assert_eq!(explained(byte).as_deref(), Some("replicas"), "{byte}");
        }
        assert_eq!(explained(start - 1), None);
        assert_eq!(explained(text.len()), None);
    }
}
