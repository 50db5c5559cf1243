//! Completion at a cursor.

use std::collections::BTreeSet;
use std::ops::Range;

use feast_api::{KIND, Release, Version};
use serde_json::Value;

use super::outline::{Cursor, Outline, Place};
use super::{Markup, fields, hover};

/// A completion.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Completion {
    /// Its label.
    pub label: String,
    /// Its kind.
    pub kind: CompletionKind,
    /// The range to replace, in bytes.
    pub range: Range<usize>,
    /// The replacement.
    pub text: String,
    /// A detail, such as the type of a field.
    pub detail: Option<String>,
    /// Documentation of the field.
    pub documentation: Option<String>,
}

/// The kind of a completion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CompletionKind {
    /// A required field.
    RequiredField,
    /// Another field.
    Field,
    /// A value.
    Value,
}

/// The completions at a byte of a text, for a release.
pub fn completions(text: &str, byte: usize, release: Release, markup: Markup) -> Vec<Completion> {
    let outline = Outline::around(text, byte);
    let Some(cursor) = outline.cursor(byte) else {
        return vec![];
    };
    let offer = Offer {
        outline: &outline,
        cursor: &cursor,
        is_quoted: text
            .get(cursor.word.clone())
            .is_some_and(|word| word.starts_with('"')),
        release,
        markup,
    };
    offer.all().unwrap_or_default()
}

struct Offer<'o> {
    outline: &'o Outline<'o>,
    cursor: &'o Cursor,
    is_quoted: bool,
    release: Release,
    markup: Markup,
}

impl Offer<'_> {
    fn all(&self) -> Option<Vec<Completion>> {
        let parent = self.cursor.parent;
        let path = self.outline.path(parent);
        if self.cursor.place == Place::Value
            && let Some(head) = self.head(&path)
        {
            return Some(head);
        }
        let version = hover::version(self.outline, parent)?;
        let schema = fields::find(fields::schema(version), &path)?;
        Some(match self.cursor.place {
            Place::Value => self.values(fields::inner(schema)),
            Place::Name { has_colon } => {
                let mut all = self.fields(schema, &path, version, has_colon);
                // An item of a list of strings looks like a name.
                if !has_colon && all.is_empty() {
                    all = self.values(fields::inner(schema));
                }
                all
            }
        })
    }

    /// The fields that identify a FeatureStore, if the object is not yet another kind.
    fn head(&self, path: &[&str]) -> Option<Vec<Completion>> {
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
    ) -> Vec<Completion> {
        let present = self.present();
        let fields = fields::children(schema).into_iter();
        let fields = fields.filter(|(name, _)| !present.contains(name));
        let items = fields.filter_map(|(name, found)| {
            let path = [path, &[name]].concat().join(".");
            let is_known = Release::of_field(&path).is_none_or(|since| since <= self.release);
            let is_required = fields::is_required(fields::inner(schema), name);
            is_known.then(|| Completion {
                kind: if is_required {
                    CompletionKind::RequiredField
                } else {
                    CompletionKind::Field
                },
                detail: Some(fields::type_of(found)),
                documentation: Some(hover::text(&path, found, version, self.markup)),
                ..self.item(name, self.name(name, found, has_colon))
            })
        });
        items.collect()
    }

    /// The names in the mapping, except the one being typed.
    fn present(&self) -> BTreeSet<&str> {
        let fields = self.outline.fields(self.cursor.parent);
        let others = fields.filter(|(_, entry)| entry.key != self.cursor.word);
        others
            .filter(|(_, entry)| entry.value.is_some())
            .map(|(name, _)| name)
            .collect()
    }

    /// A field's name as inserted: with a colon, and a space if its value is on the same line.
    fn name(&self, name: &str, schema: &Value, has_colon: bool) -> String {
        let name = self.quoted(name);
        let is_scalar = !matches!(schema["type"].as_str(), Some("object" | "array"));
        match (has_colon, is_scalar) {
            (true, _) => name,
            (false, true) => name + ": ",
            (false, false) => name + ":",
        }
    }

    /// The possible values of a field, if they can be listed.
    fn values(&self, schema: &Value) -> Vec<Completion> {
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
        let items = named.map(|value| Completion {
            detail: (default == *value).then(|| "default".to_owned()),
            ..self.value(value)
        });
        items.collect()
    }

    fn value(&self, value: &str) -> Completion {
        self.item(value, self.quoted(value))
    }

    /// A word, in quotes if the typed one has them.
    fn quoted(&self, word: &str) -> String {
        if self.is_quoted {
            format!("\"{word}\"")
        } else {
            word.to_owned()
        }
    }

    fn item(&self, label: &str, text: String) -> Completion {
        Completion {
            label: label.to_owned(),
            kind: CompletionKind::Value,
            range: self.cursor.word.clone(),
            text,
            detail: None,
            documentation: None,
        }
    }
}
