//! Going back to Feast's Go operator, as described in docs/operator.md.

use k8s_openapi::api::apps::v1::Deployment;

use crate::cluster::{Cluster, eventually};
use crate::stores;

#[tokio::test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
async fn what_the_reference_makes_is_left_to_it() {
    let namespace = format!("back-{}", std::process::id());
    let flags = ["--namespace", &namespace];
    let hardened = [&flags[..], &["--hardened"]].concat();
    let mut cluster = Cluster::alone("back", &hardened).await;
    let names = ["servers", "databases"];
    cluster.put_store(names[0], stores::all_servers()).await;
    cluster.put_store(names[1], stores::scaled(2)).await;
    let operator = cluster.operator().await;
    for name in names {
        eventually(async || cluster.is_planned(name).await).await;
    }
    operator.stop().await;

    // It renders like the reference, and removes finalizers.
    let back = [
        "--no-leader-election",
        "--corrections=none",
        "--store-yaml=deployment",
        "--no-finalizers",
    ];
    cluster.tell(&[&flags[..], &back].concat());
    let operator = cluster.operator().await;
    for name in names {
        eventually(async || cluster.is_planned(name).await).await;
    }
    cluster.rests(&operator).await;
    operator.stop().await;
    for name in names {
        let store = cluster.feature_store(&cluster.store(name)).await.unwrap();
        assert_eq!(
            store.metadata.finalizers.as_deref().unwrap_or_default(),
            [""; 0]
        );
    }

    // A FeatureStore can be deleted without an operator.
    cluster.delete(&cluster.store(names[0])).await;
    eventually(async || {
        let deployment = cluster.own::<Deployment>(names[0]);
        let left = cluster.get(&deployment).await;
        left.map_or(Ok(()), |left| Err(left.to_string()))
    })
    .await;
    let kept = cluster.own::<Deployment>(names[1]);
    assert!(cluster.get(&kept).await.is_some());

    // After switching again, the leftovers in shared objects are removed.
    cluster.tell(&[&["--no-leader-election"], &hardened[..]].concat());
    let operator = cluster.operator().await;
    cluster.end(operator).await;
}
