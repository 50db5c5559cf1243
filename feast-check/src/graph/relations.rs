//! References between objects.

use std::collections::{BTreeMap, BTreeSet};

use feast_render::ObjectRef;
use k8s_openapi::api::core::v1::{ConfigMap, PersistentVolumeClaim, Secret, ServiceAccount};
use serde_json::Value;

/// The objects of a FeatureStore with their nodes, to find those that one refers to.
pub(super) struct Made<'m> {
    objects: &'m [(usize, Value)],
    /// Their positions, by kind and name.
    named: BTreeMap<(&'m str, &'m str), Vec<usize>>,
}

impl<'m> Made<'m> {
    pub(super) fn of(objects: &'m [(usize, Value)]) -> Self {
        let mut named: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (position, (_, object)) in objects.iter().enumerate() {
            let (kind, name) = (object["kind"].as_str(), object["metadata"]["name"].as_str());
            if let (Some(kind), Some(name)) = (kind, name) {
                named.entry((kind, name)).or_default().push(position);
            }
        }
        Self { objects, named }
    }

    pub(super) fn objects(&self) -> &'m [(usize, Value)] {
        self.objects
    }

    /// The nodes that an object refers to, in the order of the objects.
    pub(super) fn references(&self, from: &Value) -> Vec<(usize, &'static str)> {
        let mut found = self.referred(from);
        found.sort_by_key(|(position, _)| *position);
        let node = |position: usize| self.objects.get(position).map(|(node, _)| *node);
        let found = found.into_iter();
        found
            .filter_map(|(position, label)| Some((node(position)?, label)))
            .collect()
    }

    fn referred(&self, from: &Value) -> Vec<(usize, &'static str)> {
        let selector = |pointer| from.pointer(pointer);
        match from["kind"].as_str().unwrap_or_default() {
            "Service" => labelled("selects", self.pods(selector("/spec/selector"))),
            "PodDisruptionBudget" => labelled(
                "protects",
                self.pods(selector("/spec/selector/matchLabels")),
            ),
            "ServiceMonitor" => labelled(
                "watches",
                self.services(selector("/spec/selector/matchLabels")),
            ),
            "HorizontalPodAutoscaler" => {
                labelled("scales", self.named(&from["spec"]["scaleTargetRef"]))
            }
            "Route" => labelled("exposes", self.named(&from["spec"]["to"])),
            "RoleBinding" | "ClusterRoleBinding" => {
                let subjects = from["subjects"].as_array().into_iter().flatten();
                let subjects = subjects.flat_map(|subject| self.named(subject));
                let mut found = labelled("grants", self.named(&from["roleRef"]));
                found.extend(labelled("to", subjects.collect()));
                found
            }
            _ => Vec::new(),
        }
    }

    /// The objects of a reference's kind and name.
    fn named(&self, reference: &Value) -> Vec<usize> {
        let place = (reference["kind"].as_str(), reference["name"].as_str());
        let found = match place {
            (Some(kind), Some(name)) => self.named.get(&(kind, name)),
            _ => None,
        };
        found.cloned().unwrap_or_default()
    }

    /// The Deployments whose pods a selector selects.
    fn pods(&self, selector: Option<&Value>) -> Vec<usize> {
        self.selected("Deployment", "/spec/template/metadata/labels", selector)
    }

    /// The Services that a selector selects.
    fn services(&self, selector: Option<&Value>) -> Vec<usize> {
        self.selected("Service", "/metadata/labels", selector)
    }

    fn selected(&self, kind: &str, labels: &str, selector: Option<&Value>) -> Vec<usize> {
        let of_kind = self.named.range((kind, "")..);
        let of_kind = of_kind.take_while(|((other, _), _)| *other == kind);
        let is_selected = |position: &usize| {
            let object = self.objects.get(*position);
            let labels = object.and_then(|(_, object)| object.pointer(labels));
            selector
                .zip(labels)
                .is_some_and(|(selector, labels)| selects(selector, labels))
        };
        let positions = of_kind.flat_map(|(_, positions)| positions).copied();
        positions.filter(is_selected).collect()
    }
}

fn labelled(label: &'static str, positions: Vec<usize>) -> Vec<(usize, &'static str)> {
    let positions = positions.into_iter();
    positions.map(|position| (position, label)).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn references_are_found_by_name_and_label() {
        let labels = json!({"app": "a", "tier": "b"});
        let named = |kind: &str, name: &str| json!({"kind": kind, "metadata": {"name": name}});
        let service = json!({
            "kind": "Service", "metadata": {"name": "a", "labels": labels},
            "spec": {"selector": {"app": "a"}},
        });
        let deployment = json!({
            "kind": "Deployment", "metadata": {"name": "a"},
            "spec": {"template": {"metadata": {"labels": labels}}},
        });
        let objects = [
            named("Role", "a"),
            named("ServiceAccount", "a"),
            named("ServiceAccount", "b"),
            service.clone(),
            deployment,
            named("Deployment", "b"),
        ];
        // Nodes have other numbers than positions.
        let objects: Vec<_> = (10..).zip(objects).collect();
        let made = Made::of(&objects);
        let target = json!({"kind": "Deployment", "name": "b"});
        for (from, expected) in [
            (service, vec![(14, "selects")]),
            (json!({"kind": "Service", "spec": {"selector": {}}}), vec![]),
            (
                json!({"kind": "Service", "spec": {"selector": {"app": "c"}}}),
                vec![],
            ),
            (
                json!({"kind": "PodDisruptionBudget", "spec": {"selector": {"matchLabels": labels}}}),
                vec![(14, "protects")],
            ),
            (
                json!({"kind": "ServiceMonitor", "spec": {"selector": {"matchLabels": labels}}}),
                vec![(13, "watches")],
            ),
            (
                json!({"kind": "HorizontalPodAutoscaler", "spec": {"scaleTargetRef": target}}),
                vec![(15, "scales")],
            ),
            (
                json!({"kind": "Route", "spec": {"to": {"kind": "Service", "name": "a"}}}),
                vec![(13, "exposes")],
            ),
            (
                json!({
                    "kind": "RoleBinding",
                    "roleRef": {"kind": "Role", "name": "a"},
                    "subjects": [
                        {"kind": "ServiceAccount", "name": "b"},
                        {"kind": "ServiceAccount", "name": "a"},
                        {"kind": "ServiceAccount", "name": "other"},
                    ],
                }),
                vec![(10, "grants"), (11, "to"), (12, "to")],
            ),
            (named("Role", "a"), vec![]),
        ] {
            assert_eq!(made.references(&from), expected, "{from}");
        }
    }
}
