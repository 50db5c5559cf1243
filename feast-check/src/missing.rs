//! Objects that rendering needs and that are missing, and placeholders for them.

use std::collections::BTreeMap;
use std::fmt;

use feast_api::Admitted;
use feast_api::v1::{
    Condition, ConditionStatus, FeatureStore, FeatureStoreServices, FeatureStoreSpec,
    FeatureStoreStatus, LocalRegistryConfig, Registry, RegistryServerConfigs, ServiceHostnames,
};
use feast_render::{
    Answer, ConditionType, Content, Found, Inputs, KeyReference, ObjectRef, OperatorSettings,
    Reference, Time, Wanted, WrongAnswer,
};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// A missing object, or a missing key of one.
///
/// ```
/// use feast_api::Admitted;
/// use feast_api::v1::FeatureStore;
/// use feast_check::missing;
/// use feast_render::{Answer, OperatorSettings, Time, render};
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
/// let settings = OperatorSettings::reference();
/// let now = Time("2026-01-01T00:00:00Z".parse()?);
/// let (_, missing) = missing::resolve(store.clone(), &settings, &now, |_| Answer::Absent)?;
/// assert_eq!(missing[0].to_string(), "Secret ml/stores with the key redis");
///
/// let inputs = missing::resolve_filled(store, &settings, &now, |_| Answer::Absent)?;
/// let documents = render(&inputs)?.documents;
/// assert!(documents.service.yaml().contains("<key redis of Secret ml/stores>"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Missing {
    /// The object.
    pub object: ObjectRef,
    /// The key that is read, if only one is.
    pub key: Option<String>,
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
    /// The kubectl command that prints it from a cluster.
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

    /// The placeholder's content.
    fn placeholder(&self) -> String {
        match &self.key {
            Some(key) => format!("<key {key} of {}>", Name(&self.object)),
            None => format!("<{}>", Name(&self.object)),
        }
    }
}

/// `Secret namespace/name`.
struct Name<'a>(&'a ObjectRef);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0.kind, self.0.place())
    }
}

/// The objects and keys that rendering would not find, given an answer.
pub fn missing(wanted: &Wanted, answer: &Answer) -> Vec<Missing> {
    match wanted {
        Wanted::Secret(reference) | Wanted::ConfigMap(reference) => lacking(reference, answer),
        Wanted::FeatureStore(object) if *answer == Answer::Absent => vec![Missing {
            object: object.clone(),
            key: None,
        }],
        _ => vec![],
    }
}

/// The keys that an object lacks, or the object itself if no keys are known.
fn lacking(reference: &Reference, answer: &Answer) -> Vec<Missing> {
    let has = |key: &str| match answer {
        Answer::Found(Found::Secret(secret)) => has(secret.data.as_ref(), key),
        Answer::Found(Found::ConfigMap(config_map)) => has(config_map.data.as_ref(), key),
        _ => false,
    };
    let missing = |key: Option<&str>| Missing {
        object: reference.object.clone(),
        key: key.map(str::to_owned),
    };
    if reference.keys.is_empty() {
        let is_missing = *answer == Answer::Absent && !reference.is_optional;
        return is_missing.then(|| missing(None)).into_iter().collect();
    }
    let keys = reference.keys.iter().map(|key| key.key.as_str());
    keys.filter(|key| !has(key))
        .map(|key| missing(Some(key)))
        .collect()
}

fn has<T>(data: Option<&BTreeMap<String, T>>, key: &str) -> bool {
    data.is_some_and(|data| data.contains_key(key))
}

/// Resolves a FeatureStore, and returns what is missing.
///
/// # Errors
///
/// [`WrongAnswer`]: an answer does not match its question.
pub fn resolve(
    store: Admitted,
    settings: &OperatorSettings,
    now: &Time,
    lookup: impl Fn(&Wanted) -> Answer,
) -> Result<(Inputs, Vec<Missing>), WrongAnswer> {
    let mut missed = Vec::new();
    let inputs = feast_render::resolve(store, settings, now, |wanted| {
        let answer = lookup(wanted);
        missed.extend(missing(wanted, &answer));
        answer
    })?;
    Ok((inputs, missed))
}

