//! Somebody's operator under test, with generated histories of FeatureStores on a cluster in memory.
//!
//! ```console
//! $ cargo test --example property_test
//! ```

use feast_testing::cluster::{Key, Store};
use serde_json::json;

/// The operator: runs a Deployment for a FeatureStore, and says so.
fn reconcile(store: &mut Store, key: &Key) {
    let Some(fs) = store.get(key) else { return };
    let deployment = json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "namespace": key.namespace,
            "name": key.name,
            "ownerReferences": [{
                "apiVersion": "feast.dev/v1", "kind": "FeatureStore", "controller": true,
                "name": key.name, "uid": fs["metadata"]["uid"],
            }],
        },
        "spec": {"replicas": fs["spec"]["replicas"]},
    });
    store.apply(deployment);
    store.set_status(key, json!({"phase": "Ready"}));
}

fn main() {
    let fs = json!({
        "apiVersion": "feast.dev/v1", "kind": "FeatureStore",
        "metadata": {"namespace": "ml", "name": "sample"},
        "spec": {"feastProject": "credit_scoring"},
    });
    let key = Key::of(&fs);
    let mut store = Store::default();
    store.put(fs);
    reconcile(&mut store, &key);
}

#[cfg(test)]
mod tests {
    use feast_testing::cluster::Cluster;
    use feast_testing::{invariants, strategies};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..Default::default() })]

        #[test]
        fn it_converges_whatever_happens(history in strategies::edits(1..4)) {
            let mut cluster = Cluster::new(reconcile).with_admission().with_garbage_collection();
            for fs in history {
                cluster.put(&fs)?;
                invariants::all(&cluster.settle()?)?;
            }
            invariants::forgets(&cluster)?;
            invariants::resumes(&cluster.fresh())?;
        }
    }
}
