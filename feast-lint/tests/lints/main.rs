//! Every lint reports its example but not the fixed one, and `docs/lints.md` matches the code.

mod cases;
mod input;
mod samples;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use feast_lint::{Config, Finding, Group, LINTS, Level, Lint, Report};
use input::Input;

/// The findings with only this lint enabled.
fn report(lint: &Lint, yaml: &str) -> Report {
    let mut config = Config::default();
    for group in Group::ALL {
        config.lints.insert(group.name().to_owned(), Level::Allow);
    }
    // Lints about suppressions need other lints to suppress.
    if lint.group == Group::Suppression {
        config = Config::default();
    }
    config.lints.insert(lint.name.to_owned(), Level::Warn);
    Input::read(yaml).check(&config)
}

fn found(lint: &Lint, yaml: &str) -> Vec<Finding> {
    let findings = report(lint, yaml).findings.into_iter();
    findings
        .filter(|finding| finding.lint.name == lint.name)
        .collect()
}

#[test]
fn examples_are_found() {
    let missed = LINTS
        .iter()
        .filter(|lint| found(lint, lint.docs.example).is_empty());
    let missed: Vec<_> = missed.map(|lint| lint.name).collect();
    assert!(missed.is_empty(), "{missed:?}");
}

#[test]
fn fixed_examples_are_not() {
    let still = LINTS
        .iter()
        .filter(|lint| !found(lint, lint.docs.mended).is_empty());
    let still: Vec<_> = still.map(|lint| lint.name).collect();
    assert!(still.is_empty(), "{still:?}");
}

/// If the documentation says that a corrected operator solves the problem, there are no findings
/// for one.
#[test]
fn corrected_problems_are_not_found() {
    let mended = LINTS
        .iter()
        .filter(|lint| lint.docs.instead.contains("corrected operator"));
    let mut count = 0;
    for lint in mended {
        let mut config = Config::default();
        config.lints.insert(lint.name.to_owned(), Level::Warn);
        let report = Input::read(lint.docs.example).check_corrected(&config);
        assert!(report.find(lint.name).is_none(), "{}", lint.name);
        count += 1;
    }
    assert!(count > 1, "{count}");
}

/// Facts must come from documentation or source code.
#[test]
fn sources_are_no_package_registries() {
    for lint in LINTS {
        for source in lint.docs.sources {
            let is_registry = ["pypi.org", "crates.io", "hub.docker.com", "quay.io"]
                .iter()
                .any(|registry| source.contains(registry));
            assert!(!is_registry, "{}: {source}", lint.name);
        }
    }
}

/// Applying a fix reduces the findings of the lint.
#[test]
fn fixes_reduce_findings() {
    for lint in LINTS {
        let before = found(lint, lint.docs.example);
        for fix in before.iter().filter_map(|finding| finding.fix.as_ref()) {
            let mut input = Input::read(lint.docs.example);
            input.patch(&fix.patch);
            let mut config = Config::default();
            config.lints.insert(lint.name.to_owned(), Level::Warn);
            let after = input.check(&config).findings.into_iter();
            let after = after.filter(|finding| finding.lint.name == lint.name);
            assert!(after.count() < before.len(), "{}", lint.name);
        }
    }
}

#[test]
fn names_are_those_of_files() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lints");
    let listed: BTreeSet<_> = LINTS
        .iter()
        .map(|lint| lint.name.replace('-', "_"))
        .collect();
    assert_eq!(listed.len(), LINTS.len(), "two lints of one name");
    let files: BTreeSet<_> = std::fs::read_dir(folder)
        .expect("a folder of lints")
        .filter_map(|entry| entry.expect("an entry").file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".rs").map(str::to_owned))
        .filter(|name| name != "mod")
        .collect();
    assert_eq!(listed, files);
}

#[test]
fn lints_are_sorted() {
    let keys = LINTS.iter().map(|lint| (lint.group, lint.name));
    assert!(
        keys.is_sorted(),
        "by group and name: {:#?}",
        LINTS.iter().map(|lint| lint.name).collect::<Vec<_>>()
    );
}

fn document() -> String {
    let mut text = String::from(
        "# Lints\n\n\
         Generated from `feast_lint::LINTS` by `.ci/generate`.\n\n\
         To suppress a lint, or a group of lints, for one FeatureStore, annotate it with \
         `allow.lint.feast.dev/NAME: reason`. `kubectl feast validate --allow NAME` turns one off \
         for all.\n\n\
         | lint | level | finds |\n| --- | --- | --- |\n",
    );
    for lint in LINTS {
        let Lint {
            name,
            level,
            summary,
            ..
        } = lint;
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| [`{name}`](#{name}) | {level} | {summary} |");
    }
    for group in Group::ALL {
        let _ = write!(text, "\n## {group}\n\n{}\n", group.summary());
        for lint in LINTS.iter().filter(|lint| lint.group == *group) {
            describe(lint, &mut text);
        }
    }
    text
}

fn describe(lint: &Lint, text: &mut String) {
    let Lint {
        name,
        level,
        since,
        summary,
        docs,
        ..
    } = lint;
    let _ = write!(
        text,
        "\n### {name}\n\nFinds {summary}. Level: {level}. Since {since}.\n\n{}\n",
        docs.why
    );
    if !docs.sources.is_empty() {
        let _ = writeln!(text, "\nSources:\n");
    }
    for source in docs.sources {
        let _ = writeln!(text, "- <{source}>");
    }
    let _ = write!(
        text,
        "\n```yaml\n{}\n```\n\n{}\n\n```yaml\n{}\n```\n",
        docs.example.trim(),
        docs.instead,
        docs.mended.trim()
    );
}

#[test]
fn document_is_current() {
    test_support::current("docs/lints.md", &document());
}

/// The findings on the examples.
#[test]
fn findings_on_examples() {
    let mut text = String::new();
    for lint in LINTS {
        let _ = writeln!(text, "{}", lint.name);
        for finding in found(lint, lint.docs.example) {
            let _ = writeln!(text, "  {}: {}", finding.path, finding.message);
            for related in &finding.related {
                let _ = writeln!(text, "    {}: {}", related.path, related.message);
            }
            if let Some(help) = &finding.help {
                let _ = writeln!(text, "    help: {help}");
            }
            if let Some(fix) = &finding.fix {
                let safe = if fix.is_safe { " (safe)" } else { "" };
                let _ = writeln!(text, "    fix{safe}: {}", fix.patch);
            }
        }
    }
    insta::assert_snapshot!(text);
}
