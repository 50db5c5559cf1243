//! Versions of CEL environments.

/// The available functions, macros and syntax: minor versions of Kubernetes, 35 for 1.35.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    /// The server's version, which decides what its libraries contain.
    pub(crate) server: u32,
    /// The compatibility version: that of the oldest server that must support the expressions. It
    /// decides which parts of the libraries are enabled.
    pub(crate) compatible: u32,
}

impl Version {
    /// Whether it includes what was added in `since`.
    pub(crate) const fn has(self, since: Self) -> bool {
        since.server <= self.server && since.compatible <= self.compatible
    }
}
