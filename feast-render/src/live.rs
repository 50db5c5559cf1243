//! What is observed of the objects that exist already.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{ConfigMap, Pod};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use serde::Deserialize;

/// Which object: type, namespace and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectRef {
    /// Such as `apps/v1`.
    pub api_version: Cow<'static, str>,
    /// Such as `Deployment`.
    pub kind: Cow<'static, str>,
    /// `None` for cluster-scoped objects.
    pub namespace: Option<String>,
    /// `metadata.name`.
    pub name: String,
}

impl ObjectRef {
    /// An object of a type that Rust knows; `namespace` is `None` for cluster-scoped ones.
    pub fn new<K: k8s_openapi::Resource>(namespace: Option<&str>, name: impl Into<String>) -> Self {
        Self {
            api_version: K::API_VERSION.into(),
            kind: K::KIND.into(),
            namespace: namespace.map(str::to_owned),
            name: name.into(),
        }
    }

    /// The object that this metadata belongs to.
    pub(crate) fn of<K: k8s_openapi::Resource>(metadata: &ObjectMeta) -> Self {
        let name = metadata.name.clone().unwrap_or_default();
        Self::new::<K>(metadata.namespace.as_deref(), name)
    }
}

/// As `apiVersion/Kind/namespace/name`; the namespace of a cluster-scoped object is empty.
impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let namespace = self.namespace.as_deref().unwrap_or_default();
        write!(
            f,
            "{}/{}/{namespace}/{}",
            self.api_version, self.kind, self.name
        )
    }
}

/// Objects of the cluster that matter to a FeatureStore: those made for it before, and those that
/// have a name that it needs.
///
/// Without them rendering answers as for a first time: nothing is deleted, merged or kept. An
/// operator passes what its caches hold of the objects that
/// [`references`](crate::references) names under `live`; objects that do not matter do no harm.
///
/// Only metadata is kept, but for Deployments, Pods and ConfigMaps.
///
/// ```
/// use feast_render::Live;
/// use k8s_openapi::api::core::v1::Service;
///
/// let live = Live::default().with(&Service::default());
/// let live = live.with_value(serde_json::json!({
///     "apiVersion": "v1",
///     "kind": "Service",
///     "metadata": { "name": "feast-sample-online", "namespace": "ml" },
/// }))?;
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Live {
    metadata: BTreeMap<ObjectRef, ObjectMeta>,
    deployments: Vec<Deployment>,
    config_maps: Vec<ConfigMap>,
    pods: Vec<Pod>,
}

impl Live {
    /// Adds an object, of which the metadata is kept. For Deployments, Pods and ConfigMaps use
    /// [`with_deployment`](Self::with_deployment), [`with_pod`](Self::with_pod) and
    /// [`with_config_map`](Self::with_config_map), which keep the whole object.
    #[must_use]
    pub fn with<K>(mut self, object: &K) -> Self
    where
        K: k8s_openapi::Metadata<Ty = ObjectMeta>,
    {
        let metadata = object.metadata();
        self.metadata
            .insert(ObjectRef::of::<K>(metadata), metadata.clone());
        self
    }

    /// Adds an object of any type but the three above, of which only the metadata is known.
    #[must_use]
    pub fn with_metadata(mut self, object: ObjectRef, metadata: ObjectMeta) -> Self {
        self.metadata.insert(object, metadata);
        self
    }

    /// Adds a Deployment: its replicas and status count.
    #[must_use]
    pub fn with_deployment(mut self, deployment: Deployment) -> Self {
        self = self.with(&deployment);
        self.deployments.push(deployment);
        self
    }

    /// Adds a ConfigMap: what the discovery ConfigMaps hold is merged.
    #[must_use]
    pub fn with_config_map(mut self, config_map: ConfigMap) -> Self {
        self = self.with(&config_map);
        self.config_maps.push(config_map);
        self
    }

    /// Adds a Pod: why it fails is told by the status.
    #[must_use]
    pub fn with_pod(mut self, pod: Pod) -> Self {
        self.pods.push(pod);
        self
    }

    /// Adds an object of any type.
    ///
    /// # Errors
    ///
    /// No object: `apiVersion`, `kind` or `metadata` are missing or wrong, or one of the types of
    /// which more than metadata is kept is not readable.
    pub fn with_value(mut self, object: serde_json::Value) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Head {
            api_version: String,
            kind: String,
            metadata: ObjectMeta,
        }
        let head = Head::deserialize(&object)?;
        match (head.api_version.as_str(), head.kind.as_str()) {
            ("apps/v1", "Deployment") => {
                return Ok(self.with_deployment(serde_json::from_value(object)?));
            }
            ("v1", "ConfigMap") => return Ok(self.with_config_map(serde_json::from_value(object)?)),
            ("v1", "Pod") => return Ok(self.with_pod(serde_json::from_value(object)?)),
            _ => {}
        }
        let reference = ObjectRef {
            api_version: head.api_version.into(),
            kind: head.kind.into(),
            namespace: head.metadata.namespace.clone(),
            name: head.metadata.name.clone().unwrap_or_default(),
        };
        self.metadata.insert(reference, head.metadata);
        Ok(self)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.metadata.is_empty()
    }

    /// Metadata of an object, if it exists.
    pub fn metadata(&self, object: &ObjectRef) -> Option<&ObjectMeta> {
        self.metadata.get(object)
    }

    /// Every object with its metadata, in order; Pods are left out.
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

    /// The Pods of a namespace that have a label, by name.
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

/// The last one given of this name.
fn named<'a, K>(objects: &'a [K], namespace: &str, name: &str) -> Option<&'a K>
where
    K: k8s_openapi::Metadata<Ty = ObjectMeta>,
{
    objects.iter().rev().find(|object| {
        let metadata = object.metadata();
        metadata.namespace.as_deref() == Some(namespace) && metadata.name.as_deref() == Some(name)
    })
}

/// Shows which objects there are, not what they hold.
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

/// The owner that controls an object.
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
        let live = pods
            .into_iter()
            .try_fold(Live::default(), Live::with_value)
            .expect("Pods");
        let names = live.pods("a", "app", "x").into_iter();
        let names: Vec<_> = names
            .filter_map(|pod| pod.metadata.name.as_deref())
            .collect();
        assert_eq!(names, ["1", "2"]);
    }
}
