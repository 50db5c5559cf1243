//! `docs/rules.md` agrees with the code.

use std::fmt::Write as _;

use feast_api::rules::{RULES, Rule};

fn table() -> String {
    let mut text = String::from(
        "# Rules\n\n\
         Generated from `feast_api::rules` by `.ci/generate`.\n\n\
         The CEL rules of the FeatureStore CRD. Each applies to the listed fields below `spec`, and to the \
         same fields below `status.applied`. An update that does not touch a rule's field is not \
         rejected by it, unless the rule compares the old object with the new.\n\n\
         | rule | fields | since | message |\n| --- | --- | --- | --- |\n",
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
    format!(
        "| `{}`{kind} | {} | {} | {message} |",
        rule.name,
        places.join("<br>"),
        rule.since,
    )
}

#[test]
fn rules_table() {
    test_support::current("docs/rules.md", &table());
}
