//! The field of a FeatureStore that causes a rejection.

use apimachinery::FieldPath;
use feast_api::v1::FeatureStore;
use feast_render::documents::Error as Document;
use feast_render::{Error, ObjectRef};
use serde_json::Value;

const FEAST_REF: &str = "spec.services.registry.remote.feastRef";
const BATCH_ENGINE: &str = "spec.batchEngine.configMapRef";
const REGISTRY: &str = "spec.services.registry.local.persistence.store";
const OFFLINE: &str = "spec.services.offlineStore.persistence.store";
const ONLINE: &str = "spec.services.onlineStore.persistence.store";

/// The cause of a rejection.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Blame {
    /// The field that causes it, or the whole object.
    pub path: FieldPath,
    /// The Secret or ConfigMap that the field refers to, such as `key sql of Secret db`, if its
    /// data is the cause.
    pub content: Option<String>,
}

/// The field of a FeatureStore that makes the operator reject it.
///
/// ```
/// use feast_api::v1::FeatureStore;
/// use feast_render::Error;
///
/// let store = FeatureStore::new("sample", Default::default());
/// let error = Error::ReferenceNotReady { name: "other".into() };
/// let path = feast_lint::blame(&error, &store).path;
/// assert_eq!(path.to_string(), "spec.services.registry.remote.feastRef");
/// ```
pub fn blame(error: &Error, store: &FeatureStore) -> Blame {
    let at = |path| Blame {
        path: FieldPath::of(path),
        content: None,
    };
    match error {
        Error::ReferenceToItself { .. }
        | Error::ReferenceNotFound { .. }
        | Error::ReferenceToOtherProject { .. }
        | Error::ReferenceNotReady { .. }
        | Error::ReferenceWithoutGrpc { .. } => at(FEAST_REF),
        Error::NoServer => at("spec.services"),
        Error::RegistryWithoutApi => at("spec.services.registry.local.server"),
        Error::StoreSecretNotFound { store, .. } => Blame {
            path: FieldPath::of(match *store {
                "offline" => OFFLINE,
                "online" => ONLINE,
                _ => REGISTRY,
            })
            .field("secretRef"),
            content: None,
        },
        Error::LineageWithoutDatabase
        | Error::LineageWithoutRegistry
        | Error::LineageWithoutConsumer => at("spec.openlineage.consumer.lineageServer"),
        Error::PackagedPath { .. } | Error::PackagedPathOverlaps { .. } => {
            at("spec.feastProjectDir.packaged.featureRepoPath")
        }
        Error::Document(error) => of_document(error, store),
        _ => at(""),
    }
}

#[expect(
    clippy::match_same_arms,
    reason = "some keys are constants, others are owned strings"
)]
fn of_document(error: &Document, store: &FeatureStore) -> Blame {
    let at = |path: &str| Blame {
        path: dotted(path),
        content: None,
    };
    let secret = |name: Option<&str>, key: Option<&str>| secret(name, key, store);
    match error {
        Document::SecretNotFound { name } => secret(Some(name), None),
        Document::SecretKeyNotFound { secret: name, key }
        | Document::AnotherStoreType {
            secret: name, key, ..
        }
        | Document::ParameterType {
            secret: name, key, ..
        } => secret(Some(name), Some(key)),
        Document::RequiredKeyNotFound { secret: name, key }
        | Document::NotAString {
            secret: name, key, ..
        } => secret(Some(name), Some(key)),
        Document::InvalidSecretValue { key, .. } => secret(None, Some(key)),
        Document::LineageSecret { secret: name, .. } => secret(Some(name), None),
        Document::ConfigMapNotFound { .. } | Document::BatchEngineWithoutType => at(BATCH_ENGINE),
        Document::ConfigMapKeyNotFound { config_map, key }
        | Document::InvalidConfigMapValue {
            config_map, key, ..
        } => Blame {
            content: Some(format!("key {key} of ConfigMap {config_map}")),
            ..at(BATCH_ENGINE)
        },
        Document::ReservedKey { field, .. } => at(&format!("spec.{field}")),
        Document::NoOidcDiscoveryUrl | Document::NoOidcProperty { .. } => at("spec.authz.oidc"),
        _ => at(""),
    }
}

