//! What rendering is given besides the FeatureStore: everything a caller has to fetch.

use std::collections::BTreeMap;
use std::fmt;

use feast_api::v1::FeatureStore;
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use crate::deviations::Deviations;
use crate::live::Live;
use crate::names::OPERATOR_NAMESPACE;

/// Everything that [`render`](crate::render) looks at besides the FeatureStore itself.
///
/// [`references`](crate::references) tells what to fetch.
///
/// ```
/// use feast_render::{Deviations, Inputs, Platform};
///
/// let inputs = Inputs::builder()
///     .platform(Platform::openshift())
///     .operator_namespace("feast-operator")
///     .deviations(Deviations::ALL)
///     .build();
/// assert!(inputs.platform().openshift);
/// ```
#[derive(Clone, Default)]
pub struct Inputs {
    secrets: ByName<Secret>,
    config_maps: ByName<ConfigMap>,
    feature_stores: ByName<FeatureStore>,
    platform: Platform,
    environment: Environment,
    operator_namespace: Option<String>,
    live: Live,
    now: Option<String>,
    deviations: Deviations,
    store_yaml: StoreYaml,
}

/// Objects by namespace, then by name.
type ByName<T> = BTreeMap<String, BTreeMap<String, T>>;

impl Inputs {
    /// Nothing fetched, plain Kubernetes, the reference to the letter; each method adds or sets.
    pub fn builder() -> InputsBuilder {
        InputsBuilder::default()
    }

    /// These inputs, to be added to.
    pub fn into_builder(self) -> InputsBuilder {
        InputsBuilder(self)
    }

    /// The Secret of this namespace and name, if it exists.
    pub fn secret(&self, namespace: &str, name: &str) -> Option<&Secret> {
        self.secrets.get(namespace)?.get(name)
    }

    /// The ConfigMap of this namespace and name, if it exists.
    pub fn config_map(&self, namespace: &str, name: &str) -> Option<&ConfigMap> {
        self.config_maps.get(namespace)?.get(name)
    }

    /// The FeatureStore of this namespace and name, if it exists.
    pub fn feature_store(&self, namespace: &str, name: &str) -> Option<&FeatureStore> {
        self.feature_stores.get(namespace)?.get(name)
    }

    /// What the cluster offers.
    pub fn platform(&self) -> &Platform {
        &self.platform
    }

    /// The operator's settings.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The namespace that the operator runs in; matters on OpenShift only.
    pub fn operator_namespace(&self) -> Option<&str> {
        self.operator_namespace.as_deref()
    }

    /// The namespace of what all FeatureStores share; unknown on an OpenShift where
    /// [`operator_namespace`](Self::operator_namespace) is.
    pub fn discovery_namespace(&self) -> Option<&str> {
        if self.platform.openshift {
            self.operator_namespace()
        } else {
            Some(OPERATOR_NAMESPACE)
        }
    }

    /// What is observed of the objects made before, or in their way.
    pub fn live(&self) -> &Live {
        &self.live
    }

    /// The time of conditions that change, in RFC 3339; the beginning of Unix time if not given.
    pub fn now(&self) -> &str {
        self.now.as_deref().unwrap_or("1970-01-01T00:00:00Z")
    }

    /// The corrections that are on.
    pub fn deviations(&self) -> Deviations {
        self.deviations
    }

    /// Where pods read their documents from.
    pub fn store_yaml(&self) -> StoreYaml {
        self.store_yaml
    }
}

/// Shows what is there, but nothing of what Secrets and ConfigMaps hold.
impl fmt::Debug for Inputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inputs")
            .field("secrets", &Names(&self.secrets))
            .field("config_maps", &Names(&self.config_maps))
            .field("feature_stores", &Names(&self.feature_stores))
            .field("platform", &self.platform)
            .field("environment", &self.environment)
            .field("operator_namespace", &self.operator_namespace)
            .field("live", &self.live)
            .field("now", &self.now)
            .field("deviations", &self.deviations)
            .field("store_yaml", &self.store_yaml)
            .finish()
    }
}

struct Names<'a, T>(&'a ByName<T>);

impl<T> fmt::Debug for Names<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self
            .0
            .iter()
            .map(|(namespace, named)| (namespace, named.keys()));
        f.debug_list()
            .entries(names.flat_map(|(namespace, names)| {
                names.map(move |name| format!("{namespace}/{name}"))
            }))
            .finish()
    }
}

/// Builds [`Inputs`]; see [`Inputs::builder`].
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct InputsBuilder(Inputs);

impl InputsBuilder {
    /// Adds Secrets.
    pub fn secrets(mut self, secrets: impl IntoIterator<Item = Secret>) -> Self {
        extend(&mut self.0.secrets, secrets, |secret| &secret.metadata);
        self
    }

    /// Adds ConfigMaps.
    pub fn config_maps(mut self, config_maps: impl IntoIterator<Item = ConfigMap>) -> Self {
        extend(&mut self.0.config_maps, config_maps, |config_map| {
            &config_map.metadata
        });
        self
    }

    /// Adds other FeatureStores, with their status.
    pub fn feature_stores(mut self, stores: impl IntoIterator<Item = FeatureStore>) -> Self {
        extend(&mut self.0.feature_stores, stores, |store| &store.metadata);
        self
    }

    /// Sets what the cluster offers.
    pub fn platform(mut self, platform: Platform) -> Self {
        self.0.platform = platform;
        self
    }

