//! Why a text cannot be read.

use std::fmt;

use crate::Version;
use crate::position::{Mark, Position};

/// Why a text cannot be read.
///
/// Formatted like go-yaml's error, with go-yaml's line number, but never with content of the text,
/// which may be a password. [`position`](Self::position) is exact; for an unclosed construct it is
/// the start.
///
/// ```
/// let error = go_yaml::to_json("a: 1\nb: [2").unwrap_err();
/// assert_eq!(error.to_string(), "yaml: line 2: did not find expected ',' or ']'");
/// assert_eq!(error.fault().to_string(), "did not find expected ',' or ']'");
/// assert_eq!(error.position().unwrap().column, 4);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    fault: Fault,
    position: Option<Position>,
    /// The line in go-yaml's error; 0 if it has none.
    told: usize,
}

/// An error in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The text is not YAML.
    #[error("{0}")]
    Syntax(&'static str),
    /// An alias without its anchor.
    #[error("unknown anchor referenced")]
    UnknownAnchor,
    /// An anchored node contains its own alias.
    #[error("anchor value contains itself")]
    AliasLoop,
    /// Aliases expand the document too much.
    #[error("document contains excessive aliasing")]
    ExcessiveAliasing,
    /// Collections are nested deeper than [`MAX_DEPTH`](crate::MAX_DEPTH).
    #[error("exceeded max depth of {}", crate::MAX_DEPTH)]
    TooDeep,
    /// A mapping has a duplicate key.
    #[error("mapping key already defined at line {first}")]
    DuplicateKey {
        /// Line of the first, from 1.
        first: usize,
    },
    /// A key is a mapping or a list.
    #[error("invalid map key")]
    CollectionAsKey,
    /// A key has a type without a JSON text.
    #[error("unsupported map key")]
    UnsupportedKey,
    /// A value does not match its tag.
    #[error("cannot decode {found} as a {tag}")]
    TagMismatch {
        /// The tag of the actual value.
        found: &'static str,
        /// The tag in the text.
        tag: &'static str,
    },
    /// `!!binary` without valid Base64.
    #[error("!!binary value contains invalid base64 data")]
    InvalidBase64,
    /// The value of `<<` is not a mapping.
    #[error("map merge requires map or sequence of maps as the value")]
    InvalidMerge,
    /// JSON has no infinities and no NaN.
    #[error("unsupported value: not a finite number")]
    NotFinite,
    /// A mapping is required, and this is something else.
    #[error("not a mapping")]
    NotAMapping,
}

impl Error {
    /// The error without its position.
    pub const fn fault(&self) -> Fault {
        self.fault
    }

    /// The position in the text, if it has one.
    pub const fn position(&self) -> Option<Position> {
        self.position
    }

    /// The same error, for a text after this many lines.
    #[must_use]
    pub(crate) fn below(self, lines: usize) -> Self {
        Self {
            fault: match self.fault {
                Fault::DuplicateKey { first } => Fault::DuplicateKey {
                    first: first + lines,
                },
                fault => fault,
            },
            position: self.position.map(|at| Position {
                line: at.line + lines,
                ..at
            }),
            told: if self.told > 0 { self.told + lines } else { 0 },
        }
    }

    /// An error of the scanner; go-yaml counts its lines from 1.
    #[cold]
    pub(crate) fn scanner(
        version: Version,
        problem: &'static str,
        at: Mark,
        context: Mark,
    ) -> Self {
        let told = match version {
            Version::V2 if at.line > 0 => at.line + 1,
            Version::V2 => context.line,
            Version::V3 => match (context.line, at.line) {
                (0, 0) => 0,
                (0, line) | (line, _) => line + 1,
            },
        };
        Self {
            told,
            ..Self::of(Fault::Syntax(problem), at)
        }
    }

    /// An error of the parser; go-yaml counts its lines from 0.
    #[cold]
    pub(crate) fn parser(
        version: Version,
        problem: &'static str,
        at: Mark,
        context: Option<Mark>,
    ) -> Self {
        let context = context.map_or(0, |context| context.line);
        let told = match (version, at.line, context) {
            (Version::V2, 0, line)
            | (Version::V2, line, _)
            | (Version::V3, line, 0)
            | (Version::V3, _, line) => line,
        };
        Self {
            told,
            ..Self::of(Fault::Syntax(problem), at)
        }
    }

    /// The same error at another position.
    #[must_use]
    pub(crate) fn at(self, place: Mark) -> Self {
        Self {
            position: Some(place.into()),
            ..self
        }
    }

    /// An error for which go-yaml reports no line.
    #[cold]
    pub(crate) fn of(fault: Fault, at: Mark) -> Self {
        Self {
            fault,
            position: Some(at.into()),
            told: 0,
        }
    }

    /// An error in the encoding of the text.
    #[cold]
    pub(crate) const fn encoding(problem: &'static str) -> Self {
        Self {
            fault: Fault::Syntax(problem),
            position: None,
            told: 0,
        }
    }

    /// A duplicate key.
    #[cold]
    pub(crate) fn duplicate(first: Mark, at: Mark, told: usize) -> Self {
        let first = first.line + 1;
        Self {
            told,
            ..Self::of(Fault::DuplicateKey { first }, at)
        }
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.fault {
            Fault::NotFinite => "json: ",
            Fault::UnsupportedKey => "",
            Fault::DuplicateKey { .. } => "yaml: unmarshal errors:\n  ",
            _ => "yaml: ",
        })?;
        if self.told > 0 {
            write!(f, "line {}: ", self.told)?;
        }
        self.fault.fmt(f)
    }
}
