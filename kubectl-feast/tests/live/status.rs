//! `kubectl feast status`.

use feast_testing::cluster::{Conflicts, Key};
use feast_testing::server::{Fault, Requests};
use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::objects::{DB, PASSWORD, SHOP};

/// A cluster in which an operator has created everything, but pods cannot start.
fn shop() -> Cluster {
    let cluster = Cluster::with_shop();
    let rendered = cluster.run(&["render", "--live", "shop"]);
    assert_eq!(rendered.code, Some(0), "{rendered:?}");
    cluster.add(&rendered.stdout);
    let status = cluster.run(&["render", "--live", "shop", "--status", "-o", "json"]);
    let status: Value = serde_json::from_str(&status.stdout).expect("JSON");
    cluster
        .server
        .change(|objects| objects.set_status(&store(), status));
    cluster
}

fn store() -> Key {
    Key::new("feast.dev/v1", "FeatureStore", "ml", "shop")
}

fn deployment() -> Key {
    Key::new("apps/v1", "Deployment", "ml", "feast-shop")
}

fn change(cluster: &Cluster, key: &Key, change: impl FnOnce(&mut Value)) {
    cluster.server.change(|store| {
        let mut object = store.get(key).expect("it is there").clone();
        change(&mut object);
        store.put(object);
    });
}

fn pod(cluster: &Cluster, state: &Value, ready: bool) {
    cluster.put(&json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": { "name": "feast-shop-1", "namespace": "ml", "labels": { "feast.dev/name": "shop" } },
    }));
    let container = |name: &str| {
        json!({
            "name": name, "image": "", "imageID": "", "ready": ready, "restartCount": 0,
            "state": state,
        })
    };
    let status = json!({ "containerStatuses": [container("online"), container("registry")] });
    let pod = Key::new("v1", "Pod", "ml", "feast-shop-1");
    cluster
        .server
        .change(|objects| objects.set_status(&pod, status));
}

/// The status as text and as data.
fn status(cluster: &Cluster) -> (Option<i32>, String, Value) {
    let screen = cluster.run(&["status", "shop"]);
    assert!(!screen.stdout.contains(PASSWORD), "{screen:?}");
    let data = cluster.run(&["status", "shop", "-o", "json"]);
    let data = serde_json::from_str(&data.stdout).expect("JSON");
    (screen.code, screen.stdout, data)
}

#[test]
fn a_pod_says_why_it_is_not_ready() {
    let cluster = shop();
    let waiting = json!({ "waiting": { "reason": "ErrImagePull", "message": "no such image" } });
    pod(&cluster, &waiting, false);
    cluster.put(&json!({
        "apiVersion": "v1", "kind": "Event", "type": "Warning", "reason": "FailedMount",
        "metadata": { "name": "e", "namespace": "ml" }, "message": "no such volume",
        "involvedObject": { "kind": "Pod", "name": "feast-shop-1" },
    }));
    let (code, screen, data) = status(&cluster);
    assert_eq!(code, Some(1));
    let expected = "\
ml/shop  Pending  feast 0.66.0  0 of 1 replicas
Servers
  online    feast-shop-online.ml.svc.cluster.local:80    0 of 1 ready
  registry  feast-shop-registry.ml.svc.cluster.local:80  0 of 1 ready
";
    assert!(screen.starts_with(expected), "{screen}");
    let why = "\
Why
  container online: ErrImagePull: no such image
  container registry: ErrImagePull: no such image
  Pod: FailedMount: no such volume
";
    assert!(screen.ends_with(why), "{screen}");
    assert_eq!(data["deviations"], json!([]), "{screen}");
    assert_eq!(data["servers"][0]["ready"], 0);
    assert_eq!(data["replicas"], json!({ "ready": 0, "desired": 1 }));
}

