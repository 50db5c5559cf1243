//! Answers to webhook reviews of FeatureStores.

use feast_validate::{AdmissionRequest, ReviewError, Validator};
use serde_json::{Value, json};

const API_VERSION: &str = "admission.k8s.io/v1";
const KIND: &str = "AdmissionReview";

/// The response to a request about the object `a`.
fn ask(request: &Value) -> Value {
    let mut request = request.clone();
    let common = json!({
        "uid": "1", "name": "a", "namespace": "ml",
        "resource": {"group": "feast.dev", "version": "v1", "resource": "featurestores"},
    });
    for (name, value) in common.as_object().into_iter().flatten() {
        request[name] = value.clone();
    }
    respond(&request.to_string(), None)
}

fn respond(request: &str, scaled: Option<&Value>) -> Value {
    let body = format!(r#"{{"apiVersion":"{API_VERSION}","kind":"{KIND}","request":{request}}}"#);
    let mut request = AdmissionRequest::parse(body.as_bytes()).expect("a review");
    if let Some(stored) = scaled {
        request = request.scaling(stored);
    }
    let answer = Validator::v1().judge(&request);
    let review = serde_json::to_value(&answer).expect("it is data");
    assert_eq!(review["response"]["uid"], "1");
    assert_eq!(review["response"]["allowed"], answer.is_allowed());
    review["response"].clone()
}

fn store(spec: &Value) -> Value {
    json!({
        "apiVersion": "feast.dev/v1", "kind": "FeatureStore",
        "metadata": {"name": "a", "namespace": "ml", "uid": "2", "resourceVersion": "7"},
        "spec": spec,
    })
}

fn good() -> Value {
    store(&json!({"feastProject": "a"}))
}

fn bad() -> Value {
    store(&json!({"feastProject": "a", "authz": {}}))
}

#[test]
fn each_operation_is_judged() {
    let mut worse = bad();
    worse["spec"]["authz"] = json!({"kubernetes": {}, "noAuth": {}});
    for (request, allowed) in [
        (json!({"operation": "CREATE", "object": good()}), true),
        (json!({"operation": "CREATE", "object": bad()}), false),
        (json!({"operation": "CREATE"}), false),
        (
            json!({"operation": "UPDATE", "oldObject": good(), "object": bad()}),
            false,
        ),
        (
            json!({"operation": "UPDATE", "oldObject": bad(), "object": bad()}),
            true,
        ),
        (
            json!({"operation": "UPDATE", "oldObject": bad(), "object": worse}),
            false,
        ),
        (json!({"operation": "UPDATE", "object": good()}), false),
        (json!({"operation": "DELETE", "oldObject": bad()}), true),
        (
            json!({"operation": "DELETE", "oldObject": bad(), "object": null}),
            true,
        ),
        (json!({"operation": "CONNECT", "object": {}}), true),
        (
            json!({"operation": "CREATE", "subResource": "binding", "object": {}}),
            true,
        ),
    ] {
        assert_eq!(ask(&request)["allowed"], allowed, "{request}");
    }
}

#[test]
fn a_status_is_judged_as_one() {
    let update = |status: Value| {
        let mut new = bad();
        new["status"] = status;
        json!({
            "operation": "UPDATE", "subResource": "status", "oldObject": bad(), "object": new,
        })
    };
    assert_eq!(ask(&update(json!({"phase": "Ready"})))["allowed"], true);
    let answer = ask(&update(json!({"phase": 1})));
    assert_eq!(
        answer["status"]["details"]["causes"][0]["field"],
        "status.phase"
    );
}

#[test]
fn the_last_finalizer_may_go() {
    let deleted = |finalizers: Value| {
        let mut object = bad();
        object["metadata"]["deletionTimestamp"] = "2024-01-01T00:00:00Z".into();
        object["metadata"]["finalizers"] = finalizers;
        object
    };
    let old = deleted(json!(["feast.dev/a"]));
    let update = |new: Value| json!({"operation": "UPDATE", "oldObject": old, "object": new});
    assert_eq!(ask(&update(deleted(json!([]))))["allowed"], true);
    let another = update(deleted(json!(["feast.dev/a", "feast.dev/b"])));
    assert_eq!(ask(&another)["allowed"], false, "none may be added");
    let mut mended = deleted(json!([]));
    mended["spec"]["authz"] = json!({"kubernetes": {}, "oidc": {}});
    assert_eq!(ask(&update(mended))["allowed"], false, "the rest is judged");
}

#[test]
fn a_scale_is_validated_with_its_object() {
    let request = |replicas: i32| {
        json!({
            "uid": "1", "name": "a", "namespace": "ml", "operation": "UPDATE",
            "resource": {"group": "feast.dev", "version": "v1", "resource": "featurestores"},
            "subResource": "scale",
            "object": {"kind": "Scale", "spec": {"replicas": replicas}},
            "oldObject": {"kind": "Scale", "spec": {"replicas": 1}},
        })
        .to_string()
    };
    assert_eq!(respond(&request(3), Some(&good()))["allowed"], false);
    assert_eq!(respond(&request(1), Some(&good()))["allowed"], true);
    assert_eq!(respond(&request(3), None)["allowed"], true);
}

#[test]
fn duplicate_keys_are_warned_about_or_rejected() {
    let request = |options: &str| {
        format!(
            r#"{{"uid": "1", "operation": "CREATE", "options": {options},
                "resource": {{"group": "feast.dev", "version": "v1", "resource": "featurestores"}},
                "object": {{"apiVersion": "feast.dev/v1", "kind": "FeatureStore",
                    "metadata": {{"name": "a"}},
                    "spec": {{"feastProject": "a", "feastProject": "b"}}}}}}"#
        )
    };
    let answer = respond(&request("null"), None);
    assert_eq!(
        answer["warnings"][0],
        "duplicate field \"spec.feastProject\""
    );
    let strict = r#"{"kind": "CreateOptions", "fieldValidation": "Strict"}"#;
    assert_eq!(respond(&request(strict), None)["allowed"], false);
}

