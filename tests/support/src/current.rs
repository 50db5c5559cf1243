use std::path::Path;

/// Compares a generated file with its expected text; writes it if `BLESS` is set.
///
/// The path is relative to the checkout. `.ci/generate` blesses all generated files.
pub fn current(path: &str, text: &str) {
    let file = crate::workspace().join(path);
    if std::env::var_os("BLESS").is_some() {
        write(&file, text);
    } else {
        let written = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(written == text, "{path} is stale: run .ci/generate");
    }
}

fn write(file: &Path, text: &str) {
    std::fs::write(file, text).unwrap_or_else(|error| crate::unreadable(file, &error));
}
