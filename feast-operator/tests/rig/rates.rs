//! Rate limits.

use std::time::Duration;

use feast_testing::server::{Fault, Requests};
use tokio::time::Instant;

use crate::rig::{Rig, key};
use crate::stores;

/// The number of requests so far.
fn requests(rig: &Rig) -> u32 {
    rig.server.exchanges().len().try_into().unwrap()
}

#[tokio::test(start_paused = true)]
async fn requests_are_made_at_a_rate_and_a_burst_at_once() {
    let flags = ["--hardened", "--kube-api-qps=10", "--kube-api-burst=40"];
    let rig = Rig::with_flags(&flags).await;
    rig.rests().await;
    let (start, before) = (Instant::now(), requests(&rig));
    for name in ["a", "b", "c", "d", "e", "f"] {
        rig.put_store(name, &stores::scaled(2));
    }
    let mut most = 0;
    while !["a", "b", "c", "d", "e", "f"]
        .iter()
        .all(|name| rig.says(name).0 == "Ready")
    {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let made = requests(&rig) - before;
        let allowed = 40 + start.elapsed().as_millis() / 100;
        assert!(u128::from(made) <= allowed, "{made}");
        most = most.max(made);
    }
    assert!(most > 80, "it was not the rate that held it up: {most}");
    let took = start.elapsed().as_secs();
    assert!(
        took <= u64::from(most - 40) / 10 + 2,
        "it was held up longer: {took} s"
    );
    rig.rests().await;
    rig.is_planned("f");
}

#[tokio::test(start_paused = true)]
async fn a_rate_does_not_keep_a_lease_from_being_renewed() {
    let flags = ["--hardened", "--kube-api-qps=0.5", "--kube-api-burst=1"];
    let mut rig = Rig::elected(&flags).await;
    rig.put_store("a", &stores::scaled(2));
    Rig::seconds(600).await;
    let transitions = |rig: &Rig| {
        let lease = rig.server.of_kind("coordination.k8s.io/v1", "Lease");
        lease[0]["spec"]["leaseTransitions"].clone()
    };
    assert_eq!(transitions(&rig), 1);
    rig.is_planned("a");
    rig.kill();
}

#[tokio::test(start_paused = true)]
async fn what_failed_is_tried_again_as_told() {
    let attempts = async |flags: &[&str], seconds| {
        let rig = Rig::with_flags(&[&["--hardened"], flags].concat()).await;
        let refused = Fault::Invalid("spec: as the test wants it".into());
        rig.server.fault(Requests::writes().of("services"), refused);
        rig.put_store("a", &stores::minimal());
        Rig::seconds(seconds).await;
        let exchanges = rig.server.exchanges();
        let refused = exchanges
            .iter()
            .filter(|exchange| exchange.resource == "services");
        let count = refused.filter(|exchange| exchange.is_write()).count();
        rig.server.recover();
        rig.rests().await;
        rig.is_planned("a");
        assert!(rig.server.get(&key("a")).is_some());
        count
    };
    let steady = ["--retry-base-delay=30s", "--retry-max-delay=30s"];
    let found = attempts(&steady, 600).await;
    assert!(
        (10..=24).contains(&found),
        "{found} of 600 s, 30 to 60 s each"
    );
    let slow = ["--retry-base-delay=10m", "--retry-max-delay=1h"];
    let found = attempts(&slow, 590).await;
    assert!(found <= 3, "{found}: only for changes in between");
    let found = attempts(&[], 600).await;
    assert!((7..=14).contains(&found), "{found}");
}
