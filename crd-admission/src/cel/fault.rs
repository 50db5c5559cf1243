//! Why an expression has no value.

use thiserror::Error;

use super::value::Value;

/// An error at run time, in the words of cel-go and the API server.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum Fault {
    /// There is no such operator or function for these values.
    #[error("no such overload")]
    NoSuchOverload,
    /// There is no such function for these types.
    #[error("no such overload: {0}")]
    NoSuchCall(Box<str>),
    /// There is no such field or key.
    #[error("no such key: {0}")]
    NoSuchKey(Box<str>),
    #[error("division by zero")]
    DivisionByZero,
    #[error("modulus by zero")]
    ModulusByZero,
    #[error("integer overflow")]
    IntOverflow,
    #[error("unsigned integer overflow")]
    UintOverflow,
    #[error("timestamp overflow")]
    TimestampOverflow,
    /// The cost exceeds any limit.
    #[error("operation cancelled: actual cost limit exceeded")]
    CostLimit,
    /// The server's code panics, which stops the evaluation.
    #[error("internal error: {0}")]
    Internal(Box<str>),
    /// Any other, in full.
    #[error("{0}")]
    Other(Box<str>),
}

impl Fault {
    /// There is no such function for the types of the arguments.
    #[cold]
    pub(crate) fn no_such_call(function: &str, arguments: &[Value<'_>]) -> Self {
        let types: Vec<_> = arguments.iter().map(Value::type_name).collect();
        Self::NoSuchCall(format!("{function}({})", types.join(", ")).into())
    }

    /// A Go map cannot have values of this Go type as keys.
    #[cold]
    pub(crate) fn unhashable(go_type: &str) -> Self {
        Self::Internal(format!("runtime error: hash of unhashable type {go_type}").into())
    }

    /// A fault with only a text.
    #[cold]
    pub(crate) fn text(text: impl Into<Box<str>>) -> Self {
        Self::Other(text.into())
    }
}
