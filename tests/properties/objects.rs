//! Properties of every rendered object.

use feast_render::Corrections;
use feast_testing::{invariants, strategies as s};
use proptest::prelude::*;

use crate::{cluster, config, passes};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn objects_have_labels_owner_and_namespace(scenario in s::scenarios()) {
        let key = scenario.key();
        let settled = cluster(&scenario).settle_one(&key)?;
        invariants::owned(&settled)?;
        for (made, object) in settled.store.made() {
            let labels = &object["metadata"]["labels"];
            // Empty while there is no consumer.
            let is_placeholder =
                made.name == "feast-openlineage-config" && object["data"].is_null();
            prop_assert!(
                is_placeholder || labels["app.kubernetes.io/managed-by"] == "feast-operator",
                "{object:#}"
            );
            if made.namespace == key.namespace {
                let name = labels["feast.dev/name"].as_str().unwrap_or_default();
                prop_assert_eq!(name.strip_suffix("-lineage").unwrap_or(name), &key.name);
                prop_assert_eq!(&object["metadata"]["ownerReferences"][0]["controller"], true);
            }
        }
    }

    #[test]
    fn no_object_is_planned_twice(scenario in s::scenarios()) {
        for pass in passes(&scenario.settings, &mut scenario.store(), &scenario.key())? {
            invariants::distinct(&pass.plan)?;
        }
    }

    #[test]
    fn services_reach_a_container(mut scenario in s::scenarios()) {
        scenario.settings.corrections = Corrections::ALL;
        invariants::services_reach_containers(&cluster(&scenario).settle()?)?;
    }

    #[test]
    fn mounts_have_their_volume(scenario in s::scenarios()) {
        invariants::mounts_have_volumes(&cluster(&scenario).settle()?)?;
    }

    #[test]
    fn what_is_named_is_there(scenario in s::scenarios()) {
        invariants::references_resolve(&cluster(&scenario).settle()?)?;
    }
}
