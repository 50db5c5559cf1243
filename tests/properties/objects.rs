//! What every rendered object is like.

use std::collections::BTreeSet;

use feast_render::Deviations;
use feast_testing::strategies as s;
use proptest::prelude::*;
use serde_json::Value;

use crate::{applied, config, passes};

/// The volume that generated FeatureStores mount whether or not they declare it.
const USER_VOLUME: &str = "cache";

proptest! {
    #![proptest_config(config())]

    #[test]
    fn objects_have_labels_owner_and_namespace(scenario in s::scenarios()) {
        let key = scenario.key();
        let passes = passes(&scenario.operator, &mut scenario.store(), &key)?;
        for object in passes.iter().flat_map(applied) {
            let metadata = &object["metadata"];
            let labels = &metadata["labels"];
            let owners = metadata["ownerReferences"].as_array().map_or(0, Vec::len);
            // Empty as long as nobody can be told of a consumer.
            let is_placeholder =
                metadata["name"] == "feast-openlineage-config" && object["data"].is_null();
            prop_assert!(
                is_placeholder || labels["app.kubernetes.io/managed-by"] == "feast-operator",
                "{object:#}"
            );
            if metadata["namespace"] == key.namespace.as_str() {
                let name = labels["feast.dev/name"].as_str().unwrap_or_default();
                prop_assert_eq!(name.strip_suffix("-lineage").unwrap_or(name), &key.name);
                prop_assert_eq!(owners, 1);
                let owner = &metadata["ownerReferences"][0];
                prop_assert_eq!(owner["uid"].as_str(), scenario.feature_store.metadata.uid.as_deref());
                prop_assert_eq!(&owner["controller"], true);
            } else {
                prop_assert_eq!(owners, 0, "an owner in another namespace");
            }
        }
    }

    #[test]
    fn services_reach_a_container(mut scenario in s::scenarios()) {
        scenario.operator.deviations = Deviations::ALL;
        let passes = passes(&scenario.operator, &mut scenario.store(), &scenario.key())?;
        for pass in &passes {
            let objects = applied(pass);
            let of_kind = |kind: &'static str| objects.iter().filter(move |o| o["kind"] == kind);
            for service in of_kind("Service") {
                let selected: Vec<&Value> =
                    of_kind("Deployment").filter(|one| selects(service, one)).collect();
                prop_assert_eq!(selected.len(), 1, "{:#}", service);
                let open = container_ports(selected[0]);
                for port in list(&service["spec"]["ports"]) {
                    prop_assert!(open.contains(&port["targetPort"].to_string()), "{service:#}");
                }
            }
        }
    }

    #[test]
    fn mounts_have_their_volume(scenario in s::scenarios()) {
        let passes = passes(&scenario.operator, &mut scenario.store(), &scenario.key())?;
        for deployment in passes.iter().flat_map(applied).filter(|o| o["kind"] == "Deployment") {
            let pod = &deployment["spec"]["template"]["spec"];
            let volumes: BTreeSet<_> = list(&pod["volumes"]).map(|v| v["name"].as_str()).collect();
            for mount in containers(pod).flat_map(|container| list(&container["volumeMounts"])) {
                let name = mount["name"].as_str();
                prop_assert!(name == Some(USER_VOLUME) || volumes.contains(&name), "{pod:#}");
            }
        }
    }
}

fn selects(service: &Value, deployment: &Value) -> bool {
    let labels = &deployment["spec"]["template"]["metadata"]["labels"];
    let selector = service["spec"]["selector"].as_object();
    selector.is_some_and(|selector| selector.iter().all(|(key, value)| labels[key] == *value))
}

/// The ports of a Deployment's containers by number and by name, as JSON.
fn container_ports(deployment: &Value) -> BTreeSet<String> {
    let pod = &deployment["spec"]["template"]["spec"];
    let ports = containers(pod).flat_map(|container| list(&container["ports"]));
    ports
        .flat_map(|port| [port["containerPort"].to_string(), port["name"].to_string()])
        .collect()
}

fn containers(pod: &Value) -> impl Iterator<Item = &Value> {
    list(&pod["initContainers"]).chain(list(&pod["containers"]))
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
