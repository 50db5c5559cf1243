//! `docs/findings.md` matches the code.

use std::fmt::Write as _;

use feast_check::codes::CODES;

#[test]
fn findings_that_are_neither_rules_nor_lints_are_documented() {
    let mut text = String::from(
        "# Findings\n\n\
         Generated from `feast_check::codes` by `.ci/generate`.\n\n\
         A finding's code is the name of a [rule](rules.md), of a [lint](lints.md), or one of these.\n",
    );
    for code in CODES {
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "\n### {}\n\n{}: {}\n",
            code.name, code.level, code.text
        );
    }
    test_support::current("docs/findings.md", &text);
}
