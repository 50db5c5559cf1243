//! Errors in regular expressions.

/// Why a text is not a regular expression, in Go's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("error parsing regexp: {reason}: `{part}`")]
pub(crate) struct SyntaxError {
    reason: &'static str,
    part: String,
}

impl SyntaxError {
    pub(super) fn new(reason: &'static str, part: &str) -> Self {
        let part = part.to_owned();
        Self { reason, part }
    }

    pub(super) fn too_large(source: &str) -> Self {
        Self::new("expression too large", source)
    }
}

pub(super) const BAD_RANGE: &str = "invalid character class range";
pub(super) const BAD_ESCAPE: &str = "invalid escape sequence";
pub(super) const BAD_NAME: &str = "invalid named capture";
pub(super) const BAD_PERL: &str = "invalid or unsupported Perl syntax";
pub(super) const BAD_NESTED_REPEAT: &str = "invalid nested repetition operator";
pub(super) const BAD_REPEAT: &str = "invalid repeat count";
pub(super) const MISSING_BRACKET: &str = "missing closing ]";
pub(super) const MISSING_PAREN: &str = "missing closing )";
pub(super) const MISSING_ARGUMENT: &str = "missing argument to repetition operator";
pub(super) const TRAILING_BACKSLASH: &str = "trailing backslash at end of expression";
pub(super) const UNEXPECTED_PAREN: &str = "unexpected )";
pub(super) const TOO_DEEP: &str = "expression nests too deeply";
