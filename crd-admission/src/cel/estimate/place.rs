//! Places of values in the schema.

use crate::cel::declarations::{Declaration, Inside};
use crate::cel::range::Range;

/// A place in the schema of `self`.
///
/// The API server keeps a path and takes its first step for a variable, whatever it is. So a field
/// of a value that does not come from the schema counts as a field of the root.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Place<'e> {
    /// The value does not come from the schema.
    #[default]
    Unknown,
    Known(&'e Declaration),
    /// The keys of a map, whose size the API server takes to be zero.
    Keys,
    /// A path that leaves the schema.
    Nowhere,
}

impl<'e> Place<'e> {
    pub(super) fn field(self, root: &'e Declaration, name: &str) -> Self {
        self.step(root, |declared| declared.field(name))
    }

    /// The items of a list or the values of a map.
    pub(super) fn element(self, root: &'e Declaration) -> Self {
        self.step(root, Declaration::element)
    }

    /// The indices of a list, which are not in the schema.
    pub(super) fn index(self, root: &'e Declaration) -> Self {
        self.step(root, |_| None)
    }

    pub(super) fn key(self, root: &'e Declaration) -> Self {
        match self {
            Self::Known(declared) if matches!(declared.inside, Inside::Values(_)) => Self::Keys,
            other => other.index(root),
        }
    }

    fn step(
        self,
        root: &'e Declaration,
        step: impl FnOnce(&'e Declaration) -> Option<&'e Declaration>,
    ) -> Self {
        match self {
            Self::Unknown => Self::Known(root),
            Self::Known(declared) => step(declared).map_or(Self::Nowhere, Self::Known),
            Self::Keys | Self::Nowhere => Self::Nowhere,
        }
    }

    /// The size of the value.
    pub(super) fn size(self) -> Option<Range> {
        match self {
            Self::Known(declared) => Some(Range::new(0, declared.largest)),
            Self::Keys => Some(Range::ZERO),
            Self::Unknown | Self::Nowhere => None,
        }
    }
}
