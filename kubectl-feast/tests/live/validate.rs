//! `kubectl feast validate --live`.

use feast_testing::server::{Fault, Requests};
use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::objects::{DB, PASSWORD, SHOP};

/// Disables the lints that report every FeatureStore here.
const QUIET: [&str; 2] = ["--allow", "all"];

#[test]
fn the_namespace_of_the_context_is_looked_at() {
    let cluster = Cluster::with_shop();
    let other = SHOP.replace("namespace: ml", "namespace: risk");
    cluster.add(&other);
    cluster.add(&DB.replace("namespace: ml", "namespace: risk"));
    let counts = |arguments: &[&str]| {
        let run = cluster.run(&[&["validate", "--live"], arguments].concat());
        assert_eq!(run.stderr, "");
        run.stdout.lines().last().unwrap_or_default().to_owned()
    };
    for (arguments, expected) in [
        (&[][..], "1 FeatureStore"),
        (&["-n", "risk"], "1 FeatureStore"),
        (
            &["--context", "other", "--allow-empty"],
            "nothing was checked",
        ),
        (&["-A"], "2 FeatureStores"),
        (&["shop"], "1 FeatureStore"),
        (&["featurestore/shop"], "1 FeatureStore"),
    ] {
        let said = counts(arguments);
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
}

#[test]
fn what_is_found_stands_where_kubectl_prints_it() {
    let cluster = Cluster::new();
    cluster.add(SHOP);
    let run = cluster.run(&["validate", "--live", "--output", "json"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    let found: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let findings = found["findings"].as_array().expect("a list");
    let missing = findings.iter().find(|it| it["code"] == "missing-input");
    let missing = missing.expect("the Secret is missing");
    assert_eq!(missing["file"], "ml/shop");
    assert_eq!(missing["message"], "missing: Secret ml/db with the key sql");
    let place = "spec.services.registry.local.persistence.store.secretRef";
    assert_eq!(missing["field"], place);
}

#[test]
fn what_only_variables_and_volumes_name_is_missing_too() {
    let cluster = Cluster::new();
    cluster.add(DB);
    let server = "server: {envFrom: [{secretRef: {name: tokens}}, {configMapRef: {name: maybe, \
                  optional: true}}], env: [{name: A, valueFrom: {secretKeyRef: {name: tokens, key: a}}}]}";
    cluster.add(&SHOP.replace("server: {}", server));
    let missing = || {
        let run = cluster.run(&["validate", "--live", "-o", "json"]);
        let found: Value = serde_json::from_str(&run.stdout).expect("JSON");
        let findings = found["findings"].as_array().expect("a list").iter();
        let missing = findings.filter(|it| it["code"] == "missing-input");
        let texts = missing.map(|it| (it["message"].clone(), it["field"].clone()));
        texts.collect::<Vec<_>>()
    };
    let place = "spec.services.registry.local.server";
    assert_eq!(
        missing(),
        [(
            json!("missing: Secret ml/tokens"),
            json!(format!("{place}.env[0].valueFrom.secretKeyRef.name"))
        )]
    );
    let secrets = Requests::all().of("secrets");
    cluster.server.fault(secrets, Fault::Forbidden);
    assert_eq!(missing(), []);
}

#[test]
fn a_secret_that_may_not_be_read_is_taken_to_be_right() {
    let cluster = Cluster::with_shop();
    cluster
        .server
        .fault(Requests::all().of("secrets"), Fault::Forbidden);
    let run = cluster.run(&["validate", "--live"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(
        run.stderr,
        "note: you may not get secrets in namespace ml (db): assumed to be correct\n"
    );
}

#[test]
fn a_secret_is_never_shown() {
    let cluster = Cluster::with_shop();
    let wrong = DB.replace("c3FsOg", "").replace("cGF0aDog", "");
    cluster.add(&wrong);
    for output in ["human", "json", "sarif", "junit", "tap", "github"] {
        let run = cluster.run(&["validate", "--live", "--output", output]);
        let said = run.stdout + &run.stderr;
        assert!(
            !said.contains(PASSWORD) && !said.contains("aHVudGVyMg"),
            "{said}"
        );
    }
}

#[test]
fn the_crd_of_the_cluster_judges_unless_a_release_is_named() {
    let cluster = Cluster::with_shop();
    // A CRD in which someone has changed the FeatureStore schema.
    let mut crd = serde_json::to_value(feast_api::crd()).expect("JSON");
    for version in crd["spec"]["versions"].as_array_mut().expect("versions") {
        version["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]["feastProject"]
            ["maxLength"] = json!(2);
    }
    cluster.put(&crd);
    let run = cluster.run(&[&["validate", "--live"][..], &QUIET].concat());
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stdout.contains("may not be more than 2"), "{run:?}");
    assert!(run.stdout.contains("--> ml/shop:"), "{run:?}");
    let run = cluster.run(&[&["validate", "--live", "--release", "0.66"][..], &QUIET].concat());
    assert_eq!(run.code, Some(0), "{run:?}");

    let crds = Requests::all().of("customresourcedefinitions");
    cluster.server.fault(crds, Fault::Forbidden);
    let run = cluster.run(&[&["validate", "--live"][..], &QUIET].concat());
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stderr.contains("using the CRD of --release"), "{run:?}");
}

#[test]
fn lists_are_read_in_parts() {
    let cluster = Cluster::new();
    cluster.add(SHOP);
    cluster.add(DB);
    let shop = cluster
        .server
        .of_kind("feast.dev/v1", "FeatureStore")
        .remove(0);
    cluster.server.change(|objects| {
        for number in 1..501 {
            let mut other = shop.clone();
            other["metadata"]["name"] = format!("shop-{number}").into();
            objects.put(other);
        }
    });
    let run = cluster.run(&[&["validate", "--live"][..], &QUIET].concat());
    assert!(run.stdout.contains("501 FeatureStores"), "{}", run.stdout);
    let exchanges = cluster.server.exchanges();
    let secrets = exchanges.iter().filter(|it| it.resource == "secrets");
    assert_eq!(secrets.count(), 1, "what many want is read once");
}

#[test]
fn nothing_to_look_at_is_no_success() {
    let cluster = Cluster::new();
    let run = cluster.run(&["validate", "--live"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    let run = cluster.run(&["validate", "--live", "gone"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert_eq!(run.stderr, "error: there is no FeatureStore ml/gone\n");
}
