//! `kubectl feast render --live`, `graph --live` and `capacity --live`.

use feast_testing::cluster::Key;
use feast_testing::server::{Fault, Requests};
use serde_json::json;

use crate::cluster::Cluster;
use crate::objects::{DB, PASSWORD, SHOP};

#[test]
fn objects_name_their_owner_as_it_is_in_the_cluster() {
    let cluster = Cluster::with_shop();
    let stored = cluster.server.of_kind("feast.dev/v1", "FeatureStore");
    let uid = stored[0]["metadata"]["uid"].as_str().expect("a uid");
    let run = cluster.run(&["render", "--live", "shop"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    assert!(
        run.stdout.contains(&format!("uid: {uid}")),
        "{}",
        run.stdout
    );
    // Like the operator, it writes credentials into the servers' document.
    let run = cluster.run(&["render", "--live", "shop", "--document", "service"]);
    assert!(run.stdout.contains(PASSWORD), "{}", run.stdout);
}

#[test]
fn what_is_no_longer_called_for_is_told() {
    let cluster = Cluster::with_shop();
    let stored = cluster.server.of_kind("feast.dev/v1", "FeatureStore");
    let owner = json!([{
        "apiVersion": "feast.dev/v1", "kind": "FeatureStore", "name": "shop",
        "uid": stored[0]["metadata"]["uid"], "controller": true, "blockOwnerDeletion": true,
    }]);
    cluster.put(&json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": { "name": "feast-shop-ui", "namespace": "ml", "ownerReferences": owner },
    }));
    let run = cluster.run(&["render", "--live", "shop"]);
    assert_eq!(run.code, Some(0));
    assert_eq!(run.stderr, "to be deleted: Service ml/feast-shop-ui\n");
}

#[test]
fn a_secret_that_may_not_be_read_is_seen_in_the_document() {
    let cluster = Cluster::with_shop();
    cluster
        .server
        .fault(Requests::all().of("secrets"), Fault::Forbidden);
    let run = cluster.run(&["render", "--live", "shop", "--document", "service"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.stdout.contains("<key sql of Secret ml/db>"),
        "{}",
        run.stdout
    );
    assert!(
        run.stderr.starts_with("note: you may not get secrets"),
        "{}",
        run.stderr
    );
}

#[test]
fn openshift_is_found_by_its_apis() {
    let cluster = Cluster::with_shop();
    let routes = definition("route.openshift.io", "v1", "Route", "routes");
    let cluster = cluster.with(routes);
    let kinds = |cluster: &Cluster| {
        let run = cluster.run(&["render", "--live", "shop"]);
        assert_eq!(run.code, Some(0), "{run:?}");
        run.stdout
    };
    let annotation = "service.beta.openshift.io/serving-cert-secret-name";
    assert!(kinds(&cluster).contains(annotation));
    assert!(!kinds(&Cluster::with_shop()).contains(annotation));
}

#[test]
fn flags_that_say_what_the_cluster_says_are_refused() {
    let cluster = Cluster::with_shop();
    for (arguments, expected) in [
        (&["--uid", "1"][..], "remove --uid and --observed"),
        (
            &["-f", "store.yaml"],
            "--filename and --live exclude each other",
        ),
    ] {
        let run = cluster.run(&[&["render", "--live"], arguments].concat());
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.stderr.contains(expected), "{run:?}");
    }
}

#[test]
fn a_feature_store_of_another_namespace_is_followed() {
    let cluster = Cluster::with_shop();
    cluster.add(
        "{apiVersion: feast.dev/v1, kind: FeatureStore, metadata: {name: reader, namespace: risk},
          spec: {feastProject: shop, services: {registry: {remote: {feastRef: {name: shop,
          namespace: ml}}}}}}",
    );
    let ready = json!({
        "applied": { "feastProject": "shop", "services": { "registry": { "local": { "server": {} } } } },
        "serviceHostnames": { "registry": "feast-shop-registry.ml.svc.cluster.local:80" },
        "conditions": [{
            "type": "Registry", "status": "True", "reason": "Ready", "message": "",
            "lastTransitionTime": "2026-01-01T00:00:00Z",
        }],
    });
    let shop = Key::new("feast.dev/v1", "FeatureStore", "ml", "shop");
    cluster
        .server
        .change(|objects| objects.set_status(&shop, ready));
    let run = cluster.run(&["render", "--live", "-n", "risk", "--document", "client"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
    assert!(
        run.stdout.contains("feast-shop-registry.ml"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_graph_shows_all_of_the_cluster() {
    let cluster = Cluster::with_shop();
    let other = |text: &str| text.replace("namespace: ml", "namespace: risk");
    cluster.add(&other(SHOP));
    cluster.add(&other(DB));
    let run = cluster.run(&["graph", "--live", "--all-namespaces"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let deployments = run.stdout.matches("\n    Deployment ").count();
    assert_eq!(deployments, 2, "{}", run.stdout);
}

#[test]
fn the_quotas_of_a_cluster_count() {
    let cluster = Cluster::with_shop();
    let run = cluster.run(&["capacity", "--live"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
    cluster.put(&json!({
        "apiVersion": "v1", "kind": "ResourceQuota",
        "metadata": { "name": "compute", "namespace": "ml" },
        "spec": { "hard": { "pods": "0" } },
    }));
    let run = cluster.run(&["capacity", "--live", "shop"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(1), ""), "{run:?}");
    let said = "pods: 1 at rest, ResourceQuota ml/compute is 0; no pod fits";
    assert!(run.stdout.contains(said), "{}", run.stdout);
    assert!(!run.stdout.contains(PASSWORD), "{}", run.stdout);
    cluster
        .server
        .fault(Requests::all().of("resourcequotas"), Fault::Forbidden);
    let run = cluster.run(&["capacity", "--live", "shop"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.stderr
            .starts_with("note: you may not list resourcequotas"),
        "{}",
        run.stderr
    );
}

fn definition(group: &str, version: &str, kind: &str, plural: &str) -> crd_admission::Crd {
    let crd = json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": { "name": format!("{plural}.{group}") },
        "spec": {
            "group": group, "scope": "Namespaced", "names": { "kind": kind, "plural": plural },
            "versions": [{
                "name": version, "served": true, "storage": true,
                "schema": { "openAPIV3Schema": {
                    "type": "object", "x-kubernetes-preserve-unknown-fields": true,
                } },
            }],
        },
    });
    crd_admission::Crd::parse(crd.to_string().as_bytes()).expect("a CRD")
}
