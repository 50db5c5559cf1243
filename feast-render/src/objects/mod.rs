//! A file for each Kubernetes object.

pub(crate) mod authorization;
pub(crate) mod batch_engine;
pub(crate) mod config_map;
pub(crate) mod cron_job;
pub(crate) mod deployment;
pub(crate) mod directory;
pub(crate) mod discovery;
pub(crate) mod horizontal_pod_autoscaler;
pub(crate) mod lineage;
pub(crate) mod listing;
pub(crate) mod persistent_volume_claim;
pub(crate) mod pod_disruption_budget;
mod rbac;
pub(crate) mod route;
pub(crate) mod secret;
pub(crate) mod service;
pub(crate) mod service_account;
pub(crate) mod service_monitor;
