//! The Common Expression Language, as the API server evaluates the rules of a
//! CustomResourceDefinition.
//!
//! ```text
//! text -> lexer, parser, macros -> ast -> check, validators -> plan -> eval -> value, cost
//!                  schema -> declarations --^         `-> estimate
//! ```
//!
//! [`Environment`] compiles an expression over values of a [`Declaration`]; a [`Program`] reads the
//! values of a request in place.
//!
//! [`Environment`]: environment::Environment
//! [`Declaration`]: declarations::Declaration
//! [`Program`]: environment::Program

pub(crate) mod ast;
mod base64;
mod check;
mod data;
pub(crate) mod declarations;
#[cfg(test)]
mod differential;
pub(crate) mod environment;
pub(crate) mod escape;
mod estimate;
mod eval;
mod fault;
mod functions;
mod go;
mod lexer;
mod library;
mod literal;
mod macros;
mod message;
pub(crate) mod parser;
mod plan;
mod range;
mod source;
mod time;
mod types;
mod validators;
mod value;
mod version;

pub(crate) use self::library::urls::Url;
pub(crate) use data::Seen;
pub(crate) use eval::Failure;
pub(crate) use fault::Fault;
pub(crate) use time::Duration;
pub(crate) use value::Value;
pub(crate) use version::Version;
