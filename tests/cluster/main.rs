//! Rendered objects on a real API server: it accepts every object of the examples and samples, a
//! second apply changes nothing, and the scale subresource works as documented.
//!
//! `FEAST_KUBECONFIG` selects the server, and the tests change it at will; `tests/cluster/run.sh`
//! starts one. Further manifests are the published samples: see `test_support::published`.

#![expect(clippy::panic, reason = "whatever the server refuses fails the test")]

mod kubectl;
mod namespace;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use feast_kube::manifest;
use feast_render::{DocumentStorage, Object, Rendered};
use feast_testing::cluster::Key;
use feast_validate::{Rejection, Request, Validator};
use serde_json::{Value, json};

use kubectl::Server;
use namespace::Namespace;

/// The manager of the fields of rendered objects.
const MANAGER: &str = "feast-operator";

#[test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
fn rendered_objects_are_accepted_and_converge() {
    let server = Server::from_env();
    server.prepare();
    let mut counted = 0;
    for manifest in examples().into_iter().chain(samples()) {
        counted += applied_twice(&server, &manifest, DocumentStorage::InDeployment);
    }
    for manifest in examples() {
        counted += applied_twice(&server, &manifest, DocumentStorage::InSecret);
    }
    test_support::told(&format!("{counted} objects applied twice"));
    assert!(counted > 0, "there are examples");
}

/// As `kubectl feast render FILE | kubectl apply --server-side -f -` does: objects in a file have
/// no uid, and an owner without one would be rejected.
#[test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
fn a_rendered_file_is_accepted() {
    let server = Server::from_env();
    server.prepare();
    for manifest in examples() {
        let namespace = Namespace::make(&server, &manifest, DocumentStorage::InSecret);
        for mut store in namespace.put(&objects(&manifest)) {
            store.metadata.uid = None;
            let applied = apply(&server, &namespace.render(&store));
            assert!(!applied.is_empty(), "{}", manifest.display());
        }
        namespace.delete();
    }
}

/// How often something else may change an object between two applies: an autoscaler sets the
/// replicas of its Deployment once.
const CHANGES: usize = 3;

/// Applies a manifest's objects until that changes nothing; returns their number.
fn applied_twice(server: &Server, manifest: &Path, storage: DocumentStorage) -> usize {
    let namespace = Namespace::make(server, manifest, storage);
    let stores = namespace.put(&objects(manifest));
    let mut count = 0;
    for store in &stores {
        let name = store.metadata.name.as_deref().unwrap_or_default();
        let mut before = apply(server, &namespace.render(store));
        for left in (0..=CHANGES).rev() {
            let again = namespace.render(&namespace.feature_store(name));
            assert_eq!(again.plan.delete().count(), 0, "{name} deletes its own");
            assert_eq!(again.plan.patch().count(), 0, "{name} patches its own");
            // Existing claims are left out.
            let after = apply(server, &again);
            let changed: Vec<_> = after
                .iter()
                .filter(|(object, after)| before[object] != **after)
                .collect();
            if changed.is_empty() {
                break;
            }
            assert!(
                left > 0,
                "{}: {changed:#?} never converge",
                manifest.display()
            );
            before.extend(after);
        }
        count += before.len();
    }
    namespace.delete();
    count
}

/// Performs the patches and applies of a plan; returns its objects on the server, as far as they
/// are ours.
fn apply(server: &Server, rendered: &Rendered) -> BTreeMap<Key, Value> {
    for patch in rendered.plan.patch() {
        server.patch(&patch.object, &patch.merge);
    }
    let objects: Vec<Value> = rendered.plan.apply().map(Object::to_value).collect();
    server.apply(MANAGER, &objects);
    let live = server.get(&[], &objects);
    assert_eq!(live.len(), objects.len());
    let ours = |object| (Key::of(object), ours(object));
    live.iter().map(ours).collect()
}

/// The part of an object that controllers do not change. The server updates the time of our fields
/// whenever we change one.
fn ours(object: &Value) -> Value {
    let metadata = &object["metadata"];
    let managed = metadata["managedFields"].as_array();
    let managed = managed
        .into_iter()
        .flatten()
        .filter(|entry| entry["manager"] == MANAGER);
    json!({
        "uid": metadata["uid"],
        "generation": metadata["generation"],
        "managedFields": managed.collect::<Vec<_>>(),
    })
}

#[test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
fn scaling_changes_the_deployment() {
    let server = Server::from_env();
    server.prepare();
    let manifest = example("scaling-static");
    let namespace = Namespace::make(&server, &manifest, DocumentStorage::InDeployment);
    let [store] = &namespace.put(&objects(&manifest))[..] else {
        panic!("the example has one FeatureStore");
    };
    let name = store.metadata.name.as_deref().unwrap_or_default();
    for (replicas, strategy) in [(5, "RollingUpdate"), (1, "Recreate"), (2, "RollingUpdate")] {
        namespace.scale(name, replicas).expect("it can be scaled");
        let rendered = namespace.render(&namespace.feature_store(name));
        apply(&server, &rendered);
        for deleted in rendered.plan.delete() {
            namespace.remove(deleted);
        }
        let deployment = namespace.get("deployment", &format!("feast-{name}"));
        assert_eq!(deployment["spec"]["replicas"], replicas);
        assert_eq!(deployment["spec"]["strategy"]["type"], strategy);
        let budgets = namespace.count("poddisruptionbudgets");
        assert_eq!(budgets, usize::from(replicas > 1), "{replicas} replicas");
    }
    namespace.delete();
}

#[test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
fn rejections_of_scaling_are_predicted() {
    let server = Server::from_env();
    server.prepare();
    for example_name in ["minimal", "scaling-hpa"] {
        let manifest = example(example_name);
        let namespace = Namespace::make(&server, &manifest, DocumentStorage::InDeployment);
        let [store] = &namespace.put(&objects(&manifest))[..] else {
            panic!("the example has one FeatureStore");
        };
        let foretold = Validator::v1().run(Request::scale(&json!(store), 3));
        let foretold: Vec<_> = foretold
            .rejection()
            .into_iter()
            .flat_map(Rejection::violations)
            .collect();
        let name = store.metadata.name.as_deref().unwrap_or_default();
        let refusal = namespace.scale(name, 3).expect_err("it cannot be scaled");
        assert!(!foretold.is_empty());
        for violation in foretold {
            assert!(
                refusal.contains(&violation.to_string()),
                "{violation}\n{refusal}"
            );
        }
        namespace.delete();
    }
}

fn examples() -> Vec<PathBuf> {
    test_support::files(&test_support::workspace().join("examples"), ".yaml")
}

fn samples() -> Vec<PathBuf> {
    let Some(folder) = test_support::published("samples") else {
        return Vec::new();
    };
    let files = test_support::files(&folder, ".yaml").into_iter();
    files
        .filter(|file| !file.ends_with("kustomization.yaml"))
        .collect()
}

fn example(name: &str) -> PathBuf {
    let named = |file: &PathBuf| file.file_stem().is_some_and(|stem| stem == name);
    examples().into_iter().find(named).expect("an example")
}

/// The objects of a manifest.
fn objects(manifest: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(manifest).expect("a readable manifest");
    let documents = manifest::read(&text).into_iter();
    let objects = documents.map(|document| document.expect("a readable document").object().clone());
    objects.map(Value::Object).collect()
}

/// Whether an object is a FeatureStore.
fn is_feature_store(object: &Value) -> bool {
    object["kind"] == feast_api::KIND
}
