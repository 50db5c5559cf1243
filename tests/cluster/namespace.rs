//! A namespace of the server under test, and the objects that an operator would read there.

use std::collections::BTreeMap;
use std::path::Path;

use feast_api::Admitted;
use feast_api::v1::FeatureStore;
use feast_render::{
    DocumentStorage, ObjectRef, OperatorSettings, Rendered, Resolution, Time, Wanted, render,
};
use k8s_openapi::jiff::Timestamp;
use serde_json::{Value, json};

use crate::is_feature_store;
use crate::kubectl::Server;

/// Secrets that the samples refer to but do not contain.
const SECRETS: &str = include_str!("../sdk/secrets.yaml");

/// API groups that a plain cluster lacks.
const FOREIGN: [&str; 3] = [
    "keda.sh/v1alpha1",
    "monitoring.coreos.com/v1",
    "route.openshift.io/v1",
];

/// A test's own namespace.
pub(crate) struct Namespace<'a> {
    server: &'a Server,
    name: String,
    storage: DocumentStorage,
}

impl<'a> Namespace<'a> {
    /// Creates the namespace for a manifest.
    pub(crate) fn make(server: &'a Server, manifest: &Path, storage: DocumentStorage) -> Self {
        let stem = manifest.file_stem().unwrap_or_default().to_string_lossy();
        let stem = stem.trim_start_matches("v1_").replace('_', "-");
        let caller = std::thread::current();
        let caller = caller.name().unwrap_or_default().replace('_', "-");
        let run = std::process::id();
        let mut name = format!("{caller}-{stem}-{storage:?}-{run}").to_lowercase();
        // A label has at most 63 characters.
        name = name.split_off(name.len().saturating_sub(63));
        let name = name.trim_start_matches('-').to_owned();
        server.make_namespace(&name);
        Self {
            server,
            name,
            storage,
        }
    }

    /// Creates objects, after the Secrets that samples need; returns the FeatureStores as stored.
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

    /// A FeatureStore as stored.
    pub(crate) fn feature_store(&self, name: &str) -> FeatureStore {
        FeatureStore::from_value(self.get("featurestore", name)).expect("a FeatureStore")
    }

    /// An object as stored.
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

    /// Renders a FeatureStore with the server's objects.
    pub(crate) fn render(&self, store: &FeatureStore) -> Rendered {
        let store = Admitted::assume(store.clone()).expect("a stored FeatureStore");
        let settings = OperatorSettings {
            storage: self.storage,
            ..OperatorSettings::reference()
        };
        let now = Time(Timestamp::UNIX_EPOCH);
        let mut resolution = Resolution::begin(store, &settings, &now);
        let inputs = loop {
            let round = match resolution {
                Resolution::Asking(round) => round,
                Resolution::Resolved(inputs) => break inputs,
            };
            let live = self.live(round.wanted());
            let answers = round.wanted().iter().map(|wanted| wanted.among(&live));
            let answers: Result<Vec<_>, _> = answers.collect();
            let answered = answers.and_then(|answers| round.answer(answers));
            resolution = answered.expect("objects of their kinds");
        };
        render(&inputs).unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    /// The wanted objects on the server: all that have a name in one call, because each takes a
    /// while.
    fn live(&self, wanted: &[Wanted]) -> BTreeMap<ObjectRef, Value> {
        let named = wanted.iter().filter_map(Wanted::object);
        let named = named.filter(|object| is_served(&object.api_version));
        let named: Vec<Value> = named.map(stub).collect();
        let mut found = match named.as_slice() {
            [] => Vec::new(),
            named => self.server.get(&[], named),
        };
        for wanted in wanted {
            if let Wanted::Labelled(selection) = wanted {
                let selector = format!("--selector={}", selection.selector());
                found.extend(self.list(&[&selection.kind, &selector]));
            }
        }
        let found = found.into_iter();
        let keyed = found.map(|object| (ObjectRef::of_value(&object).expect("an object"), object));
        keyed.collect()
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

    /// Deletes the namespace, without waiting for it.
    pub(crate) fn delete(&self) {
        let arguments = ["delete", "namespace", &self.name, "--wait=false"];
        let deleted = self.server.run(&arguments, "");
        deleted.unwrap_or_else(|refusal| panic!("{refusal}"));
    }
}

fn is_served(api_version: &str) -> bool {
    !FOREIGN.contains(&api_version)
}

/// The identity of an object, for kubectl.
fn stub(object: &ObjectRef) -> Value {
    let mut metadata = json!({ "name": object.name });
    if let Some(namespace) = &object.namespace {
        metadata["namespace"] = namespace.as_str().into();
    }
    json!({ "apiVersion": object.api_version, "kind": object.kind, "metadata": metadata })
}
