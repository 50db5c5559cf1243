//! The Helm chart installs what `feast-operator manifests` prints.
//!
//! Tests that run Helm find it in `HELM`, which `packaging/test.sh` sets.

#![expect(clippy::unwrap_used, reason = "whatever fails ends a test")]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use clap::Parser;
use feast_operator::manifests::{Installation, chart};
use serde_json::{Value, json};

/// The chart in the checkout.
const CHART: &str = "deploy/helm/feast-operator";
/// The namespace of releases.
const NAMESPACE: &str = "feast";

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    installation: Installation,
}

#[test]
fn the_files_are_current() {
    let arguments = Arguments::parse_from(["manifests"]);
    for (name, content) in chart::files(&arguments.installation).unwrap() {
        let text = if Path::new(name).extension() == Some("json".as_ref()) {
            serde_json::to_string_pretty(&content).unwrap() + "\n"
        } else {
            serde_saphyr::to_string(&content).unwrap()
        };
        test_support::current(&format!("{CHART}/files/{name}"), &text);
    }
}

#[test]
fn the_chart_has_the_operators_version() {
    let chart = test_support::workspace().join(CHART).join("Chart.yaml");
    let chart = std::fs::read_to_string(chart).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    for line in [
        format!("version: {version}"),
        format!("appVersion: {version}"),
    ] {
        assert!(chart.lines().any(|found| found == line), "no `{line}`");
    }
}

/// Values, with the equivalent flags of `feast-operator manifests`.
fn choices() -> Vec<(Value, Vec<&'static str>)> {
    let mut choices = vec![
        (json!({}), vec![]),
        (json!({"crd": {"install": false}}), vec!["--no-crd"]),
        (
            json!({"networkPolicy": {"enabled": true}}),
            vec!["--network-policy"],
        ),
        (
            json!({"image": {"repository": "example.com/it", "tag": "2"}}),
            vec!["--image=example.com/it:2"],
        ),
        (
            json!({"webhook": {
                "failurePolicy": "Fail",
                "timeoutSeconds": 30,
                "namespaceSelector": {"matchExpressions": [
                    {"key": "team", "operator": "In", "values": ["ml", "risk"]},
                ]},
            }}),
            vec![
                "--webhook-failure-policy=fail",
                "--webhook-timeout=30",
                "--webhook-namespace-selector=team in (ml,risk)",
            ],
        ),
        (
            json!({"arguments": ["--no-finalizers", "--refuse=security"]}),
            vec!["--", "--no-finalizers", "--refuse=security"],
        ),
        (
            json!({"arguments": ["--otlp-endpoint=https://collector:4318"]}),
            vec!["--", "--otlp-endpoint=https://collector:4318"],
        ),
        (
            json!({"namespaces": ["a"], "corrections": "none", "storeYaml": "deployment"}),
            vec![
                "--namespace=a",
                "--",
                "--corrections=none",
                "--store-yaml=deployment",
            ],
        ),
        (
            json!({"namespaces": ["a"], "corrections": "without-restarts"}),
            vec![
                "--namespace=a",
                "--",
                "--corrections=without-restarts",
                "--store-yaml=secret",
            ],
        ),
    ];
    for webhook in ["none", "self-signed", "cert-manager"] {
        let flag = match webhook {
            "none" => "--webhook=none",
            "cert-manager" => "--webhook=cert-manager",
            _ => "--webhook=self-signed",
        };
        let all = json!({
            "webhook": {"certificate": webhook},
            "namespaces": ["a", "123"],
            "replicas": 2,
            "networkPolicy": {"enabled": true},
            "monitoring": {"enabled": true},
        });
        let flags = vec![
            flag,
            "--namespace=a,123",
            "--replicas=2",
            "--network-policy",
            "--monitoring",
        ];
        choices.push((all, flags));
        choices.push((json!({"webhook": {"certificate": webhook}}), vec![flag]));
    }
    choices
}

