//! Permissions for the servers to review tokens, and the Roles for users.

use std::collections::BTreeMap;

use apimachinery::go::Quoted;
use feast_api::v1::{AuthzConfig, AuthzMode, FeatureStoreSpec};
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, PolicyRule};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::rbac::{account, cluster_role_binding, role, role_binding, rule};
use crate::changes::Change;
use crate::context::Context;
use crate::corrections::Correction;
use crate::error::Error;
use crate::names::{OIDC_CLUSTER_ROLE, TOKEN_REVIEW_CLUSTER_ROLE, shared_labels, types};
use crate::plan::Plan;

const RBAC: &str = "rbac.authorization.k8s.io";

/// How requests are authorized.
pub(crate) fn mode(context: &Context<'_>) -> AuthzMode {
    let authz = context.applied.authz.as_ref();
    authz.map_or(AuthzMode::NoAuth, AuthzConfig::mode)
}

/// Adds the objects of the mode.
pub(crate) fn add(context: &Context<'_>, plan: &mut Plan) -> Result<(), Error> {
    match mode(context) {
        AuthzMode::Kubernetes => add_kubernetes(context, plan),
        AuthzMode::Oidc if !context.has(Change::OidcDiscovery) => Ok(()),
        AuthzMode::Oidc if !context.has(Change::OidcClusterRole) => {
            add_token_reviews(context, plan);
            Ok(())
        }
        AuthzMode::Oidc => {
            plan.cluster_roles.push(shared_role(
                OIDC_CLUSTER_ROLE,
                shared_labels(types::AUTHORIZATION),
                vec![create_token_reviews()],
            ));
            let name = context.names.oidc_binding(binding_namespace(context));
            plan.cluster_role_bindings
                .push(binding(context, name, OIDC_CLUSTER_ROLE));
            Ok(())
        }
        AuthzMode::NoAuth => Ok(()),
    }
}

fn add_kubernetes(context: &Context<'_>, plan: &mut Plan) -> Result<(), Error> {
    let feast = context.names.feast();
    let metadata =
        |name: &str| context.metadata(name, context.names.typed_labels(types::AUTHORIZATION));
    let claimed = context.claim_in(
        || format!("failed to create namespace Role {}: ", Quoted(feast)),
        role(metadata(feast), namespaced_rules(context)),
    );
    plan.roles.push(claimed?);
    let subject = account(context.namespace, feast);
    let claimed = context.claim_in(
        || format!("failed to create RoleBinding {}: ", Quoted(feast)),
        role_binding(metadata(feast), feast, subject),
    );
    plan.role_bindings.push(claimed?);

    add_token_reviews(context, plan);
    for name in user_roles(context.applied) {
        let claimed = context.claim_in(
            || format!("failed to create custom auth Role {}: ", Quoted(name)),
            role(metadata(name), Vec::new()),
        );
        plan.roles.push(claimed?);
    }
    Ok(())
}

/// Permissions of the servers in the whole cluster.
fn add_token_reviews(context: &Context<'_>, plan: &mut Plan) {
    let labels = if context.has(Change::SharedClusterRoleLabels) {
        shared_labels(types::AUTHORIZATION)
    } else {
        context.names.typed_labels(types::AUTHORIZATION)
    };
    plan.cluster_roles.push(shared_role(
        TOKEN_REVIEW_CLUSTER_ROLE,
        labels,
        cluster_rules(context),
    ));
    let name = context.names.cluster_binding(binding_namespace(context));
    plan.cluster_role_bindings
        .push(binding(context, name, TOKEN_REVIEW_CLUSTER_ROLE));
}

/// Names of the Roles for users, without duplicates.
pub(crate) fn user_roles(spec: &FeatureStoreSpec) -> Vec<&str> {
    let kubernetes = spec
        .authz
        .as_ref()
        .and_then(|authz| authz.kubernetes.as_ref());
    let roles = kubernetes.and_then(|kubernetes| kubernetes.roles.as_deref());
    let mut names = Vec::new();
    for name in roles.unwrap_or_default() {
        if !names.contains(&name.as_str()) {
            names.push(name.as_str());
        }
    }
    names
}

