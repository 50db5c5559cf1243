//! Why a CRD cannot be compiled.

use crate::verdict::Rejection;

/// Why a CRD cannot be compiled.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CompileError {
    /// The text is neither JSON nor YAML.
    #[error("neither JSON nor YAML: {0}")]
    Syntax(String),
    /// The document lacks a part of a CustomResourceDefinition, or it has another JSON type.
    #[error("not a CustomResourceDefinition: {0}")]
    NotACrd(&'static str),
    /// A keyword has a value that an API server might take but this engine cannot.
    #[error("{path}: `{keyword}` is not supported")]
    Unsupported {
        /// The node, such as `.spec.replicas`.
        path: String,
        /// The keyword.
        keyword: String,
    },
    /// A part of the CRD is of another JSON type than it should be.
    #[error("{path}: must be {expected}")]
    WrongType {
        /// The part, such as `spec.names`.
        path: String,
        /// Such as `an object`.
        expected: &'static str,
    },
    /// API servers refuse the CRD, for these reasons. The steps of a violation's path lead to where
    /// it is in the CRD; its text is that of the server, which has what all versions share at the
    /// top.
    #[error(transparent)]
    Refused(Rejection),
    /// More than 100 schemas are within each other. An API server has no such limit.
    #[error("{path}: nested too deeply")]
    TooDeep {
        /// The node where that was found.
        path: String,
    },
}