/// The reference to a Secret, found by name and key.
fn secret(name: Option<&str>, key: Option<&str>, store: &FeatureStore) -> Blame {
    let references = secrets(store);
    let is_named = |reference: &&Reference| name.is_none_or(|name| reference.name == name);
    let reads = |reference: &&Reference| key.is_none() || reference.key.as_deref() == key;
    let named = || references.iter().filter(is_named);
    let Some(found) = named().find(reads).or_else(|| named().next()) else {
        return Blame {
            path: FieldPath::root(),
            content: None,
        };
    };
    let key = key.or(found.key.as_deref());
    Blame {
        path: dotted(found.place),
        content: Some(match key {
            Some(key) => format!("key {key} of Secret {}", found.name),
            None => format!("Secret {}", found.name),
        }),
    }
}

/// The field with which a FeatureStore refers to an object and a key in it.
///
/// ```
/// use feast_api::v1::FeatureStore;
/// use feast_render::ObjectRef;
/// use k8s_openapi::api::core::v1::Secret;
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
/// let stores = ObjectRef::new::<Secret>(Some("ml"), "stores");
/// let path = feast_lint::reference_to(&stores, Some("redis"), &fs).unwrap();
/// assert_eq!(path.to_string(), "spec.services.onlineStore.persistence.store.secretRef");
/// # Ok::<(), feast_api::ReadError>(())
/// ```
pub fn reference_to(
    object: &ObjectRef,
    key: Option<&str>,
    store: &FeatureStore,
) -> Option<FieldPath> {
    match object.kind.as_ref() {
        "Secret" => {
            let references = secrets(store);
            let named = || references.iter().filter(|found| found.name == object.name);
            let exact = named().find(|found| found.key.as_deref() == key);
            Some(dotted(exact.or_else(|| named().next())?.place))
        }
        "ConfigMap" => Some(FieldPath::of(BATCH_ENGINE)),
        feast_api::KIND => Some(FieldPath::of(FEAST_REF)),
        _ => None,
    }
}

/// A reference to a Secret.
struct Reference {
    place: &'static str,
    name: String,
    /// The key, if the reference has one.
    key: Option<String>,
}

/// The references to Secrets: path, the field with the key, and the default key.
fn secrets(store: &FeatureStore) -> Vec<Reference> {
    const STORES: [(&str, &str); 3] = [
        (
            REGISTRY,
            "spec.services.registry.local.persistence.store.secretRef",
        ),
        (
            OFFLINE,
            "spec.services.offlineStore.persistence.store.secretRef",
        ),
        (
            ONLINE,
            "spec.services.onlineStore.persistence.store.secretRef",
        ),
    ];
    const FIXED: [(&str, &str); 3] = [
        ("spec.openlineage.apiKeySecretRef", "api_key"),
        (
            "spec.openlineage.consumer.connectionStringSecretRef",
            "connection_string",
        ),
        ("spec.openlineage.consumer.apiKeySecretRef", "api_key"),
    ];
    let written = serde_json::to_value(store).unwrap_or_default();
    let text = |place: &str, field: &str| {
        let value = at(&written, place)?.get(field)?.as_str()?;
        (!value.is_empty()).then(|| value.to_owned())
    };
    let reference = |place: &'static str, key: Option<String>| {
        Some(Reference {
            place,
            name: text(place, "name")?,
            key,
        })
    };
    let stores = STORES.into_iter().filter_map(|(store, place)| {
        let key = text(store, "secretKeyName").or_else(|| text(store, "type"));
        reference(place, key)
    });
    let oidc = reference(
        "spec.authz.oidc.secretRef",
        text("spec.authz.oidc", "secretKeyName"),
    );
    let fixed = FIXED
        .into_iter()
        .filter_map(|(place, key)| reference(place, Some(key.to_owned())));
    stores.chain(oidc).chain(fixed).collect()
}

fn at<'v>(value: &'v Value, place: &str) -> Option<&'v Value> {
    let mut fields = place.split('.');
    fields.try_fold(value, |value, field| value.get(field))
}

/// A path of fields without dots in their names.
fn dotted(path: &str) -> FieldPath {
    let fields = path.split('.').filter(|field| !field.is_empty());
    fields.fold(FieldPath::root(), |path, field| {
        path.field(field.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use feast_api::v1::FeatureStoreSpec;

    use super::*;

    #[test]
    fn errors_of_older_operators_have_a_field_too() {
        let store = FeatureStore::new("sample", FeatureStoreSpec::default());
        let other = Error::ReferenceToOtherProject {
            name: "other".into(),
            project: "a".into(),
        };
        let property = Document::NoOidcProperty {
            property: "client_id",
        };
        for (error, path) in [
            (other, "spec.services.registry.remote.feastRef"),
            (property.into(), "spec.authz.oidc"),
        ] {
            assert_eq!(blame(&error, &store).path.to_string(), path);
        }
    }
}
