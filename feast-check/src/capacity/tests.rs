use feast_api::Admitted;
use feast_render::{OperatorSettings, Time};
use serde_json::{Value, json};

use super::*;
use crate::{Checker, Depth, Settings, Text};

/// The capacity of the FeatureStores in a text, with its quotas, autoscalers and other objects.
fn measured(limits: Limits, text: &str) -> Capacity {
    let now = Time("2026-01-01T00:00:00Z".parse().unwrap());
    let mut settings = Settings::new(OperatorSettings::reference(), now);
    settings.depth = Depth::Rendering;
    let checker = Checker::new(settings);
    let mut read = checker.read(Text::new("a.yaml", text));
    let around = checker.gather([&mut read]);
    let mut limits = limits;
    for object in around.beside() {
        limits.add(object, "ml").unwrap();
    }
    let mut capacity = Capacity::new(limits);
    for outcome in checker.finish(read, &around) {
        assert!(outcome.checked.findings.is_empty(), "{:?}", outcome.checked);
        let (store, rendered): (Admitted, _) = *outcome.rendered.unwrap();
        capacity.add(&store, &rendered, around.concerning(&store));
    }
    capacity
}

fn need(capacity: &Capacity, measure: Measure) -> &Need {
    let needs = &capacity.feature_stores()[0].needs;
    needs.iter().find(|need| need.measure == measure).unwrap()
}

/// FeatureStores with an SQL registry and a PostgreSQL online store.
fn store(name: &str, spec: &str) -> String {
    format!(
        "---\napiVersion: feast.dev/v1\nkind: FeatureStore\nmetadata: {{name: {name}, namespace: ml}}\n\
         spec:\n  feastProject: shop\n{spec}  services:\n    registry: {{local: {{persistence: {{store: \
         {{type: sql, secretRef: {{name: db}}}}}}}}}}\n    onlineStore: {{persistence: {{store: \
         {{type: postgres, secretRef: {{name: db}}}}}}}}\n"
    )
}

const DB: &str = "
apiVersion: v1
kind: Secret
metadata: {name: db, namespace: ml}
stringData:
  sql: 'path: postgresql://user:hunter2@db/feast'
  postgres: '{host: db, database: feast, user: user, password: hunter2}'
";

const SCALER: &str = "
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: s, namespace: ml}
spec:
  scaleTargetRef: {apiVersion: feast.dev/v1, kind: FeatureStore, name: shop}
  minReplicaCount: 1
  maxReplicaCount: 8
  triggers: []
";

#[test]
fn a_single_pod_stops_before_the_next_one_starts() {
    let text = format!("{DB}{}{SCALER}", store("shop", ""));
    let capacity = measured(Limits::default(), &text);
    let pods = need(&capacity, Measure::Pods);
    assert_eq!((pods.min.at_rest, pods.min.peak), (1, 1));
    assert_eq!((pods.max.at_rest, pods.max.peak), (8, 10));
    // The deployment's own strategy remains.
    let text = text
        .replace(
            "kind: FeatureStore, name: shop",
            "kind: Deployment, name: feast-shop",
        )
        .replace(
            "apiVersion: feast.dev/v1, kind: Dep",
            "apiVersion: apps/v1, kind: Dep",
        );
    let capacity = measured(Limits::default(), &text);
    let pods = need(&capacity, Measure::Pods);
    assert_eq!((pods.max.at_rest, pods.max.peak), (8, 8));
}

#[test]
fn stores_of_one_host_share_a_database() {
    let text = format!("{DB}{}", store("shop", "  replicas: 3\n"));
    let capacity = measured(Limits::default(), &text);
    let connections = need(&capacity, Measure::Connections);
    assert_eq!(
        connections.database,
        Some(Database::At("db.ml:5432".to_owned()))
    );
    // 15 connections of the registry's pool, and one of the online store.
    assert_eq!((connections.max.at_rest, connections.max.peak), (48, 64));
    assert!(!capacity.to_text(false).contains("hunter2"));
    assert!(!capacity.to_json().to_string().contains("hunter2"));
}

#[test]
fn what_fits_alone_may_not_fit_together() {
    let limits = || Limits::default().at_most(Measure::Connections, 100, "max_connections");
    let one = format!("{DB}{}", store("shop", "  replicas: 3\n"));
    assert!(measured(limits(), &one).fits());
    let both = format!("{one}{}", store("other", "  replicas: 3\n"));
    let capacity = measured(limits(), &both);
    let misfits: Vec<_> = capacity.misfits().collect();
    assert_eq!(
        misfits,
        [
            "all FeatureStores: connections to db.ml:5432: 128 at the peak, \
         max_connections is 100",
        ]
    );
    assert!(!capacity.fits());
}

/// For any number of pods, exactly the stated number of pods fits.
#[test]
fn enough_for_is_exact() {
    for amount in 0..60 {
        let limits = || Limits::default().at_most(Measure::Pods, amount, "the cluster");
        let of = |replicas: u64| {
            let spec = format!("  replicas: {replicas}\n");
            measured(limits(), &format!("{DB}{}", store("shop", &spec)))
        };
        let Some(enough) = need(&of(40), Measure::Pods).enough_for else {
            assert!(of(40).fits(), "{amount}");
            continue;
        };
        assert!(enough == 0 || of(enough).fits(), "{amount}: {enough}");
        assert!(!of(enough + 1).fits(), "{amount}: {enough}");
    }
}

#[test]
fn a_quota_rejects_containers_that_do_not_set_the_resource() {
    let quota = |hard: Value| json!({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "q"}, "spec": {"hard": hard}});
    let of = |hard: Value, more: &str| {
        let quota = quota(hard).to_string();
        let text = format!("{DB}{}---\n{quota}\n{more}", store("shop", ""));
        measured(Limits::default(), &text)
            .misfits()
            .collect::<Vec<_>>()
    };
    let said = of(json!({"requests.cpu": "8"}), "");
    assert_eq!(
        said,
        [
            "FeatureStore ml/shop: CPU requests: ResourceQuota ml/q rejects pods with containers that do \
         not set it: feast-init, feast-apply, online; set it or add a LimitRange",
        ]
    );
    let range = "---\napiVersion: v1\nkind: LimitRange\nmetadata: {name: r}\nspec: {limits: [{type: \
                 Container, defaultRequest: {cpu: 100m}}]}\n";
    assert_eq!(
        of(json!({"requests.cpu": "8"}), range),
        Vec::<String>::new()
    );
    assert_eq!(of(json!({"requests.cpu": "50m"}), range).len(), 1);
    assert_eq!(
        of(json!({"pods": 1, "services": 0}), ""),
        Vec::<String>::new()
    );
}
