//! The target of a compiled CRD.

use apimachinery::Release;

use crate::cel::Version;

/// The target of a compiled CRD: by default, creation in an API server of the newest release.
///
/// The release decides which functions rules may call and which formats are checked. Feature gates
/// have the release's defaults. Error messages are those of the newest release.
///
/// ```
/// use crd_admission::{Expressions, Release, Target};
///
/// let target = Target::from(Release::V1_33);
/// assert_eq!(target.expressions, Expressions::New);
/// assert_eq!(target.stored().expressions, Expressions::Stored);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Target {
    /// Kubernetes release of the API server.
    pub release: Release,
    /// Whether the server has the expressions already.
    pub expressions: Expressions,
}

/// Whether a server has the expressions of a CRD already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Expressions {
    /// They are new. The server accepts only what the previous release understands, too, so that it
    /// can be rolled back.
    #[default]
    New,
    /// They are stored. The server accepts everything that it understands.
    Stored,
}

impl From<Release> for Target {
    fn from(release: Release) -> Self {
        Self {
            release,
            ..Self::default()
        }
    }
}

impl Target {
    /// The same target, for a stored CRD.
    #[must_use]
    pub const fn stored(self) -> Self {
        Self {
            expressions: Expressions::Stored,
            ..self
        }
    }

    /// The available functions, macros and syntax.
    pub(crate) const fn version(self) -> Version {
        let server = self.release.minor();
        let compatible = match self.expressions {
            Expressions::New => server - 1,
            Expressions::Stored => server,
        };
        Version { server, compatible }
    }
}
