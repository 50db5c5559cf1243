//! Helpers of this crate's tests.

use feast_api::v1::{FeatureStore, ServiceHostnames};
use serde_json::{Value, json};

use crate::context::Context;
use crate::defaults;
use crate::inputs::Inputs;

/// FeatureStore `ml/sample` with these settings.
pub(crate) fn store(spec: &Value) -> FeatureStore {
    let store = FeatureStore::from_value(json!({
        "apiVersion": "feast.dev/v1",
        "kind": "FeatureStore",
        "metadata": {"name": "sample", "namespace": "ml", "uid": "1"},
        "spec": spec,
    }));
    store.expect("a FeatureStore")
}

/// Looks at FeatureStore `ml/sample` with these settings, others filled in.
pub(crate) fn with_context<T>(
    spec: &Value,
    inputs: &Inputs,
    look: impl FnOnce(&Context<'_>) -> T,
) -> T {
    let store = store(spec);
    let applied = defaults::applied(&store, inputs);
    let hostnames = ServiceHostnames::default();
    look(&Context::new(&store, &applied, &hostnames, inputs))
}
