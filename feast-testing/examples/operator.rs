//! An operator on feast-render under test: histories of edits, with crashes in between.
//!
//! `cargo run -p feast-testing --example operator`

use feast_render::OperatorSettings;
use feast_testing::cluster::{Cluster, Key, Store};
use feast_testing::operator::{Operator, Writing};
use feast_testing::{invariants, strategies as s};
use proptest::prelude::*;

fn main() {
    let operator = Operator {
        settings: OperatorSettings::hardened(),
        writing: Writing::Applying,
    };
    let config = ProptestConfig {
        cases: 50,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let surroundings = s::surroundings("feast");
    proptest!(config, |(history in s::edits(1..4), objects in surroundings)| {
        let operator = operator.clone();
        let reconcile = move |store: &mut Store, key: &Key| operator.reconcile(store, key).is_ok();
        let mut cluster = Cluster::new(reconcile).with_available_deployments();
        for object in &objects {
            cluster.put(object)?;
        }
        for fs in &history {
            cluster.put(fs)?;
            cluster.crash_after(2);
            invariants::all(&cluster.settle()?)?;
        }
    });
}
