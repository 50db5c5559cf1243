//! Which functions, macros and syntax there are.

/// Which functions, macros and syntax there are: minor versions of Kubernetes, 35 for 1.35.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    /// Of the server, which decides what the library knows that it is built with.
    pub(crate) server: u32,
    /// Of the oldest server that has to understand the expressions, which decides what of it is
    /// offered.
    pub(crate) compatible: u32,
}

impl Version {
    /// Whether there is what came with another version.
    pub(crate) const fn has(self, since: Self) -> bool {
        since.server <= self.server && since.compatible <= self.compatible
    }
}
