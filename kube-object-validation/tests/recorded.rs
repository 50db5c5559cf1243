//! What a real API server refuses, field by field.
//!
//! `data/recorded.jsonl` has small objects with the fields that kube-apiserver 1.35.4 named when each
//! was sent as a server-side apply with strict validation; none if it took the object. They cover
//! every field of which it was seen to refuse something.

use std::collections::BTreeSet;

use kube_object_validation::{Kind, Release, check};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Case {
    object: Value,
    fields: BTreeSet<String>,
}

#[test]
fn an_api_server_agrees() {
    for line in include_str!("data/recorded.jsonl").lines() {
        let case: Case = serde_json::from_str(line).expect("a case");
        let refusals = check(&case.object, Release::V1_35);
        let fields: BTreeSet<_> = refusals
            .iter()
            .map(|refusal| refusal.field.clone())
            .collect();
        assert_eq!(fields, case.fields, "{}", case.object);
    }
}

/// What is there twice, names nothing or is too long is where its path says.
#[test]
fn paths_lead_into_the_object() {
    for line in include_str!("data/recorded.jsonl").lines() {
        let case: Case = serde_json::from_str(line).expect("a case");
        for refusal in check(&case.object, Release::V1_35) {
            let is_there = matches!(
                refusal.kind,
                Kind::Duplicate | Kind::DuplicateKey | Kind::NotFound | Kind::TooLong
            );
            let found = case.object.pointer(&refusal.path.pointer());
            assert!(found.is_some() || !is_there, "{refusal}");
        }
    }
}

/// The fields that a release refuses of a Deployment with this pod.
fn refused_of_pod(release: Release, pod: &Value) -> BTreeSet<String> {
    let labels = json!({"app": "a"});
    let object = json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a", "namespace": "a"},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    });
    let refusals = check(&object, release).into_iter();
    refusals.map(|refusal| refusal.field).collect()
}

fn refused_of_variable(release: Release, variable: &Value) -> bool {
    let pod = json!({
        "containers": [{"name": "a", "image": "a", "env": [variable]}],
        "volumes": [{"name": "a", "emptyDir": {}}],
    });
    !refused_of_pod(release, &pod).is_empty()
}

#[test]
fn names_of_variables_were_strict_before_1_32() {
    let variable = json!({"name": "1 a", "value": "b"});
    assert!(refused_of_variable(Release::V1_31, &variable));
    for release in &Release::ALL[1..] {
        assert!(!refused_of_variable(*release, &variable), "{release}");
    }
}

#[test]
fn variables_come_from_files_since_1_35() {
    let file = json!({"volumeName": "a", "path": "a", "key": "A"});
    let variable = json!({"name": "A", "valueFrom": {"fileKeyRef": file}});
    for release in Release::ALL {
        let is_refused = refused_of_variable(*release, &variable);
        assert_eq!(is_refused, *release < Release::V1_35, "{release}");
    }
}

#[test]
fn volumes_come_from_images_since_1_35() {
    let pod = json!({
        "containers": [{"name": "a", "image": "a"}],
        "volumes": [{"name": "a", "image": {"reference": "a"}}],
    });
    assert_eq!(
        refused_of_pod(Release::V1_34, &pod),
        BTreeSet::from(["spec.template.spec.volumes[0]".to_owned()])
    );
    assert_eq!(refused_of_pod(Release::V1_35, &pod), BTreeSet::new());
}

/// Before, an API server forgets the claims of pods and containers alike.
#[test]
fn resource_claims_are_looked_at_since_1_34() {
    let claims = json!({"claims": [{"name": "absent"}]});
    let pod = json!({"containers": [{"name": "a", "image": "a", "resources": claims}]});
    assert_eq!(refused_of_pod(Release::V1_33, &pod), BTreeSet::new());
    assert_ne!(refused_of_pod(Release::V1_34, &pod), BTreeSet::new());
}

#[test]
fn tolerances_of_autoscalers_are_known_since_1_33_and_looked_at_since_1_35() {
    let refused = |release, tolerance: &str| {
        let object = json!({
            "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": "a", "namespace": "a"},
            "spec": {
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "a"},
                "maxReplicas": 3,
                "behavior": {"scaleUp": {"tolerance": tolerance}},
            },
        });
        let refusals = check(&object, release).into_iter();
        refusals.map(|refusal| refusal.kind).collect::<Vec<_>>()
    };
    assert_eq!(refused(Release::V1_32, "1"), [Kind::Unknown]);
    assert_eq!(refused(Release::V1_34, "-1"), []);
    assert_eq!(refused(Release::V1_35, "-1"), [Kind::Invalid]);
}
