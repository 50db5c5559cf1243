//! The operator has all permissions that it grants in Roles, and may bind the ClusterRoles that are
//! installed with it; otherwise the API server would reject its writes.

use feast_operator::manifests::{allows, namespaced_rules, shared_cluster_roles};
use feast_render::{Correction, OBJECTS_SELECTOR, OperatorRelease, Rendered, render};
use feast_testing::strategies::{self as s, Scenario};
use proptest::prelude::*;

/// The rendering of a scenario, unless it is rejected.
fn rendered(scenario: &Scenario) -> Option<Rendered> {
    render(&scenario.inputs().ok()?).ok()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_granted_in_a_namespace_is_held_there(scenario in s::scenarios()) {
        let rules = namespaced_rules();
        let Some(rendered) = rendered(&scenario) else { return Ok(()) };
        let granted = rendered.plan.roles.iter().map(|role| &role.rules);
        for rule in granted.flatten().flatten() {
            prop_assert!(allows(&rules, rule), "{rule:?}");
        }
    }

    #[test]
    fn what_is_bound_in_the_cluster_is_installed(scenario in s::scenarios()) {
        let settings = &scenario.settings;
        prop_assume!(settings.release >= OperatorRelease::NEWEST);
        let installed = shared_cluster_roles(settings).expect("the shared ClusterRoles");
        let Some(rendered) = rendered(&scenario) else { return Ok(()) };
        for role in &rendered.plan.cluster_roles {
            prop_assert!(installed.contains(role), "{role:?}");
        }
        for binding in &rendered.plan.cluster_role_bindings {
            let name = Some(&binding.role_ref.name);
            let mut names = installed.iter().map(|role| role.metadata.name.as_ref());
            prop_assert!(names.any(|found| found == name), "{name:?}");
        }
    }

    #[test]
    fn what_is_rendered_is_watched(scenario in s::scenarios()) {
        let (label, value) = OBJECTS_SELECTOR.split_once('=').expect("a label and its value");
        let Some(rendered) = rendered(&scenario) else { return Ok(()) };
        let corrected = scenario.settings.corrections.contains(Correction::SharedDiscovery);
        for object in rendered.plan.apply() {
            if !corrected && object.metadata().name.as_deref() == Some("feast-openlineage-config") {
                // The reference creates one without labels, and never updates it.
                continue;
            }
            let labels = object.metadata().labels.as_ref();
            let found = labels.and_then(|labels| labels.get(label)).map(String::as_str);
            prop_assert_eq!(found, Some(value), "{:?}", object);
        }
    }
}
