//! The plugin as a function of kustomize and kpt.

use std::process::{Command, Output};

use serde_json::Value;

/// Runs the function on a list.
fn function(arguments: &[&str], list: &str) -> Output {
    let mut plugin = Command::new(env!("CARGO_BIN_EXE_kubectl-feast"));
    test_support::fed(plugin.arg("krm").args(arguments), list)
}

/// A list with a FeatureStore that scales on files, and the function's configuration.
fn list(config: &str) -> String {
    format!(
        "apiVersion: config.kubernetes.io/v1\n\
         kind: ResourceList\n\
         functionConfig: {config}\n\
         items:\n\
         - apiVersion: feast.dev/v1\n  \
           kind: FeatureStore # the shop's\n  \
           metadata: {{name: shop, namespace: ml}}\n  \
           spec: {{feastProject: shop, replicas: 2}}\n"
    )
}

/// Code and severity of each result.
fn results(output: &Output) -> Vec<(String, String)> {
    let text = std::str::from_utf8(&output.stdout).expect("text");
    let list = go_yaml::to_value(text).expect("YAML");
    let results = list["results"].as_array().cloned().unwrap_or_default();
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    results
        .iter()
        .map(|result| (word(&result["tags"]["code"]), word(&result["severity"])))
        .collect()
}

#[test]
fn what_is_refused_fails_and_is_told_twice() {
    let output = function(&[], &list("null"));
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.starts_with(&list("null")), "{text}");
    let refused = ("scaling-online-store".to_owned(), "error".to_owned());
    assert!(results(&output).contains(&refused));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        told.contains("ml/shop: error[scaling-online-store]: spec: "),
        "{told}"
    );
}

#[test]
fn a_configuration_comes_with_the_list() {
    let config = "{apiVersion: v1, kind: ConfigMap, data: {.feast-lint.yaml: \"release: '0.60'\"}}";
    // That release had no replicas.
    let found = results(&function(&[], &list(config)));
    assert_eq!(found, [("unknown-field".to_owned(), "warning".to_owned())]);
    let named = results(&function(&["--release", "0.66"], &list(config)));
    assert!(named.iter().any(|(code, _)| code == "scaling-online-store"));
    let wrong = function(&[], &list("{data: {.feast-lint.yaml: 'lint: {}'}}"));
    assert_eq!(wrong.status.code(), Some(2));
    let told = String::from_utf8_lossy(&wrong.stderr);
    assert!(
        told.contains(".feast-lint.yaml:1:1: unknown setting `lint`"),
        "{told}"
    );
}

#[test]
fn manifests_are_no_list() {
    let output = function(&[], "apiVersion: feast.dev/v1\nkind: FeatureStore\n");
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("use `validate`"), "{told}");
}
