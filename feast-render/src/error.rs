//! Why a FeatureStore is refused, in the reference's words.

/// Why a FeatureStore cannot be rendered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No server would run.
    #[error("at least one local server must be configured. e.g. registry / online / offline")]
    NoServer,
}
