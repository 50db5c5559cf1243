use serde_json::json;

use super::*;
use jiff::Timestamp;

fn store(spec: &Value) -> Value {
    json!({
        "apiVersion": "feast.dev/v1",
        "kind": "FeatureStore",
        "metadata": { "name": "sample", "namespace": "ml", "resourceVersion": "1" },
        "spec": spec,
    })
}

fn ask(request: Value, policy: &Policy, known: Option<Value>) -> Value {
    let mut request = request;
    request["uid"] = "1".into();
    request["namespace"] = "ml".into();
    request["name"] = "sample".into();
    let version = request["object"]["apiVersion"].as_str().unwrap_or_default();
    let version = version.strip_prefix("feast.dev/").unwrap_or("v1");
    request["resource"] =
        json!({ "group": "feast.dev", "version": version, "resource": "featurestores" });
    let operation = if request["oldObject"].is_null() {
        "CREATE"
    } else {
        "UPDATE"
    };
    if request["operation"].is_null() {
        request["operation"] = operation.into();
    }
    let body = json!({
        "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request,
    });
    let body = body.to_string();
    let (operator, now) = (OperatorSettings::hardened(), Time(Timestamp::UNIX_EPOCH));
    let answer = review(body.as_bytes(), policy, &operator, &now, |_, _| known).unwrap();
    let answer = serde_json::to_value(answer).unwrap();
    assert_eq!(answer["response"]["uid"], "1");
    answer["response"].clone()
}

fn unscalable() -> Value {
    store(&json!({ "feastProject": "a", "replicas": 3 }))
}

fn crossed() -> Value {
    store(&json!({
        "feastProject": "a",
        "services": {
            "scaling": { "autoscaling": { "minReplicas": 5, "maxReplicas": 3 } },
            "onlineStore": { "persistence": { "store": {
                "type": "redis", "secretRef": { "name": "stores" },
            } } },
            "registry": { "local": { "persistence": { "store": {
                "type": "sql", "secretRef": { "name": "stores" },
            } } } },
        },
    }))
}

#[test]
fn violations_of_the_crd_are_rejected() {
    let answer = ask(json!({ "object": unscalable() }), &Policy::default(), None);
    assert_eq!(answer["allowed"], false);
    let causes = answer["status"]["details"]["causes"].as_array().unwrap();
    assert_eq!(causes.len(), 2, "{causes:?}");
}

#[test]
fn without_lints_only_the_crd_decides() {
    let groups = feast_lint::Group::ALL.iter();
    let groups: Vec<_> = groups.map(|group| group.name().to_owned()).collect();
    let silent = Policy::new(&[], &groups).unwrap();
    assert!(silent.is_silent() && !Policy::default().is_silent());
    let rejecting = Policy::new(&groups[..1], &groups).unwrap();
    assert!(!rejecting.is_silent(), "lints that reject stay on");

    let warned = ask(json!({ "object": crossed() }), &Policy::default(), None);
    assert!(warned["warnings"].is_array(), "{warned}");
    let answer = ask(json!({ "object": crossed() }), &silent, None);
    assert_eq!(
        (&answer["allowed"], &answer["warnings"]),
        (&true.into(), &Value::Null)
    );
    let answer = ask(json!({ "object": unscalable() }), &silent, None);
    assert_eq!(answer["allowed"], false);
}

#[test]
fn an_update_may_keep_old_violations() {
    let request = json!({ "oldObject": unscalable(), "object": unscalable() });
    let answer = ask(request, &Policy::default(), None);
    assert_eq!(answer["allowed"], true, "{answer}");
}

#[test]
fn the_scale_is_judged_with_the_feature_store() {
    let single = store(&json!({ "feastProject": "a" }));
    let request = json!({
        "subResource": "scale",
        "object": { "kind": "Scale", "spec": { "replicas": 3 } },
        "oldObject": { "kind": "Scale", "spec": { "replicas": 1 } },
    });
    let answer = ask(request.clone(), &Policy::default(), Some(single));
    assert_eq!(answer["allowed"], false, "{answer}");
    let answer = ask(request, &Policy::default(), None);
    assert_eq!(answer["allowed"], true, "nothing is known of it");
}

#[test]
fn lints_warn() {
    let answer = ask(json!({ "object": crossed() }), &Policy::default(), None);
    assert_eq!(answer["allowed"], true, "{answer}");
    let warnings = answer["warnings"].to_string();
    assert!(
        warnings.contains("[hpa-minimum-above-maximum]"),
        "{warnings}"
    );
}

#[test]
fn chosen_lints_reject_and_others_are_ignored() {
    let name = ["hpa-minimum-above-maximum".to_owned()];
    let refusing = Policy::new(&name, &[]).unwrap();
    let answer = ask(json!({ "object": crossed() }), &refusing, None);
    assert_eq!(answer["allowed"], false);
    let message = answer["status"]["message"].as_str().unwrap();
    assert!(message.contains("[hpa-minimum-above-maximum]"), "{message}");
    let silent = Policy::new(&[], &name).unwrap();
    let answer = ask(json!({ "object": crossed() }), &silent, None);
    assert!(!answer.to_string().contains(&name[0]), "{answer}");
    let unknown = Policy::new(&["nonsense".to_owned()], &[]).unwrap_err();
    assert!(unknown.to_string().contains("\"nonsense\""));
}

