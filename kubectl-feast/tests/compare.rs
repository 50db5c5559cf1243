//! `crd --compare`, with the CRDs of other releases as new ones.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kubectl-feast"))
        .args(arguments)
        .output()
        .expect("the binary runs")
}

/// Writes the CRD of a release to a file.
fn crd_of(release: &str) -> String {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("crd-of-{release}.yaml"));
    let crd = run(&["crd", "--release", release]).stdout;
    std::fs::write(&file, crd).expect("the folder can be written");
    file.to_str().expect("a text").to_owned()
}

const STORE: &str = "tests/data/without-authorization.yaml";

#[test]
fn what_a_definition_changes_is_told_with_what_that_means() {
    let file = crd_of("0.65");
    let output = run(&["crd", "--compare", &file, STORE]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).expect("a text");
    for expected in [
        "- spec.authz.noAuth: the field is gone (v1, v1alpha1)\n",
        "! spec.authz: a new rule \"One selection required between kubernetes or oidc.\" (v1, \
         v1alpha1)\n    lints: no-authorization, oidc-without-verification\n    objects: ClusterRole,",
        "\ntests/data/without-authorization.yaml:1: ml/shop\n! spec.authz: Invalid value: One \
         selection required between kubernetes or oidc.\n- spec.authz.noAuth: unknown field",
    ] {
        assert!(text.contains(expected), "{expected}\nis not in\n{text}");
    }
    assert!(!text.contains("status.applied"), "{text}");
}

#[test]
fn a_comparison_is_data_too() {
    let file = crd_of("main");
    let output = run(&["crd", "--compare", &file, "--output", "json", STORE]);
    let comparison: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(comparison["release"], "0.66.0");
    assert_eq!(comparison["featureStores"], serde_json::json!([]));
    let paths = comparison["differences"].as_array().expect("a list");
    let paths: Vec<_> = paths.iter().map(|difference| &difference["path"]).collect();
    assert_eq!(
        paths,
        ["spec.services.nodeSelector", "spec.services.tolerations"]
    );
    assert_eq!(comparison["differences"][0]["effect"], "admits");
}

#[test]
fn the_same_definition_is_no_difference() {
    let file = crd_of("0.63");
    let output = run(&[
        "crd",
        "--release",
        "0.63",
        "--compare",
        &file,
        "../examples",
    ]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(output.stdout, b"no differences from the CRD of 0.63.0\n");
}

#[test]
fn what_is_no_definition_is_an_error() {
    for (file, why) in [
        (
            "tests/data/nothing.yaml",
            "contains no CustomResourceDefinition of feast.dev",
        ),
        ("tests/data/absent.yaml", "no such file"),
    ] {
        let output = run(&["crd", "--compare", file]);
        assert_eq!(output.status.code(), Some(2));
        let error = String::from_utf8(output.stderr).expect("a text");
        assert!(error.contains(file) && error.contains(why), "{error}");
    }
}