/// Resolves a FeatureStore with placeholders for what is missing.
///
/// # Errors
///
/// [`WrongAnswer`]: an answer does not match its question.
pub fn resolve_filled(
    store: Admitted,
    settings: &OperatorSettings,
    now: &Time,
    lookup: impl Fn(&Wanted) -> Answer,
) -> Result<Inputs, WrongAnswer> {
    feast_render::resolve(store, settings, now, |wanted| fill(wanted, lookup(wanted)))
}

/// The answer, with placeholders for everything that is missing.
pub fn fill(wanted: &Wanted, answer: Answer) -> Answer {
    let missing = missing(wanted, &answer);
    if missing.is_empty() {
        return answer;
    }
    match (wanted, answer) {
        (Wanted::Secret(reference), answer) => {
            let mut secret = match answer {
                Answer::Found(Found::Secret(secret)) => *secret,
                _ => Secret {
                    metadata: metadata(&reference.object),
                    ..Secret::default()
                },
            };
            let data = secret.data.get_or_insert_default();
            for (key, text) in placeholders(reference, &missing, "path") {
                data.insert(key, ByteString(text.into()));
            }
            Answer::found(secret)
        }
        (Wanted::ConfigMap(reference), answer) => {
            let mut config_map = match answer {
                Answer::Found(Found::ConfigMap(config_map)) => *config_map,
                _ => ConfigMap {
                    metadata: metadata(&reference.object),
                    ..ConfigMap::default()
                },
            };
            let data = config_map.data.get_or_insert_default();
            data.extend(placeholders(reference, &missing, "type"));
            Answer::found(config_map)
        }
        (Wanted::FeatureStore(object), _) => Answer::found(feature_store(object)),
        (_, answer) => answer,
    }
}

/// The answer, with a placeholder for a missing object, or for one without data, which something
/// else fills in the cluster. Missing keys stay missing.
pub fn assume(wanted: &Wanted, answer: Answer) -> Answer {
    let has_data = match &answer {
        Answer::Absent => false,
        Answer::Found(Found::Secret(secret)) => has_any(secret.data.as_ref()),
        Answer::Found(Found::ConfigMap(config_map)) => has_any(config_map.data.as_ref()),
        Answer::Found(_) => true,
    };
    if has_data {
        answer
    } else {
        fill(wanted, answer)
    }
}

fn has_any<T>(data: Option<&BTreeMap<String, T>>) -> bool {
    data.is_some_and(|data| !data.is_empty())
}

/// A placeholder for each missing key; parameters have one with this name. An object without known
/// keys is an OIDC Secret, and gets its usual keys.
fn placeholders<'a>(
    reference: &'a Reference,
    missing: &'a [Missing],
    parameter: &'a str,
) -> impl Iterator<Item = (String, String)> + 'a {
    missing.iter().map(move |missing| {
        let text = missing.placeholder();
        let Some(key) = &missing.key else {
            return ("auth_discovery_url".to_owned(), text);
        };
        let is_text = |known: &&KeyReference| known.key == *key && known.content == Content::Text;
        match reference.keys.iter().find(is_text) {
            Some(_) => (key.clone(), text),
            None => (key.clone(), format!("{parameter}: {text}\n")),
        }
    })
}

/// A FeatureStore with a served registry.
fn feature_store(object: &ObjectRef) -> FeatureStore {
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
        metadata: metadata(object),
        spec: applied.clone(),
        status: Some(FeatureStoreStatus {
            applied: Some(Box::new(applied)),
            conditions: Some(vec![ready]),
            service_hostnames: Some(ServiceHostnames {
                registry: Some(format!("<registry of {}>", Name(object))),
                ..ServiceHostnames::default()
            }),
            ..FeatureStoreStatus::default()
        }),
    }
}

fn metadata(object: &ObjectRef) -> ObjectMeta {
    ObjectMeta {
        name: Some(object.name.clone()),
        namespace: object.namespace.clone(),
        ..ObjectMeta::default()
    }
}
