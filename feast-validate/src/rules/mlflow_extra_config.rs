//! Free-form MLflow settings must not shadow typed ones.

use super::facts::Mlflow;
use crd_admission::native::eval::{Fault, decide, not, or};

/// Keys that are fields of their own, in the order of the rule.
pub(crate) const RESERVED: [&str; 9] = [
    "enabled",
    "tracking_uri",
    "ui_url",
    "tracking_auth",
    "auto_log",
    "auto_log_entity_df",
    "entity_df_max_rows",
    "log_operations",
    "ops_experiment_suffix",
];

pub(super) fn check(mlflow: &Mlflow) -> Result<bool, Fault> {
    let has_none = decide(mlflow.reserved.map(not), false);
    or([not(mlflow.has_extra_config), has_none])
}
