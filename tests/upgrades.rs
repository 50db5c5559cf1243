//! What upgrades of Feast's operator do to FeatureStores, on record.
//!
//! For the examples as Markdown, for each pair of neighbours and from the first release to the newest
//! commit. For the samples that Feast publishes as a line for each: names and counts.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use feast_check::check::{Around, Read};
use feast_check::diff::{
    Action, Difference, Effect, Entry, Outcome, Report, Side, diff, markdown, upgrades,
};
use feast_check::{Checker, Depth, Settings, Text, missing};
use feast_render::{Answer, OperatorRelease, OperatorSettings, Time, Wanted};
use k8s_openapi::jiff::Timestamp;

/// Releases and the next ones; then the first and the last.
fn neighbours() -> Vec<(OperatorRelease, OperatorRelease)> {
    let all: Vec<_> = OperatorRelease::all().collect();
    let neighbours = all.windows(2).map(|pair| (pair[0], pair[1]));
    let whole = (OperatorRelease::FIRST, OperatorRelease::MAIN);
    neighbours.chain([whole]).collect()
}

/// What an upgrade does to the FeatureStores of manifests, with placeholders for what is missing.
fn upgraded(files: &[PathBuf], (from, to): (OperatorRelease, OperatorRelease)) -> Report {
    let texts: Vec<_> = files.iter().map(|file| Arc::new(text(file))).collect();
    let [(old, before), (new, after)] = [from, to].map(|release| read(&texts, release));
    let settings = [&old, &new].map(|checker| &checker.settings().operator);
    let arounds = [before.1, after.1];
    let lookups = arounds.each_ref().map(|around| {
        move |wanted: &Wanted| -> Answer { missing::fill(wanted, around.answer(wanted)) }
    });
    let [old_lookup, new_lookup] = &lookups;
    let both = before.0.iter().zip(&after.0);
    let upgrades = both.flat_map(|(before, after)| upgrades(before, after, to.release()));
    let entries = upgrades.map(|upgrade| {
        let before = upgrade.before.as_ref().map(|store| Side {
            store,
            settings: settings[0],
            lookup: old_lookup,
        });
        let after = upgrade.after.as_ref().map(|store| Side {
            store,
            settings: settings[1],
            lookup: new_lookup,
        });
        let outcome = match (after, diff(before, after)) {
            (None, _) => Outcome::Refused(upgrade.refusals),
            (_, Ok(diff)) => Outcome::Compared(diff),
            (_, Err(error)) => Outcome::Failed(error.to_string()),
        };
        Entry::new(upgrade.feature_store, outcome).admission(upgrade.admission)
    });
    let report: Report = entries.collect();
    report.titled(format!("{from} to {to}"))
}

fn text(file: &Path) -> Text {
    let name = file.display().to_string();
    Text::new(name, fs::read_to_string(file).expect("a manifest"))
}

/// Texts as the API server of a release takes them, and what they have for each other.
fn read(texts: &[Arc<Text>], release: OperatorRelease) -> (Checker, (Vec<Read>, Around)) {
    let now = Time(Timestamp::UNIX_EPOCH);
    let settings = Settings::new(OperatorSettings::reference(), now);
    let checker = Checker::new(Settings {
        depth: Depth::Rendering,
        ..settings.of_release(release.release())
    });
    let texts = texts.iter().cloned();
    let mut read: Vec<_> = texts.map(|text| checker.read(text)).collect();
    let around = checker.gather(&mut read);
    (checker, (read, around))
}

#[test]
fn examples_are_upgraded_as_recorded() {
    let examples = test_support::files(&test_support::workspace().join("examples"), ".yaml");
    for (from, to) in neighbours() {
        let text = markdown(&upgraded(&examples, (from, to)));
        test_support::current(&format!("tests/data/upgrades/{from}-{to}.md"), &text);
    }
}

#[test]
fn samples_are_upgraded_as_recorded() {
    let Some(folder) = test_support::published("samples") else {
        return;
    };
    let mut text = String::new();
    for (from, to) in neighbours() {
        writeln!(text, "{from} to {to}").expect("text");
        for file in test_support::files(&folder, ".yaml") {
            let report = upgraded(std::slice::from_ref(&file), (from, to));
            for entry in report.entries() {
                writeln!(text, "  {}: {}", name(&file), line(entry)).expect("text");
            }
        }
    }
    test_support::current("tests/data/upgrades/samples.txt", &text);
}

fn name(file: &Path) -> &str {
    file.file_stem()
        .and_then(|name| name.to_str())
        .expect("a name")
}

/// What happens to a FeatureStore, in names and counts.
fn line(entry: &Entry) -> String {
    let diff = match &entry.outcome {
        Outcome::Compared(diff) => diff,
        Outcome::Refused(_) => return "refused".to_owned(),
        Outcome::Failed(reason) => return reason.clone(),
    };
    let mut parts = Vec::new();
    let said = &entry.admission;
    for (what, remarks) in [
        ("refused", &said.refuses),
        ("dropped", &said.prunes),
        ("admitted", &said.no_longer_refuses),
    ] {
        parts.extend(
            remarks
                .iter()
                .map(|remark| format!("{what} {}", remark.field)),
        );
    }
    for change in &diff.changes {
        let kind = &change.object.kind;
        parts.extend(match &change.action {
            Action::Add => Some(format!("+{kind}")),
            Action::Remove => Some(format!("-{kind}")),
            Action::Leave => Some(format!("={kind}")),
            _ => None,
        });
        let restarts = |effect: &Effect| matches!(effect, Effect::Restart { .. });
        parts.extend(
            change
                .effects
                .iter()
                .any(restarts)
                .then(|| format!("restarts {kind}")),
        );
    }
    parts.extend(diff.causes.iter().map(|cause| {
        let name = cause.difference.name();
        match (cause.difference, &cause.defaults[..]) {
            (Difference::Change(_), []) => name,
            (Difference::Change(_), _) => format!("{name} (default)"),
            (_, _) => name,
        }
    }));
    if parts.is_empty() {
        return "no change".to_owned();
    }
    parts.join(", ")
}
