//! An admitted FeatureStore is rendered or rejected, with and without corrections.
#![no_main]

use feast_fuzz::{inputs, renders_soberly};
use feast_kube::render::Corrections;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(store) = feast_kube::admit(bytes, "feast") else {
        return;
    };
    for corrections in [Corrections::NONE, Corrections::ALL] {
        renders_soberly(&inputs(&store, corrections));
    }
});
