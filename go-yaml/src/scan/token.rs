//! Tokens.

use std::borrow::Cow;

use crate::position::Mark;

#[derive(Clone, Debug)]
pub(crate) struct Token<'t> {
    pub(crate) kind: Kind<'t>,
    pub(crate) start: Mark,
    pub(crate) end: Mark,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind<'t> {
    StreamStart,
    StreamEnd,
    /// `%YAML`: whether it is version 1.1.
    VersionDirective(bool),
    /// `%TAG` with a handle and its prefix.
    TagDirective(&'t str, String),
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias(&'t str),
    Anchor(&'t str),
    /// The handle, if there is one, and the suffix of a tag.
    Tag(&'t str, String),
    Scalar {
        text: Cow<'t, str>,
        /// Not quoted and not a block.
        is_plain: bool,
    },
}
