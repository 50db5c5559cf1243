//! What FeatureStores cost the operator is the same for each, however many there are: it is counted what
//! is asked of the server, and how often what all share is read. `tests/load.rs` measures.

use feast_render::{DISCOVERY_CONFIG_MAPS, ObjectRef};
use feast_testing::cluster::Key;
use feast_testing::server::Exchange;

use crate::rig::{OPERATORS, Rig, key};
use crate::stores;

/// What a step costs.
#[derive(Debug)]
struct Cost {
    /// Requests.
    requests: usize,
    /// Those that write what all share.
    shared: usize,
    /// How often what all share was read.
    readings: u64,
}

fn name(number: usize) -> String {
    format!("store-{number}")
}

/// What it costs to do something, until the operator has nothing to do.
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

/// What it costs to make so many FeatureStores, to look at all of them again, and to take them out.
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
        // What is asked once, whoever is there, tells less of many.
        let is_flat = other.requests * few <= one.requests * many;
        assert!(is_flat, "{step}: {one:?} for {few}, {other:?} for {many}");
        // It is read when it has changed, and written for as many as there are passes at a time.
        assert!(
            other.readings <= other.shared as u64 + 1,
            "{step}: {other:?}"
        );
        assert!(other.shared <= many / 16 + 1, "{step}: {other:?}");
    }
}
