//! Helpers for the tests of all crates: files, skipped tests, programs.
//!
//! [`recorded`] finds answers of an API server and of Feast's operator, in `tests/recorded` or
//! another directory of the same layout, `FEAST_CONFORMANCE_DIR`.
//!
//! [`published`] finds what other projects published, such as Feast's sample resources. It is not
//! in this repository: `FEAST_UPSTREAM_DIR` names its directory, by default `../shared/upstream`
//! next to the checkout.
//!
//! [`fed`] runs a program with an input, if needed in its own [`folder`].
//!
//! A test that lacks a file is [`skipped`]. [`current`] compares a generated file with its expected
//! text, or writes it. With the feature `clap`, `reference` documents the flags of a program.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what tests cannot read fails them"
)]

mod current;
mod folder;
mod lines;
mod program;
#[cfg(feature = "clap")]
mod reference;
mod told;

use std::path::{Path, PathBuf};

pub use current::current;
pub use folder::folder;
pub use lines::{lines, text};
pub use program::fed;
#[cfg(feature = "clap")]
pub use reference::reference;
pub use told::{lacking, skipped, told};

/// A file or directory of recorded answers, such as `render` or `admission/create.jsonl.gz`.
///
/// If it is missing, its tests are [`skipped`].
pub fn recorded(part: &str) -> Option<PathBuf> {
    found("FEAST_CONFORMANCE_DIR", "tests/recorded", part)
}

/// A file or directory that another project published, such as `samples`.
///
/// If it is missing, its tests are [`skipped`].
pub fn published(part: &str) -> Option<PathBuf> {
    found("FEAST_UPSTREAM_DIR", "../shared/upstream", part)
}

/// The files of a directory whose names end in a text, sorted.
pub fn files(folder: &Path, end: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| unreadable(folder, &error));
    let mut files: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|file| file.to_string_lossy().ends_with(end))
        .collect();
    files.sort();
    files
}

/// A CustomResourceDefinition, and recorded requests for its resource.
#[derive(Clone, Debug)]
pub struct CustomResource {
    /// The name of its files, without extensions.
    pub name: String,
    /// The definition, as gzipped JSON.
    pub definition: PathBuf,
    /// Requests with the API server's verdicts, as gzipped JSON lines.
    pub requests: PathBuf,
}

/// Whether a definition was made for tests; otherwise another project published it.
pub fn is_made(name: &str) -> bool {
    name.starts_with("made-")
}

/// The recorded requests for any resource.
///
/// A definition made for tests is next to its requests, others are [`published`].
pub fn custom_resources() -> Vec<CustomResource> {
    let Some(folder) = recorded("crds") else {
        return Vec::new();
    };
    let requests = files(&folder, ".jsonl.gz").into_iter();
    let resource = |requests: PathBuf| {
        let file = requests.file_name()?.to_str()?;
        let name = file.strip_suffix(".jsonl.gz")?.to_owned();
        let beside = requests.with_file_name(format!("{name}.json.gz"));
        let definition = if beside.is_file() {
            beside
        } else {
            published(&format!("crds/{name}.json.gz"))?
        };
        Some(CustomResource {
            name,
            definition,
            requests,
        })
    };
    requests.filter_map(resource).collect()
}

/// The directory of the checkout.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn found(variable: &str, default: &str, part: &str) -> Option<PathBuf> {
    let folder = std::env::var_os(variable).unwrap_or_else(|| default.into());
    let folder = workspace().join(folder);
    let path = folder.join(part);
    if path.exists() {
        return Some(path);
    }
    skipped(part, &format!("not in {} ({variable})", folder.display()));
    None
}

fn unreadable(path: &Path, error: &std::io::Error) -> ! {
    panic!("{}: {error}", path.display())
}
