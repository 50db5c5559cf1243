//! A KEDA [`ScaledObject`] that scales a FeatureStore.
//!
//! The Go operator makes none. KEDA must target the FeatureStore and not its Deployment, whose
//! replica count belongs to the operator; see the [ScaledObject specification].
//!
//! The types are exhaustive: users complete what is made here, and write triggers as literals.
//!
//! [ScaledObject specification]: https://keda.sh/docs/latest/reference/scaledobject-spec/

use std::collections::BTreeMap;

use feast_api::rules::{self, Rule};
use feast_api::v1::{FeatureStore, FeatureStoreSpec, LocalRegistryConfig, RegistryFilePersistence};
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscalerBehavior;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::{Deserialize, Serialize};

/// A `keda.sh/v1alpha1` ScaledObject, as far as a FeatureStore needs it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScaledObject {
    /// `keda.sh/v1alpha1`.
    pub api_version: String,
    /// `ScaledObject`.
    pub kind: String,
    /// Name and namespace.
    pub metadata: ObjectMeta,
    /// What is scaled, and by what.
    pub spec: ScaledObjectSpec,
}

/// What a [`ScaledObject`] asks for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScaledObjectSpec {
    /// What is scaled.
    pub scale_target_ref: ScaleTargetRef,
    /// Seconds between two looks at the triggers. KEDA's default: 30.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub polling_interval: Option<i32>,
    /// Lower bound of replicas.
    pub min_replica_count: i32,
    /// Upper bound of replicas.
    pub max_replica_count: i32,
    /// Settings of the autoscaler that KEDA makes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advanced: Option<Advanced>,
    /// What it scales by.
    pub triggers: Vec<Trigger>,
}

/// Refers to an object with a scale sub-resource, in the ScaledObject's namespace.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScaleTargetRef {
    /// Its API version.
    pub api_version: String,
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
}

/// Settings of the autoscaler that KEDA makes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Advanced {
    /// Its HorizontalPodAutoscaler.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub horizontal_pod_autoscaler_config: Option<AutoscalerConfig>,
}

/// The HorizontalPodAutoscaler that KEDA makes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AutoscalerConfig {
    /// How fast it scales.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub behavior: Option<HorizontalPodAutoscalerBehavior>,
}

/// Something that KEDA scales by.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Trigger {
    /// Kind of scaler, such as `prometheus`, `cpu` or `kafka`.
    #[serde(rename = "type")]
    pub type_: String,
    /// Name, unique among the triggers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Settings of the scaler.
    pub metadata: BTreeMap<String, String>,
    /// How the figure is compared. KEDA's default: `AverageValue`, for `cpu` and `memory`
    /// `Utilization`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_type: Option<MetricType>,
    /// Where the scaler gets its credentials from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authentication_ref: Option<AuthenticationRef>,
}

/// How a trigger's figure is compared with its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MetricType {
    /// The total, divided by the replicas.
    AverageValue,
    /// The total.
    Value,
    /// The share of the requested resource; for `cpu` and `memory`.
    Utilization,
}

/// Refers to a `TriggerAuthentication`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticationRef {
    /// Its name.
    pub name: String,
    /// `TriggerAuthentication` (default) or `ClusterTriggerAuthentication`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// How a FeatureStore is to be scaled.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScaledObjectOptions {
    /// Name of the ScaledObject. Default: that of the FeatureStore.
    pub name: Option<String>,
    /// Lower bound of replicas, at least 1. Default: 1.
    pub min_replicas: Option<i32>,
    /// Upper bound of replicas.
    pub max_replicas: i32,
    /// Seconds between two looks at the triggers. Default: KEDA's.
    pub polling_interval: Option<i32>,
    /// How fast it scales. Default: Kubernetes'.
    pub behavior: Option<HorizontalPodAutoscalerBehavior>,
    /// What it scales by; at least one.
    pub triggers: Vec<Trigger>,
}

