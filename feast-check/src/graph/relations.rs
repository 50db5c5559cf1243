//! References between objects.

use std::collections::BTreeSet;

use feast_render::ObjectRef;
use k8s_openapi::api::core::v1::{ConfigMap, PersistentVolumeClaim, Secret, ServiceAccount};
use serde_json::Value;

/// The reference from one object to another of the same FeatureStore, if any.
pub(super) fn relation(from: &Value, to: &Value) -> Option<&'static str> {
    let is = |object: &Value, kind: &str| object["kind"] == kind;
    let names = |pointer: &str| {
        let reference = from.pointer(pointer);
        reference.is_some_and(|reference| {
            reference["kind"] == to["kind"] && reference["name"] == to["metadata"]["name"]
        })
    };
    match from["kind"].as_str()? {
        "Service" | "PodDisruptionBudget" if is(to, "Deployment") => {
            let selector = match from["kind"].as_str() {
                Some("Service") => from.pointer("/spec/selector"),
                _ => from.pointer("/spec/selector/matchLabels"),
            };
            let label = if is(from, "Service") {
                "selects"
            } else {
                "protects"
            };
            selects(selector?, to.pointer("/spec/template/metadata/labels")?).then_some(label)
        }
        "ServiceMonitor" if is(to, "Service") => {
            let selector = from.pointer("/spec/selector/matchLabels")?;
            selects(selector, to.pointer("/metadata/labels")?).then_some("watches")
        }
        "HorizontalPodAutoscaler" => names("/spec/scaleTargetRef").then_some("scales"),
        "Route" => names("/spec/to").then_some("exposes"),
        "RoleBinding" | "ClusterRoleBinding" => {
            if names("/roleRef") {
                return Some("grants");
            }
            let subjects = from["subjects"].as_array()?;
            let is_subject = |subject: &Value| {
                subject["kind"] == to["kind"] && subject["name"] == to["metadata"]["name"]
            };
            subjects.iter().any(is_subject).then_some("to")
        }
        _ => None,
    }
}

fn selects(selector: &Value, labels: &Value) -> bool {
    let selector = selector.as_object();
    selector.is_some_and(|selector| {
        !selector.is_empty()
            && selector
                .iter()
                .all(|(key, value)| labels.get(key) == Some(value))
    })
}

/// The references of a pod.
pub(super) fn of_pod(pod: &Value, namespace: Option<&str>) -> BTreeSet<(ObjectRef, &'static str)> {
    let mut found = BTreeSet::new();
    if let Some(account) = pod["serviceAccountName"].as_str() {
        found.insert((
            ObjectRef::new::<ServiceAccount>(namespace, account),
            "runs as",
        ));
    }
    let secret = |name: &str| ObjectRef::new::<Secret>(namespace, name);
    let config_map = |name: &str| ObjectRef::new::<ConfigMap>(namespace, name);
    for volume in pod["volumes"].as_array().into_iter().flatten() {
        let name = |pointer| volume.pointer(pointer).and_then(Value::as_str);
        found.extend(name("/secret/secretName").map(|name| (secret(name), "mounts")));
        found.extend(name("/configMap/name").map(|name| (config_map(name), "mounts")));
        found.extend(name("/persistentVolumeClaim/claimName").map(|name| {
            (
                ObjectRef::new::<PersistentVolumeClaim>(namespace, name),
                "mounts",
            )
        }));
    }
    let containers = ["containers", "initContainers"].map(|field| pod[field].as_array());
    for container in containers.into_iter().flatten().flatten() {
        let variables = ["env", "envFrom"].map(|field| container[field].as_array());
        for source in variables.into_iter().flatten().flatten() {
            let name = |pointer| source.pointer(pointer).and_then(Value::as_str);
            let secrets = ["/valueFrom/secretKeyRef/name", "/secretRef/name"];
            found.extend(
                secrets
                    .into_iter()
                    .filter_map(name)
                    .map(|name| (secret(name), "reads")),
            );
            let maps = ["/valueFrom/configMapKeyRef/name", "/configMapRef/name"];
            found.extend(
                maps.into_iter()
                    .filter_map(name)
                    .map(|name| (config_map(name), "reads")),
            );
        }
    }
    found
}
