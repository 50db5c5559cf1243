//! Blocks of a document, with their keys in order.

use std::collections::BTreeMap;

use super::error::Error;
use super::redacted::SecretEntry;
use go_yaml::{Mapping, Value};

/// The keys of a block, in the order in which they are written. Inline entries follow.
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

/// A block under construction.
pub(super) struct Block {
    keys: Keys,
    /// In any order; blocks are small.
    values: Vec<(&'static str, Entry)>,
    inline: BTreeMap<Value, Entry>,
}

/// A value of a block.
pub(super) enum Entry {
    Value(Value),
    Secret(FromSecret),
    Block(Block),
}

/// A value from a Secret.
pub(super) struct FromSecret {
    pub(super) secret: String,
    pub(super) value: Value,
    /// Whether Feast determines the key; otherwise the key itself comes from the Secret.
    pub(super) is_named: bool,
}

impl FromSecret {
    /// A value under a key that Feast determines.
    pub(super) fn new(secret: &str, value: impl Into<Value>) -> Self {
        Self {
            secret: secret.to_owned(),
            value: value.into(),
            is_named: true,
        }
    }
}

impl<T: Into<Value>> From<T> for Entry {
    fn from(value: T) -> Self {
        Self::Value(value.into())
    }
}

impl From<FromSecret> for Entry {
    fn from(value: FromSecret) -> Self {
        Self::Secret(value)
    }
}

impl From<Block> for Entry {
    fn from(block: Block) -> Self {
        Self::Block(block)
    }
}

impl Block {
    pub(super) fn new(keys: Keys) -> Self {
        Self {
            keys,
            values: Vec::new(),
            inline: BTreeMap::new(),
        }
    }

    pub(super) fn set(mut self, key: &'static str, value: impl Into<Entry>) -> Self {
        debug_assert!(self.keys.contains(&key), "{key}");
        let value = value.into();
        match self.values.iter_mut().find(|(set, _)| *set == key) {
            Some((_, old)) => *old = value,
            None => self.values.push((key, value)),
        }
        self
    }

    /// Sets a key if there is a value.
    pub(super) fn set_some(self, key: &'static str, value: Option<impl Into<Entry>>) -> Self {
        match value {
            Some(value) => self.set(key, value),
            None => self,
        }
    }

    pub(super) const fn keys(&self) -> Keys {
        self.keys
    }

    pub(super) fn is_set(&self, key: &str) -> bool {
        self.values.iter().any(|(set, _)| *set == key)
    }

    /// Adds inline entries, which must not have any of the block's keys.
    pub(super) fn with_inline(
        mut self,
        inline: impl IntoIterator<Item = (Value, impl Into<Entry>)>,
    ) -> Self {
        let inline = inline.into_iter();
        self.inline
            .extend(inline.map(|(key, value)| (key, value.into())));
        self
    }

    /// Adds the user's free-form settings inline, with `true` and `false` as booleans. `field` is
    /// their path in the spec.
    pub(super) fn with_settings(
        self,
        field: &'static str,
        settings: Option<&BTreeMap<String, String>>,
    ) -> Result<Self, Error> {
        let settings = settings.into_iter().flatten();
        self.with_entries(field, settings.map(|(key, value)| (key, setting(value))))
    }

    /// Adds the user's entries inline; none may have a key of the block.
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

impl Block {
    /// The data, and its entries that come from Secrets.
    pub(super) fn finish(self) -> (Mapping, Vec<SecretEntry>) {
        let mut secrets = Vec::new();
        let data = self.collect(&mut Vec::new(), &mut secrets);
        (data, secrets)
    }

    /// The data; appends its entries that come from Secrets. `below` has the keys of the enclosing
    /// blocks.
    fn collect(mut self, below: &mut Vec<&'static str>, secrets: &mut Vec<SecretEntry>) -> Mapping {
        let mut data = Mapping::default();
        for key in self.keys {
            let place = self.values.iter().position(|(set, _)| set == key);
            let Some((_, entry)) = place.map(|place| self.values.swap_remove(place)) else {
                continue;
            };
            let value = match entry {
                Entry::Block(block) => {
                    below.push(key);
                    let value = block.collect(below, secrets);
                    below.pop();
                    Value::Map(value)
                }
                entry => entry.value(&Value::from(*key), below, secrets),
            };
            data.push((*key).into(), value);
        }
        for (key, entry) in self.inline {
            let value = entry.value(&key, below, secrets);
            data.push(key, value);
        }
        data
    }
}

impl Entry {
    /// The value of a key; `below` has the keys of the enclosing blocks.
    fn value(self, key: &Value, below: &[&'static str], secrets: &mut Vec<SecretEntry>) -> Value {
        match self {
            Self::Value(value) => value,
            Self::Secret(found) => {
                secrets.push(SecretEntry {
                    block: below.to_vec(),
                    key: key.clone(),
                    is_named: found.is_named,
                    secret: found.secret,
                });
                found.value
            }
            Self::Block(block) => Value::Map(block.collect(&mut below.to_vec(), secrets)),
        }
    }
}
