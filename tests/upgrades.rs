//! Recorded effects of operator upgrades on FeatureStores.
//!
//! For the examples as Markdown: for each pair of consecutive releases, and from the first release
//! to the newest commit. For Feast's published samples as lines: the API server's and the
//! operator's verdict, objects, restarts, documents, defaults, and reasons.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use feast_check::check::{Around, Read};
use feast_check::diff::{
    Action, Cause, Change, Effect, Entry, Outcome, Remark, Report, Side, diff, markdown, upgrades,
};
use feast_check::{Checker, Depth, Settings, Text, missing};
use feast_render::{Answer, OperatorRelease, OperatorSettings, Time, Wanted};
use k8s_openapi::jiff::Timestamp;

/// Pairs of consecutive releases; then the first and the last.
fn neighbours() -> Vec<(OperatorRelease, OperatorRelease)> {
    let all: Vec<_> = OperatorRelease::all().collect();
    let neighbours = all.windows(2).map(|pair| (pair[0], pair[1]));
    let whole = (OperatorRelease::FIRST, OperatorRelease::MAIN);
    neighbours.chain([whole]).collect()
}

/// The effects of an upgrade on the FeatureStores of manifests, with placeholders for missing
/// objects.
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

/// Texts as the API server of a release reads them, and the objects they share.
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
        test_support::current(&record(from, to), &text);
    }
    let pairs = neighbours().into_iter().map(|(from, to)| record(from, to));
    let expected: BTreeSet<_> = pairs.collect();
    let found = test_support::files(
        &test_support::workspace().join("tests/data/upgrades"),
        ".md",
    );
    let found = found
        .iter()
        .filter_map(|file| file.strip_prefix(test_support::workspace()).ok());
    let found: BTreeSet<_> = found.map(|file| file.display().to_string()).collect();
    assert_eq!(found, expected, "records of other upgrades");
}

/// The file with the recorded effects on the examples.
fn record(from: OperatorRelease, to: OperatorRelease) -> String {
    format!("tests/data/upgrades/{from}-{to}.md")
}

#[test]
fn samples_are_upgraded_as_recorded() {
    let Some(folder) = test_support::published("samples") else {
        return;
    };
    let mut text = String::new();
    for (from, to) in neighbours() {
        writeln!(text, "{from} to {to}").expect("text");
        let mut happening: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for file in test_support::files(&folder, ".yaml") {
            let report = upgraded(std::slice::from_ref(&file), (from, to));
            for entry in report.entries() {
                let own = entry.feature_store.rsplit('/').next().unwrap_or_default();
                let what = lines(entry).replace(&format!("feast-{own}"), "feast-NAME");
                let names = happening.entry(what).or_default();
                names.push(name(&file).to_owned());
            }
        }
        let mut happening: Vec<_> = happening.into_iter().collect();
        happening.sort_by(|(_, names), (_, others)| names.cmp(others));
        for (what, names) in happening {
            let what = if what.is_empty() {
                "    no change\n"
            } else {
                &what
            };
            writeln!(text, "  {}\n{what}", names.join(", ")).expect("text");
        }
    }
    test_support::current("tests/data/upgrades/samples.txt", &text);
}

fn name(file: &Path) -> &str {
    file.file_stem()
        .and_then(|name| name.to_str())
        .expect("a name")
}

/// The effects on a FeatureStore.
fn lines(entry: &Entry) -> String {
    let diff = match &entry.outcome {
        Outcome::Compared(diff) => diff,
        Outcome::Refused(reasons) => return line("the API server refuses", reasons.clone()),
        Outcome::Failed(reason) => return line("cannot be compared", [reason.clone()]),
    };
    let said = &entry.admission;
    let remarks = |remarks: &[Remark]| {
        let fields = remarks.iter().map(|remark| remark.field.clone());
        fields.collect::<Vec<_>>()
    };
    let objects = diff.changes.iter().filter_map(sign);
    let defaults = diff.causes.iter().flat_map(|cause| &cause.defaults);
    let defaults = defaults.map(|default| default.path.clone());
    let restarts = diff.changes.iter().map(restart);
    let documents = diff.changes.iter().flat_map(document);
    let causes = diff.causes.iter().map(Cause::name);
    [
        line("newly rejected", remarks(&said.refuses)),
        line("dropped", remarks(&said.prunes)),
        line("no longer refused", remarks(&said.no_longer_refuses)),
        line("operator", diff.refusals.lines()),
        line("objects", objects),
        restarts.collect(),
        line("client document", documents),
        line("defaults", defaults),
        line("because of", causes),
    ]
    .concat()
}

/// A created or deleted object.
fn sign(change: &Change) -> Option<String> {
    let sign = match change.action {
        Action::Add => '+',
        Action::Remove => '-',
        Action::Leave => '=',
        _ => return None,
    };
    Some(format!(
        "{sign}{} {}",
        change.object.kind, change.object.name
    ))
}

/// A line of parts, if there are any.
fn line(what: &str, parts: impl IntoIterator<Item = String>) -> String {
    let parts: Vec<_> = parts.into_iter().collect();
    if parts.is_empty() {
        return String::new();
    }
    format!("    {what}: {}\n", parts.join(", "))
}

/// Why pods restart, except for the image, which changes with each release.
fn restart(change: &Change) -> String {
    let reasons = change.effects.iter().filter_map(|effect| match effect {
        Effect::Restart { reasons, .. } => Some(reasons),
        _ => None,
    });
    let reasons = reasons.map(|reasons| {
        let reasons = reasons
            .iter()
            .filter(|reason| !reason.starts_with("image of"));
        let mut reasons: Vec<_> = reasons.cloned().collect();
        reasons.insert(0, "images".to_owned());
        let what = format!("{} {} restarts", change.object.kind, change.object.name);
        line(&what, reasons)
    });
    reasons.collect()
}

/// The changes in a client document.
fn document(change: &Change) -> Vec<String> {
    let Action::Change(fields) = &change.action else {
        return vec![];
    };
    let paths = fields.iter().filter_map(|field| {
        let path = field.path.strip_prefix("data[feature_store.yaml].")?;
        Some(path.to_owned())
    });
    paths.collect()
}
