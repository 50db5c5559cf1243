//! `kubectl feast diff FILE --live`: this server does not support dry runs, so the manifest is
//! merged locally.

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use crate::cluster::{Cluster, Run};
use crate::objects::{DB, PASSWORD, SHOP};

/// A cluster in which `kubectl apply` applied an object that someone else has changed since.
fn shop() -> Cluster {
    let cluster = Cluster::new();
    cluster.add(DB);
    let text = feast_check::Text::new("shop", SHOP);
    let document = text.documents().remove(0).expect("an object");
    let mut shop = json!(document.object());
    let applied = shop.to_string();
    shop["metadata"]["annotations"] =
        json!({ "kubectl.kubernetes.io/last-applied-configuration": applied });
    shop["spec"]["cronJob"] = json!({ "suspend": true });
    cluster.put(&shop);
    cluster
}

fn diff(cluster: &Cluster, name: &str, text: &str, more: &[&str]) -> Run {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.yaml"));
    fs::write(&file, text).expect("a file");
    let file = file.to_str().expect("text");
    let run = cluster.run(&[&["diff", file, "--live"], more].concat());
    assert!(
        !(run.stdout.clone() + &run.stderr).contains(PASSWORD),
        "{run:?}"
    );
    assert_eq!(cluster.server.writes(), [], "nothing is written");
    run
}

#[test]
fn what_others_wrote_stays() {
    let run = diff(&shop(), "same", SHOP, &[]);
    assert_eq!(
        (run.code, run.stdout.contains("no change")),
        (Some(0), true),
        "{run:?}"
    );
    assert!(
        run.stderr
            .contains("merged locally as `kubectl apply` does"),
        "{run:?}"
    );
}

#[test]
fn what_the_file_has_no_longer_goes() {
    let without = SHOP.replace("        server: {}\n", "");
    let run = diff(&shop(), "without", &without, &[]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.stdout.contains("- Service ml/feast-shop-registry"),
        "{run:?}"
    );
    assert!(!run.stdout.contains("CronJob ml"), "{run:?}");
}

#[test]
fn the_namespace_of_the_context_is_that_of_the_file() {
    let new = SHOP.replace("name: shop, namespace: ml", "name: new");
    let run = diff(&shop(), "new", &new, &[]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stdout.contains("+ Deployment ml/feast-new"), "{run:?}");
}

#[test]
fn a_secret_of_the_file_counts_before_that_of_the_cluster() {
    let other = DB.replace("cGF0aDogcG9zdGdyZXNxbCt", "cGF0aDogcG9zdGdyZXNxbHt");
    assert_ne!(other, DB);
    let run = diff(&shop(), "secret", &format!("{SHOP}---{other}"), &[]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stdout.contains("Deployment ml/feast-shop"), "{run:?}");
}

#[test]
fn only_one_thing_is_compared_with_a_cluster() {
    let run = diff(&shop(), "scaled", SHOP, &["--scale", "2"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains("remove NEW, --scale"), "{run:?}");
    let run = diff(&shop(), "empty", "", &[]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains("nothing to compare"), "{run:?}");
}
