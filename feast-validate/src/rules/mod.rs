//! The CRD's rules in native Rust, a file each.
//!
//! [`RULES`] is the list: a line binds a rule of [`feast_api::rules`], which has its text and
//! message, to its check. A check looks at a few facts, so it serves JSON and typed values alike.

mod authz_one_of;
mod file_pvc_path;
mod git_repo_path;
mod mlflow_extra_config;
mod online_file_absolute;
mod online_file_no_object_store;
mod packaged_repo_path;
mod pdb_one_of;
mod persistence_one_of;
mod project_dir_one_of;
mod pvc_create_immutable;
mod pvc_mount_path;
mod pvc_one_of;
mod registry_file_absolute;
mod registry_one_of;
mod registry_pvc_no_object_store;
mod registry_remote_one_of;
mod registry_s3_settings;
mod registry_server_mcp;
mod registry_server_protocol;
mod scaling_offline_store;
mod scaling_online_store;
mod scaling_registry;
mod scaling_replicas_or_autoscaling;
mod tls_secret_ref;

pub(crate) mod facts;
#[cfg(feature = "types")]
pub(crate) mod typed;

use crd_admission::native::TOGETHER;
pub use crd_admission::native::{Eval, Fault, NativeRule, Object};
use feast_api::rules as crd;

use self::facts::{Choice, Facts, File, Mlflow, Pvc, RegistryServer, RepoPath, Spec, Tls};

/// The rules of a spec, which share what they look at.
fn spec(this: Object<'_>) -> [Eval<bool>; TOGETHER] {
    let spec = Spec::read(this);
    [
        scaling_replicas_or_autoscaling::check(&spec),
        scaling_online_store::check(&spec),
        scaling_offline_store::check(&spec),
        scaling_registry::check(&spec),
    ]
}

/// Binds a rule to the check of its module, with the facts that the check looks at.
macro_rules! rule {
    ($rule:ident, spec $at:literal) => {
        NativeRule::together(crd::$rule.expression, spec, $at)
    };
    ($rule:ident, $module:ident, $facts:ty) => {
        NativeRule::state(crd::$rule.expression, |this| {
            $module::check(&<$facts>::read(this))
        })
    };
    ($rule:ident, $module:ident) => {
        NativeRule::state(crd::$rule.expression, |this| {
            $module::check(&Choice::read(this, $module::FIELDS))
        })
    };
}

/// The twins of every rule of the FeatureStore CRD, in the CRD's order.
pub const RULES: &[NativeRule] = &[
    rule!(SCALING_REPLICAS_OR_AUTOSCALING, spec 0),
    rule!(SCALING_ONLINE_STORE, spec 1),
    rule!(SCALING_OFFLINE_STORE, spec 2),
    rule!(SCALING_REGISTRY, spec 3),
    rule!(AUTHZ_ONE_OF, authz_one_of),
    rule!(PROJECT_DIR_ONE_OF, project_dir_one_of),
    rule!(GIT_REPO_PATH, git_repo_path, RepoPath<'_>),
    rule!(PACKAGED_REPO_PATH, packaged_repo_path, RepoPath<'_>),
    rule!(MLFLOW_EXTRA_CONFIG, mlflow_extra_config, Mlflow),
    rule!(TLS_SECRET_REF, tls_secret_ref, Tls),
    rule!(PERSISTENCE_ONE_OF, persistence_one_of),
    rule!(PVC_ONE_OF, pvc_one_of, Pvc<'_>),
    rule!(PVC_MOUNT_PATH, pvc_mount_path, Pvc<'_>),
    NativeRule::transition(
        crd::PVC_CREATE_IMMUTABLE.expression,
        pvc_create_immutable::check,
    ),
    rule!(ONLINE_FILE_ABSOLUTE, online_file_absolute, File<'_>),
    rule!(REGISTRY_FILE_ABSOLUTE, registry_file_absolute, File<'_>),
    rule!(FILE_PVC_PATH, file_pvc_path, File<'_>),
    rule!(
        ONLINE_FILE_NO_OBJECT_STORE,
        online_file_no_object_store,
        File<'_>
    ),
    rule!(
        REGISTRY_PVC_NO_OBJECT_STORE,
        registry_pvc_no_object_store,
        File<'_>
    ),
    rule!(REGISTRY_S3_SETTINGS, registry_s3_settings, File<'_>),
    rule!(PDB_ONE_OF, pdb_one_of),
    rule!(REGISTRY_ONE_OF, registry_one_of),
    rule!(
        REGISTRY_SERVER_PROTOCOL,
        registry_server_protocol,
        RegistryServer
    ),
    rule!(REGISTRY_SERVER_MCP, registry_server_mcp, RegistryServer),
    rule!(REGISTRY_REMOTE_ONE_OF, registry_remote_one_of),
];
