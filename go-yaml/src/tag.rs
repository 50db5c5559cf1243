//! Tags and their meaning in go-yaml.

use crate::Version;

/// The meaning of a tag.
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
    /// `!`, which has no meaning.
    NonSpecific,
    /// Any other: it makes a scalar a string.
    Other,
}

impl Tag {
    /// Version 3 accepts the short form in its verbatim spelling, too: `!<!!int>`.
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

    /// go-yaml's name of the tag.
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
