//! Rejections as clients receive them.

use feast_validate::Validator;
use serde_json::json;

#[test]
fn a_status_has_causes() {
    let object = json!({
        "apiVersion": "feast.dev/v1", "kind": "FeatureStore", "metadata": {"name": "a"},
        "spec": {"feastProject": "a", "replicas": 0, "authz": {}},
    });
    let verdict = Validator::v1().create(&object);
    let status = verdict.rejection().expect("is refused").to_status("a");
    assert_eq!(status.code, 422);
    assert_eq!(status.details.causes.len(), 2);
    assert_eq!(
        status.message,
        "FeatureStore.feast.dev \"a\" is invalid: [spec.replicas: Invalid value: 0: \
         spec.replicas in body should be greater than or equal to 1, spec.authz: Invalid value: \
         One selection required between kubernetes, oidc, or noAuth.]"
    );
}

#[test]
fn unreadable_objects_have_no_causes() {
    let verdict = Validator::v1().create("[]");
    let status = verdict.rejection().expect("is refused").to_status("a");
    assert_eq!((status.code, status.reason), (400, "BadRequest"));
    assert!(status.details.causes.is_empty());
}
