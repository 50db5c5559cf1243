//! What may be written where the cursor is.

use std::collections::BTreeSet;

use feast_api::{KIND, Release, Version};
use gen_lsp_types as lsp;
use serde_json::Value;

use super::hover;
use super::outline::{Cursor, Outline, Place};
use super::position::Lines;
use crate::explain::field;

/// What is offered at a byte, to who writes for a release.
pub(super) fn at(
    text: &str,
    byte: usize,
    lines: &Lines<'_>,
    release: Release,
    markdown: bool,
) -> Vec<lsp::CompletionItem> {
    let outline = Outline::around(text, byte);
    let Some(cursor) = outline.cursor(byte) else {
        return vec![];
    };
    let offer = Offer {
        outline: &outline,
        cursor: &cursor,
        range: lines.range(cursor.word.clone()),
        is_quoted: text
            .get(cursor.word.clone())
            .is_some_and(|word| word.starts_with('"')),
        release,
        markdown,
    };
    offer.all().unwrap_or_default()
}

struct Offer<'o> {
    outline: &'o Outline<'o>,
    cursor: &'o Cursor,
    /// What is replaced.
    range: lsp::Range,
    is_quoted: bool,
    release: Release,
    markdown: bool,
}

impl Offer<'_> {
    fn all(&self) -> Option<Vec<lsp::CompletionItem>> {
        let parent = self.cursor.parent;
        let path = self.outline.path(parent);
        if self.cursor.place == Place::Value
            && let Some(head) = self.head(&path)
        {
            return Some(head);
        }
        let version = hover::version(self.outline, parent)?;
        let schema = field::find(field::schema(version), &path)?;
        Some(match self.cursor.place {
            Place::Value => self.values(field::inner(schema)),
            Place::Name { has_colon } => {
                let mut all = self.fields(schema, &path, version, has_colon);
                // An item of a list of texts looks like a name.
                if !has_colon && all.is_empty() {
                    all = self.values(field::inner(schema));
                }
                all
            }
        })
    }

    /// What says that an object is a FeatureStore, as long as it says nothing else.
    fn head(&self, path: &[&str]) -> Option<Vec<lsp::CompletionItem>> {
        let root = self.outline.root(self.cursor.parent);
        let says = |field| self.outline.text_of(root, field);
        match path {
            ["apiVersion"] if says("kind").is_none_or(|kind| kind == KIND) => {
                let served = self.release.versions().iter().rev();
                Some(
                    served
                        .map(|version| self.value(version.api_version()))
                        .collect(),
                )
            }
            ["kind"]
                if says("apiVersion")
                    .and_then(Version::from_api_version)
                    .is_some() =>
            {
                Some(vec![self.value(KIND)])
            }
            _ => None,
        }
    }

    fn fields(
        &self,
        schema: &Value,
        path: &[&str],
        version: Version,
        has_colon: bool,
    ) -> Vec<lsp::CompletionItem> {
        let present = self.present();
        let fields = field::children(schema).into_iter();
        let fields = fields.filter(|(name, _)| !present.contains(name));
        let items = fields.filter_map(|(name, found)| {
            let path = [path, &[name]].concat().join(".");
            let is_known = Release::of_field(&path).is_none_or(|since| since <= self.release);
            let is_required = field::is_required(field::inner(schema), name);
            is_known.then(|| lsp::CompletionItem {
                kind: Some(lsp::CompletionItemKind::Field),
                detail: Some(field::type_of(found)),
                documentation: Some(hover::text(&path, found, version, self.markdown).into()),
                sort_text: Some(format!("{}{name}", u8::from(!is_required))),
                ..self.item(name, self.name(name, found, has_colon))
            })
        });
        items.collect()
    }

    /// The names that the mapping has, but for the one that is typed.
    fn present(&self) -> BTreeSet<&str> {
        let fields = self.outline.fields(self.cursor.parent);
        let others = fields.filter(|(_, entry)| entry.key != self.cursor.word);
        others
            .filter(|(_, entry)| entry.value.is_some())
            .map(|(name, _)| name)
            .collect()
    }

    /// A field's name as it is written: with a colon, and a space if a value follows on the line.
    fn name(&self, name: &str, schema: &Value, has_colon: bool) -> String {
        let name = if self.is_quoted {
            format!("\"{name}\"")
        } else {
            name.to_owned()
        };
        let is_scalar = !matches!(schema["type"].as_str(), Some("object" | "array"));
        match (has_colon, is_scalar) {
            (true, _) => name,
            (false, true) => name + ": ",
            (false, false) => name + ":",
        }
    }

    /// The values that a field can have, if they can be listed.
    fn values(&self, schema: &Value) -> Vec<lsp::CompletionItem> {
        let listed = schema["enum"].as_array().into_iter().flatten();
        let mut values: Vec<_> = listed
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        if schema["type"] == "boolean" {
            values.extend(["true".to_owned(), "false".to_owned()]);
        }
        let default = match &schema["default"] {
            Value::String(text) => text.clone(),
            value => value.to_string(),
        };
        let named = values.iter().filter(|value| !value.is_empty());
        let items = named.map(|value| lsp::CompletionItem {
            detail: (default == *value).then(|| "default".to_owned()),
            ..self.value(value)
        });
        items.collect()
    }

    fn value(&self, value: &str) -> lsp::CompletionItem {
        let text = if self.is_quoted {
            format!("\"{value}\"")
        } else {
            value.to_owned()
        };
        lsp::CompletionItem {
            kind: Some(lsp::CompletionItemKind::EnumMember),
            ..self.item(value, text)
        }
    }

    fn item(&self, label: &str, new_text: String) -> lsp::CompletionItem {
        let edit = lsp::TextEdit {
            range: self.range,
            new_text,
        };
        lsp::CompletionItem {
            label: label.to_owned(),
            // As what is replaced may have quotes.
            filter_text: self.is_quoted.then(|| edit.new_text.clone()),
            text_edit: Some(edit.into()),
            ..lsp::CompletionItem::default()
        }
    }
}
