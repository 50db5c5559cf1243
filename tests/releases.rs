//! What each release of Feast's operator brought, as `docs/releases.md` says it.

use std::fmt::Write as _;

use feast_api::Release;
use feast_render::{Change, OperatorRelease};

#[test]
fn document_is_current() {
    test_support::current("docs/releases.md", &document());
}

/// A release that is rendered has its recordings; those of the newest commit stand by themselves.
#[test]
fn releases_are_recorded() {
    for what in ["render", "admission"] {
        let Some(folder) = test_support::recorded(&format!("{what}/releases")) else {
            return;
        };
        let tagged = OperatorRelease::all().filter(|release| *release != OperatorRelease::MAIN);
        for release in tagged {
            let file = folder.join(format!("v{release}.jsonl.gz"));
            assert!(file.exists(), "{} is missing", file.display());
        }
    }
}

fn document() -> String {
    let mut text = String::from(
        "# Releases of Feast's operator\n\nWhat each release brought to the CRD and, since the first \
         with horizontal scaling, to what the operator makes. `--release` of `kubectl feast` checks \
         and renders as one of them, and `kubectl feast diff --from RELEASE --to RELEASE` tells what \
         an upgrade does.\n\nWhat is said of `spec` is true of `status.applied` too. This file is \
         generated from `feast-api` and `feast-render`.\n",
    );
    for release in Release::ALL.iter().rev() {
        write!(text, "\n## {release} ({})\n", release.date()).expect("text");
        let sections = [
            ("Fields and rules:", crd(*release)),
            ("What it makes otherwise:", changes(*release)),
        ];
        let said = sections.iter().filter(|(_, lines)| !lines.is_empty());
        for (title, lines) in said.clone() {
            write!(text, "\n{title}\n\n{lines}").expect("text");
        }
        if said.count() == 0 {
            let first = *release == Release::ALL[0];
            let nothing = if first {
                "The first that is known."
            } else {
                "The same CRD."
            };
            write!(text, "\n{nothing}\n").expect("text");
        }
    }
    text
}

fn crd(release: Release) -> String {
    let of_v1: Vec<_> = release.changes().collect();
    let mut text = String::new();
    for change in of_v1 {
        let is_of_all = release
            .changes_of(feast_api::Version::V1Alpha1)
            .any(|all| all == change);
        let scope = if is_of_all || release.versions().len() == 1 {
            ""
        } else {
            " (`v1` only)"
        };
        writeln!(text, "- {change}{scope}.").expect("text");
    }
    text
}

fn changes(release: Release) -> String {
    let mut text = String::new();
    for change in Change::ALL
        .iter()
        .filter(|change| change.since() == release)
    {
        let source = change.pull_request().map_or_else(String::new, |number| {
            format!(" ([#{number}](https://github.com/feast-dev/feast/pull/{number}))")
        });
        writeln!(text, "- `{change}`{source}: {}", change.summary()).expect("text");
    }
    if release == OperatorRelease::FIRST.release() {
        text.push_str("- All: what older operators make is not known.\n");
    }
    text
}
