//! KEDA scales FeatureStores with the ScaledObject that we generate.
//!
//! `tests/oracle/keda/run.sh` starts a real API server and KEDA's own programs.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "whatever fails ends a test"
)]
#![expect(clippy::print_stdout, reason = "what was refused and counted is told")]
#![allow(dead_code, reason = "the end-to-end tests need more of what is shared")]

#[path = "../e2e/cluster.rs"]
mod cluster;
#[path = "../e2e/operator.rs"]
mod operator;
#[path = "../e2e/plan.rs"]
mod plan;
#[path = "../e2e/proxy.rs"]
mod proxy;
#[path = "../e2e/replicas.rs"]
mod replicas;
#[path = "../e2e/stores.rs"]
mod stores;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::routing::get;
use axum::{Json, Router};
use feast_api::v1::FeatureStore;
use feast_render::keda::{ScaledObjectOptions, Trigger, scaled_object};
use k8s_openapi::api::autoscaling::v2::{HPAScalingRules, HorizontalPodAutoscalerBehavior};
use k8s_openapi::jiff::{Timestamp, ToSpan as _, Unit, tz::TimeZone};
use serde_json::json;

use crate::cluster::{Cluster, within};
use crate::operator::free_address;

/// How long to wait for KEDA, whose cron trigger has minutes.
const PATIENCE: Duration = Duration::from_secs(240);

/// Tests two FeatureStores at once, because each takes minutes.
#[tokio::test]
#[ignore = "needs KEDA: tests/oracle/keda/run.sh"]
async fn feature_stores_follow_a_clock() {
    let cluster = Cluster::start("cron").await;
    let operator = cluster.operator().await;
    // From the next minute on, for a minute.
    let minute = (Timestamp::now() + 75.seconds()).to_zoned(TimeZone::UTC);
    let minute = minute.round(Unit::Minute).unwrap();
    let cron = |minutes: i64| {
        let time = minute.checked_add(minutes.minutes()).unwrap();
        format!("{} {} * * *", time.minute(), time.hour())
    };
    let trigger = trigger(
        "cron",
        &[
            ("timezone", "UTC"),
            ("start", &cron(0)),
            ("end", &cron(1)),
            ("desiredReplicas", "5"),
        ],
    );
    put_scaled(&cluster, "a", trigger).await;
    for replicas in [1, 5, 1] {
        within(PATIENCE, async || cluster.has_scaled("a", replicas).await).await;
    }
    cluster.end(operator).await;
}

#[tokio::test]
#[ignore = "needs KEDA: tests/oracle/keda/run.sh"]
async fn feature_stores_follow_a_figure() {
    let cluster = Cluster::start("metrics-api").await;
    let operator = cluster.operator().await;
    let waiting = Arc::new(AtomicU32::new(0));
    let address = free_address();
    let served = Arc::clone(&waiting);
    let figure = async move || Json(json!({ "waiting": served.load(Ordering::Relaxed) }));
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let served = Router::new().route("/figures", get(figure));
    tokio::spawn(async move { axum::serve(listener, served).await.unwrap() });
    let url = format!("http://{address}/figures");
    let trigger = trigger(
        "metrics-api",
        &[
            ("url", &url),
            ("valueLocation", "waiting"),
            ("targetValue", "10"),
        ],
    );
    put_scaled(&cluster, "a", trigger).await;
    for (figure, replicas) in [(5, 1), (30, 3), (120, 5), (5, 1)] {
        waiting.store(figure, Ordering::Relaxed);
        within(PATIENCE, async || cluster.has_scaled("a", replicas).await).await;
    }
    cluster.end(operator).await;
}

/// Creates a FeatureStore, and a ScaledObject for 1 to 5 replicas.
async fn put_scaled(cluster: &Cluster, name: &str, trigger: Trigger) {
    let mut spec = stores::scaled(1);
    spec.as_object_mut().unwrap().remove("replicas");
    cluster.put_store(name, spec.clone()).await;
    let mut store: FeatureStore = serde_json::from_value(stores::store(name, &spec)).unwrap();
    store.metadata.namespace = Some(cluster.namespace.clone());
    let at_once = HPAScalingRules {
        stabilization_window_seconds: Some(0),
        ..HPAScalingRules::default()
    };
    let options = ScaledObjectOptions {
        max_replicas: 5,
        polling_interval: Some(1),
        behavior: Some(HorizontalPodAutoscalerBehavior {
            scale_down: Some(at_once),
            ..HorizontalPodAutoscalerBehavior::default()
        }),
        triggers: vec![trigger],
        ..ScaledObjectOptions::default()
    };
    let scaled = scaled_object(&store, options).unwrap();
    let scaled = serde_json::to_value(scaled).unwrap();
    cluster.put(&cluster.namespace, scaled).await;
}

fn trigger(type_: &str, metadata: &[(&str, &str)]) -> Trigger {
    let metadata = metadata.iter();
    let metadata: BTreeMap<_, _> = metadata
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    Trigger {
        type_: type_.to_owned(),
        metadata,
        ..Trigger::default()
    }
}
