//! The JSON Schema in editors: errors are reported at the field that causes them.

use std::process::Command;

use serde_json::{Value, json};

fn schema(arguments: &[&str]) -> jsonschema::Validator {
    jsonschema::validator_for(&document(arguments)).expect("a schema")
}

fn document(arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_kubectl-feast"))
        .args(["crd", "--json-schema"])
        .args(arguments)
        .output()
        .expect("the binary runs");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn faults(schema: &jsonschema::Validator, object: &Value) -> Vec<String> {
    let errors = schema.iter_errors(object);
    errors
        .map(|error| error.instance_path().to_string())
        .collect()
}

fn store(version: &str, spec: &Value) -> Value {
    json!({
        "apiVersion": format!("feast.dev/{version}"),
        "kind": "FeatureStore",
        "metadata": { "name": "shop" },
        "spec": spec,
    })
}

#[test]
fn what_is_wrong_is_told_of_its_field() {
    let both = schema(&[]);
    for version in ["v1", "v1alpha1"] {
        let one = schema(&["--version", version]);
        for (spec, expected) in [
            (json!({ "feastProject": "shop" }), &[][..]),
            (json!({ "feastProject": 1 }), &["/spec/feastProject"]),
            (json!({}), &["/spec"]),
            (
                json!({ "feastProject": "shop", "services": { "onlineStore": { "servers": {} } } }),
                &["/spec/services/onlineStore"],
            ),
        ] {
            for schema in [&both, &one] {
                assert_eq!(
                    faults(schema, &store(version, &spec)),
                    expected,
                    "{version} {spec}"
                );
            }
        }
    }
}

#[test]
fn a_version_has_its_own_fields() {
    let both = schema(&[]);
    let scaled = json!({ "feastProject": "shop", "replicas": 1 });
    assert_eq!(faults(&both, &store("v1", &scaled)), [""; 0]);
    assert_eq!(faults(&both, &store("v1alpha1", &scaled)), ["/spec"]);
    assert_eq!(faults(&both, &store("v2", &scaled)), ["/apiVersion"]);
    let none = json!({ "kind": "FeatureStore", "metadata": {}, "spec": scaled });
    assert_eq!(faults(&both, &none), [""]);
}

/// The fields with errors in a FeatureStore with this spec.
fn marked(schema: &jsonschema::Validator, spec: &Value) -> Vec<String> {
    let mut spec = spec.clone();
    spec["feastProject"] = json!("shop");
    let mut found = faults(schema, &store("v1", &spec));
    found.sort();
    found
}

#[test]
fn a_broken_rule_is_told_of_its_field() {
    let schema = schema(&["--release", "main"]);
    let file = |file: Value| json!({ "onlineStore": { "persistence": { "file": file } } });
    let registry =
        |file: Value| json!({ "registry": { "local": { "persistence": { "file": file } } } });
    for (spec, expected) in [
        (
            json!({ "authz": { "kubernetes": {}, "oidc": { "secretRef": { "name": "a" } } } }),
            &["/spec/authz/oidc"][..],
        ),
        (json!({ "authz": {} }), &["/spec/authz"]),
        (json!({ "authz": { "noAuth": true } }), &[]),
        (
            json!({ "feastProjectDir": { "git": { "url": "https://a/b", "featureRepoPath": "/a" } } }),
            &["/spec/feastProjectDir/git/featureRepoPath"],
        ),
        (
            json!({ "mlflow": { "enabled": true, "extraConfig": { "a": "1", "auto_log": "true" } } }),
            &["/spec/mlflow/extraConfig/auto_log"],
        ),
        (
            json!({ "services": file(json!({ "path": "a.db" })) }),
            &["/spec/services/onlineStore/persistence/file/path"],
        ),
        (
            json!({ "services": file(json!({ "path": "s3://a/b" })) }),
            &[
                "/spec/services/onlineStore/persistence/file/path",
                "/spec/services/onlineStore/persistence/file/path",
            ],
        ),
        (
            json!({ "services": file(json!({ "path": "/a.db", "pvc": { "ref": { "name": "a" }, "mountPath": "a" } })) }),
            &[
                "/spec/services/onlineStore/persistence/file/path",
                "/spec/services/onlineStore/persistence/file/pvc/mountPath",
            ],
        ),
        (
            json!({ "services": registry(json!({ "path": "gs://a/b", "s3_additional_kwargs": { "a": "b" } })) }),
            &["/spec/services/registry/local/persistence/file/s3_additional_kwargs"],
        ),
        (
            json!({ "services": { "registry": { "local": {}, "remote": { "hostname": "a:80" } } } }),
            &["/spec/services/registry/remote"],
        ),
        (
            json!({ "services": { "ui": { "tls": { "disable": false } } } }),
            &["/spec/services/ui/tls"],
        ),
        (
            json!({ "services": { "podDisruptionBudgets": { "minAvailable": 1, "maxUnavailable": 1 } } }),
            &["/spec/services/podDisruptionBudgets/maxUnavailable"],
        ),
        (
            json!({ "services": { "registry": { "local": { "server": { "grpc": false } } } } }),
            &["/spec/services/registry/local/server/grpc"],
        ),
    ] {
        assert_eq!(marked(&schema, &spec), expected, "{spec}");
    }
}

#[test]
fn what_keeps_replicas_from_being_more_is_told_of_what_makes_them_more() {
    let schema = schema(&["--release", "main"]);
    let scaling = json!({ "autoscaling": { "maxReplicas": 3 } });
    let online =
        json!({ "persistence": { "store": { "type": "redis", "secretRef": { "name": "a" } } } });
    let shared = json!({ "remote": { "hostname": "a:80" } });
    for (spec, expected) in [
        // Each of two stores is a cause.
        (
            json!({ "replicas": 2 }),
            &["/spec/replicas", "/spec/replicas"][..],
        ),
        (
            json!({ "replicas": 2, "services": { "onlineStore": online, "registry": shared } }),
            &[],
        ),
        (
            json!({ "replicas": 2, "services": { "onlineStore": online, "registry": shared, "scaling": scaling } }),
            &["/spec/replicas"],
        ),
        (
            json!({ "services": { "registry": shared, "scaling": scaling } }),
            &["/spec/services/scaling/autoscaling"],
        ),
        (
            json!({ "services": { "onlineStore": online, "offlineStore": {}, "registry": shared, "scaling": scaling } }),
            &["/spec/services/scaling/autoscaling"],
        ),
    ] {
        assert_eq!(marked(&schema, &spec), expected, "{spec}");
    }
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(fields) => fields.values().any(has_null),
        Value::Array(items) => items.iter().any(has_null),
        _ => false,
    }
}

