//! Compares the predicted effects of an upgrade with recordings of both releases' operators.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::thread;

use feast_api::{Admitted, Release};
use feast_check::diff::{self, Action, Diff, Effect, Side, changes, compare};
use feast_render::{Answer, OperatorRelease, OperatorSettings, Wanted};
use feast_testing::cluster::{Key, Store};
use serde_json::Value;

use super::corpus::{self, Case, Outcome};
use super::{Reference, canonical, play, secrets, yaml};
use crate::admission::release_of;

/// Maximum number of failing cases to show.
const SHOWN: usize = 5;

#[test]
fn upgrades() {
    let recorded = ["render/releases", "render/cases.jsonl.gz"].map(test_support::recorded);
    let [Some(folder), Some(newest)] = recorded else {
        return;
    };
    let mut releases: Vec<_> = test_support::files(&folder, ".jsonl.gz")
        .iter()
        .map(|file| Recorded::of(release_of(file).try_into().expect("rendered"), file))
        .collect();
    releases.push(Recorded::of(OperatorRelease::MAIN, &newest));
    let neighbours = releases.windows(2).map(|pair| (&pair[0], &pair[1]));
    let (first, last) = (&releases[0], &releases[releases.len() - 1]);
    let forth = neighbours
        .chain([(first, last)])
        .map(|(old, new)| (old, new, 1));
    // Downgrades are rare, so few are compared.
    let pairs = forth.chain([(last, first, 4)]);
    let failed: usize = thread::scope(|scope| {
        let pairs = pairs.map(|(old, new, step)| scope.spawn(move || between(old, new, step)));
        let pairs: Vec<_> = pairs.collect();
        let failed = pairs.into_iter().map(|pair| pair.join().expect("no panic"));
        failed.sum()
    });
    assert_eq!(failed, 0, "upgrades differ from predictions");
}

/// The cases of a release, by name.
struct Recorded {
    release: OperatorRelease,
    cases: BTreeMap<String, Case>,
}

impl Recorded {
    fn of(release: OperatorRelease, file: &Path) -> Self {
        let cases = corpus::cases(file).into_iter();
        let cases = cases.map(|case| (case.id.clone(), case)).collect();
        Self { release, cases }
    }
}

/// The number of wrong predictions for FeatureStores that both releases admit; checks every
/// `step`-th.
fn between(old: &Recorded, new: &Recorded, step: usize) -> usize {
    let picked = std::env::var("FEAST_CASE").unwrap_or_default();
    let both = old.cases.iter().filter(|(id, _)| id.contains(&picked));
    let both = both.filter_map(|(id, case)| Some((case, new.cases.get(id)?)));
    let both = both.filter(|(case, other)| !is_in_the_way(case, other));
    let (mut all, mut failed) = (0, 0);
    for (case, other) in both.step_by(step) {
        let differences = differences((old.release, case), (new.release, other));
        all += 1;
        failed += usize::from(!differences.is_empty());
        if failed <= SHOWN {
            for difference in differences {
                println!(
                    "{} {} to {}: {difference}",
                    case.id, old.release, new.release
                );
            }
        }
    }
    let good = all - failed;
    let pair = format!("{} to {}", old.release, new.release);
    test_support::told(&format!("upgrade {pair}: {good} of {all}"));
    assert!(all > 0 || !picked.is_empty(), "nothing was compared");
    failed
}

/// Whether an object of the FeatureStore exists from the beginning, which a prediction cannot know.
fn is_in_the_way(case: &Case, other: &Case) -> bool {
    let own = format!("feast-{}", play::feature_store(case).name);
    let made = [case, other].map(|case| &case.expect[0].objects);
    let made: BTreeSet<_> = made.into_iter().flatten().map(Key::of).collect();
    let mut there = case.cluster.iter().map(Key::of);
    there.any(|key| {
        let is_account = key.kind == "ServiceAccount";
        made.contains(&key) || is_account || key.name.starts_with(&own)
    })
}

