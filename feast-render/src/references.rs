//! What a caller must fetch before rendering, and whom a change concerns.

use std::collections::BTreeSet;

use feast_api::v1::{FeatureStore, FeatureStoreSpec};
use k8s_openapi::Resource;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::batch::v1::CronJob;
use k8s_openapi::api::core::v1::{ConfigMap, Secret, ServiceAccount};

use crate::context::name;
use crate::leftovers;
use crate::live::ObjectRef;
use crate::names::{CA_BUNDLE, LINEAGE_DISCOVERY, Names, REGISTRY_DISCOVERY, types};
use crate::remote;
use crate::server::ServerType;
use crate::stores::DbStore;

/// What rendering a FeatureStore looks at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct References {
    /// Secrets, by name; goes to [`secrets`](crate::InputsBuilder::secrets).
    pub secrets: Vec<SecretReference>,
    /// ConfigMaps, some of which may not exist; goes to
    /// [`config_maps`](crate::InputsBuilder::config_maps).
    pub config_maps: Vec<ObjectRef>,
    /// Other FeatureStores; goes to [`feature_stores`](crate::InputsBuilder::feature_stores).
    pub feature_stores: Vec<ObjectRef>,
    /// Whether an MLflow server is looked for: list `mlflow.opendatahub.io/v1 MLflow`, if the
    /// cluster has them, for [`MlflowServer::discover`](crate::MlflowServer::discover).
    pub mlflow: bool,
    /// Objects that may exist already; goes to [`live`](crate::InputsBuilder::live), together with
    /// the Pods, Roles and ServiceAccounts that [`selector`](Self::selector) finds.
    pub live: Vec<ObjectRef>,
    /// Names of ConfigMaps that all FeatureStores share, in the operator's namespace; goes to
    /// `live`, too.
    pub shared_config_maps: [&'static str; 2],
    /// Label selector of the FeatureStore's objects.
    pub selector: String,
}

/// A Secret, and what is read of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct SecretReference {
    /// The Secret.
    pub object: ObjectRef,
    /// The key that is read; every key if `None`.
    pub key: Option<String>,
}

/// What to fetch before rendering.
///
/// ```
/// use feast_api::v1::FeatureStore;
///
/// let fs = FeatureStore::from_json(br#"{
///     "apiVersion": "feast.dev/v1",
///     "kind": "FeatureStore",
///     "metadata": { "name": "sample", "namespace": "ml" },
///     "spec": {
///         "feastProject": "credit_scoring",
///         "services": { "onlineStore": { "persistence": { "store": {
///             "type": "redis", "secretRef": { "name": "stores" }
///         } } } }
///     }
/// }"#)?;
/// let references = feast_render::references(&fs);
/// assert_eq!(references.secrets[0].object.to_string(), "v1/Secret/ml/stores");
/// assert_eq!(references.secrets[0].key.as_deref(), Some("redis"));
/// # Ok::<(), feast_api::ReadError>(())
/// ```
pub fn references(store: &FeatureStore) -> References {
    let namespace = store.metadata.namespace.as_deref().unwrap_or_default();
    let names = Names::of(name(store));
    let mut live = leftovers::owned(&names, namespace);
    live.extend([
        ObjectRef::new::<Deployment>(Some(namespace), names.feast()),
        ObjectRef::new::<ServiceAccount>(Some(namespace), names.feast()),
        ObjectRef::new::<ServiceAccount>(Some(namespace), names.cron_job()),
        ObjectRef::new::<ConfigMap>(Some(namespace), names.of_type(types::CLIENT)),
        ObjectRef::new::<CronJob>(Some(namespace), names.feast()),
    ]);
    live.extend(leftovers::every_cluster_binding(&names, namespace));
    let secrets: BTreeSet<_> = secrets(&store.spec)
        .into_iter()
        .map(|(secret, key)| SecretReference {
            object: ObjectRef::new::<Secret>(Some(namespace), secret),
            key,
        })
        .collect();
    let config_maps = config_maps(&store.spec).into_iter();
    References {
        secrets: secrets.into_iter().collect(),
        config_maps: config_maps
            .map(|name| ObjectRef::new::<ConfigMap>(Some(namespace), name))
            .collect(),
        feature_stores: referenced(store, &store.spec).into_iter().collect(),
        mlflow: store
            .spec
            .mlflow
            .as_ref()
            .is_none_or(|mlflow| mlflow.enabled),
        live,
        shared_config_maps: [REGISTRY_DISCOVERY, LINEAGE_DISCOVERY],
        selector: names.selector_text(),
    }
}

