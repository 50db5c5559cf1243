//! Any bytes as a CustomResourceDefinition, and as an object of its resource.
#![no_main]

use feast_kube::validate::{Crd, Request};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    let Ok(crd) = Crd::parse(bytes) else { return };
    // An object that probably is of the resource, and one that is not.
    let spec = serde_json::from_slice::<Value>(bytes).unwrap_or_default();
    for version in crd.versions.iter() {
        let Some(validator) = crd.version(&version.name) else {
            continue;
        };
        let mut object = spec.clone();
        object["apiVersion"] = format!("{}/{}", crd.group, version.name).into();
        object["kind"] = crd.kind.as_ref().into();
        for (fits, is_clean) in validator.quick_and_thorough(&object) {
            assert_eq!(fits, is_clean);
        }
        let verdict = validator.run(Request::create(&object));
        assert_eq!(validator.is_valid(&object), verdict.is_allowed());
        if let Some(stored) = verdict.stored() {
            let again = validator.run(Request::update(stored, stored));
            assert!(again.is_allowed(), "{:?}", again.outcome);
        }
    }
});
