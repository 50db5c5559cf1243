//! The fast path, which validates most objects.

use feast_validate::Validator;
use serde_json::{Value, json};

fn store() -> Value {
    json!({
        "apiVersion": "feast.dev/v1",
        "kind": "FeatureStore",
        "metadata": {"name": "sample"},
        "spec": {
            "feastProject": "credit_scoring",
            "replicas": 1,
            "feastProjectDir": {"git": {"url": "https://github.com/feast-dev/feast", "ref": "main"}},
            "authz": {"kubernetes": {"roles": ["reader", "writer"]}},
            "services": {
                "scaling": {"autoscaling": {"hpa": {"maxReplicas": 3, "minReplicas": 1}}},
                "onlineStore": {
                    "persistence": {"store": {"type": "redis", "secretRef": {"name": "redis"}}},
                    "server": {
                        "env": [{"name": "A", "value": "1"}, {"name": "B"}],
                        "resources": {"limits": {"cpu": 1, "memory": "1Gi"}},
                        "tls": {"secretRef": {"name": "tls"}},
                    },
                },
                "registry": {"local": {
                    "persistence": {"file": {"path": "s3://bucket/registry.db"}},
                    "server": {"restAPI": true, "grpc": true},
                }},
                "volumes": [{"name": "data", "emptyDir": {}}],
                "topologySpreadConstraints": [{
                    "maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule",
                }],
            },
        },
        "status": {"conditions": [{
            "type": "Ready", "status": "True", "reason": "Ready", "message": "",
            "lastTransitionTime": "2024-01-01T00:00:00Z",
        }]},
    })
}

/// Pointers to all values.
fn pointers(value: &Value, at: &str, out: &mut Vec<String>) {
    out.push(at.to_owned());
    match value {
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(index, item)| pointers(item, &format!("{at}/{index}"), out)),
        Value::Object(fields) => fields
            .iter()
            .for_each(|(name, field)| pointers(field, &format!("{at}/{name}"), out)),
        _ => {}
    }
}

/// Variants of an object: without a field, with a duplicate item, or with a replaced value.
fn neighbours(store: &Value) -> Vec<Value> {
    let others = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(2.0),
        json!(""),
        json!("x"),
        json!("/x"),
        json!([]),
        json!([{}]),
        json!([null]),
        json!({}),
        json!({"x": null}),
        json!({"name": "x", "maxReplicas": 0}),
    ];
    let mut paths = Vec::new();
    pointers(store, "", &mut paths);
    let mut out = Vec::new();
    for path in &paths {
        let mut change = |change: &dyn Fn(&mut Value)| {
            let mut neighbour = store.clone();
            change(neighbour.pointer_mut(path).expect("it is there"));
            out.push(neighbour);
        };
        for other in &others {
            change(&|value| *value = other.clone());
        }
        change(&|value| {
            if let Value::Array(items) = value {
                items.extend_from_within(..);
            }
        });
        for name in store
            .pointer(path)
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(|o| o.keys())
        {
            change(&|value| drop(value.as_object_mut().and_then(|fields| fields.remove(name))));
        }
    }
    out
}

#[test]
fn the_fast_and_the_thorough_check_agree() {
    let store = store();
    let (mut good, mut bad) = (0, 0);
    for object in neighbours(&store).iter().chain([&store]) {
        for (fits, is_clean) in Validator::v1().quick_and_thorough(object) {
            assert_eq!(fits, is_clean, "{object}");
            *(if is_clean { &mut good } else { &mut bad }) += 1;
        }
    }
    assert!(good > 1000 && bad > 1000, "{good} fit, {bad} do not");
}
