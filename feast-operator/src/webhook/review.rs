//! What is answered to a review: bytes in, an answer out.

use feast_api::{Admitted, Version};
use feast_check::check::Around;
use feast_check::{Absent, Checker, Settings};
use feast_lint::Finding;
use feast_render::{OperatorSettings, Time, WrongAnswer};
use feast_validate::{AdmissionRequest, Answer, ReviewError, Validator};
use serde_json::Value;

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
/// Bytes that are no review.
pub fn review(
    body: &[u8],
    policy: &Policy,
    operator: &OperatorSettings,
    now: &Time,
    stored: impl FnOnce(&str, &str) -> Option<Value>,
) -> Result<Answer, ReviewError> {
    let mut request = AdmissionRequest::parse(body)?;
    let is_scale = request.sub_resource == "scale";
    let scaled = is_scale.then(|| stored(&request.namespace, &request.name));
    let scaled = scaled.flatten();
    if let Some(store) = &scaled {
        request = request.scaling(store);
    }
    let release = operator.release.release();
    let validator = Validator::of_release(release, Version::V1);
    let answer = validator.unwrap_or_else(Validator::v1).judge(&request);
    let Some(store) = admitted(&answer) else {
        return Ok(answer);
    };
    let object = request.object.filter(|_| !is_scale);
    let written = object.and_then(|object| serde_json::from_str(object.get()).ok());
    let is_deleted = store.metadata.deletion_timestamp.is_some();
    let checker = Checker::new(Settings {
        lints: policy.config().clone(),
        // What is missing may come with the next request.
        absent: Absent::Filled,
        ..Settings::new(operator.clone(), now.clone())
    });
    let findings = findings(store, written.as_ref(), &checker).unwrap_or_default();
    Ok(advise(answer, is_deleted, &findings, policy))
}

/// The FeatureStore as it will be stored.
fn admitted(answer: &Answer) -> Option<Admitted> {
    feast_validate::admitted(answer.verdict()?.clone()).ok()
}

fn findings(
    store: Admitted,
    written: Option<&Value>,
    checker: &Checker,
) -> Result<Vec<Finding>, WrongAnswer> {
    let nothing = Around::default();
    let rendering = checker.render(store, &nothing)?;
    Ok(checker.lint(&rendering, written, &nothing).findings)
}

/// Adds what lints found to an answer, which may become a refusal; whoever deletes a FeatureStore
/// is only warned, since a refusal would keep its finalizers.
fn advise(answer: Answer, is_deleted: bool, findings: &[Finding], policy: &Policy) -> Answer {
    let (refused, warned): (Vec<_>, Vec<_>) = findings
        .iter()
        .partition(|finding| !is_deleted && policy.refuses(finding.lint));
    let warned = warned.into_iter().take(MOST_WARNINGS);
    let answer = answer.with_warnings(warned.map(text));
    if refused.is_empty() {
        return answer;
    }
    let reasons: Vec<_> = refused.into_iter().map(text).collect();
    answer.forbid(reasons.join("; "))
}

fn text(finding: &Finding) -> String {
    format!(
        "{}: {} [{}]",
        finding.path, finding.message, finding.lint.name
    )
}

#[cfg(test)]
mod tests {
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
        request["operation"] = operation.into();
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
        let mut deleted = crossed();
        deleted["metadata"]["deletionTimestamp"] = "2024-01-01T00:00:00Z".into();
        let request = json!({ "oldObject": deleted, "object": deleted });
        let answer = ask(request, &refusing, None);
        assert_eq!(answer["allowed"], true, "what is deleted can go: {answer}");
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
}