/// Secrets and the key of each that is read.
fn secrets(spec: &FeatureStoreSpec) -> Vec<(&str, Option<String>)> {
    let mut secrets = Vec::new();
    if let Some(services) = &spec.services {
        let stores = ServerType::ALL
            .into_iter()
            .filter_map(|store| DbStore::of(services, store));
        secrets.extend(stores.map(|store| (store.secret, Some(store.key.to_owned()))));
    }
    if let Some(oidc) = spec.authz.as_ref().and_then(|authz| authz.oidc.as_ref())
        && let Some(secret) = &oidc.secret_ref
    {
        let key = oidc.secret_key_name.clone().filter(|key| !key.is_empty());
        secrets.push((secret.name.as_str(), key));
    }
    if let Some(openlineage) = &spec.openlineage {
        let consumer = openlineage.consumer.as_ref();
        let connection =
            consumer.and_then(|consumer| consumer.connection_string_secret_ref.as_ref());
        let api_key = consumer.and_then(|consumer| consumer.api_key_secret_ref.as_ref());
        for (secret, key) in [
            (openlineage.api_key_secret_ref.as_ref(), "api_key"),
            (connection, "connection_string"),
            (api_key, "api_key"),
        ] {
            secrets.extend(secret.map(|secret| (secret.name.as_str(), Some(key.to_owned()))));
        }
    }
    secrets
}

fn config_maps(spec: &FeatureStoreSpec) -> BTreeSet<&str> {
    let engine = spec
        .batch_engine
        .as_ref()
        .and_then(|engine| engine.config_map_ref.as_ref());
    engine
        .map(|engine| engine.name.as_str())
        .into_iter()
        .chain([CA_BUNDLE])
        .collect()
}

/// The FeatureStore that a spec refers to.
fn referenced(store: &FeatureStore, spec: &FeatureStoreSpec) -> Option<ObjectRef> {
    let reference = remote::registry(spec)?.feast_ref.as_ref()?;
    let namespace = reference
        .namespace
        .as_deref()
        .filter(|namespace| !namespace.is_empty());
    let namespace = namespace.or(store.metadata.namespace.as_deref());
    Some(ObjectRef::new::<FeatureStore>(namespace, &reference.name))
}

/// The FeatureStores to look at again when an object changed: those that refer to a FeatureStore,
/// and those that may use an MLflow server.
///
/// Objects that FeatureStores own are told by their owner reference.
pub fn affected<'a>(
    changed: &ObjectRef,
    stores: impl IntoIterator<Item = &'a FeatureStore>,
) -> Vec<&'a FeatureStore> {
    stores
        .into_iter()
        .filter(|store| concerns(changed, store))
        .collect()
}

fn concerns(changed: &ObjectRef, store: &FeatureStore) -> bool {
    match changed.kind.as_ref() {
        FeatureStore::KIND => {
            let applied = store
                .status
                .as_ref()
                .and_then(|status| status.applied.as_deref());
            applied
                .and_then(|applied| referenced(store, applied))
                .as_ref()
                == Some(changed)
        }
        "MLflow" => store
            .spec
            .mlflow
            .as_ref()
            .is_none_or(|mlflow| mlflow.enabled),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::store;

    #[test]
    fn every_key_of_the_oidc_secret_is_read_unless_one_is_named() {
        for (named, key) in [
            (json!(null), None),
            (json!(""), None),
            (json!("own"), Some("own")),
        ] {
            let oidc = json!({"secretRef": {"name": "oidc"}, "secretKeyName": named});
            let store = store(&json!({"feastProject": "a", "authz": {"oidc": oidc}}));
            let secrets = references(&store).secrets;
            assert_eq!(secrets.len(), 1);
            assert_eq!(secrets[0].key.as_deref(), key);
        }
    }

    #[test]
    fn a_change_concerns_those_that_refer_to_what_changed() {
        let remote = json!({"remote": {"feastRef": {"name": "served"}}});
        let specs = [
            ("served", json!({"feastProject": "a"})),
            (
                "referring",
                json!({"feastProject": "a", "services": {"registry": remote}}),
            ),
            (
                "untracked",
                json!({"feastProject": "a", "mlflow": {"enabled": false}}),
            ),
        ];
        let stores = specs.map(|(name, spec)| {
            let mut store = store(&spec);
            store.metadata.name = Some(name.to_owned());
            let status = json!({"applied": spec});
            store.status = serde_json::from_value(status).expect("a status");
            Box::new(store)
        });
        let mlflow = ObjectRef {
            api_version: "mlflow.opendatahub.io/v1".into(),
            kind: "MLflow".into(),
            namespace: None,
            name: "mlflow".to_owned(),
        };
        for (changed, expected) in [
            (
                ObjectRef::new::<FeatureStore>(Some("ml"), "served"),
                &["referring"][..],
            ),
            (ObjectRef::new::<FeatureStore>(Some("other"), "served"), &[]),
            (mlflow, &["served", "referring"]),
            (ObjectRef::new::<Secret>(Some("ml"), "served"), &[]),
        ] {
            let found = affected(&changed, stores.iter().map(Box::as_ref))
                .into_iter()
                .map(name);
            assert_eq!(found.collect::<Vec<_>>(), expected, "{changed}");
        }
    }
}
