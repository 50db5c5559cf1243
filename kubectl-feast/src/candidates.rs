//! What a shell offers for an argument.

use clap_complete::engine::CompletionCandidate;
use feast_api::{Release, Version};
use feast_check::codes;

/// Whatever can have a level.
pub(crate) fn lints() -> Vec<CompletionCandidate> {
    feast_lint::names().map(named).collect()
}

/// The versions of the API.
pub(crate) fn versions() -> Vec<CompletionCandidate> {
    let versions = Version::ALL.iter();
    versions
        .map(|version| CompletionCandidate::new(version.as_str()))
        .collect()
}

/// The releases of Feast.
pub(crate) fn releases() -> Vec<CompletionCandidate> {
    let releases = Release::ALL.iter().rev();
    let names = releases.map(|release| CompletionCandidate::new(release.name()));
    names.collect()
}

/// A name with what it means.
pub(crate) fn named(name: &str) -> CompletionCandidate {
    CompletionCandidate::new(name).help(codes::meaning(name).map(|meaning| meaning.summary.into()))
}
