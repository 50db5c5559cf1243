//! Field-by-field comparison of objects.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::Value;

use super::documents::{Shown, StoreDocument};
use super::lines::unified;
use crate::credentials::without_traces;

/// A field that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FieldChange {
    /// The path, such as `spec.template.spec.containers[online].image`; list items with a name are
    /// identified by it.
    pub path: String,
    /// The old value; `None` if it is added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<Value>,
    /// The new value; `None` if it is removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<Value>,
}

impl FieldChange {
    /// Whether it is the document in a ConfigMap, which [`Diff`](super::Diff) shows by line.
    pub fn is_in_document(&self) -> bool {
        self.path.starts_with(DOCUMENT_PATH)
    }

    /// The changed lines of a multi-line string, as in [`DocumentChange`].
    ///
    /// [`DocumentChange`]: super::DocumentChange
    pub fn lines(&self) -> Option<Vec<String>> {
        let text = |value: &Option<Value>| Some(value.as_ref()?.as_str()?.to_owned());
        let (old, new) = (text(&self.old)?, text(&self.new)?);
        let have_lines = old.contains('\n') && new.contains('\n') && old != new;
        have_lines.then(|| unified(&old, &new))
    }
}

/// Fields that identify items of Kubernetes' lists.
const KEYS: [&str; 4] = ["name", "mountPath", "type", "containerPort"];

/// The fields in which two objects differ, in order.
///
/// A field that only one of them has is one change, including everything below it.
///
/// ```
/// use feast_check::diff::compare;
/// use serde_json::json;
///
/// let old = json!({ "ports": [{ "name": "http", "port": 80 }], "a": 1 });
/// let new = json!({ "ports": [{ "name": "grpc" }, { "name": "http", "port": 81 }], "a": 1 });
/// let paths: Vec<_> = compare(&old, &new).into_iter().map(|change| change.path).collect();
/// assert_eq!(paths, ["ports[grpc]", "ports[http].port"]);
/// ```
pub fn compare(old: &Value, new: &Value) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    walk(String::new(), Some(old), Some(new), &mut changes);
    changes
}

fn walk(path: String, old: Option<&Value>, new: Option<&Value>, changes: &mut Vec<FieldChange>) {
    match (old, new) {
        (old, new) if old == new => {}
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let mut parts = pair(old.iter(), new.iter());
            parts.sort_by_key(|(name, ..)| *name);
            for (name, old, new) in parts {
                let path = match path.is_empty() {
                    true => name.clone(),
                    false if name.contains(['.', '/']) => format!("{path}[{name}]"),
                    false => format!("{path}.{name}"),
                };
                walk(path, old, new, changes);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) => {
            let mut keys = KEYS.into_iter();
            let key = keys.find(|key| is_key(key, old) && is_key(key, new));
            let (old, new) = match key {
                Some(key) => (named(key, old), named(key, new)),
                None => differing(old, new),
            };
            for (name, old, new) in pair(
                old.iter().map(|(name, item)| (name, *item)),
                new.iter().map(|(name, item)| (name, *item)),
            ) {
                walk(format!("{path}[{name}]"), old, new, changes);
            }
        }
        (old, new) => changes.push(FieldChange {
            path,
            old: old.cloned(),
            new: new.cloned(),
        }),
    }
}

/// Pairs of parts with the same name: those of the new value, then removed ones.
fn pair<'v>(
    old: impl Iterator<Item = (&'v String, &'v Value)>,
    new: impl Iterator<Item = (&'v String, &'v Value)>,
) -> Vec<(&'v String, Option<&'v Value>, Option<&'v Value>)> {
    let old: Vec<_> = old.collect();
    let new: Vec<_> = new.collect();
    let find = |parts: &[(&'v String, &'v Value)], name: &str| {
        parts
            .iter()
            .find(|(other, _)| *other == name)
            .map(|(_, value)| *value)
    };
    let kept = new
        .iter()
        .map(|(name, value)| (*name, find(&old, name), Some(*value)));
    let gone = old.iter().filter(|(name, _)| find(&new, name).is_none());
    kept.chain(gone.map(|(name, value)| (*name, Some(*value), None)))
        .collect()
}

/// Whether a field identifies list items.
fn is_key(key: &str, items: &[Value]) -> bool {
    let mut names: Vec<_> = items.iter().map(|item| text(item.get(key))).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    names.len() == count && names.iter().all(Option::is_some)
}

fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// List items and their identifying key.
type Named<'v> = Vec<(String, &'v Value)>;

/// List items, identified by the value of a key.
fn named<'v>(key: &str, items: &'v [Value]) -> Named<'v> {
    let name = |item: &'v Value| (text(item.get(key)).unwrap_or_default(), item);
    items.iter().map(name).collect()
}

/// Items of two lists without a key, identified by position after the common prefix and suffix, so
/// that an added or removed item does not shift the others.
fn differing<'v>(old: &'v [Value], new: &'v [Value]) -> (Named<'v>, Named<'v>) {
    let shortest = old.len().min(new.len());
    let same = |(old, new): &(&Value, &Value)| old == new;
    let first = old.iter().zip(new).take_while(same).count();
    let last = old.iter().rev().zip(new.iter().rev());
    let last = last.take_while(same).count().min(shortest - first);
    let placed = |items: &'v [Value]| {
        let items = items.iter().enumerate().skip(first);
        items.map(|(index, item)| (index.to_string(), item))
    };
    (
        placed(&old[..old.len() - last]).collect(),
        placed(&new[..new.len() - last]).collect(),
    )
}

/// A path without list indices.
pub(super) fn without_items(path: &str) -> String {
    let mut parts = path.split('[');
    let first = parts.next().unwrap_or_default();
    let rest = parts.map(|part| part.split_once(']').map_or(part, |(_, rest)| rest));
    std::iter::once(first).chain(rest).collect()
}

