//! Why a pass over a FeatureStore failed.

use feast_render::ObjectRef;

/// Why a pass over a FeatureStore failed; it is tried again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// What the FeatureStore asks for cannot be made; its status says why.
    #[error(transparent)]
    Refused(#[from] feast_render::Error),
    /// The FeatureStore does not fit its type; an event says where.
    #[error("unreadable FeatureStore: {0}")]
    Unreadable(#[from] feast_api::ReadError),
    /// The FeatureStore is none that an API server stores.
    #[error("unreadable FeatureStore: {0}")]
    NotStored(#[from] feast_api::NotStored),
    /// An object that rendering looks at is not what its kind says.
    #[error(transparent)]
    WrongAnswer(#[from] feast_render::WrongAnswer),
    /// A request about an object failed.
    #[error("{object}: {}", Said(source))]
    Request {
        /// The object.
        object: ObjectRef,
        /// What went wrong.
        source: Box<kube::Error>,
    },
    /// Another FeatureStore's pass was to write what all of them share, and failed.
    #[error("what all FeatureStores share could not be written")]
    Unshared,
    /// An object of a kind that the operator does not know.
    #[error("{0}: unknown kind")]
    UnknownKind(ObjectRef),
    /// An answer of the API server is no object of its type.
    #[error("unreadable object: {0}")]
    UnreadableObject(#[from] serde_json::Error),
}

impl Error {
    /// A request about this object failed.
    pub fn request(object: &ObjectRef) -> impl Fn(kube::Error) -> Self + '_ {
        |source| Self::Request {
            object: object.clone(),
            source: Box::new(source),
        }
    }

    /// Whether the FeatureStore itself is at fault, and not what happens around it.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::Unreadable(_))
    }

    /// Whether somebody else changed an object at the same time.
    pub fn is_conflict(&self) -> bool {
        self.code() == Some(409)
    }

    /// HTTP status of the API server's answer.
    pub fn code(&self) -> Option<u16> {
        match self {
            Self::Request { source, .. } => code(source),
            _ => None,
        }
    }
}

/// HTTP status of the API server's answer.
pub(crate) fn code(error: &kube::Error) -> Option<u16> {
    match error {
        kube::Error::Api(status) => Some(status.code),
        _ => None,
    }
}

/// The API server's message, or what kept it from answering.
struct Said<'a>(&'a kube::Error);

impl std::fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            kube::Error::Api(status) => f.write_str(&status.message),
            error => error.fmt(f),
        }
    }
}
