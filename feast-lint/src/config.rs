//! Lint levels and options.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::lint::{Group, Level, Lint};
use crate::lints::{self, LINTS};
use crate::options::Options;

/// Lint levels and options, as in a configuration file.
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
    /// Levels by the name of a lint or group, or `all`. A lint's level takes precedence over its
    /// group's, and the group's over `all`.
    pub lints: BTreeMap<String, Level>,
    /// Thresholds of lints.
    pub options: Options,
}

/// The name that stands for every lint.
const ALL: &str = "all";

/// A configuration with an unknown name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The name is neither a lint nor a group.
    #[error("unknown lint or group `{0}`")]
    Unknown(String),
}

impl Config {
    /// Sets the level of a lint, a group, or `all`, overriding earlier levels.
    ///
    /// ```
    /// use feast_lint::{Config, Level};
    ///
    /// let mut config = Config::default();
    /// config.set("hpa-minimum-of-one", Level::Deny).unwrap();
    /// config.set("all", Level::Allow).unwrap();
    /// assert_eq!(config.level(feast_lint::find("hpa-minimum-of-one").unwrap()), Level::Allow);
    /// assert!(config.set("everything", Level::Allow).is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// The name is not one of [`names`].
    pub fn set(&mut self, name: &str, level: Level) -> Result<(), ConfigError> {
        if !names().any(|known| known == name) {
            return Err(ConfigError::Unknown(name.to_owned()));
        }
        let is_meant = |lint: &&Lint| [ALL, lint.group.name(), lint.name].contains(&name);
        let lints = LINTS.iter().copied().filter(is_meant);
        let levels = lints.map(|lint| (lint.name.to_owned(), level));
        self.lints.extend(levels);
        Ok(())
    }

    /// Checks that every name is a lint, a group, or `all`. Levels of other names have no effect.
    pub fn verify(&self) -> Result<(), ConfigError> {
        let is_known = |name: &str| names().any(|known| known == name);
        let unknown = self.lints.keys().find(|name| !is_known(name));
        unknown.map_or(Ok(()), |name| Err(ConfigError::Unknown(name.clone())))
    }

    /// The level of a lint.
    pub fn level(&self, lint: &Lint) -> Level {
        let mut names = [lint.name, lint.group.name(), ALL].into_iter();
        let level = names.find_map(|name| self.lints.get(name));
        level.copied().unwrap_or(lint.level)
    }
}

/// Every name that can have a level: lints, groups, and `all`.
pub fn names() -> impl Iterator<Item = &'static str> {
    let lints = LINTS.iter().map(|lint| lint.name);
    let groups = Group::ALL.iter().map(|group| group.name());
    lints.chain(groups).chain([ALL])
}

/// Whether a lint or a group has this name.
pub(crate) fn is_known(name: &str) -> bool {
    lints::find(name).is_some() || Group::ALL.iter().any(|group| group.name() == name)
}
