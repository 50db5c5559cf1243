//! The binary operators, and what an expression can start with.

use crate::cel::ast::operator;

/// Operators of one strength: signs, and the functions that they are.
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

/// The weaker ones first.
pub(super) const CALCULATIONS: [&Operators; 2] = [
    &[("+", operator::ADD), ("-", "_-_")],
    &[("*", "_*_"), ("/", "_/_"), ("%", "_%_")],
];

/// What an expression can start with.
pub(super) const PRIMARY: &str = "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, \
                       NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";
