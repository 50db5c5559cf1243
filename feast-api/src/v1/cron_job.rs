use std::collections::BTreeMap;

use k8s_openapi::api::batch::v1::PodFailurePolicy;
use k8s_openapi::api::core::v1::{EnvFromSource, EnvVar, ResourceRequirements};

/// The CronJob that runs commands in the deployment's pod, by default `feast apply` and an
/// incremental materialization.
///
/// Fields without further explanation are as in the Kubernetes [CronJob].
///
/// [CronJob]: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/cron-job-v1/
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FeastCronJob {
    /// Annotations of the CronJob itself. An empty map removes existing annotations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotations: Option<BTreeMap<String, String>>,
    /// What to do if the previous run is still active: `Allow`, `Forbid` or `Replace`. Default:
    /// `Replace` without a schedule, else Kubernetes' default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concurrency_policy: Option<String>,
    /// The containers that run the commands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_configs: Option<CronJobContainerConfigs>,
    /// Number of failed jobs to keep. Kubernetes' default: 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_jobs_history_limit: Option<i32>,
    /// Template of the jobs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job_spec: Option<JobSpec>,
    /// Schedule in cron format. Default: `@yearly`, suspended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
    /// Seconds by which a missed run may start late. Default: 5 without a schedule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starting_deadline_seconds: Option<i64>,
    /// Number of successful jobs to keep. Kubernetes' default: 3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub successful_jobs_history_limit: Option<i32>,
    /// Whether runs are suspended. Default: true without a schedule, else false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspend: Option<bool>,
    /// Time zone of the schedule, as an IANA name. Default: that of the controller manager.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
}

/// The containers of the CronJob: one for each command, run in order.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CronJobContainerConfigs {
    /// Commands, each run by `bash -c` in the deployment's pod. Default: `feast apply`, then
    /// `feast materialize-incremental` up to now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commands: Option<Vec<String>>,
    /// Environment variables of the containers that run `kubectl exec`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub env: Option<Vec<EnvVar>>,
    /// Sources of environment variables for these containers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub env_from: Option<Vec<EnvFromSource>>,
    /// Image with `kubectl`. Default: the operator's cron job image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// When to pull the image: `Always`, `IfNotPresent` or `Never`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_pull_policy: Option<String>,
    /// Accepted but not used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_selector: Option<BTreeMap<String, String>>,
    /// Resources of each container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resources: Option<ResourceRequirements>,
}

/// The job template of the CronJob; fields as in the Kubernetes [Job].
///
/// [Job]: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/job-v1/
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct JobSpec {
    /// Seconds after which a running job is terminated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_deadline_seconds: Option<i64>,
    /// Number of retries before the job fails. Kubernetes' default: 6.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backoff_limit: Option<i32>,
    /// Number of retries of one index before the index fails; for indexed jobs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backoff_limit_per_index: Option<i32>,
    /// `NonIndexed` (default) or `Indexed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion_mode: Option<String>,
    /// Number of pods that must succeed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completions: Option<i32>,
    /// Number of indexes that may fail before the job fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_failed_indexes: Option<i32>,
    /// Number of pods that may run at a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parallelism: Option<i32>,
    /// How the job reacts to a pod's failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod_failure_policy: Option<PodFailurePolicy>,
    /// When to create a replacement pod: `TerminatingOrFailed` or `Failed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod_replacement_policy: Option<String>,
    /// Annotations of the job's pods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod_template_annotations: Option<BTreeMap<String, String>>,
    /// Whether the job is created suspended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspend: Option<bool>,
    /// Seconds after which a finished job is deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl_seconds_after_finished: Option<i32>,
}
