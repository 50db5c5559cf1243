//! Existing objects, as observed.

use std::collections::BTreeMap;
use std::fmt;

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{ConfigMap, Pod};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};

use crate::object_ref::ObjectRef;

/// Objects in the cluster that affect a FeatureStore: its own, and others with a name that it
/// needs.
///
/// If it is empty, `render` assumes a first deployment: nothing is deleted, merged or kept. Only
/// metadata is known, except for Deployments, Pods and ConfigMaps.
#[derive(Clone, Default)]
pub struct Live {
    metadata: BTreeMap<ObjectRef, ObjectMeta>,
    deployments: Vec<Deployment>,
    config_maps: Vec<ConfigMap>,
    pods: Vec<Pod>,
}

impl Live {
    /// Adds an object's metadata.
    pub(crate) fn add(&mut self, object: ObjectRef, metadata: ObjectMeta) {
        self.metadata.insert(object, metadata);
    }

    pub(crate) fn add_deployment(&mut self, deployment: Deployment) {
        let object = ObjectRef::of::<Deployment>(&deployment.metadata);
        self.add(object, deployment.metadata.clone());
        self.deployments.push(deployment);
    }

    /// Adds a ConfigMap, replacing one with the same name.
    pub(crate) fn add_config_map(&mut self, config_map: ConfigMap) {
        let object = ObjectRef::of::<ConfigMap>(&config_map.metadata);
        self.add(object, config_map.metadata.clone());
        self.config_maps.push(config_map);
    }

    pub(crate) fn add_pods(&mut self, pods: Vec<Pod>) {
        self.pods.extend(pods);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.metadata.is_empty()
    }

    /// Metadata of an object, if it exists.
    pub fn metadata(&self, object: &ObjectRef) -> Option<&ObjectMeta> {
        self.metadata.get(object)
    }

    /// All objects except Pods with their metadata, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&ObjectRef, &ObjectMeta)> {
        self.metadata.iter()
    }

    /// A Deployment, if it exists.
    pub fn deployment(&self, namespace: &str, name: &str) -> Option<&Deployment> {
        named(&self.deployments, namespace, name)
    }

    /// A ConfigMap, if it exists.
    pub fn config_map(&self, namespace: &str, name: &str) -> Option<&ConfigMap> {
        named(&self.config_maps, namespace, name)
    }

    /// The Pods of a namespace with a label, by name.
    pub fn pods<'a>(&'a self, namespace: &str, label: &str, value: &str) -> Vec<&'a Pod> {
        let selected = |pod: &&Pod| {
            let labels = pod.metadata.labels.as_ref();
            pod.metadata.namespace.as_deref() == Some(namespace)
                && labels
                    .and_then(|labels| labels.get(label))
                    .is_some_and(|found| found == value)
        };
        let mut pods: Vec<_> = self.pods.iter().filter(selected).collect();
        pods.sort_by(|a, b| a.metadata.name.cmp(&b.metadata.name));
        pods
    }
}

/// The object with this name that was added last.
fn named<'a, K>(objects: &'a [K], namespace: &str, name: &str) -> Option<&'a K>
where
    K: k8s_openapi::Metadata<Ty = ObjectMeta>,
{
    objects.iter().rev().find(|object| {
        let metadata = object.metadata();
        metadata.namespace.as_deref() == Some(namespace) && metadata.name.as_deref() == Some(name)
    })
}

/// Shows which objects exist, but not their contents.
impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let objects = self.metadata.keys().map(ObjectRef::to_string);
        let pods = self
            .pods
            .iter()
            .map(|pod| ObjectRef::of::<Pod>(&pod.metadata).to_string());
        f.debug_set().entries(objects.chain(pods)).finish()
    }
}

/// The controlling owner of an object.
pub(crate) fn controller(metadata: &ObjectMeta) -> Option<&OwnerReference> {
    let owners = metadata.owner_references.as_deref().unwrap_or_default();
    owners.iter().find(|owner| owner.controller == Some(true))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn pods_are_of_one_namespace_and_label() {
        let pod = |namespace: &str, name: &str, app: &str| {
            let labels = json!({"app": app});
            let metadata = json!({"namespace": namespace, "name": name, "labels": labels});
            json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata})
        };
        let pods = [
            pod("a", "2", "x"),
            pod("a", "1", "x"),
            pod("a", "3", "y"),
            pod("b", "4", "x"),
        ];
        let pods = pods.map(|pod| serde_json::from_value(pod).expect("a Pod"));
        let mut live = Live::default();
        live.add_pods(pods.into());
        let names = live.pods("a", "app", "x").into_iter();
        let names: Vec<_> = names
            .filter_map(|pod| pod.metadata.name.as_deref())
            .collect();
        assert_eq!(names, ["1", "2"]);
    }
}
