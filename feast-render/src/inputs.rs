//! The input of rendering: a FeatureStore and its look-ups.

use std::collections::BTreeMap;
use std::fmt;

use feast_api::Admitted;
use feast_api::v1::FeatureStore;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{ConfigMap, Pod, Secret};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use crate::changes::Change;
use crate::corrections::Corrections;
use crate::live::Live;
use crate::mlflow::MlflowServer;
use crate::object_ref::ObjectRef;
use crate::settings::{DocumentStorage, Environment, OperatorSettings, Platform};
use crate::wanted::{Answer, Found, Wanted, WrongAnswer};

/// A FeatureStore with everything that [`render`](crate::render) needs.
///
/// Only [`resolve`](crate::resolve) and its siblings create it, so that no look-up is forgotten: an
/// object that is absent here was looked up and does not exist.
#[derive(Clone)]
pub struct Inputs {
    store: Admitted,
    settings: OperatorSettings,
    now: String,
    secrets: BTreeMap<String, Secret>,
    config_maps: BTreeMap<String, ConfigMap>,
    referenced: Option<Box<FeatureStore>>,
    mlflow: Option<MlflowServer>,
    live: Live,
}

impl Inputs {
    /// Nothing found yet.
    pub(crate) fn new(store: Admitted, settings: OperatorSettings, now: &Time) -> Self {
        Self {
            store,
            settings,
            now: now.0.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            secrets: BTreeMap::new(),
            config_maps: BTreeMap::new(),
            referenced: None,
            mlflow: None,
            live: Live::default(),
        }
    }

    /// Records an answer.
    pub(crate) fn take(&mut self, wanted: &Wanted, answer: Answer) -> Result<(), WrongAnswer> {
        let Answer::Found(found) = answer else {
            return Ok(());
        };
        match (wanted, found) {
            (Wanted::Secret(reference), Found::Secret(secret)) => {
                self.secrets.insert(reference.object.name.clone(), *secret);
            }
            (Wanted::ConfigMap(reference), Found::ConfigMap(config_map)) => {
                let name = reference.object.name.clone();
                self.config_maps.insert(name, *config_map);
            }
            (Wanted::FeatureStore(_), Found::FeatureStore(store)) => self.referenced = Some(store),
            (Wanted::MlflowServers, Found::MlflowServers(servers)) => {
                self.mlflow = MlflowServer::discover(&servers);
            }
            (Wanted::Live(object), Found::Deployment(deployment)) if object.is::<Deployment>() => {
                self.live.add_deployment(*deployment);
            }
            (Wanted::Live(object), Found::ConfigMap(config_map)) if object.is::<ConfigMap>() => {
                self.live.add_config_map(*config_map);
            }
            (Wanted::Live(object), Found::Metadata(metadata))
                if !object.is::<Deployment>() && !object.is::<ConfigMap>() =>
            {
                self.live.add(object.clone(), *metadata);
            }
            (Wanted::Labelled(selection), Found::Pods(pods)) if selection.is::<Pod>() => {
                self.live.add_pods(pods);
            }
            (Wanted::Labelled(selection), Found::Objects(objects)) if !selection.is::<Pod>() => {
                for metadata in objects {
                    let object = ObjectRef {
                        api_version: selection.api_version.clone(),
                        kind: selection.kind.clone(),
                        namespace: Some(selection.namespace.clone()),
                        name: metadata.name.clone().unwrap_or_default(),
                    };
                    self.live.add(object, metadata);
                }
            }
            _ => {
                return Err(WrongAnswer::something_else(wanted));
            }
        }
        Ok(())
    }

    /// The FeatureStore.
    pub fn store(&self) -> &Admitted {
        &self.store
    }

    /// The FeatureStore alone.
    pub fn into_store(self) -> Admitted {
        self.store
    }

    /// The settings of the operator.
    pub fn settings(&self) -> &OperatorSettings {
        &self.settings
    }

    /// The cluster's features.
    pub fn platform(&self) -> &Platform {
        &self.settings.platform
    }

    pub(crate) fn environment(&self) -> &Environment {
        &self.settings.environment
    }

    /// Whether the release has a change.
    pub(crate) fn has(&self, change: Change) -> bool {
        self.settings.release.has(change)
    }

    /// The corrections that are enabled.
    pub fn corrections(&self) -> Corrections {
        self.settings.corrections
    }

    /// Where to keep the documents of pods.
    pub fn storage(&self) -> DocumentStorage {
        self.settings.storage
    }

    /// The transition time of changed conditions, in RFC 3339.
    pub fn now(&self) -> &str {
        &self.now
    }

    /// A Secret that the FeatureStore refers to, if it exists.
    pub fn secret(&self, name: &str) -> Option<&Secret> {
        self.secrets.get(name)
    }

    /// A ConfigMap that the FeatureStore refers to, if it exists.
    pub fn config_map(&self, name: &str) -> Option<&ConfigMap> {
        self.config_maps.get(name)
    }

    /// The FeatureStore that the spec refers to, if it exists.
    pub fn referenced(&self) -> Option<&FeatureStore> {
        self.referenced.as_deref()
    }

    pub(crate) fn mlflow(&self) -> Option<&MlflowServer> {
        self.mlflow.as_ref()
    }

    /// Existing objects that belong to the FeatureStore or have a name that it needs.
    pub fn live(&self) -> &Live {
        &self.live
    }

    /// These inputs for an operator without one of its release's changes. The difference in
    /// rendering is the effect of the change.
    #[must_use]
    pub fn without(mut self, change: Change) -> Self {
        self.settings.release = self.settings.release.without(change);
        self
    }
}

/// Shows which objects exist, but no data of Secrets and ConfigMaps.
impl fmt::Debug for Inputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let referenced = self.referenced.as_deref().map(|store| &store.metadata.name);
        f.debug_struct("Inputs")
            .field("store", &self.store)
            .field("settings", &self.settings)
            .field("now", &self.now)
            .field("secrets", &self.secrets.keys())
            .field("config_maps", &self.config_maps.keys())
            .field("referenced", &referenced)
            .field("mlflow", &self.mlflow)
            .field("live", &self.live)
            .finish()
    }
}
