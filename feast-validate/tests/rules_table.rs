//! `docs/rules.md` says what the code says. With `BLESS=1` it is written anew.

use std::fmt::Write as _;
use std::path::Path;

use feast_api::rules::{RULES, Rule};

fn table() -> String {
    let mut text = String::from(
        "# Rules\n\n\
         Generated from `feast_api::rules`; `BLESS=1 cargo test -p feast-validate --test rules_table` \
         writes it anew.\n\n\
         Each rule stands at its places below `spec` and at the same ones below `status.applied`. \
         The native check of a rule is the file of its name in `feast-validate/src/rules/`. An update \
         is forgiven a broken rule if nothing at its place has changed, unless the rule compares old \
         and new.\n\n\
         | rule | places | since | says |\n| --- | --- | --- | --- |\n",
    );
    for rule in RULES {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", row(rule));
    }
    text.push_str("\n## Expressions\n");
    for rule in RULES {
        let _ = write!(
            text,
            "\n### {}\n\n```cel\n{}\n```\n",
            rule.name, rule.expression
        );
    }
    text
}

fn row(rule: &Rule) -> String {
    let name = |place: &&str| {
        if place.is_empty() {
            "`spec`".to_owned()
        } else {
            format!("`{place}`")
        }
    };
    let places: Vec<_> = rule.places.iter().map(name).collect();
    let kind = if rule.is_transition() {
        " (compares old and new)"
    } else {
        ""
    };
    let message = rule.message.replace('|', "\\|");
    let file = rule.name.replace('-', "_");
    format!(
        "| [`{}`](../feast-validate/src/rules/{file}.rs){kind} | {} | {} | {message} |",
        rule.name,
        places.join("<br>"),
        rule.since,
    )
}

#[test]
fn rules_table() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = folder.join("../docs/rules.md");
    let table = table();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &table).expect("writes the table");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        written, table,
        "docs/rules.md is not current: run with BLESS=1"
    );
    for rule in RULES {
        let file = folder
            .join("src/rules")
            .join(rule.name.replace('-', "_"))
            .with_extension("rs");
        assert!(file.exists(), "{} has a file of its name", rule.name);
    }
}
