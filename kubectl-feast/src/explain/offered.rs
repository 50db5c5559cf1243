//! Completion candidates for `explain`.

use std::ffi::OsStr;

use clap::builder::StyledStr;
use clap_complete::engine::CompletionCandidate;

use super::field::fields;
use super::names::names;
use crate::candidates::named;

/// Candidates: names, and fields that continue the path.
pub(super) fn explained(word: &OsStr) -> Vec<CompletionCandidate> {
    let Some(word) = word.to_str() else {
        return vec![];
    };
    let names = names().map(named);
    let fields = fields(word).into_iter().map(|(path, text)| {
        CompletionCandidate::new(path).help((!text.is_empty()).then(|| StyledStr::from(text)))
    });
    let starts = |found: &CompletionCandidate| {
        let found = found.get_value().to_str();
        found.is_some_and(|found| found.starts_with(word))
    };
    names.chain(fields).filter(starts).collect()
}
