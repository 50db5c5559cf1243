//! What is answered to a review: bytes in, an answer out.

use feast_api::Version;
use feast_api::v1::FeatureStore;
use feast_kube::missing;
use feast_lint::{Finding, Subject, check};
use feast_render::Inputs;
use feast_validate::{Request, Validator, Verdict};
use serde_json::{Value, json};

use super::Policy;

/// Most warnings of an answer; API servers drop what is beyond 4 KiB in all.
const MOST_WARNINGS: usize = 20;

/// Answers an `AdmissionReview` about a FeatureStore, or about its scale: with the verdict of the
/// CRD, and with what lints have to say of what is admitted.
///
/// `stored` gives FeatureStores by namespace and name: the scale of one does not show the rest.
/// Without it, the scale is left to the API server.
///
/// # Errors
///
/// Bytes that are no JSON.
pub fn review(
    body: &[u8],
    policy: &Policy,
    inputs: &Inputs,
    stored: impl FnOnce(&str, &str) -> Option<Value>,
) -> serde_json::Result<Value> {
    let review: Value = serde_json::from_slice(body)?;
    let request = &review["request"];
    let text = |field: &str| request[field].as_str().unwrap_or_default();
    let (namespace, name) = (text("namespace"), text("name"));
    let scaled = (request["subResource"] == "scale").then(|| stored(namespace, name));
    let judged = match &scaled {
        None => Some(judge(request)),
        Some(store) => store.as_ref().and_then(|store| judge_scale(request, store)),
    };
    let Some((version, verdict)) = judged else {
        return Ok(allowed(text("uid")));
    };
    let mut answer = serde_json::to_value(verdict.to_review(text("uid"), name))?;
    let written = if scaled.is_some() {
        None
    } else {
        Some(&request["object"])
    };
    if let Ok(mut store) = feast_kube::stored(version, verdict) {
        store
            .metadata
            .namespace
            .get_or_insert_with(|| namespace.to_owned());
        store.metadata.name.get_or_insert_with(|| name.to_owned());
        advise(
            &mut answer["response"],
            &findings(&store, written, policy, inputs),
            policy,
        );
    }
    Ok(answer)
}

fn judge(request: &Value) -> (Version, Verdict) {
    let object = &request["object"];
    let api_version = object["apiVersion"].as_str().unwrap_or_default();
    let version = Version::from_api_version(api_version).unwrap_or(Version::V1);
    let verdict = match &request["oldObject"] {
        Value::Null => Validator::of(version).run(Request::create(object)),
        old => Validator::of(version).run(Request::update(old, object)),
    };
    (version, verdict)
}

/// The verdict on a FeatureStore with the replicas of a `Scale`, if it has any.
fn judge_scale(request: &Value, store: &Value) -> Option<(Version, Verdict)> {
    let replicas = request["object"]["spec"]["replicas"].as_i64()?;
    let replicas = i32::try_from(replicas).ok()?;
    let verdict = Validator::v1().run(Request::scale(store, replicas));
    Some((Version::V1, verdict))
}

fn findings(
    store: &FeatureStore,
    written: Option<&Value>,
    policy: &Policy,
    inputs: &Inputs,
) -> Vec<Finding> {
    // What is missing may come with the next request.
    let missing = missing::missing(store, inputs);
    let filled = missing::fill(&missing, inputs, inputs.clone().into_builder()).build();
    let rendered = feast_render::render(store, &filled);
    let mut subject = Subject::new(store, inputs).rendered(rendered.as_ref());
    if let Some(written) = written {
        subject = subject.written(written);
    }
    check(&subject, policy.config()).findings
}

/// Adds what lints found to an answer, which may become a refusal.
fn advise(response: &mut Value, findings: &[Finding], policy: &Policy) {
    let (refused, warned): (Vec<_>, Vec<_>) = findings
        .iter()
        .partition(|finding| policy.refuses(finding.lint));
    let warned = warned.into_iter().take(MOST_WARNINGS);
    let told: Vec<Value> = warned.map(|finding| text(finding).into()).collect();
    if !told.is_empty() {
        let warnings = response["warnings"].as_array().cloned().unwrap_or_default();
        response["warnings"] = [warnings, told].concat().into();
    }
    if !refused.is_empty() {
        let message: Vec<_> = refused.iter().map(|finding| text(finding)).collect();
        response["allowed"] = false.into();
        response["status"] = json!({
            "status": "Failure",
            "message": message.join("; "),
            "reason": "Forbidden",
            "code": 403,
        });
    }
}

fn text(finding: &Finding) -> String {
    format!(
        "{}: {} [{}]",
        finding.path, finding.message, finding.lint.name
    )
}

fn allowed(uid: &str) -> Value {
    json!({
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "response": { "uid": uid, "allowed": true },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let body = json!({ "request": request }).to_string();
        let answer = review(body.as_bytes(), policy, &Inputs::default(), |_, _| known).unwrap();
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
    fn what_the_crd_refuses_is_refused() {
        let answer = ask(json!({ "object": unscalable() }), &Policy::default(), None);
        assert_eq!(answer["allowed"], false);
        let causes = answer["status"]["details"]["causes"].as_array().unwrap();
        assert_eq!(causes.len(), 2, "{causes:?}");
    }

    #[test]
    fn an_update_may_keep_what_it_had() {
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
    fn chosen_lints_refuse_and_others_are_silent() {
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
    fn whatever_the_bytes_there_is_an_answer() {
        let ask = |body: &[u8]| review(body, &Policy::default(), &Inputs::default(), |_, _| None);
        assert!(ask(b"{").is_err());
        for body in [
            "null",
            "[]",
            "{}",
            r#"{"request":{"object":7,"oldObject":[]}}"#,
        ] {
            assert_eq!(
                ask(body.as_bytes()).unwrap()["response"]["allowed"],
                false,
                "{body}"
            );
        }
    }
}
