//! Blocks of a document: their keys and the order of these.

use std::collections::BTreeMap;

use super::error::Error;
use go_yaml::{Mapping, Value};

/// The keys of a block, in the order in which they are written. What is written inline follows.
pub(super) type Keys = &'static [&'static str];

pub(super) const DOCUMENT: Keys = &[
    "project",
    "provider",
    "offline_store",
    "online_store",
    "registry",
    "auth",
    "entity_key_serialization_version",
    "batch_engine",
    "feature_server",
    "materialization",
    "openlineage",
    "mlflow",
    "data_quality_monitoring",
];
pub(super) const OFFLINE_STORE: Keys = &["host", "type", "port", "scheme", "cert"];
pub(super) const ONLINE_STORE: Keys = &["path", "type", "cert"];
pub(super) const REGISTRY: Keys = &[
    "path",
    "registry_type",
    "cert",
    "s3_additional_kwargs",
    "cache_ttl_seconds",
    "cache_mode",
    "mcp",
];
pub(super) const AUTH: Keys = &["type"];
pub(super) const BATCH_ENGINE: Keys = &["type"];
pub(super) const FEATURE_SERVER: Keys = &[
    "type",
    "metrics",
    "offline_push_batching_enabled",
    "offline_push_batching_batch_size",
    "offline_push_batching_batch_interval_seconds",
    "mcp_enabled",
    "mcp_server_name",
    "mcp_server_version",
    "mcp_transport",
];
pub(super) const METRICS: Keys = &["enabled"];
pub(super) const MCP: Keys = &["enabled"];
pub(super) const MATERIALIZATION: Keys = &["online_write_batch_size"];
pub(super) const OPENLINEAGE: Keys = &[
    "enabled",
    "transport_type",
    "transport_url",
    "transport_endpoint",
    "api_key",
    "consumer",
];
pub(super) const CONSUMER: Keys = &[
    "enabled",
    "store_type",
    "connection_string",
    "api_key",
    "namespace_mapping",
    "retention_days",
    "retention_check_interval_hours",
    "standalone_server",
];
pub(super) const MLFLOW: Keys = &[
    "enabled",
    "tracking_uri",
    "ui_url",
    "auto_log",
    "auto_log_entity_df",
    "entity_df_max_rows",
    "log_operations",
    "ops_experiment_suffix",
];
pub(super) const DATA_QUALITY_MONITORING: Keys = &["auto_baseline"];

/// A block that is being made.
pub(super) struct Block {
    keys: Keys,
    values: BTreeMap<&'static str, Value>,
    inline: BTreeMap<Value, Value>,
}

impl Block {
    pub(super) fn new(keys: Keys) -> Self {
        Self {
            keys,
            values: BTreeMap::new(),
            inline: BTreeMap::new(),
        }
    }

    pub(super) fn set(mut self, key: &'static str, value: impl Into<Value>) -> Self {
        debug_assert!(self.keys.contains(&key), "{key}");
        self.values.insert(key, value.into());
        self
    }

    /// Sets a key if there is a value.
    pub(super) fn set_some(self, key: &'static str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.set(key, value),
            None => self,
        }
    }

    pub(super) const fn keys(&self) -> Keys {
        self.keys
    }

    pub(super) fn is_set(&self, key: &str) -> bool {
        self.values.contains_key(key)
    }

    /// Adds what is written inline. It has none of the block's keys.
    pub(super) fn with_inline(mut self, inline: impl IntoIterator<Item = (Value, Value)>) -> Self {
        self.inline.extend(inline);
        self
    }

    /// Adds the user's free settings inline, `true` and `false` as booleans. `field` is where in
    /// the spec they stand.
    pub(super) fn with_settings(
        self,
        field: &'static str,
        settings: Option<&BTreeMap<String, String>>,
    ) -> Result<Self, Error> {
        let settings = settings.into_iter().flatten();
        self.with_entries(field, settings.map(|(key, value)| (key, setting(value))))
    }

    /// Adds the user's entries inline, none of which may have a key of the block.
    pub(super) fn with_entries<'a>(
        self,
        field: &'static str,
        entries: impl Iterator<Item = (&'a String, Value)>,
    ) -> Result<Self, Error> {
        let checked = entries.map(|(key, value)| {
            if self.keys.contains(&key.as_str()) {
                return Err(Error::ReservedKey {
                    field,
                    key: key.clone(),
                });
            }
            Ok((key.into(), value))
        });
        let inline: Vec<_> = checked.collect::<Result<_, _>>()?;
        Ok(self.with_inline(inline))
    }
}

fn setting(value: &str) -> Value {
    match value {
        "true" => true.into(),
        "false" => false.into(),
        _ => value.into(),
    }
}

impl From<Block> for Mapping {
    fn from(mut block: Block) -> Self {
        let values = block.keys.iter().filter_map(|key| {
            let value = block.values.remove(key)?;
            Some(((*key).into(), value))
        });
        values.chain(block.inline).collect()
    }
}

impl From<Block> for Value {
    fn from(block: Block) -> Self {
        Self::Map(block.into())
    }
}