#[test]
fn both_versions_are_judged() {
    let mut old = store(&json!({ "feastProject": "a", "authz": {} }));
    old["apiVersion"] = "feast.dev/v1alpha1".into();
    let answer = ask(json!({ "object": old }), &Policy::default(), None);
    assert_eq!(answer["allowed"], false);
}

#[test]
fn arbitrary_bytes_get_an_answer() {
    let (operator, now) = (OperatorSettings::hardened(), Time(Timestamp::UNIX_EPOCH));
    let ask = |body: &[u8]| review(body, &Policy::default(), &operator, &now, |_, _| None);
    for body in [
        "{",
        "null",
        "[]",
        "{}",
        r#"{"request":{"object":7,"oldObject":[]}}"#,
    ] {
        assert!(ask(body.as_bytes()).is_err(), "{body}");
    }
    let resource = r#"{"group":"feast.dev","version":"v1","resource":"featurestores"}"#;
    for objects in ["", r#","object":7,"oldObject":[]"#, r#","object":{}"#] {
        let body = format!(
            r#"{{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{{
                "uid":"1","operation":"UPDATE","resource":{resource}{objects}}}}}"#
        );
        assert!(!ask(body.as_bytes()).unwrap().is_allowed(), "{body}");
    }
}

fn refusing(names: &[&str]) -> Policy {
    let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
    Policy::new(&names, &[]).unwrap()
}

/// A FeatureStore with `hostPath` volumes.
fn on_node(volumes: &[&str]) -> Value {
    let volume = |name: &&str| json!({ "name": name, "hostPath": { "path": "/data" } });
    let volumes: Vec<_> = volumes.iter().map(volume).collect();
    store(&json!({ "feastProject": "a", "services": { "volumes": volumes } }))
}

fn with(mut object: Value, pointer: &str, value: Value) -> Value {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    object.pointer_mut(parent).unwrap()[key] = value;
    object
}

fn deleted(object: Value) -> Value {
    let time = "2024-01-01T00:00:00Z".into();
    with(object, "/metadata/deletionTimestamp", time)
}

#[test]
fn existing_findings_do_not_reject() {
    let policy = refusing(&["host-path-volume"]);
    let update = |old: &[&str], new: &[&str]| {
        let request = json!({ "oldObject": on_node(old), "object": on_node(new) });
        ask(request, &policy, None)
    };
    let all = ["a", "b", "c"];
    for new in [&all[..], &all[1..], &["c", "a"], &["d", "b", "c"], &[]] {
        let answer = update(&all, new);
        assert_eq!(answer["allowed"], true, "{new:?}: {answer}");
        let warnings = answer["warnings"].to_string();
        let told = warnings.matches("[host-path-volume]").count();
        assert_eq!(told, new.len(), "{warnings}");
    }
    for (old, new) in [
        (&all[..], &["a", "b", "c", "d"][..]),
        (&[], &["d"]),
        (&["a"], &["d", "a"]),
    ] {
        let answer = update(old, new);
        let message = answer["status"]["message"].as_str().unwrap_or_default();
        let told: Vec<_> = message.split("; ").collect();
        assert_eq!(told.len(), 1, "{old:?} {new:?}: {answer}");
        assert!(told[0].contains("volume `d` is"), "{message}");
    }
}

#[test]
fn deletions_are_always_admitted() {
    let policy = refusing(&["host-path-volume"]);
    let strict = |old: Value, new: Value| {
        let options = json!({ "fieldValidation": "Strict" });
        json!({ "oldObject": old, "object": new, "options": options })
    };
    let unknown = with(on_node(&["a"]), "/spec/unknown", true.into());
    let changed = with(unknown.clone(), "/spec/replicas", 3.into());
    for old in [on_node(&[]), unknown.clone(), unscalable()] {
        let request = strict(deleted(old.clone()), deleted(changed.clone()));
        let answer = ask(request, &policy, None);
        assert_eq!(answer["allowed"], true, "{answer}");
        let answer = ask(strict(old, changed.clone()), &policy, None);
        assert_eq!(answer["allowed"], false, "{answer}");
    }
    let scale = json!({
        "subResource": "scale",
        "object": { "kind": "Scale", "spec": { "replicas": 3 } },
        "oldObject": { "kind": "Scale", "spec": { "replicas": 1 } },
    });
    let single = store(&json!({ "feastProject": "a" }));
    let answer = ask(scale.clone(), &policy, Some(deleted(single.clone())));
    assert_eq!(answer["allowed"], true, "{answer}");
    let answer = ask(scale, &policy, Some(single));
    assert_eq!(answer["allowed"], false, "{answer}");
    let created = json!({ "object": deleted(on_node(&["a"])) });
    let answer = ask(created, &policy, None);
    assert_eq!(answer["allowed"], false, "nothing is deleted: {answer}");
}

