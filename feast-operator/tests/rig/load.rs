//! What a FeatureStore costs the operator, however many there are.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use feast_operator::platform::Offer;
use feast_testing::cluster::Key;
use http::{Request, Response};
use kube::Client;
use kube::client::Body;
use serde_json::{Value, json};
use tower::Service;

use crate::rig::{Rig, key_in};
use crate::stores;

/// FeatureStores in a namespace.
const TOGETHER: usize = 50;

/// Processor time of this thread so far, in microseconds.
fn processor() -> u64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    let nanoseconds = told.split(' ').next().unwrap();
    nanoseconds.parse::<u64>().unwrap() / 1_000
}

/// A way to the server that takes account of the time that the server takes.
#[derive(Clone)]
struct Timed {
    client: Client,
    spent: Arc<AtomicU64>,
}

impl Service<Request<Body>> for Timed {
    type Response = Response<Body>;
    type Error = kube::Error;
    type Future = Pin<Box<dyn Future<Output = kube::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<kube::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let Self { client, spent } = self.clone();
        Box::pin(async move {
            let mut answer = Box::pin(client.send(request));
            std::future::poll_fn(move |context| {
                let start = processor();
                let polled = answer.as_mut().poll(context);
                spent.fetch_add(processor() - start, Ordering::Relaxed);
                polled
            })
            .await
        })
    }
}

/// The FeatureStores: a third minimal, a third with databases and an autoscaler, a third with
/// several replicas.
fn stores(count: usize, replicas: i32) -> impl Iterator<Item = Value> {
    (0..count).map(move |number| {
        let spec = match number % 3 {
            0 => stores::minimal(),
            1 => stores::autoscaled(),
            _ => stores::scaled(replicas),
        };
        let mut store = stores::store(&format!("store-{number}"), &spec);
        store["metadata"]["namespace"] = namespace(number).into();
        store
    })
}

fn namespace(number: usize) -> String {
    format!("team-{}", number / TOGETHER)
}

/// Microseconds for each of so many FeatureStores: to make what it calls for, to look at all of them
/// when the operator begins, to change a third of them, and to take them out.
async fn cost(count: usize) -> [u64; 4] {
    let mut rig = Rig::start().await;
    let secret = rig
        .server
        .get(&Key::new("v1", "Secret", "ml", "stores"))
        .unwrap();
    for number in (0..count).step_by(TOGETHER) {
        let mut secret = secret.clone();
        secret["metadata"] = json!({ "name": "stores", "namespace": namespace(number) });
        rig.put(secret).unwrap();
    }
    rig.kill();
    let spent = Arc::new(AtomicU64::new(0));
    let timed = Timed {
        client: rig.server.client_of("operator"),
        spent: Arc::clone(&spent),
    };
    let client = Client::new(timed, "default");
    let offer = Offer::discover(&client).await.unwrap();
    let put = |rig: &Rig, replicas| {
        for store in stores(count, replicas) {
            rig.put(store).unwrap();
        }
    };
    let each = async |rig: &mut Rig, change: &dyn Fn(&Rig)| {
        change(rig);
        let (start, server) = (processor(), spent.load(Ordering::Relaxed));
        rig.rests_for(5).await;
        let server = spent.load(Ordering::Relaxed) - server;
        (processor() - start - server) / count as u64
    };
    rig.begin_with(client.clone(), offer.clone());
    let made = each(&mut rig, &|rig| put(rig, 3)).await;
    rig.is_settled(&key_in(
        &namespace(count - 1),
        &format!("store-{}", count - 1),
    ));
    rig.kill();
    rig.begin_with(client, offer);
    let begun = each(&mut rig, &|_| {}).await;
    let changed = each(&mut rig, &|rig| put(rig, 5)).await;
    let gone = each(&mut rig, &|rig| {
        for number in 0..count {
            rig.delete(&key_in(&namespace(number), &format!("store-{number}")));
        }
    })
    .await;
    [made, begun, changed, gone]
}

#[tokio::test(start_paused = true)]
#[ignore = "measures"]
async fn a_feature_store_costs_the_same_however_many_there_are() {
    let sizes = std::env::var("FEAST_LOAD").unwrap_or_else(|_| "25,200".to_owned());
    for size in sizes.split(',') {
        let count = size.parse().unwrap();
        let [made, begun, changed, gone] = pin!(cost(count)).await;
        println!("| {count} | {made} | {begun} | {changed} | {gone} |");
    }
}