/// Why a ScaledObject could not work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScaledObjectError {
    /// The FeatureStore has no name to refer to.
    #[error("the FeatureStore has no name")]
    Unnamed,
    /// KEDA names its autoscaler `keda-hpa-NAME` and labels it so.
    #[error("the name {0:?} has more than 54 characters, which KEDA refuses")]
    NameTooLong(String),
    /// Two autoscalers would fight.
    #[error("services.scaling.autoscaling makes an autoscaler of its own: remove it")]
    Autoscaling,
    /// Each apply would undo what KEDA did.
    #[error("replicas is set to {0} and would undo KEDA's scaling with each apply: remove it")]
    Replicas(i32),
    /// The CRD's minimum of `replicas` is 1.
    #[error("a FeatureStore cannot have {0} replicas: the minimum is 1")]
    Minimum(i32),
    /// No count would do.
    #[error("at most {max} replicas are fewer than at least {min}")]
    Bounds {
        /// The lower bound.
        min: i32,
        /// The upper bound.
        max: i32,
    },
    /// KEDA would have nothing to scale by.
    #[error("there is no trigger")]
    NoTrigger,
    /// A trigger that KEDA refuses.
    #[error("trigger {trigger}: {fault}")]
    Trigger {
        /// Its place among the triggers, from 0.
        trigger: usize,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// The API server would refuse a second replica.
    #[error("it cannot have more than one replica: {}", .0.message)]
    NotShared(&'static Rule),
}

/// The longest name of a ScaledObject: `keda-hpa-NAME` must be a label value.
const MAX_NAME: usize = 54;

/// Makes a [`ScaledObject`] for a FeatureStore.
///
/// Give the FeatureStore as it is applied, not as it is read from the cluster, where KEDA sets its
/// replicas.
///
/// # Errors
///
/// [`ScaledObjectError`]: what could not work, with the reason.
///
/// ```
/// use feast_api::v1::FeatureStore;
/// use feast_render::keda::{MetricType, ScaledObjectOptions, Trigger, scaled_object};
///
/// let fs = FeatureStore::from_json(br#"{
///     "apiVersion": "feast.dev/v1",
///     "kind": "FeatureStore",
///     "metadata": { "name": "fraud", "namespace": "features" },
///     "spec": {
///         "feastProject": "fraud",
///         "services": {
///             "onlineStore": { "persistence": { "store": {
///                 "type": "redis", "secretRef": { "name": "stores" } } } },
///             "registry": { "remote": { "hostname": "registry.example.com:80" } }
///         }
///     }
/// }"#)?;
/// let scaled = scaled_object(&fs, ScaledObjectOptions {
///     max_replicas: 10,
///     triggers: vec![Trigger {
///         type_: "cpu".into(),
///         metric_type: Some(MetricType::Utilization),
///         metadata: [("value".into(), "65".into())].into(),
///         ..Default::default()
///     }],
///     ..Default::default()
/// })?;
/// assert_eq!(scaled.spec.scale_target_ref.kind, "FeatureStore");
/// assert_eq!(scaled.spec.min_replica_count, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn scaled_object(
    fs: &FeatureStore,
    options: ScaledObjectOptions,
) -> Result<ScaledObject, ScaledObjectError> {
    let target = fs.metadata.name.clone().filter(|name| !name.is_empty());
    let target = target.ok_or(ScaledObjectError::Unnamed)?;
    let name = options.name.unwrap_or_else(|| target.clone());
    if name.len() > MAX_NAME {
        return Err(ScaledObjectError::NameTooLong(name));
    }
    let (min, max) = (options.min_replicas.unwrap_or(1), options.max_replicas);
    check_bounds(min, max)?;
    check_spec(&fs.spec, max)?;
    check_triggers(&options.triggers)?;
    let advanced = options.behavior.map(|behavior| Advanced {
        horizontal_pod_autoscaler_config: Some(AutoscalerConfig {
            behavior: Some(behavior),
        }),
    });
    Ok(ScaledObject {
        api_version: "keda.sh/v1alpha1".into(),
        kind: "ScaledObject".into(),
        metadata: ObjectMeta {
            name: Some(name),
            namespace: fs.metadata.namespace.clone(),
            ..ObjectMeta::default()
        },
        spec: ScaledObjectSpec {
            scale_target_ref: ScaleTargetRef {
                api_version: feast_api::Version::V1.api_version().into(),
                kind: feast_api::KIND.into(),
                name: target,
            },
            polling_interval: options.polling_interval,
            min_replica_count: min,
            max_replica_count: max,
            advanced,
            triggers: options.triggers,
        },
    })
}

fn check_bounds(min: i32, max: i32) -> Result<(), ScaledObjectError> {
    if min < 1 {
        return Err(ScaledObjectError::Minimum(min));
    }
    if max < min {
        return Err(ScaledObjectError::Bounds { min, max });
    }
    Ok(())
}

