//! Whatever is admitted is rendered or refused, as the reference does and corrected.
#![no_main]

use feast_fuzz::{inputs, namespaced, renders_soberly};
use feast_kube::render::Deviations;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(fs) = feast_kube::admit(bytes) else {
        return;
    };
    let fs = namespaced(fs);
    for deviations in [Deviations::NONE, Deviations::ALL] {
        renders_soberly(&fs, &inputs(&fs, deviations));
    }
});
