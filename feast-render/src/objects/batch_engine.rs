//! Permissions of the servers and of batch drivers, for engines that run jobs in pods.

use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::rbac::{account, role, role_binding, rule};
use crate::changes::Change;
use crate::context::Context;
use crate::corrections::Correction;
use crate::documents::BatchEngine;
use crate::error::Error;
use crate::live::controller;
use crate::names::types;
use crate::object_ref::ObjectRef;
use crate::plan::Plan;

const JOB_VERBS: [&str; 6] = [
    "create",
    "get",
    "list",
    "watch",
    "delete",
    "deletecollection",
];

/// Adds the permissions, if the engine runs jobs in pods. Errors in its configuration are reported
/// by the document.
pub(crate) fn add(context: &Context<'_>, plan: &mut Plan) -> Result<(), Error> {
    if !context.has(Change::BatchEngineAccess) {
        return Ok(());
    }
    let engine = BatchEngine::read(context.applied, context.inputs)
        .ok()
        .flatten();
    let Some(engine) = engine.filter(BatchEngine::has_driver) else {
        withdraw_roles(context, plan);
        return Ok(());
    };
    add_servers(context, plan)?;
    add_driver(context, engine.driver_account(), plan)
}

/// Without an engine the reference deletes the Roles with these names, even if it has just created
/// them for users.
fn withdraw_roles(context: &Context<'_>, plan: &mut Plan) {
    let names = [types::BATCH_ENGINE, types::BATCH_DRIVER].map(|role| context.names.of_type(role));
    plan.roles.retain(|role| {
        !names
            .iter()
            .any(|name| role.metadata.name.as_ref() == Some(name))
    });
}

fn add_servers(context: &Context<'_>, plan: &mut Plan) -> Result<(), Error> {
    let name = context.names.of_type(types::BATCH_ENGINE);
    let metadata = || context.metadata(&name, context.names.typed_labels(types::BATCH_ENGINE));
    let rules = vec![
        rule("", &["configmaps"], &["create", "delete"]),
        rule(
            "sparkoperator.k8s.io",
            &["sparkapplications"],
            &["create", "get", "delete"],
        ),
        rule("", &["pods"], &["list"]),
        rule("", &["pods/log"], &["get"]),
    ];
    let subject = account(context.namespace, context.names.feast());
    plan.roles.push(context.claim(role(metadata(), rules))?);
    let binding = role_binding(metadata(), &name, subject);
    plan.role_bindings.push(context.claim(binding)?);
    Ok(())
}

fn add_driver(
    context: &Context<'_>,
    account_name: Option<&str>,
    plan: &mut Plan,
) -> Result<(), Error> {
    let name = context.names.of_type(types::BATCH_DRIVER);
    let metadata =
        |name: &str| context.metadata(name, context.names.typed_labels(types::BATCH_DRIVER));
    let account_name = account_name.unwrap_or(&name);
    let mut made = plan.service_accounts.iter().map(|made| &made.metadata);
    let made = made.find(|made| made.name.as_deref() == Some(account_name));
    if made.is_some() || !is_left_alone(context, account_name) {
        let account = driver_account(context, metadata(account_name), made);
        plan.service_accounts.push(context.claim(account)?);
    }
    let rules = vec![
        rule("", &["pods"], &JOB_VERBS),
        rule(
            "",
            &["services", "configmaps", "persistentvolumeclaims"],
            &JOB_VERBS,
        ),
    ];
    plan.roles
        .push(context.claim(role(metadata(&name), rules))?);
    let subject = account(context.namespace, account_name);
    let binding = role_binding(metadata(&name), &name, subject);
    plan.role_bindings.push(context.claim(binding)?);
    Ok(())
}

/// The ServiceAccount. It keeps the labels of an account with the same name: `made` for another
/// purpose, or existing.
fn driver_account(
    context: &Context<'_>,
    mut metadata: ObjectMeta,
    made: Option<&ObjectMeta>,
) -> ServiceAccount {
    let live = || {
        let object = ObjectRef::of::<ServiceAccount>(&metadata);
        context.inputs.live().metadata(&object)
    };
    if let Some(before) = made.or_else(live).and_then(|before| before.labels.as_ref()) {
        let labels = metadata.labels.get_or_insert_default();
        for (key, value) in before {
            labels.entry(key.clone()).or_insert_with(|| value.clone());
        }
    }
    ServiceAccount {
        metadata,
        ..ServiceAccount::default()
    }
}

/// Whether the ServiceAccount belongs to someone else. The reference takes it over.
fn is_left_alone(context: &Context<'_>, name: &str) -> bool {
    let object = ObjectRef::new::<ServiceAccount>(Some(context.namespace), name);
    let live = context.inputs.live().metadata(&object);
    context.corrects(Correction::ForeignServiceAccounts)
        && live.is_some_and(|live| controller(live).is_none_or(|owner| !context.is_own(owner)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::corrections::Corrections;
    use crate::testing::{given, with_context};

    #[test]
    fn a_foreign_account_is_left_alone_with_the_correction() {
        let owner = |uid: &str| {
            json!([{
                "apiVersion": "v1", "kind": "Any", "name": "any", "uid": uid, "controller": true,
            }])
        };
        for (owners, is_foreign) in [(json!([]), true), (owner("2"), true), (owner("1"), false)] {
            let metadata = json!({"name": "jobs", "namespace": "ml", "ownerReferences": owners});
            let live = json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata});
            let engine = json!({
                "apiVersion": "v1", "kind": "ConfigMap",
                "metadata": {"name": "engine", "namespace": "ml"},
                "data": {"config": "type: spark_application\nservice_account: jobs\n"},
            });
            let given = given().objects([live, engine]);
            let spec = json!({
                "feastProject": "a", "batchEngine": {"configMapRef": {"name": "engine"}},
            });
            for corrections in [Corrections::NONE, Corrections::ALL] {
                let given = given.clone().corrections(corrections);
                let expected = is_foreign && corrections == Corrections::ALL;
                with_context(&spec, &given, |context| {
                    assert_eq!(is_left_alone(context, "jobs"), expected, "{metadata}");
                    assert!(!is_left_alone(context, "another"));
                });
            }
        }
    }
}
