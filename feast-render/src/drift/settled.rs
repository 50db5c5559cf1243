//! Whether a cluster's object matches what was applied.

use serde_json::{Map, Value};

/// Whether applying `wanted` would leave `live` unchanged: everything wanted is there, and every
/// field applied before is still wanted.
///
/// `live` has at most one entry in `metadata.managedFields`: the field set of this operator
/// ([`FieldsV1`]) instead of the whole entry. It shows how lists merge: as sets, as maps by keys,
/// or as one value.
///
/// Objects that are installed with the operator are compared by content, regardless of who applied
/// them.
///
/// [`FieldsV1`]: https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
pub fn is_settled(live: &Value, wanted: &Value) -> bool {
    if is_installed(wanted) {
        return has_all(&live["rules"], &wanted["rules"], None);
    }
    let owned = &live["metadata"]["managedFields"][0];
    let Value::Object(owned) = owned else {
        return false;
    };
    has_all(live, wanted, Some(owned)) && wants_all(wanted, owned)
}

/// Whether an object is installed together with the operator: a ClusterRole. The operator creates
/// it only if it is missing.
pub fn is_installed(wanted: &Value) -> bool {
    wanted["kind"].as_str().is_some_and(is_installed_kind)
}

/// Whether objects of this kind are installed together with the operator.
pub fn is_installed_kind(kind: &str) -> bool {
    kind == "ClusterRole"
}

/// Whether `live` has everything in `wanted`.
pub(super) fn has_all(live: &Value, wanted: &Value, owned: Option<&Map<String, Value>>) -> bool {
    match (live, wanted) {
        (Value::Object(live), Value::Object(wanted)) => wanted.iter().all(|(key, wanted)| {
            let owned = owned.and_then(|owned| owned.get(&format!("f:{key}"))?.as_object());
            match live.get(key) {
                // The server stores a Role without rules this way.
                None | Some(Value::Null) => is_empty(wanted),
                Some(live) => has_all(live, wanted, owned),
            }
        }),
        (Value::Array(live), Value::Array(wanted)) => {
            let members = owned.into_iter().flatten();
            let mut keyed = members.filter(|(key, _)| key.starts_with("k:")).peekable();
            if keyed.peek().is_some() {
                let keyed: Vec<_> = keyed.collect();
                wanted.iter().all(|wanted| is_member(live, wanted, &keyed))
            } else if owned.is_some_and(|owned| owned.keys().any(|key| key.starts_with("v:"))) {
                wanted.iter().all(|wanted| live.contains(wanted))
            } else {
                let mut pairs = live.iter().zip(wanted);
                live.len() == wanted.len()
                    && pairs.all(|(live, wanted)| has_all(live, wanted, None))
            }
        }
        _ => live == wanted,
    }
}

/// Whether the list has the wanted item, found by the keys of the owned item.
fn is_member(live: &[Value], wanted: &Value, keyed: &[(&String, &Value)]) -> bool {
    keyed.iter().any(|(member, owned)| {
        let Some(keys) = keys(member) else {
            return false;
        };
        let found = live.iter().find(|live| has_keys(live, &keys));
        has_keys(wanted, &keys)
            && found.is_some_and(|live| has_all(live, wanted, owned.as_object()))
    })
}

/// Whether everything owned is wanted.
pub(super) fn wants_all(wanted: &Value, owned: &Map<String, Value>) -> bool {
    owned.iter().all(|(member, owned)| {
        let wanted = match member.split_once(':') {
            Some(("f", key)) => wanted.get(key),
            Some(("k", _)) => keys(member).and_then(|keys| {
                let mut items = wanted.as_array()?.iter();
                items.find(|item| has_keys(item, &keys))
            }),
            Some(("v", text)) => serde_json::from_str(text).ok().and_then(|value: Value| {
                let mut items = wanted.as_array()?.iter();
                items.find(|item| **item == value)
            }),
            // `.`: the item itself.
            _ => Some(wanted),
        };
        match (wanted, owned) {
            (Some(wanted), Value::Object(owned)) => wants_all(wanted, owned),
            (wanted, _) => wanted.is_some(),
        }
    })
}

/// The keys of a member such as `k:{"name":"online"}`.
pub(super) fn keys(member: &str) -> Option<Map<String, Value>> {
    serde_json::from_str(member.strip_prefix("k:")?).ok()
}

/// Whether an item has these keys. A missing key has its default, which the server set.
pub(super) fn has_keys(item: &Value, keys: &Map<String, Value>) -> bool {
    let known = |(key, value): (&String, &Value)| item.get(key).map(|found| found == value);
    let mut found = keys.iter().filter_map(known).peekable();
    found.peek().is_some() && found.all(|same| same)
}

