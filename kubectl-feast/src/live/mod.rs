//! Reads FeatureStores from a cluster instead of files.
//!
//! Objects are converted to texts, and processed like files. The cluster is never changed.

mod apply;
mod args;
mod asked;
mod error;
mod proxy;
mod read;
mod references;
mod seen;
mod session;
pub(crate) mod status;

use serde_json::Value;

pub(crate) use self::apply::Foreseen;
pub(crate) use self::args::{Reach, Target};
pub(crate) use self::read::Question;
pub(crate) use self::seen::{Seen, place};
use self::session::Session;

use crate::input::Unreadable;

/// The folder name of manifests to apply: objects in them take precedence over the cluster's.
pub(crate) const PLACE_OF_FILES: &str = "(files)";

/// Makes files optional if a cluster is read; without both, the error suggests --live.
pub(crate) fn or_live(files: clap::Arg) -> clap::Arg {
    files.required_unless_present_any(["live", "all_namespaces", "context", "kubeconfig"])
}

/// Reads what a command needs from a cluster, and prints what could not be read.
///
/// # Errors
///
/// The cluster does not respond.
pub(crate) fn see(target: &Target, question: &Question) -> Result<Seen, Unreadable> {
    let seen = session::with(target, async |session: Session| {
        read::read(&session, question).await
    })?;
    // If this fails, there is nowhere to report it.
    let _ = seen.tell();
    Ok(seen)
}

/// Determines the effects of applying manifests to a cluster, and prints what could not be read.
///
/// # Errors
///
/// The cluster does not respond.
pub(crate) fn foresee(
    target: &Target,
    question: &Question,
    manifests: &[Value],
) -> Result<Foreseen, Unreadable> {
    let work = async |session: Session| apply::foresee(&session, question, manifests).await;
    let foreseen = session::with(target, work)?;
    // If this fails, there is nowhere to report it.
    let _ = foreseen.tell();
    Ok(foreseen)
}

impl From<error::Error> for Unreadable {
    fn from(error: error::Error) -> Self {
        Self(error.to_string())
    }
}
