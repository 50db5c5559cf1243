//! Field managers in the format of `metadata.managedFields`.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::fields::{Fields, Managed, leaves, once};

impl Fields {
    /// The entries of an object of this API version.
    pub(crate) fn entries(&self, api_version: &str, time: &str) -> Value {
        let mut sets: BTreeMap<(&str, &str, &str), Value> = BTreeMap::new();
        for (pointer, managed) in &self.0 {
            if pointer == "/metadata/deletionTimestamp" {
                continue;
            }
            let of_status = pointer == "/status" || pointer.starts_with("/status/");
            let part = if of_status { "status" } else { "" };
            for manager in &managed.by {
                let applied = managed.applied_by.contains(manager);
                let operation = if applied { "Apply" } else { "Update" };
                let set = sets.entry((manager, operation, part)).or_insert(json!({}));
                insert(set, pointer);
            }
        }
        let entries = sets
            .into_iter()
            .map(|((manager, operation, subresource), set)| {
                let mut entry = json!({
                    "manager": manager, "operation": operation, "apiVersion": api_version,
                    "time": time, "fieldsType": "FieldsV1", "fieldsV1": set,
                });
                if !subresource.is_empty() {
                    entry["subresource"] = subresource.into();
                }
                entry
            });
        entries.collect()
    }

    /// The managers of a field, by JSON pointer.
    pub(crate) fn managers(&self, pointer: &str) -> String {
        let managed = self.0.get(pointer);
        let by = managed.into_iter().flat_map(|managed| &managed.by);
        by.map(String::as_str).collect::<Vec<_>>().join(", ")
    }

    /// The managers that entries give to the fields of an object.
    pub(crate) fn read(object: &Value, entries: &Value) -> Self {
        let mut fields = Self::default();
        let mut shared = Vec::new();
        for pointer in leaves(object).into_keys() {
            let mut managed = Managed::default();
            for entry in entries.as_array().into_iter().flatten() {
                let Some(by) = entry["manager"].as_str() else {
                    continue;
                };
                if has(&entry["fieldsV1"], &pointer) {
                    managed.by.insert(by.to_owned());
                    if entry["operation"] == "Apply" {
                        managed.applied_by.insert(by.to_owned());
                    }
                }
            }
            fields.0.insert(pointer, once(&mut shared, managed));
        }
        fields
    }
}

/// The names on the path to a field.
fn names(pointer: &str) -> impl Iterator<Item = String> + '_ {
    let names = pointer.split('/').skip(1);
    names.map(|name| format!("f:{}", name.replace("~1", "/").replace("~0", "~")))
}

/// Adds a field to a set.
fn insert(set: &mut Value, pointer: &str) {
    let mut at = set;
    for name in names(pointer) {
        let Value::Object(fields) = at else { return };
        at = fields.entry(name).or_insert(Value::Object(Map::new()));
    }
}

/// Whether a set has a field, also as part of a field that it has as a whole, or through its items.
fn has(set: &Value, pointer: &str) -> bool {
    let mut at = set;
    for name in names(pointer) {
        match at.get(&name) {
            Some(below) => at = below,
            None => {
                return at.as_object().is_some_and(Map::is_empty) && !std::ptr::eq(at, set);
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn managed_fields_round_trip() {
        let object = json!({
            "metadata": { "labels": { "a/b": "c" } }, "spec": { "a": 1, "b": [{ "c": 2 }] },
            "status": { "phase": "Ready" },
        });
        let mut fields = Fields::default();
        fields.written("user", None, &object);
        fields.applied("operator", &json!({ "spec": { "b": [{ "c": 2 }] } }));
        let entries = fields.entries("v1", "now");
        let sets: Vec<_> = entries
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| {
                let by = [
                    &entry["manager"],
                    &entry["operation"],
                    &entry["subresource"],
                ];
                let by = by.map(|part| part.as_str().unwrap_or_default()).join(" ");
                (by, entry["fieldsV1"].clone())
            })
            .collect();
        let labels = json!({ "f:labels": { "f:a/b": {} } });
        assert_eq!(
            sets,
            [
                (
                    "operator Apply ".to_owned(),
                    json!({ "f:spec": { "f:b": {} } })
                ),
                (
                    "user Update ".to_owned(),
                    json!({ "f:metadata": labels, "f:spec": { "f:a": {}, "f:b": {} } })
                ),
                (
                    "user Update status".to_owned(),
                    json!({ "f:status": { "f:phase": {} } })
                ),
            ]
        );
        assert_eq!(
            Fields::read(&object, &entries).entries("v1", "now"),
            entries
        );
        let by_item = json!({ "f:spec": { "f:b": { "k:{\"c\":2}": { ".": {} } } } });
        let by_item = json!([{ "manager": "x", "operation": "Apply", "fieldsV1": by_item }]);
        assert_eq!(
            Fields::read(&object, &by_item).left_out("x", &json!({})),
            ["/spec/b"]
        );
    }
}
