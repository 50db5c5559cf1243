//! Why a CRD cannot be compiled.

use crate::verdict::Rejection;

/// Why a CRD cannot be compiled.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CompileError {
    /// The text is neither JSON nor YAML.
    #[error("neither JSON nor YAML: {0}")]
    Syntax(String),
    /// The document lacks a part of a CustomResourceDefinition, or the part has another JSON type.
    #[error("not a CustomResourceDefinition: {0}")]
    NotACrd(&'static str),
    /// A keyword has a value that an API server may accept but this crate does not support.
    #[error("{path}: `{keyword}` is not supported")]
    Unsupported {
        /// The node, such as `.spec.replicas`.
        path: String,
        /// The keyword.
        keyword: String,
    },
    /// A part of the CRD has the wrong JSON type.
    #[error("{path}: must be {expected}")]
    WrongType {
        /// The part, such as `spec.names`.
        path: String,
        /// Such as `an object`.
        expected: &'static str,
    },
    /// API servers reject the CRD, for these reasons. The steps of a violation's path lead to the
    /// position in the CRD; its text is the server's, which moves what all versions share to the
    /// top.
    #[error(transparent)]
    Refused(Rejection),
    /// More than 100 schemas are nested. An API server has no such limit.
    #[error("{path}: nested too deeply")]
    TooDeep {
        /// The path of the innermost one.
        path: String,
    },
}
