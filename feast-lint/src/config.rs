//! Levels and options.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::lint::{Group, Level, Lint};
use crate::lints;
use crate::options::Options;

/// Levels and options, as in a configuration file.
///
/// ```
/// use feast_lint::{Config, Level};
///
/// let config: Config = serde_json::from_str(r#"{
///     "lints": { "security": "deny", "hpa-minimum-of-one": "allow" },
///     "options": { "databaseConnections": 400 }
/// }"#)?;
/// config.verify().unwrap();
/// assert_eq!(config.level(feast_lint::find("hpa-minimum-of-one").unwrap()), Level::Allow);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// Exhaustive, so that it can be written as a literal with `..Config::default()`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Config {
    /// Levels, by the name of a lint or of a group; a lint's own wins over its group's.
    pub lints: BTreeMap<String, Level>,
    /// What lints measure by.
    pub options: Options,
}

/// A configuration that names what is not there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// No lint and no group has the name.
    #[error("no lint or group is called {0:?}")]
    Unknown(String),
}

impl Config {
    /// Whether every name is that of a lint or group. Levels of others have no effect.
    pub fn verify(&self) -> Result<(), ConfigError> {
        let unknown = self.lints.keys().find(|name| !is_known(name));
        unknown.map_or(Ok(()), |name| Err(ConfigError::Unknown(name.clone())))
    }

    /// The level of a lint.
    pub fn level(&self, lint: &Lint) -> Level {
        let own = self.lints.get(lint.name);
        let level = own.or_else(|| self.lints.get(lint.group.name()));
        level.copied().unwrap_or(lint.level)
    }
}

/// Whether a lint or a group has this name.
pub(crate) fn is_known(name: &str) -> bool {
    lints::find(name).is_some() || Group::ALL.iter().any(|group| group.name() == name)
}
