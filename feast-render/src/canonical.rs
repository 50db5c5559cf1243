//! The canonical form of a spec in the status, as the reference, a Go program, writes it.

use std::collections::BTreeMap;

use feast_api::v1::{
    FeastCronJob, FeastProjectDir, FeatureStoreServices, FeatureStoreSpec, PvcConfig,
    RegistryServerConfigs, ServerConfigs,
};
use k8s_openapi::api::autoscaling::v2::{
    HorizontalPodAutoscalerBehavior, MetricSpec, MetricTarget,
};
use k8s_openapi::api::core::v1::{EnvVar, ResourceRequirements};

use crate::quantity::{canonicalize, canonicalize_all};

/// Drops empty values and canonicalizes quantities.
///
/// Keeps empty values that have a meaning: the access modes of claims, which the defaults need, and
/// those that [`finish`] drops.
pub(crate) fn spec(spec: &mut FeatureStoreSpec) {
    if let Some(kubernetes) = spec
        .authz
        .as_mut()
        .and_then(|authz| authz.kubernetes.as_mut())
    {
        drop_empty(&mut kubernetes.roles);
    }
    if let Some(dir) = &mut spec.feast_project_dir {
        project_dir(dir);
    }
    if let Some(services) = &mut spec.services {
        self::services(services);
    }
    if let Some(cron_job) = &mut spec.cron_job {
        self::cron_job(cron_job);
    }
    if let Some(materialization) = &mut spec.materialization {
        drop_empty(&mut materialization.extra_config);
    }
    if let Some(mlflow) = &mut spec.mlflow {
        drop_empty(&mut mlflow.extra_config);
    }
    if let Some(openlineage) = &mut spec.openlineage {
        drop_empty(&mut openlineage.extra_config);
        if let Some(consumer) = &mut openlineage.consumer {
            drop_empty(&mut consumer.namespace_mapping);
            let lineage = consumer.lineage_server.as_mut();
            lineage
                .and_then(|lineage| lineage.server.as_mut())
                .into_iter()
                .for_each(server);
        }
    }
}

/// Drops empty values that are no longer needed: topology spread constraints and annotations.
pub(crate) fn finish(spec: &mut FeatureStoreSpec) {
    if let Some(services) = &mut spec.services {
        drop_empty(&mut services.topology_spread_constraints);
    }
    if let Some(cron_job) = &mut spec.cron_job {
        drop_empty(&mut cron_job.annotations);
    }
}

fn project_dir(dir: &mut FeastProjectDir) {
    if let Some(git) = &mut dir.git {
        drop_empty(&mut git.configs);
        variables(&mut git.env);
        drop_empty(&mut git.env);
        drop_empty(&mut git.env_from);
        drop_empty(&mut git.feature_repo_path);
        drop_empty(&mut git.ref_);
    }
    if let Some(init) = &mut dir.init {
        drop_empty(&mut init.minimal);
    }
    if let Some(packaged) = &mut dir.packaged {
        drop_empty(&mut packaged.image);
    }
}

fn services(services: &mut FeatureStoreServices) {
    drop_empty(&mut services.disable_init_containers);
    drop_empty(&mut services.node_selector);
    drop_empty(&mut services.pod_annotations);
    drop_empty(&mut services.resource_claims);
    drop_empty(&mut services.tolerations);
    drop_empty(&mut services.volumes);
    if let Some(scaling) = services
        .scaling
        .as_mut()
        .and_then(|scaling| scaling.autoscaling.as_mut())
    {
        drop_empty(&mut scaling.metrics);
        scaling.metrics.iter_mut().flatten().for_each(metric);
        scaling.behavior.iter_mut().for_each(behavior);
    }
    if let Some(registry) = services
        .registry
        .as_mut()
        .and_then(|registry| registry.local.as_mut())
    {
        let file = registry
            .persistence
            .as_mut()
            .and_then(|persistence| persistence.file.as_mut());
        file.and_then(|file| file.pvc.as_mut())
            .into_iter()
            .for_each(claim);
        registry.server.iter_mut().for_each(registry_server);
    }
    if let Some(store) = &mut services.offline_store {
        let file = store
            .persistence
            .as_mut()
            .and_then(|persistence| persistence.file.as_mut());
        file.and_then(|file| file.pvc.as_mut())
            .into_iter()
            .for_each(claim);
        store.server.iter_mut().for_each(server);
    }
    if let Some(store) = &mut services.online_store {
        let file = store
            .persistence
            .as_mut()
            .and_then(|persistence| persistence.file.as_mut());
        file.and_then(|file| file.pvc.as_mut())
            .into_iter()
            .for_each(claim);
        store.server.iter_mut().for_each(server);
        let metrics = store
            .serving
            .as_mut()
            .and_then(|serving| serving.metrics.as_mut());
        if let Some(metrics) = metrics {
            drop_empty(&mut metrics.categories);
        }
    }
    services.ui.iter_mut().for_each(server);
}

