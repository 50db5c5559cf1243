//! Places in a text.

use std::ops::Range;

/// A position in a text.
///
/// Exhaustive: line and column are all there is to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// A part of a text.
///
/// Exhaustive: start and end are all there is to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// Its first character.
    pub start: Position,
    /// The character after its last.
    pub end: Position,
    /// The part in bytes, counted from the start of the document.
    pub bytes: Range<usize>,
}

/// How far a text has been read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Bytes before it.
    pub(crate) byte: usize,
    /// Lines before it.
    pub(crate) line: usize,
    /// Characters before it on its line.
    pub(crate) column: usize,
}

impl From<Mark> for Position {
    fn from(mark: Mark) -> Self {
        Self {
            line: mark.line + 1,
            column: mark.column + 1,
        }
    }
}
