//! The kinds of a server.

use std::sync::Arc;

use crd_admission::Crd;
use serde_json::{Value, json};

/// A kind in one version.
#[derive(Clone, Debug)]
pub(super) struct Kind {
    pub(super) group: String,
    pub(super) version: String,
    pub(super) name: String,
    pub(super) plural: String,
    pub(super) is_namespaced: bool,
    pub(super) has_status: bool,
    /// The path of the replicas, if it has the subresource `scale`.
    pub(super) replicas: Option<Vec<String>>,
    /// The validator of its objects.
    pub(super) crd: Option<Arc<Crd>>,
}

impl Kind {
    /// As in `apiVersion`.
    pub(super) fn api_version(&self) -> String {
        group_version(&self.group, &self.version)
    }

    /// The name in errors, such as `deployments.apps`.
    pub(super) fn qualified(&self) -> String {
        if self.group.is_empty() {
            self.plural.clone()
        } else {
            format!("{}.{}", self.plural, self.group)
        }
    }

    /// Its entries in discovery: itself and its subresources.
    fn resources(&self) -> Vec<Value> {
        let verbs = [
            "create", "delete", "get", "list", "patch", "update", "watch",
        ];
        let resource = |name: String, kind: &str, verbs: &[&str]| {
            json!({
                "name": name, "singularName": self.name.to_lowercase(), "kind": kind,
                "namespaced": self.is_namespaced, "verbs": verbs,
            })
        };
        let mut resources = vec![resource(self.plural.clone(), &self.name, &verbs)];
        let part = |name: &str| format!("{}/{name}", self.plural);
        if self.has_status {
            let verbs = ["get", "patch", "update"];
            resources.push(resource(part("status"), &self.name, &verbs));
        }
        if self.replicas.is_some() {
            resources.push(resource(
                part("scale"),
                "Scale",
                &["get", "patch", "update"],
            ));
        }
        resources
    }
}

/// All of them.
#[derive(Clone, Debug)]
pub(super) struct Kinds(Vec<Kind>);

/// The built-in kinds that operators use most.
impl Default for Kinds {
    fn default() -> Self {
        let kinds = BUILT_IN.iter().flat_map(|(api_version, kinds)| {
            kinds.iter().map(|(kind, plural, traits)| {
                let (group, version) = split(api_version);
                let scales = traits.contains('r');
                Kind {
                    group: group.to_owned(),
                    version: version.to_owned(),
                    name: (*kind).to_owned(),
                    plural: (*plural).to_owned(),
                    is_namespaced: traits.contains('n'),
                    has_status: traits.contains('s'),
                    replicas: scales.then(|| vec!["spec".to_owned(), "replicas".to_owned()]),
                    crd: None,
                }
            })
        });
        Self(kinds.collect())
    }
}

impl Kinds {
    /// Adds the served versions of a CRD.
    pub(super) fn add(&mut self, crd: Crd) {
        let crd = Arc::new(crd);
        for version in crd.versions.iter().filter(|version| version.is_served) {
            let replicas = version.scale.as_ref().map(|scale| {
                let steps = scale.spec_replicas.0.iter();
                steps.map(ToString::to_string).collect()
            });
            self.0.push(Kind {
                group: crd.group.to_string(),
                version: version.name.to_string(),
                name: crd.kind.to_string(),
                plural: crd.plural.to_string(),
                is_namespaced: crd.is_namespaced,
                has_status: version.has_status,
                replicas,
                crd: Some(Arc::clone(&crd)),
            });
        }
    }

    /// The kind of a path segment, such as `deployments`.
    pub(super) fn of_path(&self, group: &str, version: &str, plural: &str) -> Option<&Kind> {
        let mut kinds = self.of_version(group, version);
        kinds.find(|kind| kind.plural == plural)
    }

    /// The kind of an object.
    pub(super) fn of_object(&self, api_version: &str, kind: &str) -> Option<&Kind> {
        let (group, version) = split(api_version);
        self.of_version(group, version)
            .find(|known| known.name == kind)
    }

    fn of_version(&self, group: &str, version: &str) -> impl Iterator<Item = &Kind> {
        self.0
            .iter()
            .filter(move |kind| kind.group == group && kind.version == version)
    }