#[test]
fn what_is_as_it_should_be_is_fine() {
    let cluster = shop();
    pod(&cluster, &json!({ "running": {} }), true);
    cluster
        .server
        .change(|objects| objects.make_available(&deployment()));
    let reported = cluster.run(&["render", "--live", "shop", "--status", "-o", "json"]);
    let reported: Value = serde_json::from_str(&reported.stdout).expect("JSON");
    cluster
        .server
        .change(|objects| objects.set_status(&store(), reported));
    let (code, screen, _) = status(&cluster);
    assert_eq!(code, Some(0), "{screen}");
    assert!(
        screen.starts_with("ml/shop  Ready  feast 0.66.0  1 of 1 replicas\n"),
        "{screen}"
    );
    assert!(!screen.contains("Why"), "{screen}");
}

#[test]
fn what_differs_is_named_by_its_fields() {
    let cluster = shop();
    change(&cluster, &deployment(), |object| {
        object["spec"]["template"]["spec"]["containers"][0]["image"] = "mine".into();
    });
    let service = Key::new("v1", "Service", "ml", "feast-shop-registry");
    cluster.server.change(|objects| objects.delete(&service));
    let (code, screen, data) = status(&cluster);
    assert_eq!(code, Some(1));
    let fields = "spec.template.spec.containers[registry].image";
    let expected = json!([
        { "object": "Service feast-shop-registry", "what": "missing", "fields": [] },
        { "object": "Deployment feast-shop", "what": "changed", "fields": [fields] },
    ]);
    assert_eq!(data["deviations"], expected, "{screen}");
    assert!(screen.contains(fields), "{screen}");
}

#[test]
fn what_the_operator_applied_and_no_longer_wants_differs() {
    let fields = |manager: &str| {
        let cluster = shop();
        let paused = json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": { "name": "feast-shop", "namespace": "ml" }, "spec": { "paused": true },
        });
        let applied = cluster
            .server
            .change(|objects| objects.apply_as(manager, &paused, Conflicts::Force));
        applied.expect("nobody else has it");
        let (_, _, data) = status(&cluster);
        data["deviations"][0]["fields"].clone()
    };
    assert_eq!(fields("feast-operator"), json!(["spec.paused"]));
    assert_eq!(fields("kubectl"), Value::Null);
}

#[test]
fn an_operator_that_says_nothing_is_missed() {
    let cluster = Cluster::new();
    cluster.add(SHOP);
    cluster.add(DB);
    let (code, screen, _) = status(&cluster);
    assert_eq!(code, Some(1));
    assert!(screen.contains("it has no status yet"), "{screen}");
    let cluster = shop();
    change(&cluster, &store(), |object| {
        object["spec"]["feastProject"] = "other".into();
    });
    let (_, screen, _) = status(&cluster);
    assert!(
        screen.contains("has not processed the last change yet"),
        "{screen}"
    );
}

#[test]
fn what_may_not_be_read_is_no_difference() {
    let cluster = shop();
    for resource in ["pods", "events", "secrets", "roles", "deployments"] {
        cluster
            .server
            .fault(Requests::all().of(resource), Fault::Forbidden);
    }
    let run = cluster.run(&["status", "shop"]);
    assert!(!run.stdout.contains("Drift"), "{run:?}");
    for resource in ["pods", "events", "roles.rbac", "deployments.apps"] {
        assert!(run.stderr.contains(resource), "{run:?}");
    }
}

#[test]
fn all_of_a_namespace_are_shown_or_those_named() {
    let cluster = shop();
    cluster.add(&SHOP.replace("name: shop", "name: other"));
    let run = cluster.run(&["status"]);
    assert!(
        run.stdout.contains("ml/shop") && run.stdout.contains("ml/other"),
        "{run:?}"
    );
    let run = cluster.run(&["status", "gone"]);
    assert_eq!(run.stderr, "error: there is no FeatureStore ml/gone\n");
    let run = cluster.run(&["status", "-n", "empty"]);
    assert_eq!(run.code, Some(2), "{run:?}");
}
