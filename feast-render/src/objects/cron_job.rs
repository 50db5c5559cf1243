//! The CronJob that runs commands in the servers.

use std::collections::BTreeMap;

use k8s_openapi::api::batch::v1::{CronJob, CronJobSpec, JobSpec, JobTemplateSpec};
use k8s_openapi::api::core::v1::{
    Capabilities, Container, PodSecurityContext, PodSpec, PodTemplateSpec, SeccompProfile,
    SecurityContext, ServiceAccount,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::rbac::{account, role, role_binding, rule, rule_on};
use crate::changes::Change;
use crate::context::Context;
use crate::corrections::Correction;
use crate::error::Error;
use crate::names::types;
use crate::object_ref::ObjectRef;
use crate::plan::Plan;
use crate::pod;

/// Adds the CronJob and its permissions.
pub(crate) fn add(context: &Context<'_>, plan: &mut Plan) -> Result<(), Error> {
    let name = context.names.cron_job();
    let metadata = || context.metadata(&name, context.names.typed_labels(types::CRON_JOB));
    let rules = vec![
        rule_on("apps", "deployments", context.names.feast(), &["get"]),
        rule("", &["pods"], &["list"]),
        rule("", &["pods/exec"], &["create"]),
    ];
    if context.has(Change::CronJobAccount) {
        let service_account = ServiceAccount {
            metadata: metadata(),
            ..ServiceAccount::default()
        };
        plan.service_accounts.push(context.claim(service_account)?);
    }
    let subject = account(context.namespace, &account_name(context));
    let binding = role_binding(metadata(), &name, subject);
    plan.roles.push(context.claim(role(metadata(), rules))?);
    plan.role_bindings.push(context.claim(binding)?);
    plan.cron_job = Some(context.claim(cron_job(context))?);
    Ok(())
}

/// The ServiceAccount of the jobs.
fn account_name(context: &Context<'_>) -> String {
    if context.has(Change::CronJobAccount) {
        context.names.cron_job()
    } else {
        context.names.feast().to_owned()
    }
}

fn cron_job(context: &Context<'_>) -> CronJob {
    let config = context
        .applied
        .cron_job
        .as_ref()
        .expect("defaults fill in the CronJob");
    let labels = context.names.typed_labels(types::CRON_JOB);
    let metadata = context.metadata(context.names.feast(), labels);
    let annotations = annotations(context, config.annotations.as_ref(), &metadata);
    CronJob {
        metadata: ObjectMeta {
            annotations,
            ..metadata
        },
        spec: Some(CronJobSpec {
            schedule: config.schedule.clone().unwrap_or_default(),
            suspend: config.suspend,
            concurrency_policy: config.concurrency_policy.clone(),
            starting_deadline_seconds: config.starting_deadline_seconds,
            successful_jobs_history_limit: config.successful_jobs_history_limit,
            failed_jobs_history_limit: config.failed_jobs_history_limit,
            time_zone: config.time_zone.clone(),
            job_template: JobTemplateSpec {
                spec: Some(job(context)),
                ..JobTemplateSpec::default()
            },
        }),
        ..CronJob::default()
    }
}

/// The spec's annotations replace existing ones. In the reference, a spec without annotations
/// leaves them.
fn annotations(
    context: &Context<'_>,
    given: Option<&BTreeMap<String, String>>,
    metadata: &ObjectMeta,
) -> Option<BTreeMap<String, String>> {
    let live = context
        .inputs
        .live()
        .metadata(&ObjectRef::of::<CronJob>(metadata));
    let live = live.and_then(|live| live.annotations.as_ref());
    match given {
        None if context.corrects(Correction::StaleAnnotations) => None,
        None => live.cloned(),
        // An empty map is omitted if there are no annotations to remove.
        Some(given) if given.is_empty() && live.is_none_or(BTreeMap::is_empty) => None,
        Some(given) => Some(given.clone()),
    }
}

fn job(context: &Context<'_>) -> JobSpec {
    let config = context
        .applied
        .cron_job
        .as_ref()
        .and_then(|config| config.job_spec.as_ref());
    let config = config.cloned().unwrap_or_default();
    JobSpec {
        active_deadline_seconds: config.active_deadline_seconds,
        backoff_limit: config.backoff_limit,
        backoff_limit_per_index: config.backoff_limit_per_index,
        completion_mode: config.completion_mode,
        completions: config.completions,
        max_failed_indexes: config.max_failed_indexes,
        parallelism: config.parallelism,
        pod_failure_policy: config.pod_failure_policy,
        pod_replacement_policy: config.pod_replacement_policy,
        suspend: config.suspend,
        ttl_seconds_after_finished: config.ttl_seconds_after_finished,
        template: PodTemplateSpec {
            metadata: config
                .pod_template_annotations
                .map(|annotations| ObjectMeta {
                    annotations: Some(annotations),
                    ..ObjectMeta::default()
                }),
            spec: Some(pod_spec(context)),
        },
        ..JobSpec::default()
    }
}

/// The commands run in sequence: all but the last in init containers.
fn pod_spec(context: &Context<'_>) -> PodSpec {
    let mut init_containers = containers(context);
    let last = init_containers.pop();
    PodSpec {
        service_account_name: Some(account_name(context)),
        restart_policy: Some("Never".to_owned()),
        security_context: context
            .has(Change::CronJobAccount)
            .then(|| PodSecurityContext {
                run_as_non_root: Some(true),
                // OpenShift assigns the user.
                run_as_user: (!context.openshift()).then_some(1001),
                seccomp_profile: Some(SeccompProfile {
                    type_: "RuntimeDefault".to_owned(),
                    ..SeccompProfile::default()
                }),
                ..PodSecurityContext::default()
            }),
        init_containers: Some(init_containers).filter(|containers| !containers.is_empty()),
        containers: last.into_iter().collect(),
        ..PodSpec::default()
    }
}

fn containers(context: &Context<'_>) -> Vec<Container> {
    let config = context.applied.cron_job.as_ref();
    let Some(config) = config.and_then(|config| config.container_configs.as_ref()) else {
        return Vec::new();
    };
    let deployment = ["deploy/", context.names.feast()].concat();
    let mut env = Vec::new();
    pod::extend(&mut env, config.env.iter().flatten().cloned());
    let container = |(index, command): (usize, &String)| Container {
        name: format!("feast-{index}"),
        image: config.image.clone().filter(|image| !image.is_empty()),
        image_pull_policy: config.image_pull_policy.clone(),
        command: Some(
            [
                "kubectl",
                "exec",
                &deployment,
                "-i",
                "--",
                "bash",
                "-c",
                command,
            ]
            .map(str::to_owned)
            .into(),
        ),
        env: Some(env.clone()).filter(|env| !env.is_empty()),
        env_from: config
            .env_from
            .clone()
            .filter(|sources| !sources.is_empty()),
        resources: config.resources.clone(),
        security_context: context
            .has(Change::CronJobAccount)
            .then(|| SecurityContext {
                allow_privilege_escalation: Some(false),
                capabilities: Some(Capabilities {
                    drop: Some(vec!["ALL".to_owned()]),
                    ..Capabilities::default()
                }),
                ..SecurityContext::default()
            }),
        ..Container::default()
    };
    config
        .commands
        .iter()
        .flatten()
        .enumerate()
        .map(container)
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::corrections::Corrections;
    use crate::testing::{self, with_context};

    #[test]
    fn annotations_replace_existing_ones() {
        let none = Value::Null;
        let (given, there) = (json!({"given": "1"}), json!({"there": "1"}));
        for (said, live, corrections, expected) in [
            (&given, &there, Corrections::NONE, &given),
            (&given, &none, Corrections::NONE, &given),
            (&none, &there, Corrections::NONE, &there),
            (&none, &there, Corrections::ALL, &none),
            (&json!({}), &there, Corrections::NONE, &json!({})),
            (&json!({}), &none, Corrections::NONE, &none),
        ] {
            let spec = json!({"feastProject": "a", "cronJob": {"annotations": said}});
            let metadata = json!({"name": "feast-sample", "namespace": "ml", "annotations": live});
            let live = json!({"apiVersion": "batch/v1", "kind": "CronJob", "metadata": metadata});
            let cluster = testing::given().objects([live]).corrections(corrections);
            let found = with_context(&spec, &cluster, cron_job).metadata.annotations;
            assert_eq!(json!(found), *expected, "{spec} {metadata}");
        }
    }
}