    /// The answer to `/apis`.
    pub(super) fn groups(&self) -> Value {
        let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
        for kind in self.0.iter().filter(|kind| !kind.group.is_empty()) {
            let known = groups.iter_mut().find(|(group, _)| *group == kind.group);
            match known {
                Some((_, versions)) if versions.contains(&kind.version.as_str()) => {}
                Some((_, versions)) => versions.push(&kind.version),
                None => groups.push((&kind.group, vec![&kind.version])),
            }
        }
        let groups = groups.iter().map(|(group, versions)| {
            let version = |version: &&str| {
                json!({ "groupVersion": group_version(group, version), "version": version })
            };
            let versions: Vec<_> = versions.iter().map(version).collect();
            json!({ "name": group, "preferredVersion": versions.first(), "versions": versions })
        });
        let groups: Vec<_> = groups.collect();
        json!({ "kind": "APIGroupList", "apiVersion": "v1", "groups": groups })
    }

    /// The answer to a group and version, if it exists.
    pub(super) fn resources(&self, group: &str, version: &str) -> Option<Value> {
        let kinds = self.of_version(group, version);
        let resources: Vec<_> = kinds.flat_map(Kind::resources).collect();
        let found = json!({
            "kind": "APIResourceList", "apiVersion": "v1",
            "groupVersion": group_version(group, version), "resources": resources,
        });
        (!resources.is_empty()).then_some(found)
    }
}

/// Group and version of an `apiVersion`.
fn split(api_version: &str) -> (&str, &str) {
    api_version.split_once('/').unwrap_or(("", api_version))
}

fn group_version(group: &str, version: &str) -> String {
    if group.is_empty() {
        version.to_owned()
    } else {
        format!("{group}/{version}")
    }
}

/// Kind, plural and traits: `n` for namespaced, `s` for a status, `r` for replicas.
type BuiltIn = (&'static str, &'static str, &'static str);

const BUILT_IN: &[(&str, &[BuiltIn])] = &[
    (
        "v1",
        &[
            ("ConfigMap", "configmaps", "n"),
            ("Endpoints", "endpoints", "n"),
            ("Event", "events", "n"),
            ("LimitRange", "limitranges", "n"),
            ("Namespace", "namespaces", "s"),
            ("Node", "nodes", "s"),
            ("PersistentVolume", "persistentvolumes", "s"),
            ("PersistentVolumeClaim", "persistentvolumeclaims", "ns"),
            ("Pod", "pods", "ns"),
            ("ResourceQuota", "resourcequotas", "ns"),
            ("Secret", "secrets", "n"),
            ("Service", "services", "ns"),
            ("ServiceAccount", "serviceaccounts", "n"),
        ],
    ),
    (
        "admissionregistration.k8s.io/v1",
        &[
            (
                "MutatingWebhookConfiguration",
                "mutatingwebhookconfigurations",
                "",
            ),
            (
                "ValidatingWebhookConfiguration",
                "validatingwebhookconfigurations",
                "",
            ),
        ],
    ),
    (
        "apiextensions.k8s.io/v1",
        &[("CustomResourceDefinition", "customresourcedefinitions", "s")],
    ),
    (
        "apps/v1",
        &[
            ("DaemonSet", "daemonsets", "ns"),
            ("Deployment", "deployments", "nsr"),
            ("ReplicaSet", "replicasets", "nsr"),
            ("StatefulSet", "statefulsets", "nsr"),
        ],
    ),
    (
        "autoscaling/v2",
        &[("HorizontalPodAutoscaler", "horizontalpodautoscalers", "ns")],
    ),
    (
        "batch/v1",
        &[("CronJob", "cronjobs", "ns"), ("Job", "jobs", "ns")],
    ),
    ("coordination.k8s.io/v1", &[("Lease", "leases", "n")]),
    (
        "discovery.k8s.io/v1",
        &[("EndpointSlice", "endpointslices", "n")],
    ),
    ("events.k8s.io/v1", &[("Event", "events", "n")]),
    (
        "networking.k8s.io/v1",
        &[
            ("Ingress", "ingresses", "ns"),
            ("IngressClass", "ingressclasses", ""),
            ("NetworkPolicy", "networkpolicies", "n"),
        ],
    ),
    (
        "policy/v1",
        &[("PodDisruptionBudget", "poddisruptionbudgets", "ns")],
    ),
    (
        "rbac.authorization.k8s.io/v1",
        &[
            ("ClusterRole", "clusterroles", ""),
            ("ClusterRoleBinding", "clusterrolebindings", ""),
            ("Role", "roles", "n"),
            ("RoleBinding", "rolebindings", "n"),
        ],
    ),
    (
        "scheduling.k8s.io/v1",
        &[("PriorityClass", "priorityclasses", "")],
    ),
    (
        "storage.k8s.io/v1",
        &[("StorageClass", "storageclasses", "")],
    ),
];
