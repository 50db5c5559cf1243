//! Any bytes, as a creation in either version.
#![no_main]

use feast_fuzz::{is_at_rest, is_coherent};
use feast_kube::api::Version;
use feast_kube::validate::{Request, Validator};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for version in Version::ALL {
        let validator = Validator::of(version);
        let verdict = is_coherent(validator, Request::create(bytes));
        assert_eq!(validator.is_valid(bytes), verdict.is_allowed());
        let violations = validator.all(bytes);
        assert_eq!(validator.first(bytes).as_ref(), violations.first());
        assert_eq!(violations.is_empty(), verdict.is_allowed());
        if let Some(stored) = verdict.stored() {
            is_at_rest(validator, stored);
        }
    }
    // Both versions through the facade.
    let _ = feast_kube::admit(bytes, "feast");
});
