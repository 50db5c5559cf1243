//! One of several replicas is the leader, whatever happens to its connection.

use std::time::Duration;

use feast_operator::configuration::Configuration;
use feast_operator::context::Context;
use feast_operator::controller::{Lost, run_elected};
use feast_operator::leader::{Election, Times};
use feast_operator::platform::Offer;
use feast_testing::server::{Fault, Requests, Server, Verb};
use futures::FutureExt;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::rig::Rig;
use crate::stores;

fn election(server: &Server, identity: &str) -> Election {
    let client = server.client_of(identity);
    Election::new(client, "operators", "lease", identity.to_owned())
}

/// Leads; reports the start, and returns the end.
async fn lead(election: Election, begins: oneshot::Sender<Instant>) -> Instant {
    let held = election.win().await;
    let _ = begins.send(Instant::now());
    election.keep(held).await;
    Instant::now()
}

/// Requests fail from some time on; returns when the first replica stops, and when the second one
/// starts.
async fn after(fault: Fault, requests: Requests, milliseconds: u64) -> (Instant, Instant) {
    let server = Server::new();
    let (begins, began) = oneshot::channel();
    let first = tokio::spawn(lead(election(&server, "first"), begins));
    began.await.unwrap();
    let (begins, began) = oneshot::channel();
    let second = tokio::spawn(lead(election(&server, "second"), begins));
    tokio::time::sleep(Duration::from_millis(6_000 + milliseconds)).await;
    assert!(!first.is_finished());
    server.fault(requests, fault);
    let times = (first.await.unwrap(), began.await.unwrap());
    second.abort();
    times
}

#[tokio::test(start_paused = true)]
async fn one_that_is_cut_off_ends_before_another_begins() {
    let slow = |seconds| Fault::Slow(Duration::from_secs(seconds));
    for fault in [
        Fault::Cut,
        Fault::Silent,
        Fault::Lost,
        Fault::InternalError,
        Fault::TooManyRequests,
        slow(20),
    ] {
        for milliseconds in (0..2000).step_by(500) {
            for requests in [
                Requests::all().by("first"),
                Requests::to(Verb::Update).by("first"),
            ] {
                let (end, begin) = after(fault.clone(), requests, milliseconds).await;
                let margin = begin.checked_duration_since(end);
                let margin = margin.unwrap_or_else(|| panic!("two lead: {fault:?}"));
                assert!(margin > Duration::from_secs(2), "{fault:?}: {margin:?}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn how_long_the_lease_lasts_says_who_holds_it() {
    let seconds = Duration::from_secs;
    let long = Times::new(seconds(60), seconds(40), seconds(5)).unwrap();
    let short = Times::new(seconds(3), seconds(2), seconds(1)).unwrap();
    for (times, ends, begins) in [
        // From the last renewal until the others check again.
        (long, 35..=40, 55..=66),
        (Times::default(), 8..=10, 13..=21),
        (short, 1..=2, 2..=9),
    ] {
        // The waiting replica has other durations, as during a change of flags.
        for others in [long, Times::default(), short] {
            let server = Server::new();
            let (leads, leading) = oneshot::channel();
            let first = election(&server, "first").with_times(times);
            let first = tokio::spawn(lead(first, leads));
            leading.await.unwrap();
            let second = election(&server, "second").with_times(others);
            let second = tokio::spawn(async move {
                second.win().await;
                Instant::now()
            });
            Rig::seconds(100).await;
            assert!(!first.is_finished() && !second.is_finished());
            server.fault(Requests::all().by("first"), Fault::Cut);
            let start = Instant::now();
            let after = |then: Instant| then.duration_since(start).as_secs();
            let (end, begin) = (first.await.unwrap(), second.await.unwrap());
            assert!(end < begin, "{times:?}, {others:?}: two lead");
            let (end, begin) = (after(end), after(begin));
            assert!(ends.contains(&end), "{times:?}: {end} s");
            assert!(begins.contains(&begin), "{times:?}, {others:?}: {begin} s");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_short_interruption_changes_nothing() {
    for fault in [Fault::Cut, Fault::Conflict, Fault::Lost, Fault::Silent] {
        let server = Server::new();
        let (begins, began) = oneshot::channel();
        let first = tokio::spawn(lead(election(&server, "first"), begins));
        began.await.unwrap();
        for _ in 0..10 {
            server.fault(Requests::all().times(1), fault.clone());
            Rig::seconds(30).await;
        }
        assert!(!first.is_finished(), "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_ends_leaves_at_once() {
    let server = Server::new();
    let first = election(&server, "first");
    first.win().await;
    first.release().await;
    let start = Instant::now();
    election(&server, "second").win().await;
    assert!(start.elapsed() < Duration::from_secs(1));
    // It no longer holds the Lease, so it cannot release it.
    first.release().await;
    let third = election(&server, "third");
    let third = tokio::time::timeout(Duration::from_secs(10), third.win());
    assert!(third.await.is_err());
}

/// An operator that works while it is the leader.
async fn operator(rig: &Rig, identity: &str) -> JoinHandle<Result<(), Lost>> {
    let client = rig.server.client_of(identity);
    let offer = Offer::discover(&client).await.unwrap();
    let context = Context::new(client, rig.settings.configuration().unwrap(), offer);
    let election = election(&rig.server, identity);
    let shutdown = std::future::pending().boxed().shared();
    tokio::spawn(async move { run_elected(context, &election, shutdown).await })
}

#[tokio::test(start_paused = true)]
async fn another_operator_takes_over() {
    let mut rig = Rig::start().await;
    rig.kill();
    let first = operator(&rig, "first").await;
    Rig::seconds(5).await;
    let _second = operator(&rig, "second").await;
    rig.put_store("a", &stores::scaled(2));
    Rig::seconds(60).await;
    rig.is_planned("a");
    let by = |user: &str| {
        let writes = rig.server.writes();
        writes.iter().filter(|write| write.user == user).count()
    };
    assert!(by("first") > 0);
    assert_eq!(by("second"), 0, "it waits");

    rig.server.fault(Requests::all().by("first"), Fault::Silent);
    rig.put_store("a", &stores::all_servers());
    assert!(first.await.unwrap().is_err(), "it ends");
    let writes = by("first");
    rig.server.recover();
    Rig::seconds(60).await;
    rig.is_planned("a");
    assert!(by("second") > 0);
    assert_eq!(by("first"), writes, "its passes ended with it");
}

#[test]
fn operators_have_names_of_their_own() {
    let name = Configuration::default().identity;
    assert_eq!(
        name,
        Configuration::default().identity,
        "the same all along"
    );
    let number = format!("-{}", std::process::id());
    assert!(name.len() > 20 && !name.ends_with(&number), "{name}");
}
