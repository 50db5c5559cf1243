//! Each chapter of the guide that could cost data or pods names its tests.

/// Chapters about actions that may cost data or pods.
const CHAPTERS: [&str; 8] = [
    "Install it",
    "Upgrade it",
    "Roll it back",
    "Remove it",
    "Keeping claims",
    "Instead of Feast's Go operator",
    "Back to Feast's Go operator",
    "Several at work",
];

#[test]
fn chapters_name_their_tests() {
    let workspace = test_support::workspace();
    let guide = std::fs::read_to_string(workspace.join("docs/operator.md")).unwrap();
    let chapters = guide.split("\n## ").flat_map(|part| part.split("\n### "));
    for title in CHAPTERS {
        let begins = format!("{title}\n");
        let chapter = chapters
            .clone()
            .find(|chapter| chapter.starts_with(&begins));
        let chapter = chapter.unwrap_or_else(|| panic!("no chapter `{title}`"));
        let tests = chapter
            .lines()
            .find_map(|line| line.strip_prefix("Tested by "));
        let tests = tests.unwrap_or_else(|| panic!("`{title}` names no tests"));
        for test in tests.split('`').skip(1).step_by(2) {
            assert!(workspace.join(test).is_file(), "`{title}`: no `{test}`");
        }
    }
}
