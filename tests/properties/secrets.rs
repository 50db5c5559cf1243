//! With documents in a Secret, what Secrets hold is nowhere else; and never in an error or a status.

use feast_render::{DocumentStorage, failed, render};
use feast_testing::invariants;
use feast_testing::strategies::{self as s, SECRET_MARK};
use proptest::prelude::*;
use serde_json::json;

use crate::{cluster, config};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn secrets_stay_in_secrets(mut scenario in s::scenarios()) {
        scenario.settings.storage = DocumentStorage::InSecret;
        let settled = cluster(&scenario).settle()?;
        invariants::secrets_stay(&settled)?;
        let debug = format!("{settled:?}");
        prop_assert!(!debug.contains(SECRET_MARK), "{debug}");
    }

    #[test]
    fn faults_of_secrets_are_told_without_them(
        (mut scenario, objects) in s::scenarios().prop_flat_map(|scenario| {
            let objects = s::with_faulty_secrets(scenario.objects.clone());
            (Just(scenario), objects)
        })
    ) {
        scenario.objects = objects;
        let inputs = scenario.inputs()?;
        let debug = format!("{inputs:?}");
        prop_assert!(!debug.contains(SECRET_MARK), "{debug}");
        match render(&inputs) {
            Ok(rendered) => {
                let texts = format!("{:?} {}", rendered, json!(rendered.status));
                prop_assert!(!texts.contains(SECRET_MARK), "{texts}");
            }
            Err(error) => {
                let status = json!(failed(&inputs, &error));
                let texts = format!("{error} {error:?} {status}");
                prop_assert!(!texts.contains(SECRET_MARK), "{texts}");
            }
        }
        scenario.settings.storage = DocumentStorage::InSecret;
        invariants::secrets_stay(&cluster(&scenario).settle()?)?;
    }
}
