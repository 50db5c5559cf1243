//! The lints, a file each.

mod apply_at_start_prunes_shared_registry;
mod autoscaler_of_fixed_size;
mod autoscaler_without_requests;
mod claim_deleted_with_its_data;
mod claim_without_size;
mod claims_without_fs_group;
mod clashing_names;
mod container_without_image;
mod credentials_in_deployment;
mod cron_job_image_without_kubectl;
mod cron_job_inside_servers;
mod cron_job_settings_without_effect;
mod cron_job_that_is_suspended;
mod cron_job_without_deadline;
mod cron_jobs_that_overlap;
mod data_lost_on_restart;
mod default_persistence;
mod deprecated_api_version;
mod disabled_online_store_that_scales;
mod disruption_budget_that_blocks;
mod disruption_budget_that_protects_nothing;
mod disruption_budget_without_effect;
mod duplicate_volume_mount;
mod engine_the_image_lacks;
mod engine_type_unknown;
mod engine_without_rights;
mod git_credentials_in_url;
mod git_over_plain_http;
mod git_ref_that_moves;
mod git_shell_characters;
mod grpc_registry_behind_one_address;
mod host_path_volume;
mod hpa_minimum_above_maximum;
mod hpa_minimum_of_one;
mod hyphenated_sqlite_project;
mod image_that_moves;
mod kustomize_generated_secret;
mod lineage_server_without_consumer;
mod lineage_server_without_database;
mod lineage_server_without_registry_server;
mod materialization_into_nothing;
mod milvus_file_shared_by_replicas;
mod missing_store_parameter;
mod mistyped_store_parameter;
mod name_not_allowed;
mod no_authorization;
mod no_resource_requests;
mod no_security_context;
mod not_renderable;
mod oidc_without_verification;
mod reference_to_another_namespace;
mod refused_object;
mod registry_file_written_by_replicas;
mod registry_host_with_container_port;
mod registry_in_another_namespace;
mod registry_never_refreshed;
mod registry_without_its_tls;
mod request_above_limit;
mod restart_on_first_scale_out;
mod rolling_update_of_exclusive_volumes;
mod runs_as_root;
mod scaler_of_deployment;
mod scaler_to_zero;
mod scaler_with_removed_fields;
mod scalers_that_compete;
mod scaling_without_effect;
mod server_image_not_in_init_containers;
mod sqlite_behind_a_store_secret;
mod sqlite_shared_by_replicas;
mod store_that_the_image_lacks;
mod suppression_of_unknown;
mod suppression_without_effect;
mod suppression_without_reason;
mod tls_on_some_servers;
mod too_many_database_connections;
mod two_stores_apply_one_project;
mod unknown_store_parameter;
mod variable_that_a_container_lacks;
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
    &engine_type_unknown::LINT,
    &hyphenated_sqlite_project::LINT,
    &kustomize_generated_secret::LINT,
    &lineage_server_without_consumer::LINT,
    &lineage_server_without_database::LINT,
    &missing_store_parameter::LINT,
    &mistyped_store_parameter::LINT,
    &not_renderable::LINT,
    &reference_to_another_namespace::LINT,
    &registry_host_with_container_port::LINT,
    &registry_in_another_namespace::LINT,
    &registry_without_its_tls::LINT,
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
    &apply_at_start_prunes_shared_registry::LINT,
    &grpc_registry_behind_one_address::LINT,
    &milvus_file_shared_by_replicas::LINT,
    &registry_file_written_by_replicas::LINT,
    &registry_never_refreshed::LINT,
    &sqlite_shared_by_replicas::LINT,
    &too_many_database_connections::LINT,
    &two_stores_apply_one_project::LINT,
    // Persistence.
    &claim_without_size::LINT,
    &claims_without_fs_group::LINT,
    &data_lost_on_restart::LINT,
    &disabled_online_store_that_scales::LINT,
    &sqlite_behind_a_store_secret::LINT,
    // Security.
    &credentials_in_deployment::LINT,
    &git_credentials_in_url::LINT,
    &git_over_plain_http::LINT,
    &git_ref_that_moves::LINT,
    &git_shell_characters::LINT,
    &host_path_volume::LINT,
    &image_that_moves::LINT,
    &no_authorization::LINT,
    &oidc_without_verification::LINT,
    &runs_as_root::LINT,
    &tls_on_some_servers::LINT,
    // Operation.
    &cron_job_image_without_kubectl::LINT,
    &cron_job_inside_servers::LINT,
    &cron_job_settings_without_effect::LINT,
    &cron_job_that_is_suspended::LINT,
    &cron_job_without_deadline::LINT,
    &cron_jobs_that_overlap::LINT,
    &deprecated_api_version::LINT,
    &engine_the_image_lacks::LINT,
    &engine_without_rights::LINT,
    &lineage_server_without_registry_server::LINT,
    &materialization_into_nothing::LINT,
    &server_image_not_in_init_containers::LINT,
    &store_that_the_image_lacks::LINT,
    &variable_that_a_container_lacks::LINT,
    // Hygiene.
    &default_persistence::LINT,
    &no_resource_requests::LINT,
    &no_security_context::LINT,
    // Suppression.
    &suppression_of_unknown::LINT,
    &suppression_without_effect::LINT,
    &suppression_without_reason::LINT,
];

/// The lint of this name.
pub fn find(name: &str) -> Option<&'static Lint> {
    LINTS.iter().copied().find(|lint| lint.name == name)
}