/// Whether the server may omit the value.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.values().all(is_empty),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn live() -> Value {
        json!({
            "metadata": {
                "name": "a", "uid": "1", "labels": { "x": "1", "others": "2" },
                "finalizers": ["theirs", "ours"],
                "managedFields": [{
                    "f:metadata": {
                        "f:labels": { "f:x": {} },
                        "f:finalizers": { "v:\"ours\"": {} },
                    },
                    "f:spec": {
                        "f:replicas": {},
                        "f:args": {},
                        "f:containers": {
                            "k:{\"name\":\"online\"}": {
                                ".": {},
                                "f:name": {},
                                "f:ports": {
                                    "k:{\"containerPort\":80,\"protocol\":\"TCP\"}": {
                                        ".": {}, "f:containerPort": {},
                                    },
                                },
                            },
                        },
                    },
                }],
            },
            "spec": {
                "replicas": 3,
                "args": ["a", "b"],
                "containers": [
                    { "name": "injected" },
                    {
                        "name": "online", "imagePullPolicy": "Always",
                        "ports": [{ "containerPort": 80, "protocol": "TCP" }],
                    },
                ],
            },
        })
    }

    fn wanted() -> Value {
        json!({
            "metadata": { "name": "a", "labels": { "x": "1" }, "finalizers": ["ours"] },
            "spec": {
                "replicas": 3,
                "args": ["a", "b"],
                "containers": [{ "name": "online", "ports": [{ "containerPort": 80 }] }],
            },
        })
    }

    #[test]
    fn fields_of_others_are_no_drift() {
        assert!(is_settled(&live(), &wanted()));
    }

    #[test]
    fn empty_and_absent_are_equal() {
        let mut live = live();
        live["rules"] = Value::Null;
        let mut wanted = wanted();
        wanted["rules"] = json!([]);
        assert!(is_settled(&live, &wanted));
        wanted["rules"] = json!([{}, 1]);
        assert!(!is_settled(&live, &wanted));
    }

    #[test]
    fn cluster_roles_are_compared_by_content() {
        let wanted = json!({
            "kind": "ClusterRole",
            "metadata": { "name": "a", "labels": { "x": "1" } },
            "rules": [{ "verbs": ["get"] }, { "verbs": ["list"] }],
        });
        let mut live = wanted.clone();
        live["metadata"]["managedFields"] = json!([]);
        // Helm adds labels to the objects it installs.
        live["metadata"]["labels"]["x"] = "2".into();
        assert!(is_settled(&live, &wanted));
        for (pointer, value) in [
            ("/rules", json!([{ "verbs": ["get"] }])),
            ("/rules/1/verbs", json!(["list", "watch"])),
        ] {
            let mut changed = live.clone();
            *changed.pointer_mut(pointer).unwrap() = value;
            assert!(!is_settled(&changed, &wanted), "{pointer}");
        }
    }

    #[test]
    fn every_change_is_drift() {
        let changes = [
            ("/metadata/labels/x", json!("2")),
            ("/metadata/finalizers/0", json!("more")),
            ("/spec/replicas", json!(4)),
            ("/spec/args/1", json!("c")),
            ("/spec/args", json!(["b", "a"])),
            ("/spec/args", json!(["a"])),
            ("/spec/containers/0/name", json!("offline")),
            ("/spec/containers/0/ports/0/containerPort", json!(81)),
            ("/spec/containers/0/image", json!("x")),
        ];
        for (pointer, value) in changes {
            let mut wanted = wanted();
            match wanted.pointer_mut(pointer) {
                Some(place) => *place = value,
                None => wanted["spec"]["containers"][0]["image"] = value,
            }
            assert!(!is_settled(&live(), &wanted), "{pointer}");
        }
    }

    #[test]
    fn fields_no_longer_wanted_are_drift() {
        let removals = [
            ("/metadata/labels", "x"),
            ("/metadata", "finalizers"),
            ("/spec", "replicas"),
            ("/spec", "args"),
            ("/spec", "containers"),
            ("/spec/containers/0", "ports"),
        ];
        for (pointer, field) in removals {
            let mut wanted = wanted();
            let parent = wanted.pointer_mut(pointer).unwrap();
            parent.as_object_mut().unwrap().remove(field);
            assert!(!is_settled(&live(), &wanted), "{pointer}/{field}");
        }
    }

    #[test]
    fn fields_never_applied_are_drift() {
        let mut live = live();
        live["metadata"]["managedFields"] = json!([]);
        assert!(!is_settled(&live, &wanted()));
    }
}
