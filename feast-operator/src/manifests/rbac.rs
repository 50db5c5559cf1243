//! What the operator may do: no more than it needs.
//!
//! It has to have whatever it grants in a Role; a ClusterRole that is there it need only be allowed
//! to bind: <https://kubernetes.io/docs/reference/access-authn-authz/rbac/#restrictions-on-role-creation-or-update>

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
/// To keep objects as they are rendered.
const KEEP: &[&str] = &["get", "list", "watch", "create", "patch", "delete"];

/// What is needed in the namespaces of FeatureStores: what the operator uses, and what it grants
/// to others in a Role, which it has to have itself.
pub fn namespaced_rules() -> Vec<PolicyRule> {
    [used_rules(), granted_rules()].concat()
}

/// What the operator does itself.
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

/// What is granted in Roles of FeatureStores besides. The verb `escalate` would do without, but on
/// Roles whose names FeatureStores choose it allows to grant anything.
fn granted_rules() -> Vec<PolicyRule> {
    vec![
        // To servers; in a namespace these allow nothing.
        rule("authentication.k8s.io", &["tokenreviews"], &["create"]),
        rule("", &["namespaces"], READ),
        rule(
            RBAC,
            &["clusterroles", "clusterrolebindings"],
            &["get", "list"],
        ),
        // To batch jobs.
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
        // To CronJobs.
        rule("", &["pods/exec"], &["create"]),
    ]
}

/// What is needed of the cluster as a whole, to bind the shared ClusterRoles above all. They are
/// installed with the operator, which can neither change them nor bind others.
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

/// What is needed where all FeatureStores are found.
fn shared_rules() -> Vec<PolicyRule> {
    vec![
        rule("", &["configmaps"], KEEP),
        rule(RBAC, &["roles", "rolebindings"], KEEP),
    ]
}

/// What is needed where the operator runs.
fn leader_rules() -> Vec<PolicyRule> {
    vec![rule(
        "coordination.k8s.io",
        &["leases"],
        &["get", "create", "update"],
    )]
}

/// What is needed there to make the webhook's certificate.
fn certificate_rules() -> Vec<PolicyRule> {
    vec![named(rule("", &["secrets"], &["get", "patch"]), SECRET)]
}

/// What is needed of the cluster to have API servers trust that certificate.
fn trust_rules() -> Vec<PolicyRule> {
    let group = "admissionregistration.k8s.io";
    let rule = rule(
        group,
        &["validatingwebhookconfigurations"],
        &["get", "patch"],
    );
    vec![named(rule, NAME)]
}

/// What the operator may do, by where and what for.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rights {
    /// Of the cluster.
    cluster: Vec<PolicyRule>,
    /// Of the cluster besides, if the operator makes the webhook's certificate.
    registration: Vec<PolicyRule>,
    /// In the namespaces of FeatureStores.
    namespace: Vec<PolicyRule>,
    /// In those where all FeatureStores are found.
    discovery: Vec<PolicyRule>,
    /// In the operator's own.
    leader: Vec<PolicyRule>,
    /// There besides, if the operator makes the webhook's certificate.
    certificate: Vec<PolicyRule>,
}

impl Rights {
    /// Those of an operator whose FeatureStores share these ClusterRoles.
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

/// Whether everything that `wanted` grants is granted by `rules`; those for some objects alone do
/// not count.
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

/// The same for one object alone.
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
