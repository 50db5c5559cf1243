//! Tags, by what they mean to go-yaml.

use crate::Version;

/// What a tag says of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tag {
    Null,
    Bool,
    Int,
    Float,
    Str,
    Timestamp,
    Binary,
    Merge,
    /// `!`, which says nothing.
    NonSpecific,
    /// Any other: a scalar with it is a string.
    Other,
}

impl Tag {
    /// Version 3 takes the short form as well, where it is written out as `!<!!int>`.
    pub(crate) fn of(tag: &str, version: Version) -> Self {
        let long = tag.strip_prefix("tag:yaml.org,2002:");
        let short = tag.strip_prefix("!!").filter(|_| version == Version::V3);
        match long.or(short) {
            Some("null") => Self::Null,
            Some("bool") => Self::Bool,
            Some("int") => Self::Int,
            Some("float") => Self::Float,
            Some("str") => Self::Str,
            Some("timestamp") => Self::Timestamp,
            Some("binary") => Self::Binary,
            Some("merge") => Self::Merge,
            None if tag == "!" => Self::NonSpecific,
            _ => Self::Other,
        }
    }

    /// The tag as go-yaml names it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Null => "!!null",
            Self::Bool => "!!bool",
            Self::Int => "!!int",
            Self::Float => "!!float",
            Self::Str => "!!str",
            Self::Timestamp => "!!timestamp",
            Self::Binary => "!!binary",
            Self::Merge => "!!merge",
            Self::NonSpecific | Self::Other => "!",
        }
    }
}
