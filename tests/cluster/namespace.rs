//! A namespace of the server under test, with what an operator would fetch from it.

use std::path::Path;

use feast_api::Admitted;
use feast_api::v1::FeatureStore;
use feast_render::{
    DocumentStorage, ObjectRef, OperatorSettings, Rendered, Time, Wanted, render, try_resolve,
};
use k8s_openapi::jiff::Timestamp;
use serde_json::{Value, json};

use crate::is_feature_store;
use crate::kubectl::Server;

/// Secrets that the samples refer to and do not bring along.
const SECRETS: &str = include_str!("../sdk/secrets.yaml");

/// Groups that a plain cluster does not serve.
const FOREIGN: [&str; 3] = [
    "keda.sh/v1alpha1",
    "monitoring.coreos.com/v1",
    "route.openshift.io/v1",
];

/// A namespace of its own.
pub(crate) struct Namespace<'a> {
    server: &'a Server,
    name: String,
    storage: DocumentStorage,
}

impl<'a> Namespace<'a> {
    /// Makes the namespace for a manifest.
    pub(crate) fn make(server: &'a Server, manifest: &Path, storage: DocumentStorage) -> Self {
        let stem = manifest.file_stem().unwrap_or_default().to_string_lossy();
        let stem = stem.trim_start_matches("v1_").replace('_', "-");
        let caller = std::thread::current();
        let caller = caller.name().unwrap_or_default().replace('_', "-");
        let run = std::process::id();
        let mut name = format!("{caller}-{stem}-{storage:?}-{run}").to_lowercase();
        // A label, and so no longer than one.
        name = name.split_off(name.len().saturating_sub(63));
        let name = name.trim_start_matches('-').to_owned();
        server.make_namespace(&name);
        Self {
            server,
            name,
            storage,
        }
    }

    /// Puts objects here, after the Secrets that samples need; the FeatureStores among them as the
    /// server stored them.
    pub(crate) fn put(&self, objects: &[Value]) -> Vec<FeatureStore> {
        let secrets = feast_kube::manifest::read(SECRETS).into_iter();
        let secrets =
            secrets.map(|secret| Value::Object(secret.expect("a Secret").object().clone()));
        let served = objects
            .iter()
            .filter(|object| is_served(object["apiVersion"].as_str().unwrap_or_default()));
        let mut placed: Vec<Value> = secrets.chain(served.cloned()).collect();
        for object in &mut placed {
            object["metadata"]["namespace"] = self.name.as_str().into();
        }
        self.server.apply("user", &placed);
        let stores = placed.iter().filter(|object| is_feature_store(object));
        let names = stores.map(|store| store["metadata"]["name"].as_str().unwrap_or_default());
        names.map(|name| self.feature_store(name)).collect()
    }

    /// A FeatureStore as it is stored.
    pub(crate) fn feature_store(&self, name: &str) -> FeatureStore {
        FeatureStore::from_value(self.get("featurestore", name)).expect("a FeatureStore")
    }

    /// An object as it is stored.
    pub(crate) fn get(&self, kind: &str, name: &str) -> Value {
        let mut found = self.list(&[kind, name]);
        found.pop().unwrap_or_else(|| panic!("no {kind} {name}"))
    }

    /// The number of objects of a kind.
    pub(crate) fn count(&self, kind: &str) -> usize {
        self.list(&[kind]).len()
    }

    fn list(&self, what: &[&str]) -> Vec<Value> {
        let here = ["--namespace", &self.name];
        self.server.list(&[what, &here].concat())
    }

    /// Renders a FeatureStore with what the server has.
    pub(crate) fn render(&self, store: &FeatureStore) -> Rendered {
        let store = Admitted::assume(store.clone()).expect("a stored FeatureStore");
        let settings = OperatorSettings {
            storage: self.storage,
            ..OperatorSettings::reference()
        };
        let now = Time(Timestamp::UNIX_EPOCH);
        let inputs = try_resolve(store, &settings, &now, |wanted| {
            wanted.read(self.look_up(wanted))
        });
        let inputs = inputs.expect("objects of their kinds");
        render(&inputs).unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    /// What the server has of it.
    fn look_up(&self, wanted: &Wanted) -> Vec<Value> {
        match wanted {
            Wanted::Labelled(selection) => {
                let selector = format!("--selector={}", selection.selector());
                self.list(&[&selection.kind, &selector])
            }
            Wanted::MlflowServers => vec![],
            _ => {
                let served = wanted
                    .object()
                    .filter(|object| is_served(&object.api_version));
                served.map_or_else(Vec::new, |object| self.server.get(&[], &[stub(object)]))
            }
        }
    }

    /// Scales a FeatureStore, as a user or an autoscaler does.
    pub(crate) fn scale(&self, name: &str, replicas: i32) -> Result<(), String> {
        let store = format!("featurestore/{name}");
        let replicas = format!("--replicas={replicas}");
        let arguments = ["scale", &store, &replicas, "--namespace", &self.name];
        self.server.run(&arguments, "").map(drop)
    }

    /// Deletes an object of a plan.
    pub(crate) fn remove(&self, object: &ObjectRef) {
        let deleted = self
            .server
            .run(&["delete", "--filename=-"], &stub(object).to_string());
        deleted.unwrap_or_else(|refusal| panic!("{refusal}"));
    }

    /// Deletes the namespace, without waiting for it to be gone.
    pub(crate) fn delete(&self) {
        let arguments = ["delete", "namespace", &self.name, "--wait=false"];
        let deleted = self.server.run(&arguments, "");
        deleted.unwrap_or_else(|refusal| panic!("{refusal}"));
    }
}

fn is_served(api_version: &str) -> bool {
    !FOREIGN.contains(&api_version)
}

/// What tells kubectl which object is meant.
fn stub(object: &ObjectRef) -> Value {
    let mut metadata = json!({ "name": object.name });
    if let Some(namespace) = &object.namespace {
        metadata["namespace"] = namespace.as_str().into();
    }
    json!({ "apiVersion": object.api_version, "kind": object.kind, "metadata": metadata })
}
