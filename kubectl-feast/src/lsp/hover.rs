//! What a field is, as `explain` has it.

use std::fmt::Write as _;

use feast_api::Version;
use gen_lsp_types as lsp;
use serde_json::Value;

use super::outline::{Id, Outline};
use super::position::Lines;
use crate::explain::field;

/// What is said of the field at a byte.
pub(super) fn at(text: &str, byte: usize, lines: &Lines<'_>, markdown: bool) -> Option<lsp::Hover> {
    let outline = Outline::around(text, byte);
    let id = outline.at(byte)?;
    let version = version(&outline, Some(id))?;
    let path = outline.path(Some(id));
    let schema = field::find(field::schema(version), &path)?;
    Some(lsp::Hover {
        contents: self::text(&path.join("."), schema, version, markdown).into(),
        range: Some(lines.range(outline.entry(id).key.clone())),
    })
}

/// The version of the FeatureStore that an entry is of; nothing for other objects.
pub(super) fn version(outline: &Outline<'_>, id: Option<Id>) -> Option<Version> {
    let root = outline.root(id);
    let api_version = outline.text_of(root, "apiVersion");
    match outline.text_of(root, "kind") {
        Some(feast_api::KIND) | None => {}
        Some(_) => return None,
    }
    Version::from_api_version(api_version?)
}

/// The text about a field.
pub(super) fn text(
    path: &str,
    schema: &Value,
    version: Version,
    markdown: bool,
) -> lsp::MarkupContent {
    let (strong, code, bullet) = if markdown {
        ("**", "`", "- ")
    } else {
        ("", "", "  ")
    };
    let kind = field::type_of(schema);
    // Writing to a string cannot fail.
    let mut text = format!("{strong}{path}{strong} {code}{kind}{code}");
    if let Some(description) = schema["description"].as_str() {
        let _ = write!(text, "\n\n{description}");
    }
    let facts = field::facts(path, schema);
    if !facts.is_empty() {
        text += "\n";
    }
    for (label, value) in facts {
        let _ = write!(text, "\n{bullet}{label}: {code}{value}{code}");
    }
    for rule in field::rules(path, version) {
        let _ = write!(text, "\n\n{code}{}{code}: {}", rule.name, rule.message);
    }
    lsp::MarkupContent {
        kind: if markdown {
            lsp::MarkupKind::Markdown
        } else {
            lsp::MarkupKind::PlainText
        },
        value: text,
    }
}
