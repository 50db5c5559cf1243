//! Shell completion candidates for arguments.

use clap_complete::engine::CompletionCandidate;
use feast_api::{Release, Version};
use feast_check::codes;

/// Everything that can have a level.
pub(crate) fn lints() -> Vec<CompletionCandidate> {
    feast_lint::names().map(named).collect()
}

/// The API versions.
pub(crate) fn versions() -> Vec<CompletionCandidate> {
    let versions = Version::ALL.iter();
    versions
        .map(|version| CompletionCandidate::new(version.as_str()))
        .collect()
}

/// The Feast releases.
pub(crate) fn releases() -> Vec<CompletionCandidate> {
    let releases = Release::ALL.iter().rev();
    let names = releases.map(|release| CompletionCandidate::new(release.name()));
    names.collect()
}

/// A name with its meaning.
pub(crate) fn named(name: &str) -> CompletionCandidate {
    CompletionCandidate::new(name).help(codes::meaning(name).map(|meaning| meaning.summary.into()))
}
