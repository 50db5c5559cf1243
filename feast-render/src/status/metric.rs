//! The info metric.

use feast_api::Admitted;
use feast_api::v1::FeatureStoreSpec;

/// Labels of the gauge `feast_operator_feature_store_info`, which is 1 for every FeatureStore.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metric {
    /// Namespace of the FeatureStore.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Type of its online store: a database type, or `file`.
    pub online_store_type: &'static str,
    /// Type of its offline store, or `none`.
    pub offline_store_type: &'static str,
    /// `local`, `remote`, `remote_feastref` or `none`.
    pub registry_type: &'static str,
}

impl Metric {
    /// Name of the gauge.
    pub const NAME: &'static str = "feast_operator_feature_store_info";

    /// Names and values of the labels.
    pub fn labels(&self) -> [(&'static str, &str); 5] {
        [
            ("namespace", &self.namespace),
            ("name", &self.name),
            ("online_store_type", self.online_store_type),
            ("offline_store_type", self.offline_store_type),
            ("registry_type", self.registry_type),
        ]
    }

    pub(crate) fn of(store: &Admitted, applied: &FeatureStoreSpec) -> Self {
        Self {
            namespace: store.namespace().to_owned(),
            name: store.name().to_owned(),
            online_store_type: online_store(applied).unwrap_or("file"),
            offline_store_type: offline_store(applied).unwrap_or(NONE),
            registry_type: registry(applied).unwrap_or(NONE),
        }
    }
}

const NONE: &str = "none";

fn online_store(applied: &FeatureStoreSpec) -> Option<&'static str> {
    let store = applied.services.as_ref()?.online_store.as_ref()?;
    Some(store.database()?.type_.as_str())
}

fn offline_store(applied: &FeatureStoreSpec) -> Option<&'static str> {
    let persistence = applied
        .services
        .as_ref()?
        .offline_store
        .as_ref()?
        .persistence
        .as_ref()?;
    match &persistence.store {
        Some(store) => Some(store.type_.as_str()),
        None => Some(persistence.file.as_ref()?.type_?.as_str()),
    }
}

fn registry(applied: &FeatureStoreSpec) -> Option<&'static str> {
    let registry = applied.services.as_ref()?.registry.as_ref()?;
    match &registry.remote {
        Some(remote) if remote.feast_ref.is_some() => Some("remote_feastref"),
        Some(_) => Some("remote"),
        None => registry.local.as_ref().map(|_| "local"),
    }
}
