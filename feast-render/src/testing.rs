//! Helpers of this crate's tests.

use feast_api::Admitted;
use feast_api::v1::{FeatureStore, ServiceHostnames};
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;
use serde_json::{Value, json};

use crate::context::Context;
use crate::corrections::Corrections;
use crate::defaults;
use crate::inputs::Inputs;
use crate::object_ref::ObjectRef;
use crate::resolving::try_resolve;
use crate::settings::{DocumentStorage, Environment, OperatorSettings, Platform};

/// FeatureStore `ml/sample` with this spec.
pub(crate) fn store(spec: &Value) -> Admitted {
    let store = FeatureStore::from_value(json!({
        "apiVersion": "feast.dev/v1",
        "kind": "FeatureStore",
        "metadata": {"name": "sample", "namespace": "ml", "uid": "1"},
        "spec": spec,
    }));
    admitted(store.expect("a FeatureStore"))
}

pub(crate) fn admitted(store: FeatureStore) -> Admitted {
    Admitted::assume(store).expect("it has a name and a namespace")
}

/// A cluster and an operator, for resolving FeatureStores.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    pub(crate) settings: OperatorSettings,
    objects: Vec<Value>,
}

/// An empty Kubernetes cluster, with the reference operator.
pub(crate) fn given() -> Given {
    Given {
        settings: OperatorSettings::reference(),
        objects: Vec::new(),
    }
}

impl Given {
    pub(crate) fn platform(mut self, platform: Platform) -> Self {
        self.settings.platform = platform;
        self
    }

    pub(crate) fn environment(mut self, environment: Environment) -> Self {
        self.settings.environment = environment;
        self
    }

    pub(crate) fn corrections(mut self, corrections: Corrections) -> Self {
        self.settings.corrections = corrections;
        self
    }

    pub(crate) fn storage(mut self, storage: DocumentStorage) -> Self {
        self.settings.storage = storage;
        self
    }

    /// Adds existing objects.
    pub(crate) fn objects(mut self, objects: impl IntoIterator<Item = Value>) -> Self {
        self.objects.extend(objects);
        self
    }

    pub(crate) fn secrets(self, secrets: impl IntoIterator<Item = Secret>) -> Self {
        self.objects(secrets.into_iter().map(|secret| json!(secret)))
    }

    pub(crate) fn config_maps(self, maps: impl IntoIterator<Item = ConfigMap>) -> Self {
        self.objects(maps.into_iter().map(|map| json!(map)))
    }

    /// The inputs of FeatureStore `ml/sample` with this spec.
    pub(crate) fn inputs(&self, spec: &Value) -> Inputs {
        self.resolve(store(spec))
    }

    pub(crate) fn resolve(&self, store: Admitted) -> Inputs {
        let objects = self.objects.iter().map(|object| {
            let key = ObjectRef::of_value(object).expect("an object");
            (key, object.clone())
        });
        let objects = objects.collect();
        let now = Time(Timestamp::UNIX_EPOCH);
        let inputs = try_resolve(store, &self.settings, &now, |wanted| wanted.among(&objects));
        inputs.expect("objects that match their kind")
    }
}

/// Calls a function with the context of FeatureStore `ml/sample` with this spec and the defaults.
pub(crate) fn with_context<T>(
    spec: &Value,
    given: &Given,
    look: impl FnOnce(&Context<'_>) -> T,
) -> T {
    let inputs = given.inputs(spec);
    let applied = defaults::applied(&inputs);
    let hostnames = ServiceHostnames::default();
    look(&Context::new(&applied, &hostnames, &inputs))
}