fn check_spec(spec: &FeatureStoreSpec, max: i32) -> Result<(), ScaledObjectError> {
    if spec.autoscaling().is_some() {
        return Err(ScaledObjectError::Autoscaling);
    }
    if let Some(replicas) = spec.replicas.filter(|replicas| *replicas > 1) {
        return Err(ScaledObjectError::Replicas(replicas));
    }
    match unshared(spec) {
        Some(rule) if max > 1 => Err(ScaledObjectError::NotShared(rule)),
        _ => Ok(()),
    }
}

/// The rule that a second replica would break.
fn unshared(spec: &FeatureStoreSpec) -> Option<&'static Rule> {
    let services = spec.services.as_ref();
    let online = services.and_then(|services| services.online_store.as_ref());
    if online.is_none_or(|store| store.database().is_none()) {
        return Some(&rules::SCALING_ONLINE_STORE);
    }
    let offline = services.and_then(|services| services.offline_store.as_ref());
    if offline.is_some_and(|store| store.database().is_none()) {
        return Some(&rules::SCALING_OFFLINE_STORE);
    }
    let shared = services.is_some_and(|services| {
        services.remote_registry().is_some() || services.local_registry().is_some_and(is_shared)
    });
    (!shared).then_some(&rules::SCALING_REGISTRY)
}

/// Whether all replicas see one registry: a database, or an object store.
fn is_shared(registry: &LocalRegistryConfig) -> bool {
    let is_shared_file = || {
        let file = registry.file();
        file.is_some_and(RegistryFilePersistence::is_in_object_store)
    };
    registry.database().is_some() || is_shared_file()
}

fn check_triggers(triggers: &[Trigger]) -> Result<(), ScaledObjectError> {
    if triggers.is_empty() {
        return Err(ScaledObjectError::NoTrigger);
    }
    let fault = triggers.iter().enumerate().find_map(|(trigger, given)| {
        trigger_fault(given).map(|fault| ScaledObjectError::Trigger { trigger, fault })
    });
    fault.map_or(Ok(()), Err)
}