#[test]
fn another_resource_is_refused() {
    let request = r#"{"uid": "1", "operation": "CREATE", "object": {},
        "resource": {"group": "", "version": "v1", "resource": "pods"}}"#;
    let answer = respond(request, None);
    assert_eq!(answer["status"]["code"], 400);
    let message = answer["status"]["message"].as_str().expect("a text");
    assert!(message.contains("featurestores.feast.dev"), "{message}");
}

#[test]
fn a_webhook_may_forbid_and_warn() {
    let body = format!(
        r#"{{"apiVersion":"{API_VERSION}","kind":"{KIND}","request":{}}}"#,
        json!({
            "uid": "1", "operation": "CREATE", "object": good(),
            "resource": {"group": "feast.dev", "version": "v1", "resource": "featurestores"},
        })
    );
    let request = AdmissionRequest::parse(body.as_bytes()).expect("a review");
    let answer = Validator::v1().judge(&request);
    assert!(answer.is_allowed());
    let answer = answer.with_warnings(["w".to_owned()]).forbid("not today");
    assert!(!answer.is_allowed());
    let response = answer.to_review().response;
    assert_eq!(response.warnings, ["w"]);
    assert_eq!(response.status.expect("it is refused").code, 403);
}

#[test]
fn a_webhook_may_warn_instead_of_refusing() {
    let body = json!({"apiVersion": API_VERSION, "kind": KIND, "request": {
        "uid": "1", "name": "a", "namespace": "ml", "operation": "CREATE", "object": bad(),
        "resource": {"group": "feast.dev", "version": "v1", "resource": "featurestores"},
    }});
    let body = body.to_string();
    let request = AdmissionRequest::parse(body.as_bytes()).expect("a review");
    let answer = Validator::v1().judge(&request).forbid("not here");
    assert!(!answer.is_allowed());
    let answer = answer.warn_only();
    assert!(answer.is_allowed());
    let response = serde_json::to_value(&answer).expect("it is data")["response"].clone();
    assert_eq!(response["allowed"], true);
    assert!(
        response["warnings"][0]
            .as_str()
            .is_some_and(|text| text.starts_with("spec.authz: "))
    );
    assert_eq!(response["warnings"][1], "not here");
}

#[test]
fn other_bodies_are_an_error() {
    let review = |request: &str| {
        format!(r#"{{"apiVersion":"{API_VERSION}","kind":"{KIND}","request":{request}}}"#)
    };
    for body in [
        "",
        "{",
        "[]",
        "null",
        "{}",
        r#"{"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview","request":{}}"#,
        &review("null"),
        &review("7"),
        &review("{}"),
        &review(r#"{"uid":"1","operation":"PATCH","resource":{}}"#),
    ] {
        assert!(AdmissionRequest::parse(body.as_bytes()).is_err(), "{body}");
    }
    let large = vec![b' '; AdmissionRequest::MAX_BYTES + 1];
    assert!(matches!(
        AdmissionRequest::parse(&large),
        Err(ReviewError::TooLarge)
    ));
}
