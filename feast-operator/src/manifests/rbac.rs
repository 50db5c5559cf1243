//! The operator's permissions: no more than it needs.
//!
//! It must have all permissions that it grants in a Role; for an existing ClusterRole, the
//! permission to bind it suffices:
//! <https://kubernetes.io/docs/reference/access-authn-authz/rbac/#restrictions-on-role-creation-or-update>

use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::api::rbac::v1::{
    ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, RoleRef, Subject,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Serialize;

use feast_render::Platform;

use super::shared::shared_cluster_roles;
use super::webhook::SECRET;
use super::{Error, Installation, NAME, Objects, Webhook, cluster_metadata, metadata};

const RBAC: &str = "rbac.authorization.k8s.io";
const READ: &[&str] = &["get", "list", "watch"];
/// Verbs for reconciling objects.
const KEEP: &[&str] = &["get", "list", "watch", "create", "patch", "delete"];

/// Permissions in the namespaces of FeatureStores: those that the operator uses, and those that it
/// grants in Roles, which it must have itself.
pub fn namespaced_rules() -> Vec<PolicyRule> {
    [used_rules(), granted_rules()].concat()
}

/// Permissions that the operator uses.
fn used_rules() -> Vec<PolicyRule> {
    vec![
        rule(
            "feast.dev",
            &["featurestores"],
            &["get", "list", "watch", "patch"],
        ),
        rule("feast.dev", &["featurestores/status"], &["patch"]),
        rule("feast.dev", &["featurestores/finalizers"], &["update"]),
        rule(
            "",
            &[
                "configmaps",
                "persistentvolumeclaims",
                "secrets",
                "serviceaccounts",
                "services",
            ],
            KEEP,
        ),
        rule("", &["pods"], &["list"]),
        rule("apps", &["deployments"], KEEP),
        rule("autoscaling", &["horizontalpodautoscalers"], KEEP),
        rule("batch", &["cronjobs"], KEEP),
        rule("monitoring.coreos.com", &["servicemonitors"], KEEP),
        rule("policy", &["poddisruptionbudgets"], KEEP),
        rule(RBAC, &["roles", "rolebindings"], KEEP),
        rule("route.openshift.io", &["routes"], KEEP),
        rule("route.openshift.io", &["routes/custom-host"], &["create"]),
        rule("events.k8s.io", &["events"], &["create", "patch"]),
    ]
}

/// Further permissions that it grants in Roles of FeatureStores. The verb `escalate` would replace
/// them, but because FeatureStores choose the names of Roles, it would allow granting anything.
fn granted_rules() -> Vec<PolicyRule> {
    vec![
        // For servers; a Role with this rule has no effect.
        rule("authentication.k8s.io", &["tokenreviews"], &["create"]),
        rule("", &["namespaces"], READ),
        rule(
            RBAC,
            &["clusterroles", "clusterrolebindings"],
            &["get", "list"],
        ),
        // For batch jobs.
        rule(
            "",
            &["configmaps", "persistentvolumeclaims", "services"],
            &["deletecollection"],
        ),
        rule(
            "",
            &["pods"],
            &["get", "watch", "create", "delete", "deletecollection"],
        ),
        rule("", &["pods/log"], &["get"]),
        rule(
            "sparkoperator.k8s.io",
            &["sparkapplications"],
            &["create", "get", "delete"],
        ),
        // For CronJobs.
        rule("", &["pods/exec"], &["create"]),
    ]
}

/// Cluster-wide permissions, mainly to bind the shared ClusterRoles. These are installed with the
/// operator, which can neither change them nor bind others.
fn cluster_rules(shared: &[ClusterRole]) -> Vec<PolicyRule> {
    let names = shared.iter().filter_map(|role| role.metadata.name.clone());
    vec![
        rule(RBAC, &["clusterroles"], READ),
        PolicyRule {
            resource_names: Some(names.collect()),
            ..rule(RBAC, &["clusterroles"], &["bind"])
        },
        rule(RBAC, &["clusterrolebindings"], KEEP),
        rule("mlflow.opendatahub.io", &["mlflows"], &["list", "watch"]),
    ]
}

/// Permissions in the namespace of discovery ConfigMaps.
fn shared_rules() -> Vec<PolicyRule> {
    vec![
        rule("", &["configmaps"], KEEP),
        rule(RBAC, &["roles", "rolebindings"], KEEP),
    ]
}

/// Permissions in the operator's namespace.
fn leader_rules() -> Vec<PolicyRule> {
    vec![rule(
        "coordination.k8s.io",
        &["leases"],
        &["get", "create", "update"],
    )]
}

/// Further permissions there, to issue the webhook's certificate.
fn certificate_rules() -> Vec<PolicyRule> {
    vec![named(rule("", &["secrets"], &["get", "patch"]), SECRET)]
}

/// Cluster-wide permissions to make API servers trust that certificate.
fn trust_rules() -> Vec<PolicyRule> {
    let group = "admissionregistration.k8s.io";
    let rule = rule(
        group,
        &["validatingwebhookconfigurations"],
        &["get", "patch"],
    );
    vec![named(rule, NAME)]
}

/// The operator's permissions, by scope and purpose.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rights {
    /// Cluster-wide.
    cluster: Vec<PolicyRule>,
    /// Cluster-wide, if the operator issues the webhook's certificate.
    registration: Vec<PolicyRule>,
    /// In the namespaces of FeatureStores.
    namespace: Vec<PolicyRule>,
    /// In the namespaces of discovery ConfigMaps.
    discovery: Vec<PolicyRule>,
    /// In the operator's own namespace.
    leader: Vec<PolicyRule>,
    /// In the operator's own namespace, if it issues the webhook's certificate.
    certificate: Vec<PolicyRule>,
}

