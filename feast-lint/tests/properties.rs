//! Properties of lints on arbitrary input.

use feast_lint::{Config, Level, Report, Subject, check};
use feast_testing::strategies::{self as s, SECRET_MARK, Scenario};
use proptest::prelude::*;

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// All lints, including those that are off by default.
fn everything() -> Config {
    let mut config = Config::default();
    for lint in feast_lint::LINTS {
        config.lints.insert(lint.name.to_owned(), Level::Warn);
    }
    config
}

fn report(scenario: &Scenario) -> Result<Report, TestCaseError> {
    let inputs = scenario.inputs()?;
    let others: Vec<_> = scenario.objects.iter().collect();
    let subject = Subject::new(&inputs).others(&others);
    Ok(check(&subject, &everything()))
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn secrets_are_not_echoed(
        (mut scenario, objects) in s::scenarios().prop_flat_map(|scenario| {
            let objects = s::with_faulty_secrets(scenario.objects.clone());
            (Just(scenario), objects)
        }),
        is_faulty: bool,
    ) {
        if is_faulty {
            scenario.objects = objects;
        }
        let report = serde_json::to_string(&report(&scenario)?).expect("a report");
        prop_assert!(!report.contains(SECRET_MARK), "{report}");
    }

    /// A fix can be applied to its object, and reduces the findings.
    #[test]
    fn fixes_fit(scenario in s::scenarios()) {
        let before = report(&scenario)?;
        for finding in before.findings {
            let Some(fix) = &finding.fix else {
                continue;
            };
            let mut object = serde_json::to_value(&scenario.feature_store).expect("an object");
            json_patch::patch(&mut object, &fix.patch).expect("the fix fits");
            let mended = Scenario {
                feature_store: serde_json::from_value(object).expect("a FeatureStore"),
                ..scenario.clone()
            };
            let same = |report: &Report| {
                let findings = report.findings.iter();
                let same = findings.filter(|other| other.lint.name == finding.lint.name);
                same.filter(|other| other.path == finding.path).count()
            };
            prop_assert_eq!(same(&report(&mended)?), 0, "{}", finding.lint.name);
        }
    }
}