/// The differences between the predicted and the recorded upgrade.
fn differences(
    (from, old): (OperatorRelease, &Case),
    (to, new): (OperatorRelease, &Case),
) -> Vec<String> {
    let mut cluster = Store::default();
    play::begin(&mut cluster, old);
    play::happen(&mut cluster, &old.steps[0], &play::feature_store(old));
    let sides = [from, to].map(|release| side(release, old));
    let lookup = |wanted: &Wanted| cluster.look_up(wanted).unwrap_or(Answer::Absent);
    let [before, after] = sides.each_ref().map(|(store, settings)| {
        Some(Side {
            store,
            settings,
            lookup: &lookup,
        })
    });
    let foreseen = diff::diff(before, after).expect("right answers");
    let [before, after] = [old, new].map(|case| &case.expect[0]);
    let (was, is) = (objects(before), objects(after));
    let mut expected = Expected::default();
    match (&before.error, &after.error) {
        (None, None) => {
            expected.changed((&was, before), (&is, after));
        }
        (Some(_), None) => expected.added.extend(is.into_keys()),
        (_, Some(_)) => {}
    }
    let mut found = Vec::new();
    let mut differ = |what: &str, expected: String, said: String| {
        if expected != said {
            found.push(format!("{what}\n  recorded {expected}\n      said {said}"));
        }
    };
    for (when, outcome, refusal) in [
        ("before", before, &foreseen.refusals.before),
        ("after", after, &foreseen.refusals.after),
    ] {
        let said = refusal.as_ref().map(|refusal| refusal.reason.to_string());
        let said = serde_json::json!(said);
        let recorded = secrets::cut(&serde_json::json!(outcome.error), &said, cluster.objects());
        differ(
            &format!("refused {when}"),
            recorded.to_string(),
            said.to_string(),
        );
    }
    let said = Expected::said(&foreseen);
    differ("added", shown(&expected.added), shown(&said.added));
    differ("gone", shown(&expected.gone), shown(&said.gone));
    differ(
        "fields",
        format!("{:#?}", expected.fields),
        format!("{:#?}", said.fields),
    );
    differ("restarts", shown(&expected.restarts), shown(&said.restarts));
    // A downgrade drops fields, and their effects.
    if from < to && before.error.is_none() && after.error.is_none() {
        let releases = [from, to].map(OperatorRelease::release);
        let untold = untold(&foreseen, [before, after], releases);
        differ(
            "defaults that no cause explains",
            String::new(),
            untold.join(", "),
        );
    }
    found
}

fn shown(keys: &BTreeSet<Key>) -> String {
    let keys: Vec<_> = keys.iter().map(Key::to_string).collect();
    keys.join(" ")
}

/// A case's FeatureStore as the API server of a release stores it, and the release's operator.
fn side(release: OperatorRelease, case: &Case) -> (Admitted, OperatorSettings) {
    let reference = Reference {
        release,
        crd: feast_validate::feature_store_of(release.release()),
    };
    let given = case.steps[0].feature_store.as_ref();
    let stored = play::stored(given.expect("the first step has it"), reference.crd);
    let store = serde_json::from_value(stored).expect("a FeatureStore");
    let store = Admitted::assume(store).expect("name and namespace");
    (store, play::operator(case, release).settings)
}

/// The effects of an upgrade.
#[derive(Default)]
struct Expected {
    added: BTreeSet<Key>,
    gone: BTreeSet<Key>,
    fields: BTreeMap<Key, BTreeSet<String>>,
    restarts: BTreeSet<Key>,
}

impl Expected {
    /// The effects, from the recordings.
    fn changed(
        &mut self,
        (was, before): (&BTreeMap<Key, Value>, &Outcome),
        (is, after): (&BTreeMap<Key, Value>, &Outcome),
    ) {
        for (key, object) in is {
            let Some(old) = was.get(key) else {
                self.added.insert(key.clone());
                continue;
            };
            self.fields(key, changes(old, object));
            let template = |object: &Value| object.pointer("/spec/template").cloned();
            if key.kind == "Deployment" && template(old) != template(object) {
                self.restarts.insert(key.clone());
            }
        }
        let gone = was.keys().filter(|key| !is.contains_key(key));
        self.gone.extend(gone.cloned());
        let [before, after] = [before, after].map(status);
        self.fields(&Key::new("", "status", "", ""), compare(&before, &after));
    }