/// Compares with recorded responses of the API server: if it rejected an object because of rules
/// alone, so does the schema; if it admitted the object, no rule fails in the schema.
#[test]
fn rules_are_told_as_the_api_server_tells_them() {
    let Some(files) = test_support::recorded("admission") else {
        test_support::skipped("recorded verdicts beside the JSON Schema", "there are none");
        return;
    };
    let schema = schema(&["--release", "main"]);
    let rules = feast_api::rules::RULES;
    let (mut admitted, mut refused) = (0, 0);
    for file in ["create.jsonl.gz", "rules.jsonl.gz"] {
        for line in test_support::lines(&files.join(file)) {
            let case: Value = serde_json::from_str(&line).expect("a case");
            let is_creation = case.get("oldObject").is_none() && case.get("subresource").is_none();
            let Some(errors) = case["expect"]["errors"].as_array().filter(|_| is_creation) else {
                continue;
            };
            let by_rule = |error: &Value| {
                let message = error["message"].as_str().or(error["detail"].as_str());
                let message = message.unwrap_or_default();
                rules.iter().any(|rule| message.contains(rule.message))
            };
            let object = &case["object"];
            // The server treats null as absent, and the schema as a value of the wrong type.
            if has_null(object) {
                continue;
            }
            let mut errors_found = schema.iter_errors(object);
            if case["expect"]["allowed"] == true {
                admitted += 1;
                // Unknown fields are rejected.
                let broken = errors_found.find(|error| {
                    let path = error.schema_path().to_string();
                    path.contains("/allOf/")
                });
                let broken = broken.map(|error| format!("{error} at {}", error.instance_path()));
                assert_eq!(broken, None, "{}: {object}", case["id"]);
            } else if errors.iter().all(by_rule) {
                refused += 1;
                assert!(errors_found.next().is_some(), "{}: {object}", case["id"]);
            }
        }
    }
    assert!(admitted > 1000 && refused > 500, "{admitted} {refused}");
}

/// Go and Rust have regular expressions without look-around, and Go's tools reject the schema else.
#[test]
fn patterns_need_no_look_around() {
    let options = jsonschema::options().with_pattern_options(jsonschema::PatternOptions::regex());
    let schema = options
        .build(&document(&["--version", "v1"]))
        .expect("a schema");
    for (path, is_valid) in [
        ("/repo", true),
        ("/a/.git/..b/...", true),
        ("/a/.", false),
        ("/a/../b", false),
        ("/a//b", false),
        ("/a/", false),
        ("repo", false),
    ] {
        let dir = json!({ "packaged": { "featureRepoPath": path } });
        let store = store(
            "v1",
            &json!({ "feastProject": "shop", "feastProjectDir": dir }),
        );
        assert_eq!(schema.is_valid(&store), is_valid, "{path}");
    }
}
