use std::fmt;

use feast_api::v1::FeatureStore;
use feast_api::{Admitted, NotStored};
use feast_render::{
    Correction, Corrections, DocumentStorage, Inputs, OperatorRelease, OperatorSettings, Platform,
    Time, Wanted, WrongAnswer, try_resolve,
};
use k8s_openapi::jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

use super::{admitted, admitted_by, surroundings};
use crate::cluster::{Key, Store};

/// A FeatureStore, the objects it may refer to, and the settings of its operator.
#[derive(Clone)]
pub struct Scenario {
    /// The FeatureStore.
    pub feature_store: FeatureStore,
    /// The other objects.
    pub objects: Vec<Value>,
    /// The settings of the operator, and the cluster's features.
    pub settings: OperatorSettings,
}

impl Scenario {
    /// The key of the FeatureStore.
    pub fn key(&self) -> Key {
        Key::of(&json!(self.feature_store))
    }

    /// The objects of a cluster with all of these.
    pub fn store(&self) -> Store {
        let mut store = Store::default();
        self.surround(&mut store);
        store.put(json!(self.feature_store));
        store
    }

    /// The rendering inputs, at a fixed time.
    ///
    /// # Errors
    ///
    /// The FeatureStore is not a stored object, or an object does not match its kind.
    pub fn inputs(&self) -> Result<Inputs, NoInputs> {
        let (admitted, store) = (Admitted::assume(self.feature_store.clone())?, self.store());
        let now = Time(Timestamp::UNIX_EPOCH);
        let look_up = |wanted: &Wanted| store.look_up(wanted);
        Ok(try_resolve(admitted, &self.settings, &now, look_up)?)
    }

    /// Adds the other objects to a cluster.
    pub fn surround(&self, store: &mut Store) {
        for object in &self.objects {
            store.put(object.clone());
        }
    }
}

/// A scenario that cannot be rendered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NoInputs {
    /// The FeatureStore is not a stored object.
    #[error(transparent)]
    NotStored(#[from] NotStored),
    /// An object does not match its kind.
    #[error(transparent)]
    Unreadable(#[from] WrongAnswer),
}

/// Shows the FeatureStore as a manifest.
impl fmt::Debug for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let objects = self
            .objects
            .iter()
            .map(|object| Key::of(object).to_string());
        writeln!(f, "{:#}", json!(self.feature_store))?;
        writeln!(f, "{:?}", objects.collect::<Vec<_>>())?;
        write!(f, "{:?}", self.settings)
    }
}

/// Valid FeatureStores with everything that they need.
pub fn scenarios() -> impl Strategy<Value = Scenario> {
    scenarios_of(admitted())
}

/// FeatureStores as the API server of a release stores them, with everything that they need, and
/// settings of that release's operator.
pub fn scenarios_by(release: OperatorRelease) -> impl Strategy<Value = Scenario> {
    scenarios_of(admitted_by(release)).prop_map(move |mut scenario| {
        scenario.settings.release = release;
        scenario
    })
}

/// These FeatureStores with everything that they need.
pub fn scenarios_of(
    feature_stores: impl Strategy<Value = FeatureStore>,
) -> impl Strategy<Value = Scenario> {
    let with_objects = feature_stores.prop_flat_map(|feature_store| {
        let namespace = feature_store
            .metadata
            .namespace
            .as_deref()
            .unwrap_or_default();
        let objects = surroundings(namespace);
        (Just(feature_store), objects)
    });
    (with_objects, operator_settings()).prop_map(|((feature_store, objects), settings)| Scenario {
        feature_store,
        objects,
        settings,
    })
}

/// Settings on each platform, with any corrections and both locations of documents.
pub fn operator_settings() -> impl Strategy<Value = OperatorSettings> {
    let platforms = vec![
        Platform::kubernetes(),
        Platform::openshift(),
        Platform::openshift().with_service_monitor(),
    ];
    let some = subsequence(Correction::ALL, 0..=Correction::ALL.len());
    let corrections = prop_oneof![
        Just(Corrections::NONE),
        Just(Corrections::ALL),
        some.prop_map(Corrections::from_iter),
    ];
    let storages = vec![DocumentStorage::InDeployment, DocumentStorage::InSecret];
    let settings = (select(platforms), corrections, select(storages));
    settings.prop_map(|(platform, corrections, storage)| OperatorSettings {
        namespace: platform.openshift.then(|| "operators".into()),
        platform,
        corrections,
        storage,
        ..OperatorSettings::reference()
    })
}
