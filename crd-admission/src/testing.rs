//! CRDs for tests, also those in `tests/`.

use serde_json::{Value, json};

/// A CRD of `Thing` with these versions.
pub(crate) fn definition(versions: &[Value]) -> Value {
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "things.example.com"},
        "spec": {
            "group": "example.com", "scope": "Namespaced",
            "names": {"kind": "Thing", "plural": "things"}, "versions": versions,
        },
    })
}

/// Its version `v1`, which is stored, with this schema of `spec`.
pub(crate) fn version(spec: &Value) -> Value {
    json!({
        "name": "v1", "served": true, "storage": true,
        "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}},
    })
}
