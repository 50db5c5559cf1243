//! What holds whatever is validated.

use kube_object_validation::{Release, check};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Any JSON, with the names of fields that mean something among its keys.
fn raw_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[-a-z0-9./%$ é]{0,12}".prop_map(Value::from),
    ];
    let key = prop_oneof![
        proptest::sample::select(
            &[
                "template",
                "spec",
                "containers",
                "env",
                "name",
                "volumes",
                "metrics",
                "rules",
                "resources",
                "limits",
                "jobTemplate",
                "metadata",
                "labels",
                "ports",
            ][..]
        )
        .prop_map(str::to_owned),
        "[a-z]{0,6}",
    ];
    leaf.prop_recursive(6, 48, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(key.clone(), inner, 0..6)
                .prop_map(|fields| fields.into_iter().collect::<Value>()),
        ]
    })
}

proptest! {
    /// Whatever an object looks like, there is an answer, of any release.
    #[test]
    fn any_object_is_judged(
        spec in raw_json(),
        metadata in raw_json(),
        kind in proptest::sample::select(&[
            "ConfigMap", "CronJob", "Deployment", "HorizontalPodAutoscaler",
            "PersistentVolumeClaim", "PodDisruptionBudget", "Role", "RoleBinding", "Secret",
            "Service", "ServiceAccount",
        ][..]),
        release in proptest::sample::select(Release::ALL),
    ) {
        let object: Value = json!({ "kind": kind, "metadata": metadata, "spec": spec });
        for refusal in check(&object, release) {
            prop_assert!(!refusal.to_string().is_empty());
        }
    }
}
