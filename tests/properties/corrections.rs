//! Corrections without restarts do not change pods.

use feast_render::{Correction, Corrections, Rendered, render};
use feast_testing::strategies::{self as s, Scenario};
use proptest::prelude::*;
use proptest::sample::subsequence;

use crate::config;

/// Any of the corrections that restart no pod.
fn quiet() -> impl Strategy<Value = Corrections> {
    let quiet: Vec<Correction> = Corrections::without_restarts().iter().collect();
    let some = 0..=quiet.len();
    subsequence(quiet, some).prop_map(|chosen| chosen.into_iter().collect())
}

/// The rendering of a scenario with these corrections.
fn rendered(
    scenario: &Scenario,
    corrections: Corrections,
) -> Result<Result<Rendered, feast_render::Error>, TestCaseError> {
    let mut scenario = scenario.clone();
    scenario.settings.corrections = corrections;
    Ok(render(&scenario.inputs()?))
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn quiet_corrections_leave_pods_alone(scenario in s::scenarios(), corrections in quiet()) {
        // A correction may reject what cannot work, or admit what can.
        if let (Ok(before), Ok(after)) =
            (rendered(&scenario, Corrections::NONE)?, rendered(&scenario, corrections)?)
        {
            let pods = |rendered: &Rendered| {
                let plan = &rendered.plan;
                (plan.deployment.clone(), plan.lineage_deployment.clone(), plan.secret.clone())
            };
            prop_assert_eq!(pods(&before), pods(&after), "{:?}", corrections);
            prop_assert_eq!(before.documents.service, after.documents.service);
            prop_assert_eq!(before.documents.lineage, after.documents.lineage);
        }
    }

    #[test]
    fn corrections_refuse_nothing_more(scenario in s::scenarios()) {
        let corrections = Corrections::ALL.without(Correction::LineageServerRefused);
        if let Err(refusal) = rendered(&scenario, corrections)? {
            let reference = rendered(&scenario, Corrections::NONE)?;
            prop_assert!(reference.is_err(), "{}", refusal);
        }
    }
}
