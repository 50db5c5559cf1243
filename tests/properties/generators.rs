//! Generated values have the documented properties.

use feast_api::Version;
use feast_testing::strategies as s;
use feast_validate::Validator;
use proptest::prelude::*;

use crate::{config, releases};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn admitted_is_admitted(fs in s::admitted()) {
        let object = serde_json::to_value(&fs)?;
        let violations = Validator::v1().all(&object);
        prop_assert!(violations.is_empty(), "{violations:?}\n{object:#}");
    }

    /// FeatureStores of a release are stored unchanged by its API server, and have only its fields.
    #[test]
    fn releases_know_their_own(
        (release, fs) in releases().prop_flat_map(|release| (Just(release), s::admitted_by(release))),
    ) {
        let object = serde_json::to_value(&fs)?;
        let validator = Validator::of_release(release.release(), Version::V1).expect("v1 is served");
        let verdict = validator.create(&object);
        prop_assert!(verdict.unknown_fields.is_empty(), "{:?}", verdict.unknown_fields);
        let stored = verdict.stored().map(|stored| &stored["spec"]);
        prop_assert_eq!(stored, Some(&object["spec"]), "{}", release);
    }

    /// Typed values round-trip.
    #[test]
    fn typed_and_back(fs in s::any_v1(), old in s::any_v1alpha1()) {
        let object = serde_json::to_value(&fs)?;
        prop_assert_eq!(feast_api::v1::FeatureStore::from_value(object)?, fs);
        let object = serde_json::to_value(&old)?;
        prop_assert_eq!(feast_api::v1alpha1::FeatureStore::from_value(object)?, old);
    }

    /// Native rules on typed values agree with the server.
    #[test]
    fn typed_rules_agree(fs in s::any_v1()) {
        let mut spec_only = fs;
        spec_only.status = None;
        let violations = Validator::v1().all(&serde_json::to_value(&spec_only)?);
        let texts = |violations: &[feast_validate::Violation]| {
            let mut texts: Vec<_> = violations.iter().map(ToString::to_string).collect();
            texts.sort();
            texts
        };
        let typed = feast_validate::validate(&spec_only).err();
        let typed = typed.map(|rejection| texts(rejection.violations())).unwrap_or_default();
        prop_assert_eq!(typed, texts(&violations));
    }

    /// For any JSON, all entry points agree.
    #[test]
    fn all_answers_agree(object in s::raw_json()) {
        let text = object.to_string();
        let verdict = Validator::v1().create(&text);
        prop_assert_eq!(Validator::v1().is_valid(&object), verdict.is_allowed());
        if let Some(stored) = verdict.stored() {
            let again = Validator::v1().create(stored);
            prop_assert_eq!(again.stored(), Some(stored));
        }
    }
}
