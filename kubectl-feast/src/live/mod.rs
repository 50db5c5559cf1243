//! FeatureStores of a cluster, in place of those of files.
//!
//! What is read becomes texts and objects, and from there on takes the same way as files. The
//! cluster is never changed.

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

/// As if the manifests that are to be applied were in a folder of this name: what is beside them counts
/// before what the cluster has.
pub(crate) const PLACE_OF_FILES: &str = "(files)";

/// Files need not be named where a cluster is asked, or is meant to be: then --live is what lacks.
pub(crate) fn or_live(files: clap::Arg) -> clap::Arg {
    files.required_unless_present_any(["live", "all_namespaces", "context", "kubeconfig"])
}

/// Reads what a command wants to know of a cluster, and says what it may not read.
///
/// # Errors
///
/// The cluster gives no answer.
pub(crate) fn see(target: &Target, question: &Question) -> Result<Seen, Unreadable> {
    let seen = session::with(target, async |session: Session| {
        read::read(&session, question).await
    })?;
    // Nobody is left to tell if this fails.
    let _ = seen.tell();
    Ok(seen)
}

/// Foresees what applying manifests of FeatureStores makes of a cluster, and says what it may not
/// read.
///
/// # Errors
///
/// The cluster gives no answer.
pub(crate) fn foresee(
    target: &Target,
    question: &Question,
    manifests: &[Value],
) -> Result<Foreseen, Unreadable> {
    let work = async |session: Session| apply::foresee(&session, question, manifests).await;
    let foreseen = session::with(target, work)?;
    // Nobody is left to tell if this fails.
    let _ = foreseen.tell();
    Ok(foreseen)
}

impl From<error::Error> for Unreadable {
    fn from(error: error::Error) -> Self {
        Self(error.to_string())
    }
}
