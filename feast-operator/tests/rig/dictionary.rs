//! `src/dictionary.jsonl`: an object of each kind, for compression.

use std::collections::BTreeMap;

use feast_operator::platform;
use feast_render::Platform;
use serde_json::Value;

use crate::rig::Rig;
use crate::stores;

#[tokio::test(start_paused = true)]
async fn the_dictionary_is_current() {
    let rig = Rig::start().await;
    let specs = [
        stores::autoscaled(),
        stores::all_servers(),
        stores::scaled(3),
    ];
    for (number, spec) in specs.iter().enumerate() {
        rig.put_store(&format!("store-{number}"), spec);
        // One after the other, so that each run gives objects the same uids.
        rig.rests().await;
    }
    let mut kinds = platform::namespaced(&Platform::kubernetes());
    kinds.extend(platform::cluster_scoped());
    kinds.push(platform::feature_store());
    // Of each kind the one that has most.
    let objects = &rig.context().known.objects;
    let mut longest = BTreeMap::new();
    for kind in kinds {
        let objects = objects.of_kind(&kind.api_version, &kind.kind, None);
        let texts = objects
            .into_iter()
            .map(|(_, object)| timeless(&object.text()));
        let text = texts.max_by_key(String::len);
        longest.insert(kind.kind, text.expect("there is one of each kind"));
    }
    let lines: Vec<_> = longest.into_values().collect();
    let lines = format!("{}\n", lines.join("\n"));
    test_support::current("feast-operator/src/dictionary.jsonl", &lines);
}

/// The text of an object as of a fixed time.
fn timeless(text: &str) -> String {
    let mut object: Value = serde_json::from_str(text).unwrap();
    let conditions = object["status"]["conditions"].as_array_mut();
    for condition in conditions.into_iter().flatten() {
        if let Some(time) = condition.get_mut("lastTransitionTime") {
            *time = "2026-01-01T00:00:00Z".into();
        }
    }
    object.to_string()
}
