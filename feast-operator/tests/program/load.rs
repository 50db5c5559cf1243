//! The cost of a FeatureStore for the operator program, for different numbers of FeatureStores: CPU
//! time, memory and requests.
//!
//! ```text
//! FEAST_LOAD=1000,5000,20000 cargo test --release --package feast-operator --test program -- \
//!     --ignored --nocapture
//! ```

use std::time::Duration;

use feast_render::ObjectRef;
use feast_testing::cluster::Key;
use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::operator::Operator;
use crate::stores;

/// Number of FeatureStores in a namespace.
const TOGETHER: usize = 50;
/// How long nothing may be written before the operator counts as idle.
const QUIET: Duration = Duration::from_secs(3);

/// A cluster with the Secrets that so many FeatureStores refer to.
async fn cluster(count: usize) -> Cluster {
    let cluster = Cluster::start("load").await;
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "data": data(),
    });
    for number in (0..count).step_by(TOGETHER) {
        let mut secret = secret.clone();
        secret["metadata"] = json!({ "name": "stores", "namespace": namespace(number) });
        cluster.server.put(&secret).unwrap();
    }
    cluster
}

/// The parameters of the FeatureStores' stores.
fn data() -> Value {
    use k8s_openapi::ByteString;
    let texts = stores::secret();
    let texts = texts["stringData"].as_object().unwrap().iter();
    let data = texts.map(|(key, text)| {
        let text = text.as_str().unwrap().as_bytes().to_vec();
        (key.clone(), json!(ByteString(text)))
    });
    Value::Object(data.collect())
}

fn namespace(number: usize) -> String {
    format!("team-{}", number / TOGETHER)
}

fn key(number: usize) -> Key {
    let name = format!("store-{number}");
    let store = ObjectRef::new::<feast_api::v1::FeatureStore>(Some(&namespace(number)), name);
    Key::from(&store)
}

/// A third are minimal, a third have databases and an autoscaler, and a third have several
/// replicas.
fn store(number: usize, replicas: i32) -> Value {
    let spec = match number % 3 {
        0 => stores::minimal(),
        1 => stores::autoscaled(),
        _ => stores::scaled(replicas),
    };
    let mut store = stores::store(&format!("store-{number}"), &spec);
    store["metadata"]["namespace"] = namespace(number).into();
    store
}

#[expect(clippy::print_stdout, reason = "it measures")]
/// Prints the cost of each of this many FeatureStores: for creating its objects, for checking it on
/// startup, for changing a third of them, and for deleting it.
async fn measure(count: usize) {
    let cluster = cluster(count).await;
    let rests = async || cluster.server.rest(QUIET).await.unwrap();
    let put = |replicas| {
        for number in 0..count {
            cluster.server.put(&store(number, replicas)).unwrap();
        }
    };
    put(3);
    let each = |total: u64| total / count as u64;
    let operator = Operator::start(&cluster);
    // It may need longer to read many FeatureStores than it is quiet later.
    while cluster.server.writes().is_empty() {
        tokio::time::sleep(QUIET).await;
    }
    rests().await;
    let requests = cluster.server.exchanges().len() as u64;
    let (made, memory) = (operator.processor(), operator.memory());
    operator.end();
    let operator = Operator::start(&cluster);
    tokio::time::sleep(QUIET).await;
    let mut spent = operator.processor();
    loop {
        tokio::time::sleep(QUIET).await;
        let now = operator.processor();
        if now - spent < 50_000 {
            break;
        }
        spent = now;
    }
    let begun = operator.processor();
    put(5);
    rests().await;
    let changed = operator.processor() - begun;
    let start = operator.processor();
    for number in 0..count {
        cluster.server.change(|store| store.delete(&key(number)));
    }
    rests().await;
    let gone = operator.processor() - start;
    operator.end();
    assert_eq!(cluster.server.of_kind("apps/v1", "Deployment").len(), 0);
    println!(
        "| {count} | {} | {} | {} | {} | {}.{} | {} |",
        each(made),
        each(begun),
        each(changed),
        each(gone),
        requests / count as u64,
        10 * requests / count as u64 % 10,
        memory / 1024,
    );
}

#[tokio::test(flavor = "current_thread")]
#[ignore = "measures"]
async fn what_a_feature_store_costs() {
    println!("| FeatureStores | made, µs | begun | changed | gone | requests | MiB at most |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    let sizes = std::env::var("FEAST_LOAD").unwrap_or_else(|_| "100,1000".to_owned());
    for size in sizes.split(',') {
        measure(size.parse().unwrap()).await;
    }
}