    /// The effects, as predicted.
    fn said(foreseen: &Diff) -> Self {
        let mut said = Self::default();
        for change in &foreseen.changes {
            let key = Key::from(&change.object);
            let restarts = |effect: &Effect| matches!(effect, Effect::Restart { .. });
            if change.effects.iter().any(restarts) {
                said.restarts.insert(key.clone());
            }
            match &change.action {
                Action::Add => drop(said.added.insert(key)),
                Action::Change(fields) => said.fields(&key, fields.clone()),
                _ => drop(said.gone.insert(key)),
            }
        }
        said.fields(&Key::new("", "status", "", ""), foreseen.status.clone());
        said
    }

    fn fields(&mut self, key: &Key, changes: Vec<diff::FieldChange>) {
        if !changes.is_empty() {
            let paths = changes.into_iter().map(|change| change.path);
            self.fields.entry(key.clone()).or_default().extend(paths);
        }
    }
}

/// The recorded objects, with their documents inserted.
fn objects(outcome: &Outcome) -> BTreeMap<Key, Value> {
    let documents = &outcome.feature_store_yaml;
    let documents = documents.iter().map(|(name, text)| {
        let document = yaml::load(text).unwrap_or_default();
        (format!("@{name}"), document)
    });
    let documents: BTreeMap<_, _> = documents.collect();
    let objects = outcome.objects.iter();
    let objects = objects.map(|object| {
        let object = canonical::object(object.clone());
        (Key::of(&object), opened(object, &documents))
    });
    objects.collect()
}

/// A value with documents in place of their marks: as data for clients, as text for servers.
fn opened(value: Value, documents: &BTreeMap<String, Value>) -> Value {
    match value {
        Value::String(mark) => match documents.get(&mark) {
            Some(document) if mark == "@client" => document.clone(),
            Some(document) => document.to_string().into(),
            None => mark.into(),
        },
        Value::Array(items) => {
            let items = items.into_iter().map(|item| opened(item, documents));
            items.collect()
        }
        Value::Object(fields) => {
            let fields = fields.into_iter();
            fields
                .map(|(name, field)| (name, opened(field, documents)))
                .collect()
        }
        other => other,
    }
}

/// The compared parts of a status.
fn status(outcome: &Outcome) -> Value {
    let mut status = canonical::status(outcome.status.clone());
    if let Value::Object(fields) = &mut status {
        fields.remove("applied");
    }
    status
}

/// Differences in defaults that the prediction does not explain: not a changed default, not a field
/// that one of the releases lacks, and not the release's image.
fn untold(foreseen: &Diff, [before, after]: [&Outcome; 2], releases: [Release; 2]) -> Vec<String> {
    let applied = |outcome: &Outcome| canonical::status(outcome.status.clone())["applied"].take();
    let explained = foreseen.causes.iter().flat_map(|cause| &cause.defaults);
    let explained = explained.map(|default| without_items(&default.path));
    let [lower, upper] = [releases[0].min(releases[1]), releases[0].max(releases[1])];
    let between = Release::ALL
        .iter()
        .filter(|release| lower < **release && **release <= upper);
    let unknown = between.flat_map(|release| release.new_fields());
    let unknown = unknown.map(|path| path.replace("[]", ""));
    let explained: Vec<_> = explained.chain(unknown).collect();
    let is_explained = |path: &String| {
        let mut explained = explained.iter();
        explained.any(|outer| path.starts_with(outer) || outer.starts_with(path))
    };
    let is_image = |path: &String| path.rsplit('.').next() == Some("image");
    let paths = compare(&applied(before), &applied(after)).into_iter();
    let paths = paths.map(|change| without_items(&change.path));
    paths
        .filter(|path| !is_image(path) && !is_explained(path))
        .collect()
}

/// A path without list indexes.
fn without_items(path: &str) -> String {
    let mut parts = path.split('[');
    let first = parts.next().unwrap_or_default();
    let rest = parts.map(|part| part.split_once(']').map_or(part, |(_, rest)| rest));
    std::iter::once(first).chain(rest).collect()
}
