//! Pages with examples: each YAML block is a file, named in its first line, and each command prints
//! what the page shows.
//!
//! `TRYCMD=overwrite` updates the output; review the diff.

use std::path::Path;
use std::{env, fs};

use trycmd::TestCases;

const PAGES: [&str; 3] = [
    "docs/scaling.md",
    "docs/tutorials/data-engineer.md",
    "docs/tutorials/platform-team.md",
];

#[test]
fn commands_print_what_pages_show() {
    for page in PAGES {
        let page = test_support::workspace().join(page);
        let text = fs::read_to_string(&page).expect("a page");
        let files = files(&text);
        for (file, _) in &files {
            let is_used = |line: &str| line.starts_with("$ ") && line.contains(file);
            let is_used = text.lines().any(is_used) || file.starts_with('.');
            assert!(is_used, "no command uses {file}");
        }
        let name = page.file_stem().expect("a file");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        run(&page, &test_support::folder(folder, &files));
    }
}

/// The files of a page: name and content.
fn files(page: &str) -> Vec<(&str, &str)> {
    let blocks = page.split("\n```yaml\n").skip(1);
    let blocks = blocks.map(|rest| rest.split("\n```").next().unwrap_or_default());
    let named = blocks.map(|block| {
        let first = block.lines().next().unwrap_or_default();
        let name = first.strip_prefix("# ").filter(|name| !name.contains(' '));
        (
            name.expect("a block starts with the name of its file"),
            block,
        )
    });
    named.collect()
}

/// Runs the commands in the process's current folder.
fn run(page: &Path, folder: &Path) {
    env::set_current_dir(folder).expect("a folder");
    TestCases::new().case(page);
}
