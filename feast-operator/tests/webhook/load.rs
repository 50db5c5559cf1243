//! The webhook with more reviews than its limits allow, beside an active operator; and the cost of
//! a review.

use std::fs;
use std::future::ready;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use crd_admission::Crd;
use feast_lint::Group;
use feast_operator::configuration::Configuration;
use feast_operator::context::Context;
use feast_operator::controller;
use feast_operator::platform::Offer;
use feast_operator::webhook::{Certificates, Limits, Policy};
use feast_testing::cluster::Key;
use feast_testing::server::Server;
use futures::FutureExt;
use futures::future::join_all;
use kube::{Client, Config};
use serde_json::json;
use tokio::runtime::Builder;

use super::{allowed, certify, client, patient, serve_of, serve_with};

/// Number of concurrent reviews and connections.
const CROWD: usize = 1_000;

fn server() -> Server {
    let crd = serde_json::to_vec(feast_api::crd()).unwrap();
    Server::new()
        .with_crd(Crd::parse(&crd).unwrap())
        .with_garbage_collection()
        .with_available_deployments()
}

fn put(server: &Server, name: &str) {
    let store = json!({
        "apiVersion": "feast.dev/v1", "kind": "FeatureStore",
        "metadata": { "name": name, "namespace": "ml" },
        "spec": { "feastProject": "a" },
    });
    server.put(&store).unwrap();
}

/// Waits until the operator reports that a FeatureStore is ready.
async fn is_ready(server: &Server, name: &str) {
    let key = Key::new("feast.dev/v1", "FeatureStore", "ml", name);
    while server.get(&key).unwrap()["status"]["phase"] != "Ready" {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_crowd_is_answered_or_turned_away_beside_an_operator_at_work() {
    let (server, most) = (server(), 50);
    let context = Context::new(server.client(), Configuration::default(), Offer::default());
    let forever = std::future::pending().boxed().shared();
    tokio::spawn(controller::run(Arc::clone(&context), ready(()), forever));
    let limits = Limits {
        requests: most,
        ..patient()
    };
    let folder = std::env::temp_dir().join(format!("feast-operator-beside-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let certificate = certify(&folder);
    let address = serve_of(context, Certificates::Folder(folder.clone()), limits).await;
    let client = client(address, &certificate);

    // The second round reuses the connections of the first.
    for round in ["first", "second"] {
        put(&server, round);
        let reviews = (0..CROWD).map(|number| allowed(&client, i32::from(number % 2 == 0) + 1));
        let answers = join_all(reviews).await;
        let mut answered = 0;
        for (number, answer) in answers.into_iter().enumerate() {
            match answer {
                Ok(allowed) => {
                    answered += 1;
                    assert_eq!(allowed, number % 2 == 1, "one replica alone is allowed");
                }
                Err(kube::Error::Api(status)) => assert_eq!(status.code, 503),
                Err(error) => panic!("{error}"),
            }
        }
        assert!(answered >= most, "{answered} in the {round} round");
        is_ready(&server, round).await;
    }
    assert!(allowed(&client, 1).await.unwrap(), "it goes on");
    fs::remove_dir_all(&folder).unwrap();
}

/// Runs a webhook on its own thread, as the program does; returns its address, and the file with
/// the thread's CPU time.
fn apart(policy: Policy, certificates: Certificates) -> (SocketAddr, PathBuf) {
    let (told, tells) = channel();
    thread::spawn(move || {
        let thread = fs::read_link("/proc/thread-self").unwrap();
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let nowhere = Config::new("http://127.0.0.1:1".parse().unwrap());
            let nowhere = Client::try_from(nowhere).unwrap();
            let context = Context::new(nowhere, Configuration::default(), Offer::default());
            let address = serve_with(context, certificates, patient(), policy).await;
            told.send((
                address,
                PathBuf::from("/proc").join(thread).join("schedstat"),
            ))
            .unwrap();
            std::future::pending::<()>().await;
        });
    });
    tells.recv().unwrap()
}

fn processor(thread: &Path) -> Duration {
    let told = fs::read_to_string(thread).unwrap();
    let nanoseconds = told.split(' ').next().unwrap();
    Duration::from_nanos(nanoseconds.parse().unwrap())
}

/// Measures reviews per second, and the CPU time of each on the webhook's thread.
#[tokio::test]
#[ignore = "measures: cargo test --release --package feast-operator --test webhook -- --ignored --nocapture"]
async fn what_a_review_costs() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = std::env::temp_dir().join(format!("feast-operator-cost-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let certificate = certify(&folder);
    let groups = Group::ALL.iter().map(|group| group.name().to_owned());
    let silent = Policy::new(&[], &groups.collect::<Vec<_>>()).unwrap();
    for (name, policy) in [("lints", Policy::default()), ("no lints", silent)] {
        let (address, thread) = apart(policy, Certificates::Folder(folder.clone()));
        let client = client(address, &certificate);
        let rounds = 5;
        for round in 0..=rounds {
            let (start, before) = (Instant::now(), processor(&thread));
            join_all((0..CROWD).map(|_| async { allowed(&client, 1).await.unwrap() })).await;
            let (all, spent) = (start.elapsed(), processor(&thread).saturating_sub(before));
            let count = u32::try_from(CROWD).unwrap();
            println!(
                "{name}: {:.0} reviews a second, {:?} of processor time for each{}",
                f64::from(count) / all.as_secs_f64(),
                spent / count,
                if round == 0 {
                    ", TLS handshakes included"
                } else {
                    ""
                },
            );
        }
    }
    fs::remove_dir_all(&folder).unwrap();
}
