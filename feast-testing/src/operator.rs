//! An operator on feast-render, to be plugged into a [`Cluster`](crate::cluster::Cluster).

use std::collections::BTreeSet;

use feast_api::v1::{FeatureStore, FeatureStoreSpec};
use feast_render::{
    Deviations, Environment, Inputs, Live, MlflowServer, Object, ObjectRef, Plan, Platform,
    References, Rendered, StoreYaml, failed, references, render, render_deletion,
};
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::cluster::{Annotations, Key, Store};

/// An operator that makes what feast-render says.
#[derive(Clone, Debug, Default)]
pub struct Operator {
    /// What the cluster offers; an MLflow server is looked for among its objects.
    pub platform: Platform,
    /// The operator's settings.
    pub environment: Environment,
    /// The namespace that the operator runs in, if it knows.
    pub operator_namespace: Option<String>,
    /// The corrections of the reference.
    pub deviations: Deviations,
    /// Where pods read their documents from.
    pub store_yaml: StoreYaml,
    /// How it writes objects.
    pub writing: Writing,
}

/// How an operator writes objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Writing {
    /// As the reference: it overwrites what it gives.
    #[default]
    Overwriting,
    /// It applies them on the server's side, and manages its own fields only.
    Applying,
}

/// Why a pass made nothing.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The FeatureStore is refused; its status says so.
    #[error(transparent)]
    Refused(#[from] feast_render::Error),
    /// An object of the cluster is not what its kind says.
    #[error("unreadable object: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// A FeatureStore of the cluster is not what its kind says.
    #[error("unreadable FeatureStore: {0}")]
    UnreadableFeatureStore(#[from] feast_api::ReadError),
}

/// What came of one pass.
pub type Pass = Result<Option<Rendered>, Failure>;

impl Operator {
    /// One pass for the FeatureStore of this key: writes what it calls for, and its status.
    ///
    /// Nothing is rendered of a FeatureStore that is gone or going; it is only taken out of what
    /// it shared with others. One that is gone without a trace leaves nothing to do.
    ///
    /// # Errors
    ///
    /// The FeatureStore is refused, or something is unreadable.
    pub fn reconcile(&self, store: &mut Store, key: &Key) -> Pass {
        let Some(object) = store.get(key) else {
            let mut gone = FeatureStore::new(&key.name, FeatureStoreSpec::default());
            gone.metadata.namespace = Some(key.namespace.clone());
            return self.withdraw(store, &gone);
        };
        let fs = FeatureStore::from_value(object.clone())?;
        if fs.metadata.deletion_timestamp.is_some() {
            return self.withdraw(store, &fs);
        }
        let inputs = self.inputs(store, &fs)?;
        match render(&fs, &inputs) {
            Ok(rendered) => {
                self.write(store, &rendered.plan);
                store.set_status(key, serde_json::to_value(&rendered.status)?);
                Ok(Some(rendered))
            }
            Err(refusal) => {
                let status = failed(&fs, &inputs, &refusal);
                store.set_status(key, serde_json::to_value(&status)?);
                Err(refusal.into())
            }
        }
    }

    fn withdraw(&self, store: &mut Store, fs: &FeatureStore) -> Pass {
        let inputs = self.inputs(store, fs)?;
        self.write(store, &render_deletion(fs, &inputs));
        Ok(None)
    }

    /// Does to a cluster what a plan says.
    fn write(&self, store: &mut Store, plan: &Plan) {
        for patch in plan.patch() {
            store.patch(&Key::from(&patch.object), &patch.merge);
        }
        for object in plan.apply() {
            match (self.writing, object) {
                (Writing::Applying, _) => store.apply(object.to_value()),
                (Writing::Overwriting, Object::CronJob(_)) => {
                    store.overwrite(object.to_value(), Annotations::Replaced);
                }
                (Writing::Overwriting, _) => {
                    store.overwrite(object.to_value(), Annotations::Added);
                }
            }
        }
        for object in plan.delete() {
            store.delete(&Key::from(object));
        }
    }

    /// What rendering is given of a cluster: exactly what it refers to.
    ///
    /// # Errors
    ///
    /// An object that is not what its kind says.
    pub fn inputs(&self, store: &Store, fs: &FeatureStore) -> Result<Inputs, Failure> {
        let wanted = references(fs);
        let secrets = wanted.secrets.iter().map(|secret| &secret.object);
        let feature_stores = get(store, &wanted.feature_stores).map(FeatureStore::from_value);
        let feature_stores = feature_stores.collect::<Result<Vec<_>, _>>()?;
        let live = live(store, fs, &wanted).cloned();
        let live = live
            .into_iter()
            .try_fold(Live::default(), Live::with_value)?;
        let inputs = Inputs::builder()
            .secrets(read::<Secret>(store, secrets)?)
            .config_maps(read::<ConfigMap>(store, &wanted.config_maps)?)
            .feature_stores(feature_stores)
            .live(live)
            .platform(self.platform(store, &wanted))
            .environment(self.environment.clone())
            .operator_namespace(self.operator_namespace.as_deref().unwrap_or_default())
            .deviations(self.deviations)
            .store_yaml(self.store_yaml);
        Ok(inputs.build())
    }

    fn platform(&self, store: &Store, wanted: &References) -> Platform {
        let servers = store.of_kind("mlflow.opendatahub.io/v1", "MLflow");
        let servers = servers.map(|(_, object)| object).filter(|_| wanted.mlflow);
        self.platform
            .clone()
            .with_mlflow(MlflowServer::discover(servers))
    }
}

/// The objects that exist of those referred to.
fn get<'a>(
    store: &'a Store,
    objects: impl IntoIterator<Item = &'a ObjectRef>,
) -> impl Iterator<Item = Value> {
    let objects = objects.into_iter().map(Key::from);
    objects.filter_map(|key| store.get(&key)).cloned()
}

fn read<'a, T: DeserializeOwned>(
    store: &'a Store,
    objects: impl IntoIterator<Item = &'a ObjectRef>,
) -> Result<Vec<T>, serde_json::Error> {
    get(store, objects).map(serde_json::from_value).collect()
}

/// The live objects that matter to a FeatureStore.
fn live<'a>(
    store: &'a Store,
    fs: &'a FeatureStore,
    wanted: &'a References,
) -> impl Iterator<Item = &'a Value> {
    let named: BTreeSet<Key> = wanted.live.iter().map(Key::from).collect();
    let selected = |key: &Key, object: &Value| {
        let kinds = ["Pod", "Role", "ServiceAccount"];
        let labels = &object["metadata"]["labels"];
        kinds.contains(&key.kind.as_str())
            && Some(&key.namespace) == fs.metadata.namespace.as_ref()
            && wanted
                .selector
                .split_once('=')
                .is_some_and(|(label, value)| labels[label] == value)
    };
    let shared = |key: &Key| {
        key.kind == "ConfigMap" && wanted.shared_config_maps.contains(&key.name.as_str())
    };
    let objects = store.objects().iter();
    let objects = objects
        .filter(move |(key, object)| named.contains(key) || selected(key, object) || shared(key));
    objects.map(|(_, object)| object)
}
