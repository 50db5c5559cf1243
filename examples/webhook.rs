//! A validating webhook: the body of a review in, the body of its answer out. Any HTTP server will
//! do around it.
//!
//! ```console
//! $ cargo run --example webhook < review.json
//! ```
#![expect(clippy::print_stdout, reason = "it prints")]

use std::error::Error;
use std::io::{self, Read as _};

use feast_kube::api::Version;
use feast_kube::validate::{AdmissionRequest, ReviewError, Validator};

/// Answers a review. An error is the HTTP status 400.
fn respond(body: &[u8]) -> Result<String, ReviewError> {
    let request = AdmissionRequest::parse(body)?;
    let version = request.resource.version.parse().unwrap_or(Version::V1);
    let answer = Validator::of(version).judge(&request);
    Ok(serde_json::to_string(&answer)?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut body = Vec::new();
    io::stdin().read_to_end(&mut body)?;
    println!("{}", respond(&body)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn review(operation: &str, object: &Value) -> Value {
        let body = json!({
            "apiVersion": "admission.k8s.io/v1",
            "kind": "AdmissionReview",
            "request": {
                "uid": "1",
                "operation": operation,
                "resource": {"group": "feast.dev", "version": "v1", "resource": "featurestores"},
                "name": "sample",
                "namespace": "ml",
                "object": object,
            },
        });
        let answer = respond(body.to_string().as_bytes()).expect("a review");
        serde_json::from_str(&answer).expect("JSON")
    }

    #[test]
    fn a_store_that_cannot_scale_is_rejected() {
        let store = json!({
            "apiVersion": "feast.dev/v1", "kind": "FeatureStore",
            "metadata": {"name": "sample", "namespace": "ml"},
            "spec": {"feastProject": "credit_scoring", "replicas": 3},
        });
        let answer = review("CREATE", &store);
        assert_eq!(answer["response"]["uid"], "1");
        assert_eq!(answer["response"]["allowed"], false);
        let causes = answer["response"]["status"]["details"]["causes"].as_array();
        assert_eq!(causes.map(Vec::len), Some(2), "{answer:#}");
    }

    #[test]
    fn deletions_are_allowed() {
        assert_eq!(review("DELETE", &Value::Null)["response"]["allowed"], true);
    }

    #[test]
    fn other_bodies_are_errors() {
        assert!(respond(b"{}").is_err());
    }
}
