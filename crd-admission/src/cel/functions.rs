//! The functions of an environment, by their names.

use std::collections::HashMap;

use super::library::{self, Overload};

/// Every overload that a release of Kubernetes has.
#[derive(Debug)]
pub(crate) struct Functions {
    /// The minor version of the environment.
    pub(crate) minor: u32,
    overloads: Vec<Overload>,
    /// The places of a function's overloads, in the order of their declaration.
    by_name: HashMap<&'static str, Vec<usize>>,
}

impl Functions {
    /// Those of an environment, by its minor version.
    pub(crate) fn new(minor: u32) -> Self {
        let overloads = library::overloads().into_iter();
        let overloads: Vec<_> = overloads
            .filter(|overload| overload.since <= minor)
            .collect();
        let mut by_name: HashMap<_, Vec<_>> = HashMap::new();
        for (at, overload) in overloads.iter().enumerate() {
            by_name.entry(overload.function).or_default().push(at);
        }
        Self {
            minor,
            overloads,
            by_name,
        }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// The places of a function's overloads.
    pub(crate) fn named(&self, name: &str) -> impl Iterator<Item = usize> + use<'_> {
        self.by_name.get(name).into_iter().flatten().copied()
    }

    pub(crate) fn get(&self, at: usize) -> Option<&Overload> {
        self.overloads.get(at)
    }
}