/// The key of a ConfigMap with the clients' document.
const DOCUMENT: &str = "feature_store.yaml";

/// Its path.
const DOCUMENT_PATH: &str = "data[feature_store.yaml]";

/// An object with the clients' document as fields instead of text.
pub(super) fn opened(object: &Value) -> Cow<'_, Value> {
    if object["kind"] == "ConfigMap"
        && let Some(text) = object["data"][DOCUMENT].as_str()
        && let Ok(document @ Value::Object(_)) = go_yaml::to_value(text)
    {
        let mut object = object.clone();
        object["data"][DOCUMENT] = document;
        return Cow::Owned(object);
    }
    Cow::Borrowed(object)
}

/// The changes of an object, with those of the clients' document as it is shown.
pub(super) fn with_document(
    mut changes: Vec<FieldChange>,
    documents: &[Shown],
) -> Vec<FieldChange> {
    let Some(place) = changes.iter().position(FieldChange::is_in_document) else {
        return changes;
    };
    changes.retain(|change| !change.is_in_document());
    let shown = documents.iter();
    let shown = shown.filter(|shown| shown.document == StoreDocument::Client);
    let fields = shown.flat_map(Shown::fields).map(|change| FieldChange {
        path: format!("{DOCUMENT_PATH}.{}", change.path),
        ..change
    });
    changes.splice(place..place, fields);
    changes
}

/// Replaces values that may be secret.
const HIDDEN: &str = "(not shown)";

/// Hides Secret data, values of variables, which may be passwords, and credentials in URLs.
pub(super) fn without_secrets(is_secret: bool, mut changes: Vec<FieldChange>) -> Vec<FieldChange> {
    for change in &mut changes {
        // List items with a name and a value are variables and HTTP headers.
        let is_value = change.path.ends_with("].value");
        for value in [&mut change.old, &mut change.new].into_iter().flatten() {
            if is_secret || is_value {
                *value = HIDDEN.into();
            } else {
                hide(value);
            }
        }
    }
    changes
}

fn hide(value: &mut Value) {
    match value {
        Value::Object(map) => {
            let is_named = map.contains_key("name");
            for (key, value) in map {
                if is_named && key == "value" {
                    *value = HIDDEN.into();
                } else {
                    hide(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(hide),
        Value::String(text) => *text = without_traces(text),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_added_or_removed_item_does_not_shift_the_others() {
        let rule = |what: &str| json!({ "resources": [what], "verbs": ["get", what] });
        let [a, b, c, d] = ["a", "b", "c", "d"].map(rule);
        for (old, new, expected) in [
            (json!([a, b, c]), json!([a, c]), vec!["[1]"]),
            (json!([a, c]), json!([a, b, c]), vec!["[1]"]),
            (json!([a, a]), json!([a, a, a]), vec!["[2]"]),
            (json!([a, b]), json!([]), vec!["[0]", "[1]"]),
            (
                json!([a, b, c]),
                json!([a, d, c]),
                vec!["[1].resources[0]", "[1].verbs[1]"],
            ),
            (json!(["x", "y"]), json!(["y", "x"]), vec!["[0]", "[1]"]),
        ] {
            let changes = compare(&old, &new).into_iter();
            let paths: Vec<_> = changes.map(|change| change.path).collect();
            assert_eq!(paths, expected, "{old} {new}");
        }
    }

    #[test]
    fn added_removed_and_changed_fields() {
        let old = json!({ "a": { "x": 1, "y.z": 2 }, "b": [1, 2], "c": null });
        let new = json!({ "a": { "x": 2 }, "b": [1, 3, 4], "d": {} });
        let changes = compare(&old, &new);
        let paths: Vec<_> = changes.iter().map(|change| change.path.as_str()).collect();
        assert_eq!(paths, ["a.x", "a[y.z]", "b[1]", "b[2]", "c", "d"]);
        assert_eq!((&changes[1].old, &changes[1].new), (&Some(json!(2)), &None));
    }

    #[test]
    fn secrets_are_hidden() {
        let [old, new] = ["hunter2", "correct horse"].map(|text| json!({ "data": { "a": text } }));
        let changes = without_secrets(true, compare(&old, &new));
        assert_eq!(changes[0].path, "data.a");
        assert_eq!(
            (&changes[0].old, &changes[0].new),
            (&Some(json!(HIDDEN)), &Some(json!(HIDDEN)))
        );
    }

    #[test]
    fn credentials_of_addresses_are_hidden() {
        let [old, new] = ["git clone https://me:hunter2@a/b", "git clone https://a/b"]
            .map(|text| json!({ "args": [text] }));
        let changes = without_secrets(false, compare(&old, &new));
        let old = changes[0].old.as_ref();
        assert_eq!(old, Some(&json!("git clone https://***@a/b")));
    }

    #[test]
    fn values_of_variables_are_always_hidden() {
        let variable = json!({ "name": "PASSWORD", "value": "c2VjcmV0" });
        let container = json!({ "name": "online", "env": [variable] });
        for (old, new) in [
            (json!({ "c": [] }), json!({ "c": [container] })),
            (
                json!({ "c": [{ "name": "online" }] }),
                json!({ "c": [container] }),
            ),
            (
                json!({ "env": [variable] }),
                json!({ "env": [{ "name": "PASSWORD", "value": "b3RoZXI=" }] }),
            ),
        ] {
            let changes = without_secrets(false, compare(&old, &new));
            let shown = format!("{changes:?}");
            assert!(!changes.is_empty());
            assert!(
                !shown.contains("c2VjcmV0") && !shown.contains("b3RoZXI"),
                "{shown}"
            );
        }
    }
}
