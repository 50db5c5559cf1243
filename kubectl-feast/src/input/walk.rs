//! From a command line's words to files.

use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use ignore::WalkBuilder;

use super::{Source, Unreadable};

/// What manifests are called.
const EXTENSIONS: [&str; 3] = ["yaml", "yml", "json"];

/// The sources that a word names.
pub(super) fn sources(path: &Path) -> Vec<Result<Source, Unreadable>> {
    if path == Path::new("-") {
        return vec![Ok(Source::stdin())];
    }
    if path.is_dir() {
        return found(path, is_manifest);
    }
    match pattern(path) {
        Some(Ok((folder, pattern))) => {
            let matches = |file: &Path| pattern.is_match(file.strip_prefix("./").unwrap_or(file));
            let files = found(&folder, matches);
            if files.is_empty() {
                let message = format!("{}: no file matches", path.display());
                return vec![Err(Unreadable(message))];
            }
            files
        }
        Some(Err(error)) => vec![Err(Unreadable(error.to_string()))],
        None => vec![Ok(Source::file(path, false))],
    }
}

/// The files of a folder that are chosen, by name; what `.gitignore` and the like name is left out.
fn found(folder: &Path, choose: impl Fn(&Path) -> bool) -> Vec<Result<Source, Unreadable>> {
    let mut walk = WalkBuilder::new(folder);
    walk.sort_by_file_name(Ord::cmp).require_git(false);
    let entries = walk.build().filter_map(|entry| match entry {
        Ok(entry) => {
            let is_file = entry.file_type().is_some_and(|kind| !kind.is_dir());
            (is_file && choose(entry.path())).then(|| Ok(Source::file(entry.path(), true)))
        }
        Err(error) => Some(Err(Unreadable(error.to_string()))),
    });
    entries.collect()
}

fn is_manifest(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| EXTENSIONS.contains(&extension))
}

/// The folder to search and the pattern to search for, if a word is a pattern and no file.
fn pattern(path: &Path) -> Option<Result<(PathBuf, GlobMatcher), globset::Error>> {
    let is_special = |part: &str| part.contains(['*', '?', '[', '{']);
    let text = path.to_str()?;
    if path.exists() || !is_special(text) {
        return None;
    }
    let plain = path.components().map_while(|part| {
        let part = part.as_os_str();
        (!part.to_str().is_some_and(is_special)).then_some(part)
    });
    let folder: PathBuf = plain.collect();
    let folder = if folder.as_os_str().is_empty() {
        PathBuf::from("./")
    } else {
        folder
    };
    let text = text.strip_prefix("./").unwrap_or(text);
    let pattern = GlobBuilder::new(text).literal_separator(true).build();
    Some(pattern.map(|pattern| (folder, pattern.compile_matcher())))
}
