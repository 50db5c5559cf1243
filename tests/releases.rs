//! `docs/releases.md`: what each release of Feast's operator changed.

use std::fmt::Write as _;

use feast_api::Release;
use feast_render::{Change, OperatorRelease};

#[test]
fn document_is_current() {
    test_support::current("docs/releases.md", &document());
}

/// Each release with a known operator has recordings; the newest commit's are elsewhere.
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
        "# Releases of Feast's operator\n\nWhat each release changed in the CRD and, since the first with \
         horizontal scaling, in the objects that the operator creates. `kubectl feast --release \
         RELEASE` validates and renders as that release; `kubectl feast diff --from RELEASE --to \
         RELEASE` shows what an upgrade does.\n\nChanges of `spec` also apply to `status.applied`. \
         Generated from `feast-api` and `feast-render`.\n",
    );
    for release in Release::ALL.iter().rev() {
        write!(text, "\n## {release} ({})\n", release.date()).expect("text");
        let sections = [
            ("Fields and rules:", crd(*release)),
            ("Changes of the operator:", changes(*release)),
        ];
        let said = sections.iter().filter(|(_, lines)| !lines.is_empty());
        for (title, lines) in said.clone() {
            write!(text, "\n{title}\n\n{lines}").expect("text");
        }
        if said.count() == 0 {
            let first = *release == Release::ALL[0];
            let nothing = if first {
                "The first supported release."
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
        text.push_str("- Rendering older operators is not supported.\n");
    }
    text
}