#[test]
fn updates_of_metadata_and_status_are_always_admitted() {
    let policy = refusing(&["host-path-volume"]);
    let unknown = with(on_node(&["a"]), "/spec/unknown", true.into());
    for (pointer, value) in [
        ("/metadata/finalizers", json!(["example.com/a"])),
        ("/metadata/ownerReferences", json!([])),
        ("/metadata/labels", json!({ "a": "b" })),
        ("/status", json!({ "phase": "Failed" })),
    ] {
        for sub_resource in ["", "status"] {
            let request = json!({
                "oldObject": unknown,
                "object": with(unknown.clone(), pointer, value.clone()),
                "options": { "fieldValidation": "Strict" },
                "subResource": sub_resource,
            });
            let answer = ask(request, &policy, None);
            assert_eq!(answer["allowed"], true, "{pointer}: {answer}");
        }
    }
}

#[test]
fn scaling_is_not_rejected_for_existing_findings() {
    let policy = refusing(&["host-path-volume"]);
    let scale = |from: i32, to: i32| {
        json!({
            "subResource": "scale",
            "object": { "kind": "Scale", "spec": { "replicas": to } },
            "oldObject": { "kind": "Scale", "spec": { "replicas": from } },
        })
    };
    let answer = ask(scale(2, 1), &policy, Some(on_node(&["a"])));
    assert_eq!(answer["allowed"], true, "{answer}");
    assert!(
        answer["warnings"]
            .to_string()
            .contains("[host-path-volume]")
    );
}

#[test]
fn an_annotation_suppresses_warnings_but_not_rejections() {
    let annotations = json!({ "allow.lint.feast.dev/host-path-volume": "we like it" });
    let store = with(on_node(&["a"]), "/metadata/annotations", annotations);
    let created = json!({ "object": store });
    let answer = ask(created.clone(), &Policy::default(), None);
    assert!(
        !answer.to_string().contains("[host-path-volume]"),
        "{answer}"
    );
    for name in ["host-path-volume", "security"] {
        let answer = ask(created.clone(), &refusing(&[name]), None);
        assert_eq!(answer["allowed"], false, "{name}: {answer}");
    }
}

#[test]
fn adding_a_suppression_is_a_change() {
    let policy = refusing(&["suppression-without-reason"]);
    let annotations = json!({ "allow.lint.feast.dev/host-path-volume": "" });
    let suppressing = with(on_node(&["a"]), "/metadata/annotations", annotations);
    let request = json!({ "oldObject": on_node(&["a"]), "object": suppressing });
    assert_eq!(ask(request, &policy, None)["allowed"], false);
    let request = json!({ "oldObject": suppressing, "object": suppressing });
    assert_eq!(ask(request, &policy, None)["allowed"], true);
}

#[test]
fn reasons_and_warnings_are_bounded() {
    let volumes: Vec<_> = (0..50).map(|number| format!("v{number}")).collect();
    let volumes: Vec<_> = volumes.iter().map(String::as_str).collect();
    let created = json!({ "object": on_node(&volumes) });
    let answer = ask(created, &refusing(&["host-path-volume"]), None);
    let message = answer["status"]["message"].as_str().unwrap();
    assert!(message.ends_with("; and 30 more"), "{message}");
}

#[test]
fn unreadable_feature_stores_cause_a_warning() {
    let unreadable = with(
        on_node(&["a"]),
        "/spec/cronJob",
        json!({
            "startingDeadlineSeconds": 1, "failedJobsHistoryLimit": 3_000_000_000_i64,
        }),
    );
    let answer = ask(
        json!({ "object": unreadable }),
        &refusing(&["host-path-volume"]),
        None,
    );
    assert_eq!(answer["allowed"], true, "{answer}");
    let warnings = answer["warnings"].to_string();
    assert!(warnings.contains("cannot read"), "{warnings}");
    assert!(
        warnings.contains("spec.cronJob.failedJobsHistoryLimit"),
        "{warnings}"
    );
}

#[test]
fn deletions_and_dry_runs_are_answered_alike() {
    let policy = refusing(&["host-path-volume"]);
    let created = json!({ "object": on_node(&["a"]) });
    let dry = with(json!([created]), "/0/dryRun", true.into())[0].clone();
    assert_eq!(ask(created, &policy, None), ask(dry, &policy, None));
    let gone = json!({ "oldObject": on_node(&["a"]), "operation": "DELETE" });
    assert_eq!(ask(gone, &policy, None)["allowed"], true);
}

#[test]
fn the_older_version_is_compared_too() {
    let policy = refusing(&["host-path-volume"]);
    let older = |volumes| with(on_node(volumes), "/apiVersion", "feast.dev/v1alpha1".into());
    let update = |old, new| {
        ask(
            json!({ "oldObject": older(old), "object": older(new) }),
            &policy,
            None,
        )
    };
    assert_eq!(update(&["a"], &["a"])["allowed"], true);
    assert_eq!(update(&["a"], &["a", "b"])["allowed"], false);
}
