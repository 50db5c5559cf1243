//! What upgrades of Feast's operator do to FeatureStores, on record.
//!
//! For the examples as Markdown, for each pair of neighbours and from the first release to the newest
//! commit. For the samples that Feast publishes as a line for each: names and counts.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use feast_api::Release;
use feast_check::check::{Around, Read};
use feast_check::diff::{Action, Difference, Effect, Entry, Outcome, Report, Side, diff, markdown};
use feast_check::{Checker, Depth, Settings, Text, missing};
use feast_render::{Answer, OperatorRelease, OperatorSettings, Time, Wanted};
use k8s_openapi::jiff::Timestamp;

/// Releases and the next ones; then the first and the last.
fn upgrades() -> Vec<(OperatorRelease, OperatorRelease)> {
    let all: Vec<_> = OperatorRelease::all().collect();
    let neighbours = all.windows(2).map(|pair| (pair[0], pair[1]));
    let whole = (OperatorRelease::FIRST, OperatorRelease::MAIN);
    neighbours.chain([whole]).collect()
}

/// What manifests hold.
struct Stores {
    read: Vec<Read>,
    around: Around,
}

impl Stores {
    fn of(files: &[PathBuf]) -> Self {
        let now = Time(Timestamp::UNIX_EPOCH);
        let checker = Checker::new(Settings {
            // What any of them knows is not unknown.
            release: Release::Main,
            depth: Depth::Rendering,
            ..Settings::new(OperatorSettings::reference(), now)
        });
        let text = |file: &PathBuf| {
            let name = file.display().to_string();
            Text::new(name, fs::read_to_string(file).expect("a manifest"))
        };
        let mut read: Vec<_> = files.iter().map(|file| checker.read(text(file))).collect();
        let around = checker.gather(&mut read);
        Self { read, around }
    }

    /// What an upgrade does, with placeholders for what is missing.
    fn upgraded(&self, (from, to): (OperatorRelease, OperatorRelease)) -> Report {
        let lookup =
            |wanted: &Wanted| -> Answer { missing::fill(wanted, self.around.answer(wanted)) };
        let [old, new] = [from, to].map(|release| OperatorSettings {
            release,
            ..OperatorSettings::reference()
        });
        let stores = self.read.iter().flat_map(Read::admitted);
        let entries = stores.map(|store| {
            let side = |settings| Side {
                store,
                settings,
                lookup: &lookup,
            };
            let outcome = match diff(Some(side(&old)), Some(side(&new))) {
                Ok(diff) => Outcome::Compared(diff),
                Err(error) => Outcome::Failed(error.to_string()),
            };
            Entry::new(format!("{}/{}", store.namespace(), store.name()), outcome)
        });
        entries.collect()
    }
}

#[test]
fn examples_are_upgraded_as_recorded() {
    let examples = test_support::files(&test_support::workspace().join("examples"), ".yaml");
    let stores = Stores::of(&examples);
    for (from, to) in upgrades() {
        let text = format!(
            "# {from} to {to}\n\n{}",
            markdown(&stores.upgraded((from, to)))
        );
        test_support::current(&format!("tests/data/upgrades/{from}-{to}.md"), &text);
    }
}

#[test]
fn samples_are_upgraded_as_recorded() {
    let Some(folder) = test_support::published("samples") else {
        return;
    };
    let mut text = String::new();
    for (from, to) in upgrades() {
        writeln!(text, "{from} to {to}").expect("text");
        for file in test_support::files(&folder, ".yaml") {
            let report = Stores::of(std::slice::from_ref(&file)).upgraded((from, to));
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
