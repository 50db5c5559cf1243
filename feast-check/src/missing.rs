//! What a rendering needs and does not have, and placeholders for it.

use std::fmt;

use feast_api::v1::{
    Condition, ConditionStatus, FeatureStore, FeatureStoreServices, FeatureStoreSpec,
    FeatureStoreStatus, LocalRegistryConfig, Registry, RegistryServerConfigs, ServiceHostnames,
};
use feast_render::{ConditionType, Inputs, InputsBuilder, ObjectRef, references};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// An object that is not there, or one that lacks a key.
///
/// ```
/// use feast_api::v1::FeatureStore;
/// use feast_check::missing;
/// use feast_render::{Inputs, render};
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
/// let missing = missing::missing(&fs, &Inputs::default());
/// assert_eq!(missing[0].to_string(), "Secret ml/stores with the key redis");
///
/// let inputs = missing::fill(&missing, &Inputs::default(), Inputs::builder()).build();
/// let documents = render(&fs, &inputs).unwrap().store_yaml;
/// assert!(documents.service.contains("<key redis of Secret ml/stores>"));
/// # Ok::<(), feast_api::ReadError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Missing {
    /// The object.
    pub object: ObjectRef,
    /// The key of it that is read, if only one is.
    pub key: Option<String>,
    /// What the key holds.
    content: Content,
}

/// What a key holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    /// Parameters, as a YAML mapping.
    Parameters,
    /// A word.
    Text,
    /// An object that is needed as such.
    Object,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Name(&self.object))?;
        match &self.key {
            Some(key) => write!(f, " with the key {key}"),
            None => Ok(()),
        }
    }
}

impl Missing {
    /// The kubectl command that prints it, where a cluster has it.
    pub fn command(&self) -> String {
        let ObjectRef {
            kind,
            namespace,
            name,
            ..
        } = &self.object;
        let namespace = namespace.as_deref().unwrap_or("default");
        format!(
            "kubectl get {} {name} --namespace {namespace} --output yaml",
            kind.to_lowercase()
        )
    }

    /// What stands for its content.
    fn placeholder(&self) -> String {
        match &self.key {
            Some(key) => format!("<key {key} of {}>", Name(&self.object)),
            None => format!("<{}>", Name(&self.object)),
        }
    }
}

/// As `Secret namespace/name`.
struct Name<'a>(&'a ObjectRef);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let namespace = self.0.namespace.as_deref().unwrap_or_default();
        write!(f, "{} {namespace}/{}", self.0.kind, self.0.name)
    }
}

/// Everything that rendering a FeatureStore would look for in vain.
pub fn missing(store: &FeatureStore, inputs: &Inputs) -> Vec<Missing> {
    let references = references(store);
    let oidc = oidc_secret(store);
    let secrets = references.secrets.into_iter().filter_map(|reference| {
        let secret = inputs.secret(
            reference.object.namespace.as_deref()?,
            &reference.object.name,
        );
        let has_key = |secret: &Secret| {
            let data = secret.data.as_ref();
            let has = |key| data.is_some_and(|data| data.contains_key(key));
            reference.key.as_ref().is_none_or(has)
        };
        let content = match reference.key.as_deref() {
            Some("api_key" | "connection_string") => Content::Text,
            _ if oidc == Some(&reference.object.name) && reference.key.is_none() => Content::Object,
            _ => Content::Parameters,
        };
        (!secret.is_some_and(has_key)).then_some(Missing {
            object: reference.object,
            key: reference.key,
            content,
        })
    });
    let engine = engine(store, inputs);
    let stores = references.feature_stores.into_iter().filter_map(|object| {
        let found = inputs.feature_store(object.namespace.as_deref()?, &object.name);
        found.is_none().then_some(Missing {
            object,
            key: None,
            content: Content::Object,
        })
    });
    secrets.chain(engine).chain(stores).collect()
}

fn oidc_secret(store: &FeatureStore) -> Option<&String> {
    let oidc = store.spec.authz.as_ref()?.oidc.as_ref()?;
    oidc.secret_ref.as_ref().map(|secret| &secret.name)
}

