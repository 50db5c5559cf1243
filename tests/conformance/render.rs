//! Compares objects, documents and statuses with recordings of Feast's operator.
//!
//! The directory `render` of the recordings has gzipped JSON lines; its README describes them.
//! `FEAST_CASE` selects the cases whose name or tag contains it, and shows all differences.

mod canonical;
mod compare;
mod corpus;
mod difference;
mod play;
mod quantity;
mod secrets;
mod upgrades;
mod yaml;

use std::collections::{BTreeMap, BTreeSet};

use feast_render::OperatorRelease;

use crate::admission::release_of;
use corpus::{Case, Outcome, Step};
use difference::Difference;
use feast_testing::cluster::{Key, Store};
use play::{Objects, Played, Player, Reference};

/// Maximum number of failing cases to show in full.
const SHOWN: usize = 3;

#[test]
fn render() {
    let Some(cases) = test_support::recorded("render/cases.jsonl.gz") else {
        return;
    };
    let reference = Reference {
        release: OperatorRelease::MAIN,
        crd: feast_validate::feature_store(),
    };
    let tally = run(&corpus::cases(&cases), reference);
    tally.print_tags();
    tally.print("render");
    assert_eq!(tally.failed, 0, "renderings differ from the recordings");
}

/// The operator of each release, with an API server that has the CRD of that release.
#[test]
fn releases() {
    let Some(folder) = test_support::recorded("render/releases") else {
        return;
    };
    let mut failed = 0;
    for file in test_support::files(&folder, ".jsonl.gz") {
        let release = release_of(&file);
        let reference = Reference {
            release: release.try_into().expect("one that is rendered"),
            crd: feast_validate::feature_store_of(release),
        };
        let tally = run(&corpus::cases(&file), reference);
        tally.print(&format!("render {}", reference.release));
        failed += tally.failed;
    }
    assert_eq!(failed, 0, "renderings differ from the recordings");
}

/// Plays cases, shows some differences, and counts.
fn run(cases: &[Case], reference: Reference<'_>) -> Tally {
    let picked = std::env::var("FEAST_CASE").unwrap_or_default();
    let shown = if picked.is_empty() { SHOWN } else { usize::MAX };
    let cases = cases
        .iter()
        .filter(|case| case.id.contains(&picked) || case.tag.contains(&picked));
    let mut tally = Tally::default();
    for case in cases {
        let failures = failures(case, reference);
        if !failures.is_empty() && tally.failed < shown {
            for failure in &failures {
                println!("{failure}");
            }
        }
        tally.count(case, failures.is_empty());
    }
    tally
}

/// For each tag, the number of cases that agree, and of all cases.
#[derive(Default)]
struct Tally {
    tags: BTreeMap<String, (usize, usize)>,
    failed: usize,
}

impl Tally {
    fn count(&mut self, case: &Case, is_good: bool) {
        let (good, all) = self.tags.entry(case.tag.clone()).or_default();
        *good += usize::from(is_good);
        *all += 1;
        self.failed += usize::from(!is_good);
    }

    fn print_tags(&self) {
        for (tag, (good, all)) in &self.tags {
            println!("{tag}: {good} of {all}");
        }
    }

    fn print(&self, name: &str) {
        let all: usize = self.tags.values().map(|(_, all)| all).sum();
        test_support::told(&format!("{name}: {} of {all}", all - self.failed));
    }
}

/// The differences in each step of a case.
fn failures(case: &Case, reference: Reference<'_>) -> Vec<String> {
    let mut player = Player::new(case, reference);
    let mut recorded = Recorded::new(case);
    let mut failures = Vec::new();
    for (number, (step, expect)) in case.steps.iter().zip(&case.expect).enumerate() {
        recorded.advance(step, expect);
        let differences = recorded.differences(expect, &player.play(step));
        let line = |difference| format!("{} step {number}: {difference}", case.id);
        failures.extend(differences.into_iter().map(line));
    }
    failures
}

/// The cluster after the operator's recorded pass.
struct Recorded {
    store: Store,
    feature_store: Key,
    half_made: bool,
    /// Objects without an owner that failed passes created.
    stray: BTreeSet<Key>,
}

impl Recorded {
    fn new(case: &Case) -> Self {
        let mut store = Store::default();
        play::begin(&mut store, case);
        Self {
            store,
            feature_store: play::feature_store(case),
            half_made: false,
            stray: BTreeSet::new(),
        }
    }

    /// Performs the changes of a step.
    fn advance(&mut self, step: &Step, expect: &Outcome) {
        play::happen(&mut self.store, step, &self.feature_store);
        for key in &expect.deleted {
            self.store.delete(&key.parse().expect("a key"));
        }
        for object in &expect.objects {
            let key = Key::of(object);
            let is_stray = expect.error.is_some()
                && self.store.get(&key).is_none()
                && object["metadata"]["ownerReferences"].is_null();
            if is_stray {
                self.stray.insert(key);
            } else {
                self.stray.remove(&key);
            }
            self.store.put(object.clone());
        }
    }

    /// The differences after a step. After an error, Feast's operator may delete objects that it
    /// created before it; then we have nothing to delete.
    fn differences(&mut self, expect: &Outcome, played: &Played) -> Vec<Difference> {
        let was_half_made = std::mem::replace(&mut self.half_made, expect.error.is_some());
        if expect.error.is_some() || played.error.is_some() {
            return compare::refused(expect, played);
        }
        let deletions = compare::deletions(expect, played).filter(|_| !was_half_made);
        let all = compare::good(expect, &self.called_for(played), played);
        all.into_iter().chain(deletions).collect()
    }

    /// The recorded objects without leftovers: those that a failed pass created, that nothing
    /// refers to, and that our passes, which create all objects or none, did not create.
    fn called_for(&self, played: &Played) -> Objects {
        let objects = self.store.objects();
        let is_referred_to = |name: &str| {
            objects
                .values()
                .any(|object| object["roleRef"]["name"] == name)
        };
        let is_left_over = |key: &Key| {
            self.stray.contains(key)
                && !played.objects.contains_key(key)
                && !is_referred_to(&key.name)
        };
        let called_for = objects.iter().filter(|(key, _)| !is_left_over(key));
        called_for
            .map(|(key, object)| (key.clone(), object.clone()))
            .collect()
    }
}
