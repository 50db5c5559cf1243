//! References of a FeatureStore, and FeatureStores affected by a change.

use std::collections::BTreeMap;

use feast_api::Admitted;
use feast_api::v1::{FeatureStore, FeatureStoreSpec};
use k8s_openapi::Resource;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::batch::v1::CronJob;
use k8s_openapi::api::core::v1::{ConfigMap, Pod, Secret, ServiceAccount};
use k8s_openapi::api::rbac::v1::Role;

use crate::changes::Change;
use crate::documents::{BatchEngine, batch_engine_key, needed_properties};
use crate::inputs::Inputs;
use crate::leftovers;
use crate::mlflow::MlflowServer;
use crate::names::{CA_BUNDLE, DISCOVERY_CONFIG_MAPS, Names, types};
use crate::object_ref::ObjectRef;
use crate::objects::authorization;
use crate::release::OperatorRelease;
use crate::remote;
use crate::server::ServerType;
use crate::settings::OperatorSettings;
use crate::status::is_available;
use crate::stores::DbStore;
use crate::wanted::{Content, KeyReference, Reference, Selection, Wanted};

/// The objects that a FeatureStore refers to: Secrets, ConfigMaps, another FeatureStore, MLflow
/// servers.
///
/// A change of any of them affects it; [`resolve`](crate::resolve) asks for them first.
///
/// ```
/// use feast_api::Admitted;
/// use feast_api::v1::FeatureStore;
/// use feast_render::{Wanted, references};
///
/// let store = Admitted::assume(FeatureStore::from_json(br#"{
///     "apiVersion": "feast.dev/v1",
///     "kind": "FeatureStore",
///     "metadata": { "name": "sample", "namespace": "ml" },
///     "spec": {
///         "feastProject": "credit_scoring",
///         "services": { "onlineStore": { "persistence": { "store": {
///             "type": "redis", "secretRef": { "name": "stores" }
///         } } } }
///     }
/// }"#)?)?;
/// let references = references(&store);
/// let Wanted::Secret(secret) = &references[0] else { panic!("{references:?}") };
/// assert_eq!(secret.object.to_string(), "v1/Secret/ml/stores");
/// assert_eq!(secret.keys[0].key, "redis");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn references(store: &Admitted) -> Vec<Wanted> {
    references_of(store, OperatorRelease::MAIN)
}

/// Like [`references`], as seen by the operator of a release.
pub(crate) fn references_of(store: &Admitted, release: OperatorRelease) -> Vec<Wanted> {
    let namespace = Some(store.namespace());
    let secrets = secrets(&store.spec, release).into_iter();
    let secrets = secrets.map(|(name, keys)| {
        Wanted::Secret(Reference {
            object: ObjectRef::new::<Secret>(namespace, name),
            keys,
            is_optional: false,
        })
    });
    let config_maps = engine(&store.spec).map(|(name, key)| (name, vec![key], false));
    let config_maps = config_maps.into_iter().chain([(CA_BUNDLE, vec![], true)]);
    let config_maps = config_maps.map(|(name, keys, is_optional)| {
        Wanted::ConfigMap(Reference {
            object: ObjectRef::new::<ConfigMap>(namespace, name),
            keys,
            is_optional,
        })
    });
    let stores = referenced(store, &store.spec).map(Wanted::FeatureStore);
    let looks_for_mlflow = release.has(Change::MlflowDiscovery) && looks_for_mlflow(store);
    let mlflow = looks_for_mlflow.then_some(Wanted::MlflowServers);
    secrets
        .chain(config_maps)
        .chain(stores)
        .chain(mlflow)
        .collect()
}

/// The existing objects to look up.
pub(crate) fn live(store: &Admitted, settings: &OperatorSettings) -> Vec<Wanted> {
    let namespace = store.namespace();
    let names = Names::of(store.name());
    let mut objects = leftovers::owned(&names, namespace);
    objects.extend([
        ObjectRef::new::<Deployment>(Some(namespace), names.feast()),
        ObjectRef::new::<ServiceAccount>(Some(namespace), names.feast()),
        ObjectRef::new::<ServiceAccount>(Some(namespace), names.cron_job()),
        ObjectRef::new::<ConfigMap>(Some(namespace), names.of_type(types::CLIENT)),
        ObjectRef::new::<CronJob>(Some(namespace), names.feast()),
    ]);
    objects.extend(leftovers::every_cluster_binding(&names, namespace));
    let roles = authorization::user_roles(&store.spec);
    objects.extend(
        roles
            .into_iter()
            .map(|role| ObjectRef::new::<Role>(Some(namespace), role)),
    );
    if let Some(shared) = settings.discovery_namespace() {
        let maps = DISCOVERY_CONFIG_MAPS;
        objects.extend(maps.map(|name| ObjectRef::new::<ConfigMap>(Some(shared), name)));
    }
    objects.sort();
    objects.dedup();
    let labelled = [
        Selection::new::<Role>(namespace, store.name()),
        Selection::new::<ServiceAccount>(namespace, store.name()),
    ];
    let objects = objects.into_iter().map(Wanted::Live);
    objects.chain(labelled.map(Wanted::Labelled)).collect()
}