/// The batch engine's ConfigMap, if it is missing.
fn engine(store: &FeatureStore, inputs: &Inputs) -> Option<Missing> {
    let engine = store.spec.batch_engine.as_ref()?;
    let name = &engine.config_map_ref.as_ref()?.name;
    let key = engine
        .config_map_key
        .as_deref()
        .filter(|key| !key.is_empty());
    let key = key.unwrap_or("config");
    let namespace = store.metadata.namespace.as_deref().unwrap_or_default();
    let found = inputs.config_map(namespace, name);
    let data = found.and_then(|config_map| config_map.data.as_ref());
    (!data.is_some_and(|data| data.contains_key(key))).then(|| Missing {
        object: ObjectRef::new::<ConfigMap>(Some(namespace), name),
        key: Some(key.to_owned()),
        content: Content::Parameters,
    })
}

/// Adds placeholders for what is missing in `inputs`, which the builder makes again.
pub fn fill(missing: &[Missing], inputs: &Inputs, mut builder: InputsBuilder) -> InputsBuilder {
    let mut secrets: Vec<Secret> = Vec::new();
    for missing in missing {
        match missing.object.kind.as_ref() {
            "Secret" => secret(missing, inputs, &mut secrets),
            "ConfigMap" => builder = builder.config_maps([config_map(missing, inputs)]),
            _ => builder = builder.feature_stores([feature_store(missing)]),
        }
    }
    builder.secrets(secrets)
}

/// Adds the key to the Secret, which may have others.
fn secret(missing: &Missing, inputs: &Inputs, secrets: &mut Vec<Secret>) {
    let metadata = metadata(missing);
    let position = secrets
        .iter()
        .position(|secret| secret.metadata.name == metadata.name);
    let begun = position.map(|position| secrets.swap_remove(position));
    let namespace = missing.object.namespace.as_deref().unwrap_or_default();
    let given = || inputs.secret(namespace, &missing.object.name).cloned();
    let mut secret = begun.or_else(given).unwrap_or_else(|| Secret {
        metadata,
        ..Secret::default()
    });
    let data = secret.data.get_or_insert_default();
    let mut add = |key: &str, text: String| data.insert(key.to_owned(), ByteString(text.into()));
    let placeholder = missing.placeholder();
    match (&missing.key, missing.content) {
        (Some(key), Content::Text) => add(key, placeholder),
        (Some(key), _) => add(key, format!("path: {placeholder}\n")),
        (None, _) => add("auth_discovery_url", placeholder),
    };
    secrets.push(secret);
}

fn config_map(missing: &Missing, inputs: &Inputs) -> ConfigMap {
    let namespace = missing.object.namespace.as_deref().unwrap_or_default();
    let found = inputs.config_map(namespace, &missing.object.name).cloned();
    let mut config_map = found.unwrap_or_else(|| ConfigMap {
        metadata: metadata(missing),
        ..ConfigMap::default()
    });
    let key = missing.key.clone().unwrap_or_default();
    let text = format!("type: {}\n", missing.placeholder());
    config_map.data.get_or_insert_default().insert(key, text);
    config_map
}

/// A FeatureStore whose registry is served.
fn feature_store(missing: &Missing) -> FeatureStore {
    let registry = Registry {
        local: Some(LocalRegistryConfig {
            server: Some(RegistryServerConfigs::default()),
            ..LocalRegistryConfig::default()
        }),
        ..Registry::default()
    };
    let applied = FeatureStoreSpec {
        services: Some(FeatureStoreServices {
            registry: Some(registry),
            ..FeatureStoreServices::default()
        }),
        ..FeatureStoreSpec::default()
    };
    let ready = Condition {
        type_: ConditionType::Registry.as_str().to_owned(),
        status: ConditionStatus::True,
        ..Condition::default()
    };
    FeatureStore {
        metadata: metadata(missing),
        spec: applied.clone(),
        status: Some(FeatureStoreStatus {
            applied: Some(Box::new(applied)),
            conditions: Some(vec![ready]),
            service_hostnames: Some(ServiceHostnames {
                registry: Some(format!("<registry of {}>", Name(&missing.object))),
                ..ServiceHostnames::default()
            }),
            ..FeatureStoreStatus::default()
        }),
    }
}

fn metadata(missing: &Missing) -> ObjectMeta {
    ObjectMeta {
        name: Some(missing.object.name.clone()),
        namespace: missing.object.namespace.clone(),
        ..ObjectMeta::default()
    }
}
