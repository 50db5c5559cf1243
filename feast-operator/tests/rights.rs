//! The operator holds all that it grants: the API server would refuse the Roles otherwise.

use feast_operator::manifests::{allows, cluster_rules, namespaced_rules};
use feast_render::{Correction, OBJECTS_SELECTOR, Rendered, render};
use feast_testing::strategies::{self as s, Scenario};
use proptest::prelude::*;

/// What a scenario's operator makes, if it makes anything.
fn rendered(scenario: &Scenario) -> Option<Rendered> {
    let fs = &scenario.feature_store;
    let inputs = scenario.operator.inputs(&scenario.store(), fs).ok()?;
    render(&inputs).ok()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_granted_is_held(scenario in s::scenarios()) {
        let rules = [cluster_rules(), namespaced_rules()].concat();
        let Some(rendered) = rendered(&scenario) else { return Ok(()) };
        let plan = &rendered.plan;
        let granted = plan.roles.iter().map(|role| &role.rules);
        let granted = granted.chain(plan.cluster_roles.iter().map(|role| &role.rules));
        for rule in granted.flatten().flatten() {
            prop_assert!(allows(&rules, rule), "{rule:?}");
        }
    }

    #[test]
    fn what_is_rendered_is_watched(scenario in s::scenarios()) {
        let (label, value) = OBJECTS_SELECTOR.split_once('=').expect("a label and its value");
        let Some(rendered) = rendered(&scenario) else { return Ok(()) };
        let corrected = scenario.operator.settings.corrections.contains(Correction::SharedDiscovery);
        for object in rendered.plan.apply() {
            if !corrected && object.metadata().name.as_deref() == Some("feast-openlineage-config") {
                // The reference makes one without labels, and never looks at it again.
                continue;
            }
            let labels = object.metadata().labels.as_ref();
            let found = labels.and_then(|labels| labels.get(label)).map(String::as_str);
            prop_assert_eq!(found, Some(value), "{:?}", object);
        }
    }
}
