//! Whether a walk through a new object would find nothing: the same checks, without the paths and
//! words that only faults need, and so a good deal faster.
//!
//! Defaults are not looked at: a CRD has none that do not fit.

use crate::json::{Data, Json, Node};
use crate::list_type;
use crate::rules::place;
use crate::schema::{self, List, Schema};
use crate::view::{Mode, View};
use crate::walk::Checks;

/// Whether a value, as it would be stored, passes the checks with all that is in it.
pub(crate) fn fits(node: Node<'_>, schema: &Schema, checks: Checks) -> bool {
    match node {
        Node::Tree(place) => value_fits(place, schema, checks),
        Node::Value(value) => value_fits(value, schema, checks),
    }
}

fn value_fits<'a, J: Json<'a>>(value: J, schema: &Schema, checks: Checks) -> bool {
    let data = value.data();
    if checks.schema && !schema::admits(schema, &data) {
        return false;
    }
    let view = || {
        let node: Node<'_> = value.into();
        View::new(node, schema, Mode::Defaulted)
    };
    let has_rules = checks.rules && !schema.rules.is_empty() && !matches!(data, Data::Null);
    if has_rules && !place::hold(schema, view()) {
        return false;
    }
    match data {
        Data::Object(fields) => !schema.has_fields() || fields_fit(fields, schema, checks),
        Data::Array(items) => {
            let is_set = checks.lists && !matches!(schema.list, List::Atomic);
            (!is_set || list_type::is_unique(schema, view())) && items_fit(items, schema, checks)
        }
        _ => true,
    }
}

fn items_fit<'a, J: Json<'a>>(
    mut items: impl Iterator<Item = J>,
    list: &Schema,
    checks: Checks,
) -> bool {
    let schema = list.items.as_deref();
    let Some(schema) = schema.filter(|schema| checks.concern(schema)) else {
        return true;
    };
    items.all(|item| {
        let is_defaulted = is_dropped(item, schema) && schema.default.is_some();
        is_defaulted || value_fits(item, schema, checks)
    })
}

fn fields_fit<'a, J: Json<'a>>(
    fields: impl Iterator<Item = (&'a str, J)>,
    object: &Schema,
    checks: Checks,
) -> bool {
    let mut demanded = 0;
    for (name, value) in fields {
        let (schema, is_demanded) = match object.properties.find(name) {
            Some(property) => (&property.schema, property.is_demanded),
            None => match &object.additional {
                Some(schema) => (schema, object.required.iter().any(|other| other == name)),
                None => continue,
            },
        };
        if is_dropped(value, schema) {
            continue;
        }
        demanded += usize::from(is_demanded);
        if checks.concern(schema) && !value_fits(value, schema, checks) {
            return false;
        }
    }
    !checks.schema || demanded == object.demanded
}

/// Whether a value is a null that the API server drops.
fn is_dropped<'a>(value: impl Json<'a>, schema: &Schema) -> bool {
    !schema.nullable && matches!(value.data(), Data::Null)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::path::Path;
    use crate::schema::tables::FEATURE_STORE;
    use crate::walk::{Until, Walk};

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

    /// Paths of all values.
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

    /// An object for each field that is left out, each item that is there twice, and each value that
    /// is replaced by another.
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
    fn agrees_with_the_walk() {
        let schema = &FEATURE_STORE.version("v1").expect("there is a v1").schema;
        let store = store();
        let (mut good, mut bad) = (0, 0);
        for object in neighbours(&store).iter().chain([&store]) {
            for checks in [Checks::ALL, Checks::SCHEMA, Checks::LISTS] {
                let mut walk = Walk::new(checks, Until::Any);
                let root = View::new(object, schema, Mode::Defaulted);
                walk.value(root, None, &Path::ROOT);
                let is_clean = !walk.is_done();
                let fits = fits(object.into(), schema, checks);
                assert_eq!(fits, is_clean, "{object} {:?}", walk.found);
                *(if is_clean { &mut good } else { &mut bad }) += 1;
            }
        }
        assert!(good > 1000 && bad > 1000, "{good} fit, {bad} do not");
    }
}
