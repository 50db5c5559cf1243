//! The effects of an upgrade of Feast's operator are those predicted.

use std::collections::{BTreeMap, BTreeSet};

use feast_api::Admitted;
use feast_check::diff::{Action, Change, Effect, Side, diff};
use feast_render::{Answer, CorrectionSet, OperatorRelease, OperatorSettings, Wanted};
use feast_testing::cluster::{Cluster, Key, Store};
use feast_testing::strategies::{self as s, Scenario};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

use crate::reference::{Failure, Operator};
use crate::{config, releases};

/// The same settings for another release, with other corrections.
fn of(
    settings: &OperatorSettings,
    release: OperatorRelease,
    corrections: CorrectionSet,
) -> Operator {
    Operator {
        settings: OperatorSettings {
            release,
            corrections: corrections.corrections(),
            ..settings.clone()
        },
        write: |store, object| store.apply(object.to_value()),
    }
}

fn corrections() -> impl Strategy<Value = CorrectionSet> {
    select(CorrectionSet::ALL)
}

/// The objects of a series of operators in a cluster; `None` if one of them rejects the
/// FeatureStore.
fn made(
    scenario: &Scenario,
    operators: &[&Operator],
) -> Result<Option<BTreeMap<Key, Value>>, TestCaseError> {
    let key = scenario.key();
    let mut store = scenario.store();
    for operator in operators {
        let reconcile = |store: &mut Store, key: &Key| operator.reconcile(store, key);
        let mut settled = Cluster::new(reconcile).with_store(store).settle_one(&key)?;
        match settled.outcomes.remove(&key) {
            Some(Ok(_)) => store = settled.store,
            Some(Err(Failure::Refused(_))) => return Ok(None),
            other => return Err(TestCaseError::fail(format!("{other:?}"))),
        }
    }
    let made = store.made();
    let made = made.map(|(key, object)| (key.clone(), object.clone()));
    Ok(Some(made.collect()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..config() })]

    #[test]
    fn an_upgrade_gives_what_the_new_release_makes(
        (from, scenario) in releases().prop_flat_map(|from| (Just(from), s::scenarios_by(from))),
        to in releases(),
        sets in [corrections(), corrections()],
    ) {
        let old = of(&scenario.settings, from, sets[0]);
        let new = of(&scenario.settings, to, sets[1]);
        let (Some(before), Some(fresh), Some(after)) = (
            made(&scenario, &[&old])?,
            made(&scenario, &[&new])?,
            made(&scenario, &[&old, &new])?,
        ) else {
            return Ok(());
        };

        let store = Admitted::assume(scenario.feature_store.clone())?;
        let cluster = scenario.store();
        let lookup = |wanted: &Wanted| cluster.look_up(wanted).unwrap_or(Answer::Absent);
        let side = |operator| Side { store: &store, settings: operator, lookup: &lookup };
        let foreseen = diff(Some(side(&old.settings)), Some(side(&new.settings)))?;

        // Objects are created and deleted as predicted.
        let mut expected: BTreeSet<Key> = before.keys().cloned().collect();
        for change in &foreseen.changes {
            let key = Key::from(&change.object);
            match change.action {
                Action::Add => prop_assert!(expected.insert(key.clone()), "{key} was there"),
                Action::Remove => prop_assert!(expected.remove(&key), "{key} was not there"),
                _ => prop_assert!(expected.contains(&key), "{key} was not there"),
            }
        }
        let found: BTreeSet<Key> = after.keys().cloned().collect();
        prop_assert_eq!(&found, &expected);

        // Leftovers are reported, and the new release's objects are as in a new cluster.
        let left: BTreeSet<&Key> = found.iter().filter(|key| !fresh.contains_key(key)).collect();
        let told = foreseen.changes.iter().filter(|change| change.action == Action::Leave);
        let told: BTreeSet<Key> = told.map(|change| Key::from(&change.object)).collect();
        prop_assert_eq!(left, told.iter().collect::<BTreeSet<_>>());
        let is_made = |change: &&Change| {
            matches!(change.action, Action::Add | Action::Change(_))
                && !change.effects.contains(&Effect::NotApplied)
        };
        let made = foreseen.changes.iter().filter(is_made);
        let made: BTreeSet<Key> = made.map(|change| Key::from(&change.object)).collect();
        for (key, object) in &fresh {
            // Everything else is unchanged.
            let expected = if made.contains(key) { Some(object) } else { before.get(key) };
            prop_assert_eq!(after.get(key), expected, "{}", key);
        }
    }

    #[test]
    fn no_change_of_a_release_is_needed_to_have_an_answer(
        scenario in s::scenarios(),
        release in releases(),
        change in select(feast_render::Change::ALL),
        corrections in corrections(),
    ) {
        let operator = of(&scenario.settings, release.without(change), corrections);
        let inputs = operator.inputs(&scenario.store(), &scenario.feature_store)?;
        let _ = feast_render::render(&inputs);
    }
}
