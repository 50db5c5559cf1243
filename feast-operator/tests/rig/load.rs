//! The cost of a FeatureStore does not depend on their number: counts requests, and how often
//! shared ConfigMaps are parsed. `tests/program/load.rs` measures time.

use feast_render::{DISCOVERY_CONFIG_MAPS, ObjectRef};
use feast_testing::cluster::Key;
use feast_testing::server::Exchange;

use crate::rig::{OPERATORS, Rig, key};
use crate::stores;

/// The cost of a step.
#[derive(Debug)]
struct Cost {
    /// Requests.
    requests: usize,
    /// Requests that write shared ConfigMaps.
    shared: usize,
    /// How often shared ConfigMaps were parsed.
    readings: u64,
}

fn name(number: usize) -> String {
    format!("store-{number}")
}

/// The cost of a change, until the operator is idle.
async fn cost(rig: &mut Rig, change: impl AsyncFnOnce(&mut Rig)) -> Cost {
    let before = rig.server.exchanges().len();
    let read = |rig: &Rig| rig.context().known.listed.readings();
    let start = read(rig);
    change(rig).await;
    rig.rests().await;
    let exchanges = rig.server.exchanges().split_off(before);
    let is_shared =
        |one: &&Exchange| one.is_write() && DISCOVERY_CONFIG_MAPS.contains(&one.name.as_str());
    let shared = exchanges.iter().filter(is_shared);
    Cost {
        shared: shared.count(),
        requests: exchanges.len(),
        readings: read(rig) - start,
    }
}

/// The cost of creating this many FeatureStores, of checking them again, and of deleting them.
async fn costs(count: usize) -> [Cost; 3] {
    let mut rig = Rig::start().await;
    let made = cost(&mut rig, async |rig| {
        for number in 0..count {
            rig.put_store(&name(number), &stores::minimal());
        }
    });
    let made = made.await;
    rig.is_planned(&name(count - 1));
    let looked = cost(&mut rig, async |rig| {
        for number in 0..count {
            let store = ObjectRef::from(&key(&name(number)));
            rig.context().hands.trigger(&store);
        }
    });
    let looked = looked.await;
    let gone = cost(&mut rig, async |rig| {
        for number in 0..count {
            rig.delete(&key(&name(number)));
        }
    });
    let gone = gone.await;
    let map = Key::new("v1", "ConfigMap", OPERATORS, DISCOVERY_CONFIG_MAPS[0]);
    let map = rig.server.get(&map).unwrap();
    assert_eq!(map["data"]["namespaces"], r#"{"namespaces":{}}"#);
    [made, looked, gone]
}

#[tokio::test(start_paused = true)]
async fn a_feature_store_costs_the_same_however_many_there_are() {
    let (few, many) = (32, 128);
    let pairs = costs(few).await.into_iter().zip(costs(many).await);
    for (step, (one, other)) in ["made", "looked at", "gone"].into_iter().zip(pairs) {
        // Requests that do not depend on the number of FeatureStores weigh less for many.
        let is_flat = other.requests * few <= one.requests * many;
        assert!(is_flat, "{step}: {one:?} for {few}, {other:?} for {many}");
        // Shared ConfigMaps are parsed when they change, and written for as many FeatureStores as
        // there are concurrent passes.
        assert!(
            other.readings <= other.shared as u64 + 1,
            "{step}: {other:?}"
        );
        assert!(other.shared <= many / 16 + 1, "{step}: {other:?}");
    }
}
