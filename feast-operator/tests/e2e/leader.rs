//! Several replicas, one of which is the leader.

use crate::cluster::{Cluster, eventually};
use crate::stores;

#[tokio::test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
async fn another_operator_takes_over() {
    let lease = format!("lease-{}", std::process::id());
    let flags = ["--lease", &lease];
    let cluster = Cluster::with_flags("leader", &flags).await;
    let first = cluster.operator_with(&["--identity", "first"]).await;
    cluster.put_store("a", stores::scaled(2)).await;
    eventually(async || cluster.is_planned("a").await).await;
    let second = cluster.operator_with(&["--identity", "second"]).await;
    cluster.put_store("a", stores::all_servers()).await;
    eventually(async || cluster.is_planned("a").await).await;
    assert!(first.writes().await > 0);
    assert_eq!(second.passes().await, 0, "the second waits");

    // In the middle of a change.
    cluster.put_store("a", stores::scaled(3)).await;
    first.kill().await;
    eventually(async || cluster.is_planned("a").await).await;

    // A replica that is stopped releases the Lease at once.
    let third = cluster.operator_with(&["--identity", "third"]).await;
    second.stop().await;
    cluster.put_store("a", stores::minimal()).await;
    eventually(async || cluster.is_planned("a").await).await;
    assert!(third.writes().await > 0);
    cluster.end(third).await;
}
