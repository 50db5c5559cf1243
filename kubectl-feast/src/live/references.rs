//! The Secrets and ConfigMaps that a FeatureStore refers to, anywhere in its spec.

use std::collections::BTreeSet;

use feast_api::references::reference;
use feast_render::ObjectRef;
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use serde_json::Value;

/// The Secrets and ConfigMaps that a FeatureStore refers to. Its depth is bounded, because the
/// CRD's is.
pub(super) fn references(store: &Value) -> BTreeSet<ObjectRef> {
    let namespace = store["metadata"]["namespace"].as_str();
    let mut found = BTreeSet::new();
    collect(&store["spec"], namespace, &mut found);
    found
}

fn collect(value: &Value, namespace: Option<&str>, found: &mut BTreeSet<ObjectRef>) {
    match value {
        Value::Array(items) => {
            for item in items {
                collect(item, namespace, found);
            }
        }
        Value::Object(fields) => {
            for (field, value) in fields {
                let has = |field: &str| value.get(field).is_some();
                let named = reference(field, has).map(|(kind, key)| (kind, value[key].as_str()));
                match named {
                    Some(("Secret", Some(name))) => {
                        found.insert(ObjectRef::new::<Secret>(namespace, name));
                    }
                    Some(("ConfigMap", Some(name))) => {
                        found.insert(ObjectRef::new::<ConfigMap>(namespace, name));
                    }
                    _ => {}
                }
                collect(value, namespace, found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn variables_and_volumes_refer_to_objects() {
        let store = json!({ "metadata": { "namespace": "ml" }, "spec": {
            "services": {
                "onlineStore": { "server": {
                    "env": [{ "valueFrom": { "secretKeyRef": { "name": "a", "key": "k" } } }],
                    "envFrom": [{ "configMapRef": { "name": "b" } }],
                } },
                "volumes": [{ "secret": { "secretName": "c" } }, { "configMap": { "name": "d" } }],
                "registry": { "remote": { "feastRef": { "name": "e" } } },
            },
        } });
        let found = references(&store).into_iter();
        let found: Vec<_> = found.map(|object| object.to_string()).collect();
        let expected = [
            "v1/ConfigMap/ml/b",
            "v1/ConfigMap/ml/d",
            "v1/Secret/ml/a",
            "v1/Secret/ml/c",
        ];
        assert_eq!(found, expected);
    }
}
