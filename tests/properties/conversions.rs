//! Conversions between versions lose only what they report.

use feast_api::convert::downgrade;
use feast_testing::strategies as s;
use proptest::prelude::*;
use serde_json::Value;

use crate::config;

/// Paths in `before` that `after` lacks.
fn missing(path: &str, before: &Value, after: &Value) -> Vec<String> {
    let (Value::Object(before), Value::Object(after)) = (before, after) else {
        assert_eq!(before, after, "{path}");
        return vec![];
    };
    before
        .iter()
        .flat_map(|(key, value)| {
            let path = if path.is_empty() {
                key.clone()
            } else {
                format!("{path}.{key}")
            };
            match after.get(key) {
                Some(after) => missing(&path, value, after),
                None => vec![path],
            }
        })
        .collect()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_downgrade_names_exactly_what_it_loses(new in s::any_v1()) {
        let mut before = serde_json::to_value(&new)?;
        before["apiVersion"] = "feast.dev/v1alpha1".into();
        let down = downgrade(new);
        let mut found = missing("", &before, &serde_json::to_value(&down.object)?);
        // One replica is the default.
        let is_one = |spec: &str| before.pointer(spec).is_some_and(|replicas| *replicas == 1);
        found.retain(|path| match path.as_str() {
            "spec.replicas" => !is_one("/spec/replicas"),
            "status.applied.replicas" => !is_one("/status/applied/replicas"),
            _ => true,
        });
        found.sort();
        let mut lost = down.lost;
        lost.sort();
        prop_assert_eq!(lost, found);
    }

    #[test]
    fn an_upgrade_loses_nothing(old in s::any_v1alpha1()) {
        let new: feast_api::v1::FeatureStore = old.clone().into();
        let back = downgrade(new);
        prop_assert_eq!(back.object, old);
        prop_assert!(back.lost.is_empty(), "{:?}", back.lost);
    }
}
