//! The generators make what they say.

use feast_testing::strategies as s;
use feast_validate::Validator;
use proptest::prelude::*;

use crate::config;

proptest! {
    #![proptest_config(config())]

    #[test]
    fn admitted_is_admitted(fs in s::admitted()) {
        let object = serde_json::to_value(&fs)?;
        let violations = Validator::v1().all(&object);
        prop_assert!(violations.is_empty(), "{violations:?}\n{object:#}");
    }
}
