//! Validates the scaling of a FeatureStore by KEDA.

use feast_api::rules::{self, Rule};
use feast_api::v1::{FeatureStoreSpec, LocalRegistryConfig, RegistryFilePersistence};

use super::types::{MetricType, Trigger};

/// Why a ScaledObject would not work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScaledObjectError {
    /// The FeatureStore has no name.
    #[error("the FeatureStore has no name")]
    Unnamed,
    /// The name is too long: KEDA names its autoscaler `keda-hpa-NAME` and uses that as a label.
    #[error("the name {0:?} is longer than 54 characters, KEDA's maximum")]
    NameTooLong(String),
    /// Two autoscalers would compete.
    #[error("services.scaling.autoscaling creates another autoscaler: remove it")]
    Autoscaling,
    /// Each apply would undo KEDA's scaling.
    #[error("replicas is set to {0}, so each apply would undo KEDA's scaling: remove it")]
    Replicas(i32),
    /// The CRD's minimum of `replicas` is 1.
    #[error("a FeatureStore cannot have {0} replicas: the minimum is 1")]
    Minimum(i32),
    /// The bounds allow no replica count.
    #[error("the maximum of {max} replicas is below the minimum of {min}")]
    Bounds {
        /// The lower bound.
        min: i32,
        /// The upper bound.
        max: i32,
    },
    /// KEDA needs a trigger.
    #[error("at least one trigger is required")]
    NoTrigger,
    /// KEDA rejects a trigger.
    #[error("trigger {trigger}: {fault}")]
    Trigger {
        /// Its index among the triggers.
        trigger: usize,
        /// The error.
        fault: &'static str,
    },
    /// The API server would reject a second replica.
    #[error("the FeatureStore cannot have more than one replica: {}", .0.message)]
    NotShared(&'static Rule),
}

pub(super) fn check_bounds(min: i32, max: i32) -> Result<(), ScaledObjectError> {
    if min < 1 {
        return Err(ScaledObjectError::Minimum(min));
    }
    if max < min {
        return Err(ScaledObjectError::Bounds { min, max });
    }
    Ok(())
}

pub(super) fn check_spec(spec: &FeatureStoreSpec, max: i32) -> Result<(), ScaledObjectError> {
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

/// Whether all replicas share one registry: a database, or an object store.
fn is_shared(registry: &LocalRegistryConfig) -> bool {
    let is_shared_file = || {
        let file = registry.file();
        file.is_some_and(RegistryFilePersistence::is_in_object_store)
    };
    registry.database().is_some() || is_shared_file()
}

pub(super) fn check_triggers(triggers: &[Trigger]) -> Result<(), ScaledObjectError> {
    if triggers.is_empty() {
        return Err(ScaledObjectError::NoTrigger);
    }
    let fault = triggers.iter().enumerate().find_map(|(trigger, given)| {
        trigger_fault(given).map(|fault| ScaledObjectError::Trigger { trigger, fault })
    });
    fault.map_or(Ok(()), Err)
}

pub(super) fn trigger_fault(trigger: &Trigger) -> Option<&'static str> {
    let resource = matches!(trigger.type_.as_str(), "cpu" | "memory");
    match trigger.metric_type {
        _ if trigger.type_.is_empty() => Some("type is required"),
        _ if resource && trigger.metadata.contains_key("type") => {
            Some("metadata.type was removed from KEDA: set metricType")
        }
        _ if resource && !trigger.metadata.contains_key("value") => {
            Some("metadata.value is required")
        }
        Some(MetricType::Value) if resource => {
            Some("metricType must be Utilization or AverageValue for cpu and memory")
        }
        Some(MetricType::Utilization) if !resource => {
            Some("metricType Utilization is only for cpu and memory")
        }
        _ => None,
    }
}
