//! Patches named in kustomizations: they look like manifests but are not.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use serde_json::Value;

/// File names of kustomizations.
const NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Fields with patches; each patch is a path, or an object with one.
const LISTS: [&str; 3] = ["patches", "patchesStrategicMerge", "patchesJson6902"];

/// The patches named in the kustomizations among these files.
pub(super) fn patches(files: &[PathBuf]) -> BTreeSet<PathBuf> {
    let named = |file: &&PathBuf| {
        let name = file.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| NAMES.contains(&name))
    };
    files
        .iter()
        .filter(named)
        .flat_map(|file| of(file))
        .collect()
}

fn of(file: &Path) -> Vec<PathBuf> {
    let text = fs::read_to_string(file).unwrap_or_default();
    let kustomization: Value = go_yaml::to_value(&text).unwrap_or_default();
    let folder = file.parent().unwrap_or(Path::new(""));
    let lists = LISTS
        .iter()
        .filter_map(|list| kustomization.get(list)?.as_array());
    let paths = lists
        .flatten()
        .filter_map(|patch| patch.get("path").unwrap_or(patch).as_str());
    paths.map(|path| plain(&folder.join(path))).collect()
}

/// The path without `.` and `..`.
pub(crate) fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if plain.file_name().is_some() => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}
