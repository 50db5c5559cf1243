//! Any two texts, separated by a zero byte: an update, an update of the status, and a scaling.
#![no_main]

use feast_fuzz::is_coherent;
use feast_kube::api::Version;
use feast_kube::validate::{Request, Validator};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.splitn(2, |byte| *byte == 0);
    let old = parts.next().unwrap_or_default();
    let new = parts.next().unwrap_or(old);
    let replicas = i32::try_from(bytes.len()).unwrap_or(i32::MAX) - 500;
    for version in Version::ALL {
        let validator = Validator::of(version);
        is_coherent(validator, Request::update(old, new));
        is_coherent(validator, Request::update_status(old, new));
        is_coherent(validator, Request::scale(old, replicas));
    }
});
