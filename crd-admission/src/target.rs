//! What a CRD is compiled for.

use apimachinery::Release;

use crate::cel::Version;

/// What a CRD is compiled for: by default for an API server of the newest release, to be created.
///
/// The release decides which functions rules may call and which formats are checked. Feature gates
/// are as the release sets them. The words of what is refused are those of the newest.
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
    /// That of the API server.
    pub release: Release,
    /// Whether the server has the expressions already.
    pub expressions: Expressions,
}

/// Whether a server has the expressions of a CRD already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Expressions {
    /// They are new. The server takes what the release before understands, too, for one may have to
    /// go back to it.
    #[default]
    New,
    /// They are stored. The server takes all that it understands.
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
    /// The same, for a CRD that is stored.
    #[must_use]
    pub const fn stored(self) -> Self {
        Self {
            expressions: Expressions::Stored,
            ..self
        }
    }

    /// Which functions, macros and syntax there are.
    pub(crate) const fn version(self) -> Version {
        let server = self.release.minor();
        let compatible = match self.expressions {
            Expressions::New => server - 1,
            Expressions::Stored => server,
        };
        Version { server, compatible }
    }
}
