//! A KEDA [`ScaledObject`] for a FeatureStore.
//!
//! The Go operator creates none. KEDA must target the FeatureStore and not its Deployment, whose
//! replicas the operator sets; see the [ScaledObject specification].
//!
//! The types are exhaustive: users extend the generated object, and write triggers as literals.
//!
//! [ScaledObject specification]: https://keda.sh/docs/latest/reference/scaledobject-spec/

mod check;
mod types;

use feast_api::v1::FeatureStore;
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscalerBehavior;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use self::check::{check_bounds, check_spec, check_triggers};

pub use self::check::ScaledObjectError;
pub use self::types::{
    Advanced, AuthenticationRef, AutoscalerConfig, MetricType, ScaleTargetRef, ScaledObject,
    ScaledObjectSpec, Trigger,
};

/// The scaling of a FeatureStore.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScaledObjectOptions {
    /// Name of the ScaledObject. Default: the FeatureStore's.
    pub name: Option<String>,
    /// Minimum replicas, at least 1. Default: 1.
    pub min_replicas: Option<i32>,
    /// Maximum replicas.
    pub max_replicas: i32,
    /// Polling interval of triggers in seconds. Default: KEDA's.
    pub polling_interval: Option<i32>,
    /// Scaling behaviour. Default: Kubernetes'.
    pub behavior: Option<HorizontalPodAutoscalerBehavior>,
    /// The triggers; at least one.
    pub triggers: Vec<Trigger>,
}

/// The longest name of a ScaledObject: `keda-hpa-NAME` must be a label value.
const MAX_NAME: usize = 54;

/// Creates a [`ScaledObject`] for a FeatureStore.
///
/// Pass the FeatureStore as you apply it, not as read from the cluster, where KEDA has set its
/// replicas.
///
/// # Errors
///
/// [`ScaledObjectError`]: why the ScaledObject would not work.
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

#[cfg(test)]
mod tests {
    use feast_api::v1::{AutoscalingConfig, FeatureStoreServices, ScalingConfig};
    use serde_json::json;

    use feast_api::rules;

    use super::check::trigger_fault;
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
    fn bounds_match_the_crd() {
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
    fn the_name_fits_the_autoscalers_name() {
        let named = |length| ScaledObjectOptions {
            name: Some("a".repeat(length)),
            ..options()
        };
        assert!(scaled_object(&scalable(), named(54)).is_ok());
        assert!(scaled_object(&scalable(), named(55)).is_err());
    }

    #[test]
    fn every_trigger_is_checked() {
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
