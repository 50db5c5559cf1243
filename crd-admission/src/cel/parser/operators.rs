//! The binary operators, and the tokens that can start an expression.

use crate::cel::ast::operator;

/// Operators of the same precedence, with their functions.
pub(super) type Operators = [(&'static str, &'static str)];

pub(super) const RELATIONS: [(&str, &str); 7] = [
    ("<", "_<_"),
    ("<=", "_<=_"),
    (">=", "_>=_"),
    (">", "_>_"),
    ("==", operator::EQUALS),
    ("!=", operator::NOT_EQUALS),
    ("in", "@in"),
];

/// In ascending precedence.
pub(super) const CALCULATIONS: [&Operators; 2] = [
    &[("+", operator::ADD), ("-", "_-_")],
    &[("*", "_*_"), ("/", "_/_"), ("%", "_%_")],
];

/// The tokens that can start an expression.
pub(super) const PRIMARY: &str = "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, \
                       NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";
