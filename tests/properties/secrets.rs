//! With documents in a Secret, what Secrets hold is nowhere else.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use feast_render::{StoreYaml, render};
use feast_testing::cluster::Store;
use feast_testing::strategies::{self as s, SECRET_MARK};
use proptest::prelude::*;
use serde_json::Value;

use crate::{config, passes};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn secrets_stay_in_secrets(mut scenario in s::scenarios()) {
        scenario.operator.store_yaml = StoreYaml::InSecret;
        let mut store = scenario.store();
        let passes = passes(&scenario.operator, &mut store, &scenario.key())?;
        prop_assert_eq!(leaks(&store), Vec::<String>::new());
        for pass in passes {
            let debug = format!("{pass:?}");
            prop_assert!(!debug.contains(SECRET_MARK), "{debug}");
        }
    }

    #[test]
    fn faults_of_secrets_are_told_without_them(
        (mut scenario, objects) in s::scenarios().prop_flat_map(|scenario| {
            let objects = s::with_faulty_secrets(scenario.objects.clone());
            (Just(scenario), objects)
        })
    ) {
        scenario.objects = objects;
        scenario.operator.store_yaml = StoreYaml::InSecret;
        let mut store = scenario.store();
        let inputs = scenario.operator.inputs(&store, &scenario.feature_store)?;
        let debug = format!("{inputs:?}");
        prop_assert!(!debug.contains(SECRET_MARK), "{debug}");
        if let Err(error) = render(&scenario.feature_store, &inputs) {
            let texts = format!("{error} {error:?}");
            prop_assert!(!texts.contains(SECRET_MARK), "{texts}");
        }
        passes(&scenario.operator, &mut store, &scenario.key())?;
        prop_assert_eq!(leaks(&store), Vec::<String>::new());
    }
}

/// The objects but Secrets that hold a secret, plain or in base64.
fn leaks(store: &Store) -> Vec<String> {
    let objects = store
        .objects()
        .iter()
        .filter(|(key, _)| key.kind != "Secret");
    let leaking = objects.filter(|(_, object)| is_leaking(object));
    leaking.map(|(key, _)| key.to_string()).collect()
}

fn is_leaking(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields
            .iter()
            .any(|(key, value)| key.contains(SECRET_MARK) || is_leaking(value)),
        Value::Array(items) => items.iter().any(is_leaking),
        Value::String(text) => {
            let decoded = BASE64_STANDARD.decode(text).unwrap_or_default();
            text.contains(SECRET_MARK) || String::from_utf8_lossy(&decoded).contains(SECRET_MARK)
        }
        _ => false,
    }
}

#[test]
fn a_leak_is_seen() {
    let encoded = BASE64_STANDARD.encode(format!("password: {SECRET_MARK}0"));
    assert!(is_leaking(
        &serde_json::json!({ "env": [{ "value": encoded }] })
    ));
    assert!(is_leaking(&serde_json::json!({ SECRET_MARK: 1 })));
    assert!(!is_leaking(
        &serde_json::json!({ "env": [{ "value": "5ecret" }] })
    ));
}
