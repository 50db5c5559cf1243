//! Requests for resources of all kinds, judged by the API server's own code and by ours.
//!
//! `FEAST_RESOURCES_COUNT` says how many requests are made for each CRD, `FEAST_DIFFERENTIAL_SEED`
//! which.

use crd_admission::Crd;
use serde_json::Value;

use crate::generate::Generator;
use crate::{Definition, Failures, build_oracle, definitions, variable};

#[test]
#[ignore = "needs Go; builds the oracle, which takes minutes the first time"]
fn resources() {
    let oracle = build_oracle();
    let count = variable("FEAST_RESOURCES_COUNT", 100);
    let seed = variable("FEAST_DIFFERENTIAL_SEED", 1);
    let mut failures = Failures::default();
    for (name, Definition { file, json }) in definitions() {
        let crd = Crd::compile(&json, &[]).unwrap_or_else(|error| panic!("{name}: {error}"));
        let requests = requests(&json, seed, count);
        let (before, allowed) = (failures.len(), failures.allowed);
        oracle.compare(&crd, &file, &requests, &mut failures);
        println!(
            "{name}: {count} requests, {} allowed, {} differences",
            failures.allowed - allowed,
            failures.len() - before
        );
    }
    if let Err(differences) = failures.report("resources") {
        panic!("{differences}");
    }
}

fn requests(crd: &Value, seed: u64, count: u64) -> Vec<String> {
    let ids = seed..seed + count;
    let requests = ids.map(|id| Generator::new(id, crd).request(id));
    requests.collect()
}
