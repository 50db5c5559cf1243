use std::collections::BTreeMap;

use k8s_openapi::api::batch::v1::PodFailurePolicy;
use k8s_openapi::api::core::v1::{EnvFromSource, EnvVar, ResourceRequirements};

/// The CronJob that runs commands in the deployment's pod, by default `feast apply` and an
/// incremental materialization.
///
/// Fields without a note mean what they do in the Kubernetes [CronJob].
///
/// [CronJob]: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/cron-job-v1/
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FeastCronJob {
    /// Annotations of the CronJob itself. An empty map removes those that are there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotations: Option<BTreeMap<String, String>>,
    /// What to do when the previous run is still going: `Allow`, `Forbid` or `Replace`.
    /// `Replace` where no schedule is given, else Kubernetes' default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concurrency_policy: Option<String>,
    /// The containers that run the commands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_configs: Option<CronJobContainerConfigs>,
    /// Failed jobs to keep. Kubernetes' default: 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_jobs_history_limit: Option<i32>,
    /// The job that is made at each time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job_spec: Option<JobSpec>,
    /// Schedule in cron's form. Default: `@yearly`, and then suspended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
    /// Seconds by which a missed run may start late. 5 where no schedule is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starting_deadline_seconds: Option<i64>,
    /// Successful jobs to keep. Kubernetes' default: 3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub successful_jobs_history_limit: Option<i32>,
    /// Whether runs are held back. True where no schedule is given, else false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspend: Option<bool>,
    /// Time zone of the schedule, by its IANA name. Default: that of the controller manager.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
}

/// The containers of the CronJob: one for each command, run in order.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CronJobContainerConfigs {
    /// Commands, each run by `bash -c` inside the deployment's pod. Default: `feast apply`, then
    /// `feast materialize-incremental` up to now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commands: Option<Vec<String>>,
    /// Environment of the containers that call `kubectl exec`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub env: Option<Vec<EnvVar>>,
    /// Sources of environment variables for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub env_from: Option<Vec<EnvFromSource>>,
    /// Image with `kubectl`. Default: the operator's cron job image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// When to pull the image: `Always`, `IfNotPresent` or `Never`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_pull_policy: Option<String>,
    /// Accepted and not used.
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
    /// Seconds after which a running job is ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_deadline_seconds: Option<i64>,
    /// Retries before the job has failed. Kubernetes' default: 6.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backoff_limit: Option<i32>,
    /// Retries of one index before it has failed; for indexed jobs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backoff_limit_per_index: Option<i32>,
    /// `NonIndexed` (default) or `Indexed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion_mode: Option<String>,
    /// Pods that must succeed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completions: Option<i32>,
    /// Indexes that may fail before the job has failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_failed_indexes: Option<i32>,
    /// Pods that may run at one time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parallelism: Option<i32>,
    /// What a pod's failure means for the job.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod_failure_policy: Option<PodFailurePolicy>,
    /// When a replacement pod is made: `TerminatingOrFailed` or `Failed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod_replacement_policy: Option<String>,
    /// Annotations of the job's pods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod_template_annotations: Option<BTreeMap<String, String>>,
    /// Whether the job waits before it makes pods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspend: Option<bool>,
    /// Seconds after which a finished job is removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl_seconds_after_finished: Option<i32>,
}