fn trigger_fault(trigger: &Trigger) -> Option<&'static str> {
    let resource = matches!(trigger.type_.as_str(), "cpu" | "memory");
    match trigger.metric_type {
        _ if trigger.type_.is_empty() => Some("it has no type"),
        _ if resource && trigger.metadata.contains_key("type") => {
            Some("metadata.type was removed from KEDA: set metricType")
        }
        _ if resource && !trigger.metadata.contains_key("value") => {
            Some("metadata.value is required")
        }
        Some(MetricType::Value) if resource => {
            Some("metricType is Utilization or AverageValue for cpu and memory")
        }
        Some(MetricType::Utilization) if !resource => {
            Some("metricType Utilization is for cpu and memory only")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use feast_api::v1::{AutoscalingConfig, FeatureStoreServices, ScalingConfig};
    use serde_json::json;

    use super::*;

    fn scalable() -> FeatureStore {
        FeatureStore::from_value(json!({
            "apiVersion": "feast.dev/v1",
            "kind": "FeatureStore",
            "metadata": { "name": "fraud", "namespace": "features" },
            "spec": { "feastProject": "fraud", "services": {
                "onlineStore": { "persistence": { "store": {
                    "type": "redis", "secretRef": { "name": "stores" } } } },
                "registry": { "local": { "persistence": { "file": {
                    "path": "s3://bucket/registry.pb" } } } },
            } },
        }))
        .unwrap()
    }

    fn options() -> ScaledObjectOptions {
        ScaledObjectOptions {
            max_replicas: 5,
            triggers: vec![Trigger {
                type_: "prometheus".into(),
                metadata: [("query".into(), "up".into())].into(),
                ..Trigger::default()
            }],
            ..ScaledObjectOptions::default()
        }
    }

    #[test]
    fn the_feature_store_is_the_target() {
        let scaled = scaled_object(&scalable(), options()).unwrap();
        assert_eq!(
            serde_json::to_value(scaled).unwrap(),
            json!({
                "apiVersion": "keda.sh/v1alpha1",
                "kind": "ScaledObject",
                "metadata": { "name": "fraud", "namespace": "features" },
                "spec": {
                    "scaleTargetRef": {
                        "apiVersion": "feast.dev/v1", "kind": "FeatureStore", "name": "fraud",
                    },
                    "minReplicaCount": 1,
                    "maxReplicaCount": 5,
                    "triggers": [{ "type": "prometheus", "metadata": { "query": "up" } }],
                },
            })
        );
    }

    #[test]
    fn bounds_are_those_of_the_crd() {
        let refused = |min, max| {
            let options = ScaledObjectOptions {
                min_replicas: Some(min),
                max_replicas: max,
                ..options()
            };
            scaled_object(&scalable(), options).unwrap_err()
        };
        assert_eq!(refused(0, 5), ScaledObjectError::Minimum(0));
        assert_eq!(refused(3, 2), ScaledObjectError::Bounds { min: 3, max: 2 });
    }

    #[test]
    fn nothing_else_may_set_the_replicas() {
        let mut fs = scalable();
        fs.spec.replicas = Some(1);
        assert!(scaled_object(&fs, options()).is_ok());
        fs.spec.replicas = Some(3);
        let refused = scaled_object(&fs, options()).unwrap_err();
        assert_eq!(refused, ScaledObjectError::Replicas(3));

        fs.spec.services.get_or_insert_default().scaling = Some(ScalingConfig {
            autoscaling: Some(AutoscalingConfig::default()),
        });
        let refused = scaled_object(&fs, options()).unwrap_err();
        assert_eq!(refused, ScaledObjectError::Autoscaling);
    }

    #[test]
    fn stores_must_be_shared_for_a_second_replica() {
        let mut fs = scalable();
        fs.spec.services = Some(FeatureStoreServices::default());
        let refused = scaled_object(&fs, options()).unwrap_err();
        assert_eq!(
            refused,
            ScaledObjectError::NotShared(&rules::SCALING_ONLINE_STORE)
        );
        let one = ScaledObjectOptions {
            max_replicas: 1,
            ..options()
        };
        assert!(scaled_object(&fs, one).is_ok());
    }

    #[test]
    fn a_registry_is_shared_in_a_database_or_an_object_store() {
        for (registry, shared) in [
            (
                json!({ "file": { "path": "s3://bucket/registry.pb" } }),
                true,
            ),
            (
                json!({ "file": { "path": "gs://bucket/registry.pb" } }),
                true,
            ),
            (json!({ "file": { "path": "/data/registry.db" } }), false),
            (
                json!({ "store": { "type": "sql", "secretRef": { "name": "stores" } } }),
                true,
            ),
            (json!(null), false),
        ] {
            let mut fs = scalable();
            let services = fs.spec.services.get_or_insert_default();
            let local = json!({ "local": { "persistence": registry } });
            services.registry = serde_json::from_value(local).unwrap();
            let refused = ScaledObjectError::NotShared(&rules::SCALING_REGISTRY);
            let expected = if shared { None } else { Some(refused) };
            assert_eq!(scaled_object(&fs, options()).err(), expected);
        }
    }

    #[test]
    fn the_name_leaves_room_for_that_of_the_autoscaler() {
        let named = |length| ScaledObjectOptions {
            name: Some("a".repeat(length)),
            ..options()
        };
        assert!(scaled_object(&scalable(), named(54)).is_ok());
        assert!(scaled_object(&scalable(), named(55)).is_err());
    }

    #[test]
    fn every_trigger_counts() {
        let refused = |triggers| {
            let options = ScaledObjectOptions {
                triggers,
                ..options()
            };
            scaled_object(&scalable(), options).unwrap_err()
        };
        assert_eq!(refused(vec![]), ScaledObjectError::NoTrigger);
        let good = options().triggers.remove(0);
        let refused = refused(vec![good, Trigger::default()]);
        assert!(
            matches!(refused, ScaledObjectError::Trigger { trigger: 1, .. }),
            "{refused}"
        );
    }

    #[test]
    fn triggers_are_in_kedas_current_form() {
        let fault = |type_: &str, key: &str, metric_type| {
            trigger_fault(&Trigger {
                type_: type_.into(),
                metadata: [(key.into(), "60".into())].into(),
                metric_type,
                ..Trigger::default()
            })
        };
        assert_eq!(fault("cpu", "value", Some(MetricType::Utilization)), None);
        assert_eq!(fault("kafka", "topic", Some(MetricType::Value)), None);
        assert!(fault("cpu", "type", None).unwrap().contains("removed"));
        assert!(
            fault("memory", "values", None)
                .unwrap()
                .contains("required")
        );
        assert!(fault("cpu", "value", Some(MetricType::Value)).is_some());
        assert!(fault("kafka", "topic", Some(MetricType::Utilization)).is_some());
        assert!(fault("", "a", None).is_some());
    }
}
