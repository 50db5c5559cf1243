//! Shorthands for Roles and bindings.

use k8s_openapi::Resource;
use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::api::rbac::v1::{
    ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, RoleRef, Subject,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// A permission on resources of one API group.
pub(super) fn rule(group: &str, resources: &[&str], verbs: &[&str]) -> PolicyRule {
    PolicyRule {
        api_groups: Some(vec![group.to_owned()]),
        resources: Some(owned(resources)),
        verbs: owned(verbs),
        ..PolicyRule::default()
    }
}

/// A permission on one object.
pub(super) fn rule_on(group: &str, resource: &str, name: &str, verbs: &[&str]) -> PolicyRule {
    PolicyRule {
        resource_names: Some(vec![name.to_owned()]),
        ..rule(group, &[resource], verbs)
    }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

pub(super) fn role(metadata: ObjectMeta, rules: Vec<PolicyRule>) -> Role {
    Role {
        metadata,
        rules: Some(rules),
    }
}

/// A binding of a Role to one subject.
pub(super) fn role_binding(metadata: ObjectMeta, role: &str, subject: Subject) -> RoleBinding {
    RoleBinding {
        metadata,
        role_ref: role_ref::<Role>(role),
        subjects: Some(vec![subject]),
    }
}

/// A binding of a ClusterRole to one subject.
pub(super) fn cluster_role_binding(
    metadata: ObjectMeta,
    role: &str,
    subject: Subject,
) -> ClusterRoleBinding {
    let role_ref = role_ref::<ClusterRole>(role);
    ClusterRoleBinding {
        metadata,
        role_ref,
        subjects: Some(vec![subject]),
    }
}

fn role_ref<R: Resource>(name: &str) -> RoleRef {
    RoleRef {
        api_group: R::GROUP.to_owned(),
        kind: R::KIND.to_owned(),
        name: name.to_owned(),
    }
}

pub(super) fn account(namespace: &str, name: &str) -> Subject {
    Subject {
        kind: ServiceAccount::KIND.to_owned(),
        name: name.to_owned(),
        namespace: Some(namespace.to_owned()),
        ..Subject::default()
    }
}

/// The group of all authenticated users.
pub(super) fn everybody() -> Subject {
    Subject {
        kind: "Group".to_owned(),
        name: "system:authenticated".to_owned(),
        api_group: Some(Role::GROUP.to_owned()),
        ..Subject::default()
    }
}
