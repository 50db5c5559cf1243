//! Directories for tests.

use std::fs;
use std::path::{Path, PathBuf};

/// Creates or replaces a directory, with files: their paths in it, and their texts.
pub fn folder(folder: impl Into<PathBuf>, files: &[(&str, &str)]) -> PathBuf {
    let folder = folder.into();
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for (name, text) in files {
        let file = folder.join(name);
        fs::create_dir_all(file.parent().unwrap_or_else(|| Path::new("."))).unwrap();
        fs::write(file, text).unwrap();
    }
    folder
}
