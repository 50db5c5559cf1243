//! The functions of an environment, by name.

use std::collections::HashMap;

use super::library::{self, Overload};
use super::version::Version;

/// Every overload of a Kubernetes release.
#[derive(Debug)]
pub(crate) struct Functions {
    pub(crate) version: Version,
    overloads: Vec<Overload>,
    /// The indexes of a function's overloads, in order of declaration.
    by_name: HashMap<&'static str, Vec<usize>>,
}

impl Functions {
    /// The functions of an environment.
    pub(crate) fn new(version: Version) -> Self {
        let overloads = library::overloads().into_iter();
        let overloads: Vec<_> = overloads
            .filter(|overload| version.has(overload.since))
            .collect();
        let mut by_name: HashMap<_, Vec<_>> = HashMap::new();
        for (at, overload) in overloads.iter().enumerate() {
            by_name.entry(overload.function).or_default().push(at);
        }
        Self {
            version,
            overloads,
            by_name,
        }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// The indexes of a function's overloads.
    pub(crate) fn named(&self, name: &str) -> impl Iterator<Item = usize> + use<'_> {
        self.by_name.get(name).into_iter().flatten().copied()
    }

    pub(crate) fn get(&self, at: usize) -> Option<&Overload> {
        self.overloads.get(at)
    }
}
