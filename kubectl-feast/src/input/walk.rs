//! Resolves arguments to files.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use ignore::WalkBuilder;

use super::{Source, Unreadable, kustomize};

/// File extensions of manifests.
const EXTENSIONS: [&str; 3] = ["yaml", "yml", "json"];

/// The sources for an argument.
pub(super) fn sources(path: &Path) -> Vec<Result<Source, Unreadable>> {
    if path == Path::new("-") {
        return vec![Ok(Source::stdin())];
    }
    if path.is_dir() {
        let manifests = found(path, is_manifest);
        // `kubectl diff` passes folders with files without extensions.
        let is_diff = |file: &Path| is_named_by_kubectl(file);
        return if manifests.is_empty() {
            found(path, is_diff)
        } else {
            manifests
        };
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

/// The manifests of a folder, without patches named in kustomizations.
#[derive(Debug, Default)]
pub(crate) struct Manifests {
    pub(crate) sources: Vec<Source>,
    pub(crate) patches: BTreeSet<PathBuf>,
    /// Whether the limit was reached.
    pub(crate) is_cut: bool,
}

/// The manifests of a folder, up to a limit of files and folders. Unreadable ones are skipped.
pub(crate) fn manifests(folder: &Path, most: usize) -> Manifests {
    let mut seen = 0;
    let (files, _) = files(folder, || {
        seen += 1;
        seen <= most
    });
    let patches = kustomize::patches(&files);
    let chosen = files
        .iter()
        .filter(|file| is_manifest(file) && !patches.contains(*file));
    Manifests {
        sources: chosen.map(|file| Source::file(file, true)).collect(),
        patches,
        is_cut: seen > most,
    }
}

/// The files of a folder by name, and the failures; without those that `.gitignore` and similar
/// files exclude.
fn files(
    folder: &Path,
    mut goes_on: impl FnMut() -> bool,
) -> (Vec<PathBuf>, Vec<Result<Source, Unreadable>>) {
    let mut walk = WalkBuilder::new(folder);
    walk.sort_by_file_name(Ord::cmp).require_git(false);
    let mut files = Vec::new();
    let mut failed = Vec::new();
    for entry in walk.build().take_while(|_| goes_on()) {
        match entry {
            // Reading a pipe would block.
            Ok(entry) if entry.path().is_file() => files.push(entry.into_path()),
            Ok(_) => {}
            Err(error) => failed.push(Err(Unreadable(error.to_string()))),
        }
    }
    (files, failed)
}

/// The chosen files of a folder, without patches, which kustomizations name.
fn found(folder: &Path, choose: impl Fn(&Path) -> bool) -> Vec<Result<Source, Unreadable>> {
    let (files, failed) = files(folder, || true);
    let patches = kustomize::patches(&files);
    let chosen = files
        .iter()
        .filter(|file| choose(file) && !patches.contains(&kustomize::plain(file)));
    // Names in the current folder have no `./` prefix.
    let is_current = folder.components().all(|part| part == Component::CurDir);
    let named = |file: &PathBuf| match file.strip_prefix(".") {
        Ok(rest) if is_current => rest.to_owned(),
        _ => file.clone(),
    };
    let sources = chosen.map(|file| Ok(Source::file(&named(file), true)));
    sources.chain(failed).collect()
}

/// Whether a file has a manifest's extension.
pub(crate) fn is_manifest(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| EXTENSIONS.contains(&extension))
}

/// Whether a file is named as by `kubectl diff`: `feast.dev.v1.FeatureStore.ml.shop`.
fn is_named_by_kubectl(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_some_and(|name| {
        let mut parts = name.split('.');
        let version = parts.by_ref().find(|part| is_version(part));
        let kind = parts.next().unwrap_or_default();
        version.is_some() && kind.starts_with(|c: char| c.is_ascii_uppercase())
    })
}

/// Whether this is an API version, such as `v1` or `v1alpha1`.
fn is_version(part: &str) -> bool {
    let number = part.strip_prefix('v');
    number.is_some_and(|number| number.starts_with(|c: char| c.is_ascii_digit()))
}

/// The folder and the pattern to search for, if an argument is a pattern and not a file.
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
