//! Manifests without Secrets, for links.

use std::ops::Range;

use feast_check::manifest;
use feast_check::without_credentials;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// A manifest that a link may carry.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Shared {
    /// The manifest.
    pub text: String,
    /// The parts that were removed.
    pub left_out: Vec<String>,
}

/// Replaces an unreadable document.
const UNREADABLE: &str = "# This document could not be read, so the link does not contain it.\n";

/// Removes the data of Secrets from a manifest.
///
/// A Secret keeps its name and namespace only. Unreadable documents are removed, because they may be
/// Secrets. Credentials in URLs are masked. All other documents stay as they are written, except lists
/// that contain a Secret.
///
/// ```
/// let shared = feast_playground::share("
/// kind: Secret
/// metadata: {name: db}
/// ## hunter2
/// stringData: {password: hunter2}
/// ---
/// kind: ConfigMap # kept
/// ");
/// assert!(!shared.text.contains("hunter2"));
/// assert!(shared.text.ends_with("---\nkind: ConfigMap # kept\n"));
/// assert_eq!(shared.left_out, ["the data of Secret db"]);
/// ```
pub fn share(text: &str) -> Shared {
    let mut shared = Shared {
        text: String::new(),
        left_out: Vec::new(),
    };
    for (range, separator) in parts(text) {
        let part = text.get(range).unwrap_or_default();
        shared.text.push_str(separator);
        let kept = kept(part, &mut shared.left_out);
        shared.text.push_str(&kept);
    }
    let hidden = without_credentials(&shared.text);
    if hidden != shared.text {
        shared.left_out.push("credentials in URLs".to_owned());
    }
    shared.text = hidden;
    shared
}

/// The documents of a text, each with the separator before it.
fn parts(text: &str) -> Vec<(Range<usize>, &str)> {
    let mut parts = Vec::new();
    let (mut start, mut separator, mut offset) = (0, "", 0);
    for line in text.split_inclusive('\n') {
        let end = offset + line.len();
        // Readers ignore the text after `...`, the end of a document; here it is read, too.
        if line.starts_with("---") || line.starts_with("...") {
            parts.push((start..offset, separator));
            // Text after the dashes belongs to the document.
            (start, separator) = match line.trim_end() {
                "---" | "..." => (end, line),
                _ => (offset, ""),
            };
        }
        offset = end;
    }
    parts.push((start..text.len(), separator));
    parts
}

/// A document without Secrets.
fn kept(part: &str, left_out: &mut Vec<String>) -> String {
    let mut documents = Vec::new();
    for document in manifest::read(part) {
        let Ok(document) = document else {
            left_out.push("an unreadable document".to_owned());
            return UNREADABLE.to_owned();
        };
        documents.push(document);
    }
    let mut secrets = Vec::new();
    let objects = documents.iter().map(|document| {
        let object = Value::Object(document.object().clone());
        without_data(object, &mut secrets)
    });
    let mut objects: Vec<_> = objects.collect();
    if secrets.is_empty() && !mentions_secret(part) {
        return part.to_owned();
    }
    // Serialized again, without comments and everything else that was not parsed.
    left_out.extend(secrets);
    let whole = match (documents.as_slice(), objects.pop()) {
        ([only], Some(object)) if only.item.is_none() => object,
        (_, last) => {
            objects.extend(last);
            json!({ "apiVersion": "v1", "kind": "List", "items": objects })
        }
    };
    serde_saphyr::to_string(&whole).unwrap_or_else(|_| UNREADABLE.to_owned())
}

/// An object without the data of Secrets in it; adds their names to `secrets`. Checks assume that a
/// Secret without data is filled by something else.
fn without_data(value: Value, secrets: &mut Vec<String>) -> Value {
    match value {
        Value::Object(object) if is_secret(&object) => {
            let metadata = object.get("metadata").unwrap_or(&Value::Null);
            let mut kept = Map::new();
            for field in ["name", "namespace"] {
                if let Some(text) = metadata[field].as_str() {
                    kept.insert(field.to_owned(), text.into());
                }
            }
            let name = metadata["name"].as_str().unwrap_or("without a name");
            secrets.push(format!("the data of Secret {name}"));
            json!({ "apiVersion": "v1", "kind": "Secret", "metadata": kept })
        }
        Value::Object(object) => {
            let fields = object.into_iter();
            fields
                .map(|(name, value)| (name, without_data(value, secrets)))
                .collect()
        }
        Value::Array(items) => {
            let items = items.into_iter();
            items.map(|item| without_data(item, secrets)).collect()
        }
        scalar => scalar,
    }
}

/// Whether an object is a Secret or a list of them, or was meant to be one; false for a reference
/// to a Secret.
fn is_secret(object: &Map<String, Value>) -> bool {
    let has = |field| object.contains_key(field);
    let kind = object.get("kind").and_then(Value::as_str);
    let is_kind = |kind: &str| {
        let names = ["Secret", "SecretList"];
        names.iter().any(|name| name.eq_ignore_ascii_case(kind))
    };
    let is_reference = has("name") && !has("data") && !has("metadata");
    has("stringData") || kind.is_some_and(is_kind) && !is_reference
}

/// Whether a text contains the kind of a Secret anywhere, even in a comment.
fn mentions_secret(text: &str) -> bool {
    let is_left_out = |c: &char| c.is_whitespace() || ['"', '\''].contains(c);
    let mut text: String = text.chars().filter(|c| !is_left_out(c)).collect();
    text.make_ascii_lowercase();
    text.contains("kind:secret")
}
