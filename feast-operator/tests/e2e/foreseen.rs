//! The `plan` command.

use crate::cluster::{Cluster, eventually};
use crate::stores;

#[tokio::test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
async fn what_is_foreseen_is_done() {
    let cluster = Cluster::start("foreseen").await;
    cluster.put_store("a", stores::scaled(2)).await;
    let (told, code) = cluster.foreseen().await;
    let namespace = cluster.namespace.clone();
    assert!(
        told.starts_with(&format!("FeatureStore {namespace}/a\n")),
        "{told}"
    );
    assert!(told.contains("\n  + Deployment feast-a\n"), "{told}");
    assert_eq!(code, Some(1));
    assert_eq!(cluster.proxy.writes().len(), 0, "it is only read");

    let operator = cluster.operator().await;
    eventually(async || cluster.is_planned("a").await).await;
    cluster.rests(&operator).await;
    operator.kill().await;
    let nothing = format!(
        "FeatureStore {namespace}/a: nothing\n\
         0 of 1 FeatureStores change, 0 restart pods, 0 fail\n"
    );
    assert_eq!(cluster.foreseen().await, (nothing, Some(0)));

    cluster.put_store("a", stores::scaled(3)).await;
    let (told, code) = cluster.foreseen().await;
    assert!(
        told.contains("\n  ~ Deployment feast-a: spec.replicas\n"),
        "{told}"
    );
    assert_eq!(code, Some(1));
    let operator = cluster.operator().await;
    cluster.end(operator).await;
}
