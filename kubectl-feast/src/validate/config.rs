//! Levels of lints, from a file and from flags.

use std::fs;
use std::path::Path;

use feast_lint::{Group, LINTS, Level};
use globset::{Glob, GlobSet, GlobSetBuilder};
use serde_json::Value;

use super::Args;
use crate::explain;
use crate::input::Unreadable;

/// Read if no other is named.
const DEFAULT: &str = ".feast-lint.yaml";

/// Names every lint.
const ALL: &str = "all";

/// What is looked for, and where not.
#[derive(Debug)]
pub(super) struct Config {
    pub(super) lints: feast_lint::Config,
    exclude: GlobSet,
    has_lints: bool,
}

impl Config {
    /// The file, overridden by flags.
    ///
    /// # Errors
    ///
    /// A file that is not there or not a configuration, and names of no lint.
    pub(super) fn read(args: &Args) -> Result<Self, Unreadable> {
        let (mut lints, exclude) = match &args.config {
            Some(path) => file(path)?,
            None if Path::new(DEFAULT).is_file() => file(Path::new(DEFAULT))?,
            None => Default::default(),
        };
        for (level, names) in [
            (Level::Allow, &args.allow),
            (Level::Warn, &args.warn),
            (Level::Deny, &args.deny),
        ] {
            names
                .iter()
                .try_for_each(|name| set(&mut lints, name, level))?;
        }
        let has_lints = LINTS.iter().any(|lint| lints.level(lint) != Level::Allow);
        Ok(Self {
            lints,
            exclude,
            has_lints,
        })
    }

    /// Whether anything is looked for beyond the API server's verdict.
    pub(super) fn has_lints(&self) -> bool {
        self.has_lints
    }

    /// Whether a file is not to be looked at.
    pub(super) fn leaves_out(&self, path: &str) -> bool {
        self.exclude
            .is_match(path.strip_prefix("./").unwrap_or(path))
    }
}

/// Sets the level of a lint, of a group, or of all.
fn set(config: &mut feast_lint::Config, name: &str, level: Level) -> Result<(), Unreadable> {
    if name == ALL {
        config
            .lints
            .extend(LINTS.iter().map(|lint| (lint.name.to_owned(), level)));
        return Ok(());
    }
    if let Some(group) = Group::ALL.iter().find(|group| group.name() == name) {
        // A flag wins over what a file says of the group's lints.
        let members = LINTS.iter().filter(|lint| lint.group == *group);
        config
            .lints
            .extend(members.map(|lint| (lint.name.to_owned(), level)));
        return Ok(());
    }
    if feast_lint::find(name).is_none() {
        let names = LINTS.iter().map(|lint| lint.name);
        let names = names.chain(Group::ALL.iter().map(|group| group.name()));
        let hint = explain::similar(name, names);
        return Err(Unreadable(format!(
            "no lint or group is called `{name}`{hint}"
        )));
    }
    config.lints.insert(name.to_owned(), level);
    Ok(())
}

/// The lints' configuration and the patterns of `exclude`.
fn file(path: &Path) -> Result<(feast_lint::Config, GlobSet), Unreadable> {
    let name = path.display();
    let fault = |message: String| Unreadable(format!("{name}: {message}"));
    let text =
        fs::read_to_string(path).map_err(|error| Unreadable::new(&name.to_string(), &error))?;
    let mut value: Value = go_yaml::to_value(&text).map_err(|error| fault(error.to_string()))?;
    if value.is_null() {
        return Ok(Default::default());
    }
    let exclude = value
        .as_object_mut()
        .and_then(|object| object.remove("exclude"));
    let exclude: Vec<String> = exclude
        .map_or(Ok(vec![]), serde_json::from_value)
        .map_err(|_| fault("exclude: expected a list of patterns".to_owned()))?;
    let mut patterns = GlobSetBuilder::new();
    for pattern in exclude {
        patterns.add(Glob::new(&pattern).map_err(|error| fault(error.to_string()))?);
    }
    let patterns = patterns.build().map_err(|error| fault(error.to_string()))?;
    let config: feast_lint::Config =
        serde_json::from_value(value).map_err(|error| fault(error.to_string()))?;
    config.verify().map_err(|error| fault(error.to_string()))?;
    Ok((config, patterns))
}
