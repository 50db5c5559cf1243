//! Typed values get the same verdicts as their JSON.
#![cfg(feature = "types")]

mod common;

use std::collections::BTreeSet;

use common::{object, specs};
use feast_api::v1::FeatureStore;
use feast_validate::{
    BadValue, Rejection, Request, Validator, Violation, validate, validate_update,
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Violations of rules; the types do not check bounds and patterns.
fn texts(rejection: Option<&Rejection>) -> BTreeSet<String> {
    let is_about_a_rule = |violation: &&Violation| {
        violation.value == BadValue::Omitted || violation.detail.contains(" evaluating rule: ")
    };
    let violations = rejection.into_iter().flatten();
    violations
        .filter(is_about_a_rule)
        .map(ToString::to_string)
        .collect()
}

/// A spec that creates a claim for one of its stores.
fn with_claim(store: &str, size: &str) -> Value {
    let claim =
        json!({"create": {"resources": {"requests": {"storage": size}}}, "mountPath": "/data"});
    let store_with_claim = json!({"persistence": {"file": {"path": "a.db", "pvc": claim}}});
    let services = match store {
        "registry" => json!({"registry": {"local": store_with_claim}}),
        _ => json!({store: store_with_claim}),
    };
    json!({"feastProject": "a", "services": services})
}

#[test]
fn a_claim_is_immutable() {
    let read = |object: Value| serde_json::from_value::<FeatureStore>(object).expect("the type");
    let in_spec = |spec: &Value| read(object(spec));
    let in_status = |spec: &Value| {
        let mut applied = object(&json!({"feastProject": "a"}));
        applied["status"] = json!({"applied": spec});
        read(applied)
    };
    for store in ["offlineStore", "onlineStore", "registry"] {
        let (old, new) = (with_claim(store, "1Gi"), with_claim(store, "2Gi"));
        let none = json!({"feastProject": "a"});
        for (old, new, is_kept) in [(&old, &old, true), (&old, &new, false), (&old, &none, true)] {
            let spec = validate_update(&in_spec(old), &in_spec(new));
            assert_eq!(spec.is_ok(), is_kept, "{store}");
            let status = validate_update(&in_status(old), &in_status(new));
            assert_eq!(status.is_ok(), is_kept, "{store}, applied");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn creation(spec in specs()) {
        let object = object(&spec);
        let Ok(typed) = serde_json::from_value::<FeatureStore>(object.clone()) else {
            return Err(TestCaseError::reject("not of the type"));
        };
        let verdict = Validator::v1().create(&object);
        prop_assert_eq!(texts(validate(&typed).as_ref().err()), texts(verdict.rejection()));
    }

    #[test]
    fn update(old in specs(), new in specs(), keep in prop::collection::vec(any::<bool>(), 8)) {
        let mut new = new;
        for (field, keep) in ["services", "authz", "mlflow", "feastProjectDir"].iter().zip(keep) {
            if let (true, Some(value)) = (keep, old.get(field)) {
                new[*field] = value.clone();
            }
        }
        let (old, new) = (object(&old), object(&new));
        let read = |value: &Value| serde_json::from_value::<FeatureStore>(value.clone());
        let (Ok(typed_old), Ok(typed_new)) = (read(&old), read(&new)) else {
            return Err(TestCaseError::reject("not of the type"));
        };
        let verdict = Validator::v1().run(Request::update(&old, &new));
        let result = validate_update(&typed_old, &typed_new);
        prop_assert_eq!(texts(result.as_ref().err()), texts(verdict.rejection()));
    }
}
