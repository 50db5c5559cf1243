//! The lints, one per file.

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
mod default_moved_by_upgrade;
mod default_persistence;
mod deprecated_api_version;
mod disabled_online_store_that_scales;
mod disruption_budget_that_blocks;
mod disruption_budget_that_protects_nothing;
mod disruption_budget_without_effect;
mod document_changed_by_upgrade;
mod duplicate_volume_mount;
mod engine_the_image_lacks;
mod engine_type_unknown;
mod engine_without_rights;
mod field_dropped_by_upgrade;
mod field_taken_up_by_upgrade;
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

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::Lint;

pub(crate) use suppression_of_unknown::LINT as SUPPRESSION_OF_UNKNOWN;
pub(crate) use suppression_without_effect::LINT as SUPPRESSION_WITHOUT_EFFECT;
pub(crate) use suppression_without_reason::LINT as SUPPRESSION_WITHOUT_REASON;

/// A check of a FeatureStore that adds findings.
pub(crate) type Check = fn(&Context<'_>, &mut Findings);

/// Declares the lints: first those with a check, then those that are checked elsewhere.
macro_rules! lints {
    (checked { $( $checked:ident, )+ } unchecked { $( $unchecked:ident, )+ }) => {
        /// All lints, by group and name.
        pub const LINTS: &[&Lint] =
            &[$( &$checked::LINT, )+ $( &$unchecked::LINT, )+];

        /// The lints with a check, in the order of [`LINTS`].
        pub(crate) const CHECKS: &[(&Lint, Check)] =
            &[$( (&$checked::LINT, $checked::check), )+];
    };
}

lints! {
    checked {
        // Refused.
        container_without_image,
        duplicate_volume_mount,
        name_not_allowed,
        refused_object,
        request_above_limit,
        volume_mount_without_volume,
        // Impossible.
        claim_deleted_with_its_data,
        clashing_names,
        engine_type_unknown,
        hyphenated_sqlite_project,
        kustomize_generated_secret,
        lineage_server_without_consumer,
        lineage_server_without_database,
        missing_store_parameter,
        mistyped_store_parameter,
        not_renderable,
        reference_to_another_namespace,
        registry_host_with_container_port,
        registry_in_another_namespace,
        registry_without_its_tls,
        unknown_store_parameter,
        // Scaling.
        autoscaler_of_fixed_size,
        autoscaler_without_requests,
        disruption_budget_that_blocks,
        disruption_budget_that_protects_nothing,
        disruption_budget_without_effect,
        hpa_minimum_above_maximum,
        hpa_minimum_of_one,
        restart_on_first_scale_out,
        rolling_update_of_exclusive_volumes,
        scaler_of_deployment,
        scaler_to_zero,
        scaler_with_removed_fields,
        scalers_that_compete,
        scaling_without_effect,
        // SharedState.
        apply_at_start_prunes_shared_registry,
        grpc_registry_behind_one_address,
        milvus_file_shared_by_replicas,
        registry_file_written_by_replicas,
        registry_never_refreshed,
        sqlite_shared_by_replicas,
        too_many_database_connections,
        two_stores_apply_one_project,
        // Persistence.
        claim_without_size,
        claims_without_fs_group,
        data_lost_on_restart,
        disabled_online_store_that_scales,
        sqlite_behind_a_store_secret,
        // Security.
        credentials_in_deployment,
        git_credentials_in_url,
        git_over_plain_http,
        git_ref_that_moves,
        git_shell_characters,
        host_path_volume,
        image_that_moves,
        no_authorization,
        oidc_without_verification,
        runs_as_root,
        tls_on_some_servers,
        // Operation.
        cron_job_image_without_kubectl,
        cron_job_inside_servers,
        cron_job_settings_without_effect,
        cron_job_that_is_suspended,
        cron_job_without_deadline,
        cron_jobs_that_overlap,
        deprecated_api_version,
        engine_the_image_lacks,
        engine_without_rights,
        lineage_server_without_registry_server,
        materialization_into_nothing,
        server_image_not_in_init_containers,
        store_that_the_image_lacks,
        variable_that_a_container_lacks,
        // Hygiene.
        default_persistence,
        no_resource_requests,
        no_security_context,
        // Upgrade.
        default_moved_by_upgrade,
        document_changed_by_upgrade,
        field_dropped_by_upgrade,
        field_taken_up_by_upgrade,
    }
    unchecked {
        // Suppression: annotations are processed after all checks.
        suppression_of_unknown,
        suppression_without_effect,
        suppression_without_reason,
    }
}

/// The lint with this name.
pub fn find(name: &str) -> Option<&'static Lint> {
    LINTS.iter().copied().find(|lint| lint.name == name)
}
