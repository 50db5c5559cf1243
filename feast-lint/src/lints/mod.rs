//! The lints, a file each.

mod autoscaler_of_fixed_size;
mod autoscaler_without_requests;
mod claim_deleted_with_its_data;
mod claim_without_size;
mod clashing_names;
mod container_without_image;
mod credentials_in_deployment;
mod cron_job_inside_servers;
mod cron_job_that_is_suspended;
mod cron_job_without_deadline;
mod cron_jobs_that_overlap;
mod data_lost_on_restart;
mod deprecated_api_version;
mod disabled_online_store_that_scales;
mod disruption_budget_that_blocks;
mod disruption_budget_that_protects_nothing;
mod disruption_budget_without_effect;
mod duplicate_volume_mount;
mod git_credentials_in_url;
mod git_over_plain_http;
mod git_ref_that_moves;
mod git_shell_characters;
mod grpc_registry_behind_one_address;
mod hpa_minimum_above_maximum;
mod hpa_minimum_of_one;
mod hyphenated_sqlite_project;
mod image_that_moves;
mod lineage_server_without_consumer;
mod lineage_server_without_database;
mod lineage_server_without_registry_server;
mod milvus_file_shared_by_replicas;
mod missing_store_parameter;
mod mistyped_store_parameter;
mod name_not_allowed;
mod no_authorization;
mod no_resource_requests;
mod no_security_context;
mod not_renderable;
mod oidc_without_verification;
mod refused_object;
mod registry_file_written_by_replicas;
mod registry_never_refreshed;
mod request_above_limit;
mod restart_on_first_scale_out;
mod rolling_update_of_exclusive_volumes;
mod scaler_of_deployment;
mod scaler_to_zero;
mod scaler_with_removed_fields;
mod scalers_that_compete;
mod scaling_without_effect;
mod sqlite_shared_by_replicas;
mod store_that_the_image_lacks;
mod suppression_of_unknown;
mod suppression_without_effect;
mod suppression_without_reason;
mod tls_on_some_servers;
mod too_many_database_connections;
mod unknown_store_parameter;
mod volume_mount_without_volume;

use crate::lint::Lint;

pub(crate) use suppression_of_unknown::LINT as SUPPRESSION_OF_UNKNOWN;
pub(crate) use suppression_without_effect::LINT as SUPPRESSION_WITHOUT_EFFECT;
pub(crate) use suppression_without_reason::LINT as SUPPRESSION_WITHOUT_REASON;

/// Every lint, by group and name.
pub const LINTS: &[&Lint] = &[
    // Refused.
    &container_without_image::LINT,
    &duplicate_volume_mount::LINT,
    &name_not_allowed::LINT,
    &refused_object::LINT,
    &request_above_limit::LINT,
    &volume_mount_without_volume::LINT,
    // Impossible.
    &claim_deleted_with_its_data::LINT,
    &clashing_names::LINT,
    &hyphenated_sqlite_project::LINT,
    &lineage_server_without_consumer::LINT,
    &lineage_server_without_database::LINT,
    &missing_store_parameter::LINT,
    &mistyped_store_parameter::LINT,
    &not_renderable::LINT,
    &unknown_store_parameter::LINT,
    // Scaling.
    &autoscaler_of_fixed_size::LINT,
    &autoscaler_without_requests::LINT,
    &disruption_budget_that_blocks::LINT,
    &disruption_budget_that_protects_nothing::LINT,
    &disruption_budget_without_effect::LINT,
    &hpa_minimum_above_maximum::LINT,
    &hpa_minimum_of_one::LINT,
    &restart_on_first_scale_out::LINT,
    &rolling_update_of_exclusive_volumes::LINT,
    &scaler_of_deployment::LINT,
    &scaler_to_zero::LINT,
    &scaler_with_removed_fields::LINT,
    &scalers_that_compete::LINT,
    &scaling_without_effect::LINT,
    // SharedState.
    &grpc_registry_behind_one_address::LINT,
    &milvus_file_shared_by_replicas::LINT,
    &registry_file_written_by_replicas::LINT,
    &registry_never_refreshed::LINT,
    &sqlite_shared_by_replicas::LINT,
    &too_many_database_connections::LINT,
    // Persistence.
    &claim_without_size::LINT,
    &data_lost_on_restart::LINT,
    &disabled_online_store_that_scales::LINT,
    // Security.
    &credentials_in_deployment::LINT,
    &git_credentials_in_url::LINT,
    &git_over_plain_http::LINT,
    &git_ref_that_moves::LINT,
    &git_shell_characters::LINT,
    &image_that_moves::LINT,
    &no_authorization::LINT,
    &no_security_context::LINT,
    &oidc_without_verification::LINT,
    &tls_on_some_servers::LINT,
    // Operation.
    &cron_job_inside_servers::LINT,
    &cron_job_that_is_suspended::LINT,
    &cron_job_without_deadline::LINT,
    &cron_jobs_that_overlap::LINT,
    &deprecated_api_version::LINT,
    &lineage_server_without_registry_server::LINT,
    &no_resource_requests::LINT,
    &store_that_the_image_lacks::LINT,
    // Suppression.
    &suppression_of_unknown::LINT,
    &suppression_without_effect::LINT,
    &suppression_without_reason::LINT,
];
