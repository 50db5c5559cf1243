//! Rendering is deterministic and converges.

use std::collections::BTreeSet;

use feast_render::{Corrections, ObjectRef, render};
use feast_testing::strategies as s;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{applied, config, passes};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn rendering_twice_is_identical(scenario in s::scenarios()) {
        let inputs = scenario.inputs()?;
        let once = render(&inputs);
        let twice = render(&inputs);
        prop_assert_eq!(&once, &twice);
        if let (Ok(once), Ok(twice)) = (once, twice) {
            let text = |rendered| serde_json::to_string(&applied(rendered));
            prop_assert_eq!(text(&once)?, text(&twice)?);
        }
    }

    #[test]
    fn rendered_objects_need_no_change(scenario in s::scenarios()) {
        let mut store = scenario.store();
        let passes = passes(&scenario.settings, &mut store, &scenario.key())?;
        if let Some(last) = passes.last() {
            prop_assert_eq!(last.plan.delete().count(), 0);
            prop_assert_eq!(last.plan.patch().count(), 0);
            prop_assert!(passes.len() <= 3, "{} passes", passes.len());
        }
    }

    #[test]
    fn replicas_change_replicas(scenario in s::scenarios_of(s::replicated()), replicas in 2..100) {
        let mut other = scenario.clone();
        other.feature_store.spec.replicas = Some(replicas);
        let (Ok(mut before), Ok(mut after)) =
            (render(&scenario.inputs()?), render(&other.inputs()?))
        else {
            return Ok(());
        };
        let replicas_of = |rendered: &mut feast_render::Rendered| {
            let deployment = rendered.plan.deployment.as_mut()?;
            deployment.spec.as_mut()?.replicas.take()
        };
        prop_assert_eq!(replicas_of(&mut before), scenario.feature_store.spec.replicas);
        prop_assert_eq!(replicas_of(&mut after), Some(replicas));
        prop_assert_eq!(before.plan, after.plan);
        prop_assert_eq!(before.documents, after.documents);
    }

    #[test]
    fn there_and_back_gives_the_same_plan(mut scenario in s::scenarios(), other in s::spec()) {
        // Feast's operator keeps annotations of a CronJob that are no longer wanted.
        scenario.settings.corrections = Corrections::ALL;
        let key = scenario.key();
        let mut store = scenario.store();
        let first = passes(&scenario.settings, &mut store, &key)?;
        let mut there = scenario.feature_store.clone();
        there.spec = other;
        store.put(json!(there));
        passes(&scenario.settings, &mut store, &key)?;
        store.put(json!(scenario.feature_store));
        let back = passes(&scenario.settings, &mut store, &key)?;
        let plan = |passes: &[feast_render::Rendered]| passes.last().map(applied);
        prop_assert_eq!(plan(&first), plan(&back));
    }

    #[test]
    fn nothing_is_both_applied_and_deleted(scenario in s::scenarios(), other in s::spec()) {
        let key = scenario.key();
        let mut store = scenario.store();
        passes(&scenario.settings, &mut store, &key)?;
        let mut there = scenario.feature_store.clone();
        there.spec = other;
        store.put(json!(there));
        for pass in passes(&scenario.settings, &mut store, &key)? {
            let applied: BTreeSet<ObjectRef> =
                pass.plan.apply().map(feast_render::Object::reference).collect();
            let deleted: BTreeSet<ObjectRef> = pass.plan.delete().cloned().collect();
            prop_assert_eq!(applied.intersection(&deleted).count(), 0);
            prop_assert_eq!(applied.len(), pass.plan.apply().count(), "an object twice");
        }
    }

    #[test]
    fn deleting_undoes_discovery(scenario in s::scenarios()) {
        let key = scenario.key();
        let mut store = scenario.store();
        passes(&scenario.settings, &mut store, &key)?;
        store.delete(&key);
        passes(&scenario.settings, &mut store, &key)?;
        let client = format!("feast-{}-client", key.name);
        let mentions = |object: &Value| object["data"].to_string().contains(&client);
        let shared = store.of_kind("v1", "ConfigMap").filter(|(shared, object)| {
            shared.name == "feast-configs-registry" && mentions(object)
        });
        prop_assert_eq!(shared.count(), 0);
    }
}
