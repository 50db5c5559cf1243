//! The `mlflow` block.

use super::block::{Block, MLFLOW};
use super::error::Error;
use super::facts::Facts;

/// The block, if MLflow is enabled.
pub(super) fn block(facts: &Facts<'_>) -> Result<Option<Block>, Error> {
    let Some(config) = facts
        .applied
        .mlflow
        .as_ref()
        .filter(|config| config.enabled)
    else {
        return Ok(None);
    };
    Block::new(MLFLOW)
        .set("enabled", true)
        .set_some("tracking_uri", config.tracking_uri.as_ref())
        .set_some("ui_url", config.ui_url.as_ref())
        .set_some("auto_log", config.auto_log)
        .set_some("auto_log_entity_df", config.auto_log_entity_df)
        .set_some("entity_df_max_rows", config.entity_df_max_rows)
        .set_some("log_operations", config.log_operations)
        .set_some(
            "ops_experiment_suffix",
            config.ops_experiment_suffix.as_ref(),
        )
        .with_settings("mlflow.extraConfig", config.extra_config.as_ref())
        .map(Some)
}