impl Rights {
    /// The permissions of an operator with these shared ClusterRoles.
    pub(super) fn of(shared: &[ClusterRole]) -> Self {
        Self {
            cluster: cluster_rules(shared),
            registration: trust_rules(),
            namespace: namespaced_rules(),
            discovery: shared_rules(),
            leader: leader_rules(),
            certificate: certificate_rules(),
        }
    }
}

/// Whether `rules` grant everything in `wanted`; rules with resource names do not count.
pub fn allows(rules: &[PolicyRule], wanted: &PolicyRule) -> bool {
    let all = |names: &Option<Vec<String>>, has: &dyn Fn(&String) -> bool| {
        names.iter().flatten().all(has)
    };
    let has = |names: &Option<Vec<String>>, name: &String| {
        names.iter().flatten().any(|found| found == name)
    };
    all(&wanted.api_groups, &|group| {
        all(&wanted.resources, &|resource| {
            wanted.verbs.iter().all(|verb| {
                rules.iter().any(|rule| {
                    rule.resource_names.is_none()
                        && has(&rule.api_groups, group)
                        && has(&rule.resources, resource)
                        && rule.verbs.contains(verb)
                })
            })
        })
    })
}

pub(super) fn add(installation: &Installation, objects: &mut Objects) -> Result<(), Error> {
    objects.add(&ServiceAccount {
        metadata: metadata(installation),
        ..ServiceAccount::default()
    })?;
    let shared = shared_cluster_roles(&installation.operator(Platform::kubernetes())?)?;
    for role in &shared {
        objects.add(role)?;
    }
    let rights = Rights::of(&shared);
    let makes_certificate = installation.webhook == Webhook::SelfSigned;
    let mut cluster = rights.cluster;
    let mut own = rights.leader;
    if makes_certificate {
        cluster.extend(rights.registration);
        own.extend(rights.certificate);
    }
    if installation.namespaces.is_empty() {
        cluster.extend(rights.namespace.iter().cloned());
    }
    objects.add(&ClusterRole {
        metadata: cluster_metadata(),
        rules: Some(cluster),
        ..ClusterRole::default()
    })?;
    objects.add(&ClusterRoleBinding {
        metadata: cluster_metadata(),
        role_ref: role_ref("ClusterRole", NAME),
        subjects: Some(subjects(installation)),
    })?;
    let mut add = |namespace: &str, name: &str, rules: &[PolicyRule]| {
        add_role(installation, objects, namespace, name, rules.to_vec())
    };
    for namespace in &installation.namespaces {
        add(namespace, NAME, &rights.namespace)?;
    }
    if !installation.namespaces.is_empty() {
        for shared in installation.discovery_namespaces()? {
            add(&shared, &format!("{NAME}-shared"), &rights.discovery)?;
        }
    }
    let leader = format!("{NAME}-leader");
    add(&installation.operator_namespace, &leader, &own)?;
    Ok(())
}

fn add_role(
    installation: &Installation,
    objects: &mut Objects,
    namespace: &str,
    name: &str,
    rules: Vec<PolicyRule>,
) -> serde_json::Result<()> {
    let metadata = ObjectMeta {
        name: Some(name.to_owned()),
        namespace: Some(namespace.to_owned()),
        ..cluster_metadata()
    };
    objects.add(&Role {
        metadata: metadata.clone(),
        rules: Some(rules),
    })?;
    objects.add(&RoleBinding {
        metadata,
        role_ref: role_ref("Role", name),
        subjects: Some(subjects(installation)),
    })
}

fn role_ref(kind: &str, name: &str) -> RoleRef {
    RoleRef {
        api_group: RBAC.to_owned(),
        kind: kind.to_owned(),
        name: name.to_owned(),
    }
}

fn subjects(installation: &Installation) -> Vec<Subject> {
    vec![Subject {
        kind: "ServiceAccount".to_owned(),
        name: NAME.to_owned(),
        namespace: Some(installation.operator_namespace.clone()),
        ..Subject::default()
    }]
}

/// The rule, restricted to one object.
fn named(rule: PolicyRule, name: &str) -> PolicyRule {
    PolicyRule {
        resource_names: Some(vec![name.to_owned()]),
        ..rule
    }
}

fn rule(group: &str, resources: &[&str], verbs: &[&str]) -> PolicyRule {
    let owned = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    PolicyRule {
        api_groups: Some(vec![group.to_owned()]),
        resources: Some(owned(resources)),
        verbs: owned(verbs),
        ..PolicyRule::default()
    }
}