macro_rules! server {
    ($name:ident, $config:ty) => {
        fn $name(server: &mut $config) {
            variables(&mut server.env);
            server.resources.iter_mut().for_each(resources);
            drop_empty(&mut server.volume_mounts);
        }
    };
}
server!(server, ServerConfigs);
server!(registry_server, RegistryServerConfigs);

fn cron_job(cron_job: &mut FeastCronJob) {
    if let Some(configs) = &mut cron_job.container_configs {
        drop_empty(&mut configs.commands);
        variables(&mut configs.env);
        configs.resources.iter_mut().for_each(resources);
    }
    if let Some(job) = &mut cron_job.job_spec {
        drop_empty(&mut job.pod_template_annotations);
    }
}

fn variables(env: &mut Option<Vec<EnvVar>>) {
    env.iter_mut()
        .flatten()
        .for_each(|variable| drop_empty(&mut variable.value));
}

fn resources(resources: &mut ResourceRequirements) {
    drop_empty(&mut resources.claims);
    drop_empty(&mut resources.limits);
    drop_empty(&mut resources.requests);
    canonicalize_all(resources.limits.as_mut());
    canonicalize_all(resources.requests.as_mut());
}

fn claim(pvc: &mut PvcConfig) {
    if let Some(resources) = pvc
        .create
        .as_mut()
        .and_then(|create| create.resources.as_mut())
    {
        canonicalize_all(resources.limits.as_mut());
        canonicalize_all(resources.requests.as_mut());
    }
}

fn behavior(behavior: &mut HorizontalPodAutoscalerBehavior) {
    for rules in [&mut behavior.scale_down, &mut behavior.scale_up]
        .into_iter()
        .flatten()
    {
        drop_empty(&mut rules.policies);
        rules.tolerance.iter_mut().for_each(canonicalize);
    }
}

fn metric(metric: &mut MetricSpec) {
    let MetricSpec {
        container_resource,
        external,
        object,
        pods,
        resource,
        type_: _,
    } = metric;
    let targets = [
        container_resource.as_mut().map(|source| &mut source.target),
        external.as_mut().map(|source| &mut source.target),
        object.as_mut().map(|source| &mut source.target),
        pods.as_mut().map(|source| &mut source.target),
        resource.as_mut().map(|source| &mut source.target),
    ];
    for MetricTarget {
        average_value,
        value,
        ..
    } in targets.into_iter().flatten()
    {
        average_value.iter_mut().chain(value).for_each(canonicalize);
    }
}

/// The values that Go omits from an optional field that is not a pointer.
trait IsEmpty {
    fn is_empty(&self) -> bool;
}

impl<T> IsEmpty for Vec<T> {
    fn is_empty(&self) -> bool {
        Vec::is_empty(self)
    }
}

impl<K, V> IsEmpty for BTreeMap<K, V> {
    fn is_empty(&self) -> bool {
        BTreeMap::is_empty(self)
    }
}

impl IsEmpty for String {
    fn is_empty(&self) -> bool {
        String::is_empty(self)
    }
}

impl IsEmpty for bool {
    fn is_empty(&self) -> bool {
        !self
    }
}

fn drop_empty<T: IsEmpty>(field: &mut Option<T>) {
    if field.as_ref().is_some_and(T::is_empty) {
        *field = None;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn written_back(written: Value) -> Value {
        let mut spec: FeatureStoreSpec = serde_json::from_value(written).expect("a spec");
        super::spec(&mut spec);
        serde_json::to_value(spec).expect("JSON")
    }

    #[test]
    fn all_quantities_are_canonicalized() {
        let spec = |thousandths: &str, megabytes: &str| {
            let target = json!({"type": "AverageValue", "averageValue": thousandths});
            json!({
                "feastProject": "a",
                "cronJob": {"containerConfigs": {"resources": {"limits": {"cpu": thousandths}}}},
                "services": {
                    "onlineStore": {"persistence": {"file": {"path": "a.db", "pvc": {
                        "create": {"resources": {"requests": {"storage": megabytes}}},
                        "mountPath": "/data",
                    }}}},
                    "scaling": {"autoscaling": {
                        "maxReplicas": 3,
                        "behavior": {"scaleUp": {"tolerance": thousandths}},
                        "metrics": [{"type": "Pods", "pods": {"metric": {"name": "a"}, "target": target}}],
                    }},
                },
            })
        };
        assert_eq!(written_back(spec("1000m", "1024Mi")), spec("1", "1Gi"));
    }

    #[test]
    fn empty_values_are_dropped() {
        let spec = json!({
            "feastProject": "a",
            "cronJob": {"containerConfigs": {"commands": [], "resources": {"limits": {}}}},
            "services": {"scaling": {"autoscaling": {
                "maxReplicas": 3, "behavior": {"scaleUp": {"policies": []}},
            }}},
        });
        let left = json!({
            "feastProject": "a",
            "cronJob": {"containerConfigs": {"resources": {}}},
            "services": {"scaling": {"autoscaling": {
                "maxReplicas": 3, "behavior": {"scaleUp": {}},
            }}},
        });
        assert_eq!(written_back(spec), left);
    }
}
