//! The result of each way of writing, given the wanted and the existing object.

use serde_json::{Map, Value};

/// How overwriting treats live annotations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Annotations {
    /// They stay, unless the object sets them.
    Added,
    /// They are removed if the object has annotations, even an empty map.
    Replaced,
}

/// Read, modify and update: set fields replace existing ones; replicas stay if none are set.
pub(super) fn overwrite(live: &mut Value, wanted: &Value, annotations: Annotations) {
    let (Some(live), Some(wanted)) = (live.as_object_mut(), wanted.as_object()) else {
        return;
    };
    for (field, value) in wanted {
        match (live.get_mut(field), value) {
            (Some(Value::Object(live)), Value::Object(wanted)) if field == "metadata" => {
                overwrite_metadata(live, wanted, annotations);
            }
            (Some(live), wanted) if field == "spec" => {
                let replicas = live.get("replicas").cloned();
                *live = wanted.clone();
                keep_replicas(live, replicas);
            }
            _ => {
                live.insert(field.clone(), value.clone());
            }
        }
    }
}

fn keep_replicas(spec: &mut Value, replicas: Option<Value>) {
    if let (Value::Object(spec), Some(replicas)) = (spec, replicas) {
        spec.entry("replicas").or_insert(replicas);
    }
}

fn overwrite_metadata(
    live: &mut Map<String, Value>,
    wanted: &Map<String, Value>,
    annotations: Annotations,
) {
    for (field, value) in wanted {
        match (field.as_str(), live.get_mut(field), value) {
            ("annotations", Some(Value::Object(live)), Value::Object(wanted))
                if annotations == Annotations::Added =>
            {
                live.extend(wanted.clone());
            }
            ("ownerReferences", Some(Value::Array(live)), Value::Array(wanted)) => {
                let is_wanted = |owner: &Value| wanted.iter().any(|one| one["uid"] == owner["uid"]);
                live.retain(|owner| !is_wanted(owner));
                live.extend(wanted.iter().cloned());
            }
            _ => {
                live.insert(field.clone(), value.clone());
            }
        }
    }
}

/// A JSON merge patch (RFC 7396): null removes.
pub(super) fn patch(live: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *live = patch.clone();
        return;
    };
    if !live.is_object() {
        *live = Value::Object(Map::new());
    }
    for (field, value) in patch {
        if value.is_null() {
            live.as_object_mut().map(|live| live.remove(field));
        } else {
            self::patch(&mut live[field], value);
        }
    }
}

/// A server-side apply: removes `left_out` fields, given by JSON pointer, sets wanted ones and
/// keeps others. A list is one field.
pub(super) fn apply(live: &mut Value, left_out: &[String], wanted: &Value) {
    for field in left_out {
        forget(live, field);
    }
    merge(live, wanted);
}

/// Removes a field, and parents that become empty.
fn forget(live: &mut Value, pointer: &str) {
    let Some((parent, name)) = pointer.rsplit_once('/') else {
        return;
    };
    let name = name.replace("~1", "/").replace("~0", "~");
    if let Some(Value::Object(fields)) = live.pointer_mut(parent) {
        fields.remove(&name);
        if fields.is_empty() {
            forget(live, parent);
        }
    }
}

fn merge(live: &mut Value, wanted: &Value) {
    match (live, wanted) {
        (Value::Object(live), Value::Object(wanted)) => {
            for (field, value) in wanted {
                merge(live.entry(field.clone()).or_insert(Value::Null), value);
            }
        }
        (live, wanted) => *live = wanted.clone(),
    }
}

/// An object as the API server stores it: without empty labels, annotations, owners and finalizers.
pub(super) fn stored(mut object: Value) -> Value {
    let metadata = object.get_mut("metadata").and_then(Value::as_object_mut);
    if let Some(metadata) = metadata {
        metadata.retain(|_, value| match value {
            Value::Object(fields) => !fields.is_empty(),
            Value::Array(items) => !items.is_empty(),
            Value::Null => false,
            _ => true,
        });
    }
    object
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn overwriting_keeps_omitted_fields() {
        let mut live = json!({
            "metadata": {
                "labels": { "x": "y" },
                "annotations": { "keep": "1" },
                "ownerReferences": [{ "uid": "other" }],
            },
            "imagePullSecrets": [{ "name": "pull" }],
            "spec": { "replicas": 4, "paused": true },
        });
        let wanted = json!({
            "metadata": {
                "labels": { "a": "b" },
                "annotations": { "new": "2" },
                "ownerReferences": [{ "uid": "ours" }],
            },
            "spec": { "template": {} },
        });
        overwrite(&mut live, &wanted, Annotations::Added);
        let mut expected = json!({
            "metadata": {
                "labels": { "a": "b" },
                "annotations": { "keep": "1", "new": "2" },
                "ownerReferences": [{ "uid": "other" }, { "uid": "ours" }],
            },
            "imagePullSecrets": [{ "name": "pull" }],
            "spec": { "replicas": 4, "template": {} },
        });
        assert_eq!(live, expected);
        overwrite(&mut live, &wanted, Annotations::Added);
        assert_eq!(live, expected);
        overwrite(&mut live, &wanted, Annotations::Replaced);
        expected["metadata"]["annotations"] = json!({ "new": "2" });
        assert_eq!(live, expected);
    }

    #[test]
    fn a_patch_removes_with_null() {
        let mut live = json!({ "a": { "b": 1, "c": 2 }, "d": 3 });
        patch(
            &mut live,
            &json!({ "a": { "b": null, "e": { "f": null } }, "d": [4] }),
        );
        assert_eq!(live, json!({ "a": { "c": 2, "e": {} }, "d": [4] }));
    }

    #[test]
    fn applying_removes_only_omitted_fields() {
        let mut live = json!({
            "spec": { "max": 3, "behavior": { "up": 1, "theirs": 2 }, "metrics": { "ours/1": 1 } },
        });
        let left_out = [
            "/spec/behavior/up".to_owned(),
            "/spec/metrics/ours~11".to_owned(),
        ];
        apply(&mut live, &left_out, &json!({ "spec": { "max": 5 } }));
        assert_eq!(
            live,
            json!({ "spec": { "max": 5, "behavior": { "theirs": 2 } } })
        );
    }

    #[test]
    fn empty_metadata_is_not_stored() {
        let object =
            json!({ "metadata": { "name": "a", "labels": {}, "finalizers": [] }, "data": {} });
        assert_eq!(
            stored(object),
            json!({ "metadata": { "name": "a" }, "data": {} })
        );
    }
}