/// The namespace that distinguishes bindings of FeatureStores with the same name; `None` in the
/// reference.
pub(crate) fn binding_namespace<'a>(context: &Context<'a>) -> Option<&'a str> {
    context
        .corrects(Correction::NamespacedClusterBindings)
        .then_some(context.namespace)
}

fn namespaced_rules(context: &Context<'_>) -> Vec<PolicyRule> {
    let mut rules = vec![rule(
        RBAC,
        &["roles", "rolebindings"],
        &["get", "list", "watch"],
    )];
    rules.extend(review_rules(context));
    rules
}

fn cluster_rules(context: &Context<'_>) -> Vec<PolicyRule> {
    let mut rules = vec![rule(RBAC, &["rolebindings"], &["list"])];
    rules.extend(review_rules(context));
    rules
}

fn review_rules(context: &Context<'_>) -> impl Iterator<Item = PolicyRule> {
    // The API group is wrong, so this rule allows nothing.
    let access = (!context.has(Change::NoSubjectAccessReviews))
        .then(|| rule(RBAC, &["subjectaccessreviews"], &["create"]));
    let lists = [
        rule("", &["namespaces"], &["get", "list", "watch"]),
        rule(RBAC, &["clusterroles"], &["get", "list"]),
        rule(RBAC, &["clusterrolebindings"], &["get", "list"]),
    ];
    [create_token_reviews()]
        .into_iter()
        .chain(access)
        .chain(lists)
}

fn create_token_reviews() -> PolicyRule {
    rule("authentication.k8s.io", &["tokenreviews"], &["create"])
}

fn shared_role(
    name: &str,
    labels: BTreeMap<String, String>,
    rules: Vec<PolicyRule>,
) -> ClusterRole {
    ClusterRole {
        metadata: ObjectMeta {
            name: Some(name.to_owned()),
            labels: Some(labels),
            ..ObjectMeta::default()
        },
        rules: Some(rules),
        ..ClusterRole::default()
    }
}

/// A cluster-scoped object cannot have a namespaced owner.
fn binding(context: &Context<'_>, name: String, role: &str) -> ClusterRoleBinding {
    let metadata = ObjectMeta {
        name: Some(name),
        labels: Some(context.names.typed_labels(types::AUTHORIZATION)),
        ..ObjectMeta::default()
    };
    cluster_role_binding(
        metadata,
        role,
        account(context.namespace, context.names.feast()),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::render::render;
    use crate::testing::given;

    #[test]
    fn objects_of_another_feature_store_are_left_alone() {
        for (kind, name, context) in [
            (
                "Role",
                "feast-sample",
                "failed to create namespace Role \"feast-sample\": ",
            ),
            (
                "RoleBinding",
                "feast-sample",
                "failed to create RoleBinding \"feast-sample\": ",
            ),
            (
                "Role",
                "reader",
                "failed to create custom auth Role \"reader\": ",
            ),
        ] {
            let object = json!({
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind,
                "metadata": {"name": name, "namespace": "ml", "ownerReferences": [{
                    "apiVersion": "feast.dev/v1", "kind": "FeatureStore", "name": "other",
                    "uid": "2", "controller": true,
                }]},
            });
            let spec = json!({
                "feastProject": "a", "authz": {"kubernetes": {"roles": ["reader"]}},
            });
            let mut given = given().objects([object]);
            let owned = format!(
                "Object ml/{name} is already owned by another FeatureStore controller other"
            );
            let refusal = render(&given.inputs(&spec)).expect_err("it is taken");
            assert_eq!(refusal.to_string(), format!("{context}{owned}"));
            given.settings.release = "0.65".parse().expect("a release");
            let refusal = render(&given.inputs(&spec)).expect_err("it is taken");
            assert_eq!(refusal.to_string(), owned);
        }
    }
}
