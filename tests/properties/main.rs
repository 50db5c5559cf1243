//! Properties of every FeatureStore that an API server admits.

mod conversions;
mod corrections;
mod generators;
mod objects;
mod secrets;
mod stability;
mod upgrades;

#[path = "../reference/mod.rs"]
mod reference;

use feast_render::{OperatorRelease, OperatorSettings, Rendered};
use feast_testing::cluster::{Cluster, Key, Store};
use feast_testing::strategies::Scenario;
use proptest::prelude::{ProptestConfig, Strategy, TestCaseError};
use proptest::sample::select;
use serde_json::Value;

use self::reference::{Failure, Operator, Pass};

/// Failures are not stored in files: each defect gets its own test.
fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// The releases with a known operator.
fn releases() -> impl Strategy<Value = OperatorRelease> {
    select(OperatorRelease::all().collect::<Vec<_>>())
}

/// A cluster with a scenario, and an operator that writes the rendering.
fn cluster(scenario: &Scenario) -> Cluster<impl FnMut(&mut Store, &Key) -> Pass + Clone + use<>> {
    let operator = Operator::from(scenario.settings.clone());
    let reconcile = move |store: &mut Store, key: &Key| operator.reconcile(store, key);
    Cluster::new(reconcile).with_store(scenario.store())
}

/// Renders until nothing changes; a rejected FeatureStore has no passes.
fn passes(
    settings: &OperatorSettings,
    store: &mut Store,
    key: &Key,
) -> Result<Vec<Rendered>, TestCaseError> {
    let operator = Operator::from(settings.clone());
    store.take_changes();
    let mut passes = Vec::new();
    for _ in 0..10 {
        match operator.reconcile(store, key) {
            Ok(rendered) => passes.extend(rendered),
            Err(Failure::Refused(_)) => return Ok(vec![]),
            Err(failure) => return Err(TestCaseError::fail(failure.to_string())),
        }
        if store.take_changes().is_empty() {
            return Ok(passes);
        }
    }
    Err(TestCaseError::fail("changes without end"))
}

/// The objects of a plan as JSON.
fn applied(rendered: &Rendered) -> Vec<Value> {
    rendered
        .plan
        .apply()
        .map(feast_render::Object::to_value)
        .collect()
}