/// Further look-ups that depend on what was found so far.
pub(crate) fn further(inputs: &Inputs) -> Vec<Wanted> {
    let store = inputs.store();
    let namespace = store.namespace();
    let account = BatchEngine::read(&store.spec, inputs).ok().flatten();
    let account = account.as_ref().and_then(BatchEngine::driver_account);
    let account =
        account.map(|name| Wanted::Live(ObjectRef::new::<ServiceAccount>(Some(namespace), name)));
    let names = Names::of(store.name());
    let deployment = inputs.live().deployment(namespace, names.feast());
    // Only the pods show why the Deployment is not available.
    let pods = deployment
        .is_some_and(|deployment| !is_available(deployment))
        .then(|| Wanted::Labelled(Selection::new::<Pod>(namespace, store.name())));
    account.into_iter().chain(pods).collect()
}

/// The Secrets, with the keys that each must have.
fn secrets(spec: &FeatureStoreSpec, release: OperatorRelease) -> BTreeMap<&str, Vec<KeyReference>> {
    let mut secrets: BTreeMap<&str, Vec<KeyReference>> = BTreeMap::new();
    let mut add = |secret, key: Option<&str>, content| {
        let keys = secrets.entry(secret).or_default();
        let key = key.map(|key| KeyReference {
            key: key.to_owned(),
            content,
        });
        keys.extend(key.filter(|key| !keys.contains(key)));
    };
    if let Some(services) = &spec.services {
        let stores = ServerType::ALL
            .into_iter()
            .filter_map(|store| DbStore::of(services, store));
        stores.for_each(|store| add(store.secret, Some(store.key), Content::Parameters));
    }
    if let Some(oidc) = spec.oidc()
        && let Some(secret) = &oidc.secret_ref
    {
        let key = oidc.secret_key_name.as_deref();
        let key = key.filter(|key| !key.is_empty());
        add(&secret.name, key, Content::Parameters);
        for property in needed_properties(release) {
            add(&secret.name, Some(property), Content::Text);
        }
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
            if let Some(secret) = secret {
                add(&secret.name, Some(key), Content::Text);
            }
        }
    }
    secrets
}

/// The ConfigMap of a batch engine, and its key.
fn engine(spec: &FeatureStoreSpec) -> Option<(&str, KeyReference)> {
    let engine = spec.batch_engine.as_ref()?;
    let key = KeyReference {
        key: batch_engine_key(engine).to_owned(),
        content: Content::Parameters,
    };
    Some((&engine.config_map_ref.as_ref()?.name, key))
}

fn looks_for_mlflow(store: &FeatureStore) -> bool {
    let mlflow = store.spec.mlflow.as_ref();
    mlflow.is_none_or(|mlflow| mlflow.enabled)
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

/// The FeatureStores to reconcile when an object changes: those that refer to a FeatureStore, and
/// those that may use an MLflow server.
///
/// `release` is the operator's: before 0.66.0 it does not use MLflow servers.
///
/// Objects owned by a FeatureStore have an owner reference.
pub fn affected<'a>(
    changed: &ObjectRef,
    release: OperatorRelease,
    stores: impl IntoIterator<Item = &'a FeatureStore>,
) -> Vec<&'a FeatureStore> {
    stores
        .into_iter()
        .filter(|store| concerns(changed, release, store))
        .collect()
}

fn concerns(changed: &ObjectRef, release: OperatorRelease, store: &FeatureStore) -> bool {
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
        MlflowServer::KIND => release.has(Change::MlflowDiscovery) && looks_for_mlflow(store),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::store;

    #[test]
    fn all_keys_of_the_oidc_secret_are_read_unless_one_is_set() {
        let five = [
            "client_id",
            "auth_discovery_url",
            "client_secret",
            "username",
            "password",
        ];
        for (release, named, keys) in [
            (OperatorRelease::MAIN, json!(null), &[][..]),
            (OperatorRelease::MAIN, json!(""), &[]),
            (OperatorRelease::MAIN, json!("own"), &["own"]),
            (OperatorRelease::FIRST, json!(null), &five),
        ] {
            let oidc = json!({"secretRef": {"name": "oidc"}, "secretKeyName": named});
            let store = store(&json!({"feastProject": "a", "authz": {"oidc": oidc}}));
            let secrets = secrets(&store.spec, release);
            let found = secrets["oidc"].iter().map(|key| key.key.as_str());
            assert_eq!(found.collect::<Vec<_>>(), keys);
        }
    }

    #[test]
    fn a_change_affects_those_that_refer_to_the_object() {
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
            let mut store = store(&spec).into_inner();
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
            let found = affected(
                &changed,
                OperatorRelease::MAIN,
                stores.iter().map(Box::as_ref),
            )
            .into_iter()
            .filter_map(|store| store.metadata.name.as_deref());
            assert_eq!(found.collect::<Vec<_>>(), expected, "{changed}");
        }
    }
}
