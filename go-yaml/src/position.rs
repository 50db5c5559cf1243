//! Positions in a text.

use std::ops::Range;

/// A position in a text.
///
/// Exhaustive: a position is a line and a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// A part of a text.
///
/// Exhaustive: a part has a start and an end.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// Its first character.
    pub start: Position,
    /// The character after its last.
    pub end: Position,
    /// The part in bytes, counted from the start of the document.
    pub bytes: Range<usize>,
}

/// A position of the cursor.
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