#[test]
#[ignore = "needs Helm: packaging/test.sh"]
fn the_chart_makes_what_manifests_prints() {
    for (values, flags) in choices() {
        let mut printed = objects(&manifests(&flags));
        // Helm creates the namespace.
        printed.retain(|(kind, ..), _| kind != "Namespace");
        let mut made = objects(&template(&values));
        made.values_mut().for_each(forget_policy);
        let names = |objects: &Objects| objects.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&made), names(&printed), "{values}");
        for (name, object) in made {
            assert_eq!(object, printed[&name], "{name:?} of {values}");
        }
    }
}

#[test]
#[ignore = "needs Helm: packaging/test.sh"]
fn only_what_feature_stores_need_is_kept() {
    let kept = |values: Value| {
        let kept =
            |object: &Value| object["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep";
        let objects = objects(&template(&values));
        let kept = objects.into_iter().filter(|(_, object)| kept(object));
        kept.map(|((kind, ..), _)| kind).collect::<Vec<_>>()
    };
    assert_eq!(
        kept(json!({})),
        ["ClusterRole", "ClusterRole", "CustomResourceDefinition"]
    );
    assert!(kept(json!({"keepOnUninstall": false})).is_empty());
}

#[test]
#[ignore = "needs Helm: packaging/test.sh"]
fn a_value_that_means_nothing_is_refused() {
    for (wrong, told) in [
        (json!({"replica": 2}), "replica"),
        (
            json!({"webhook": {"certificate": "selfsigned"}}),
            "certificate",
        ),
        (json!({"namespaces": ["A"]}), "namespaces"),
        (json!({"arguments": ["--hardened"]}), "arguments"),
        (json!({"arguments": ["--listen=:1"]}), "arguments"),
        (json!({"arguments": ["--refuse security"]}), "arguments"),
        (json!({"webhook": {"certificate": null}}), "certificate"),
        (json!({"webhook": null}), "webhook"),
        (
            json!({"podLabels": {"app.kubernetes.io/name": "a"}}),
            "podLabels",
        ),
    ] {
        let output = helm(&wrong);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(
            !output.status.success() && error.contains(told),
            "{wrong}: {error}"
        );
    }
}

/// Objects by kind, namespace and name.
type Objects = BTreeMap<(String, String, String), Value>;

fn objects(manifest: &str) -> Objects {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let documents = go_yaml::documents(manifest, go_yaml::Duplicates::LastWins);
    let objects = documents.into_iter().map(|document| {
        let object: Value = serde_json::from_str(&document.json.unwrap()).unwrap();
        let metadata = &object["metadata"];
        let name = (
            text(&object["kind"]),
            text(&metadata["namespace"]),
            text(&metadata["name"]),
        );
        (name, object)
    });
    objects.filter(|(_, object)| !object.is_null()).collect()
}

/// Removes the annotation that only Helm uses.
fn forget_policy(object: &mut Value) {
    let Some(metadata) = object["metadata"].as_object_mut() else {
        return;
    };
    if let Some(annotations) = metadata
        .get_mut("annotations")
        .and_then(Value::as_object_mut)
    {
        annotations.remove("helm.sh/resource-policy");
        if annotations.is_empty() {
            metadata.remove("annotations");
        }
    }
}

/// The output of `feast-operator manifests`.
fn manifests(flags: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_feast-operator"))
        .args(["manifests", "--operator-namespace", NAMESPACE])
        .args(flags)
        .output()
        .unwrap();
    text(output)
}

/// Helm's output for the chart with these values.
fn template(values: &Value) -> String {
    text(helm(values))
}

fn helm(values: &Value) -> Output {
    let mut helm = Command::new(std::env::var_os("HELM").expect("HELM names the program"))
        .args([
            "template",
            "feast-operator",
            "--namespace",
            NAMESPACE,
            "--values",
            "-",
        ])
        .arg(test_support::workspace().join(CHART))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = helm.stdin.take().unwrap();
    input.write_all(values.to_string().as_bytes()).unwrap();
    drop(input);
    helm.wait_with_output().unwrap()
}

fn text(output: Output) -> String {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}
