//! FeatureStores for several tests.

use serde_json::{Value, json};

/// A FeatureStore.
pub(crate) fn store(name: &str, spec: &Value) -> Value {
    json!({
        "apiVersion": feast_api::Version::V1.api_version(),
        "kind": feast_api::KIND,
        "metadata": { "name": name },
        "spec": spec,
    })
}

/// The parameters of their stores.
pub(crate) fn secret() -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": { "name": "stores" },
        "stringData": {
            "postgres": "host: db\nport: 5432\ndatabase: feast\nuser: feast\npassword: change-me\n",
            "sql": "path: postgresql+psycopg://feast:change-me@db:5432/registry\n",
        },
    })
}

/// A minimal FeatureStore.
pub(crate) fn minimal() -> Value {
    json!({ "feastProject": "credit_scoring" })
}

/// Several replicas, with databases.
pub(crate) fn scaled(replicas: i32) -> Value {
    let mut spec = databases();
    spec["replicas"] = replicas.into();
    spec["services"]["podDisruptionBudgets"] = json!({ "maxUnavailable": 1 });
    spec
}

/// With an autoscaler.
pub(crate) fn autoscaled() -> Value {
    let mut spec = databases();
    spec["services"]["scaling"] = json!({ "autoscaling": { "minReplicas": 2, "maxReplicas": 4 } });
    spec
}

/// Every server, each with a store in a file.
pub(crate) fn all_servers() -> Value {
    json!({
        "feastProject": "credit_scoring",
        "authz": { "kubernetes": { "roles": ["reader"] } },
        "services": {
            "offlineStore": { "server": {} },
            "onlineStore": { "persistence": { "file": { "pvc": {
                "create": {}, "mountPath": "/data",
            } } } },
            "registry": { "local": { "server": { "restAPI": true } } },
            "ui": {},
        },
    })
}

fn databases() -> Value {
    let database = |kind: &str| {
        json!({ "persistence": { "store": {
            "type": kind, "secretRef": { "name": "stores" },
        } } })
    };
    let mut registry = database("sql");
    registry["server"] = json!({ "restAPI": true });
    json!({
        "feastProject": "credit_scoring",
        "services": { "onlineStore": database("postgres"), "registry": { "local": registry } },
    })
}