    /// Sets the operator's settings.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.0.environment = environment;
        self
    }

    /// Sets the namespace that the operator runs in. An empty one counts as unknown.
    pub fn operator_namespace(mut self, namespace: impl Into<String>) -> Self {
        self.0.operator_namespace =
            Some(namespace.into()).filter(|namespace| !namespace.is_empty());
        self
    }

    /// Sets what is observed of live objects.
    pub fn live(mut self, live: Live) -> Self {
        self.0.live = live;
        self
    }

    /// Sets the time that conditions get when their status changes, in RFC 3339.
    pub fn now(mut self, now: impl Into<String>) -> Self {
        self.0.now = Some(now.into());
        self
    }

    /// Sets the corrections of the reference.
    pub fn deviations(mut self, deviations: Deviations) -> Self {
        self.0.deviations = deviations;
        self
    }

    /// Sets where pods read their documents from.
    pub fn store_yaml(mut self, store_yaml: StoreYaml) -> Self {
        self.0.store_yaml = store_yaml;
        self
    }

    /// The inputs.
    pub fn build(self) -> Inputs {
        self.0
    }
}

fn extend<T>(
    by_name: &mut ByName<T>,
    objects: impl IntoIterator<Item = T>,
    metadata: impl Fn(&T) -> &ObjectMeta,
) {
    for object in objects {
        let metadata = metadata(&object);
        let namespace = metadata.namespace.clone().unwrap_or_default();
        let name = metadata.name.clone().unwrap_or_default();
        by_name.entry(namespace).or_default().insert(name, object);
    }
}

/// What the cluster offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Platform {
    /// OpenShift: serving certificates and Routes.
    pub openshift: bool,
    /// The API `monitoring.coreos.com/v1` is there.
    pub service_monitor: bool,
    /// The MLflow server that the cluster has.
    pub mlflow: Option<MlflowServer>,
}

impl Platform {
    /// Plain Kubernetes.
    #[must_use]
    pub fn kubernetes() -> Self {
        Self::default()
    }

    /// OpenShift.
    #[must_use]
    pub fn openshift() -> Self {
        Self {
            openshift: true,
            ..Self::default()
        }
    }

    /// With the API of `ServiceMonitor`.
    #[must_use]
    pub fn with_service_monitor(self) -> Self {
        Self {
            service_monitor: true,
            ..self
        }
    }

    /// With this MLflow server, if there is one.
    #[must_use]
    pub fn with_mlflow(self, mlflow: Option<MlflowServer>) -> Self {
        Self { mlflow, ..self }
    }
}

/// An MLflow server found in the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MlflowServer {
    /// Where runs are tracked.
    pub tracking_uri: String,
    /// Where people look at them.
    pub ui_url: Option<String>,
}

impl MlflowServer {
    /// The server of the first `mlflow.opendatahub.io/v1 MLflow` object that is available.
    ///
    /// An available object without a tracking URI counts as none at all.
    pub fn discover<'a>(objects: impl IntoIterator<Item = &'a serde_json::Value>) -> Option<Self> {
        let object = objects.into_iter().find(|object| is_available(object))?;
        let text = |pointer| {
            let text = object.pointer(pointer).and_then(serde_json::Value::as_str);
            text.filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let ui_url = text("/status/url");
        let tracking_uri = text("/status/address/url").or_else(|| ui_url.clone())?;
        Some(Self {
            tracking_uri,
            ui_url,
        })
    }
}

fn is_available(object: &serde_json::Value) -> bool {
    let conditions = object
        .pointer("/status/conditions")
        .and_then(|list| list.as_array());
    conditions.into_iter().flatten().any(|condition| {
        matches!(condition["type"].as_str(), Some("Available" | "Ready"))
            && condition["status"] == "True"
    })
}

/// The operator's settings, which the Go operator reads from its environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// `RELATED_IMAGE_FEATURE_SERVER`: image of the servers.
    pub feature_server_image: Option<String>,
    /// `RELATED_IMAGE_CRON_JOB`: image of the CronJob's containers.
    pub cron_job_image: Option<String>,
    /// `OIDC_ISSUER_URL`: issuer for FeatureStores that name none.
    pub oidc_issuer_url: Option<String>,
}

/// Where pods read their `feature_store.yaml` from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreYaml {
    /// From an environment variable of the Deployment, in base64, as with the Go operator.
    /// Credentials of stores are then readable for whoever may read Deployments.
    #[default]
    InDeployment,
    /// From a Secret that the FeatureStore owns and that containers refer to.
    InSecret,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_platform_is_what_it_was_made_of() {
        let platform = Platform::openshift().with_service_monitor();
        assert!(platform.openshift && platform.service_monitor);
        let platform = Platform::kubernetes();
        assert!(!platform.openshift && !platform.service_monitor);
    }

    #[test]
    fn inputs_are_added_to() {
        let inputs = Inputs::builder().platform(Platform::openshift()).build();
        let more = inputs.into_builder().operator_namespace("feast").build();
        assert!(more.platform().openshift);
        assert_eq!(more.operator_namespace(), Some("feast"));
    }

    #[test]
    fn an_mlflow_server_is_available() {
        let found = |kind: &str, status: &str| {
            let object = json!({"status": {
                "url": "https://mlflow.example.com",
                "conditions": [{"type": kind, "status": status}],
            }});
            MlflowServer::discover([&object]).is_some()
        };
        assert!(found("Available", "True") && found("Ready", "True"));
        assert!(!found("Available", "False") && !found("Progressing", "True"));
    }
}
