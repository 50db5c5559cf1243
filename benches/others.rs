//! What verdicts on resources of any kind cost beside what other libraries take: a row of the table,
//! the geometric mean over the definitions that have recorded requests. `FEAST_PEERS_DIR` names a
//! folder to which definitions and objects are written, with our times, for programs that read files.
//!
//! `benches/compare.sh` runs those, and makes one table of all.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};

use crd_admission::Crd;
use serde_json::{Value, json};
use test_support::CustomResource;

#[path = "support/peers.rs"]
mod peers;
#[path = "support/recorded.rs"]
mod recorded;
#[allow(dead_code, reason = "not every bench has every kind of row")]
#[path = "support/timing.rs"]
mod timing;

use peers::Peers;
use recorded::Case;
use timing::{Goal, median, medians, row, time, turns};

/// What was measured of a definition.
struct Measured {
    /// Nanoseconds from bytes to a verdict, ours and the peers'.
    times: (f64, f64),
    /// The peers' by ours.
    ratio: f64,
}

fn main() {
    let Some(folder) = std::env::var_os("FEAST_PEERS_DIR").map(PathBuf::from) else {
        // What `cargo test --benches` asks for, too.
        return;
    };
    fs::create_dir_all(&folder).expect("a folder that can be made");
    let all = test_support::custom_resources().into_iter();
    let measured: Vec<_> = all
        .filter(CustomResource::is_published)
        .filter_map(|resource| measure(&resource, &folder))
        .collect();
    if measured.is_empty() {
        // Those who fetched this project alone have no files of others.
        return;
    }
    let mean = |of: &dyn Fn(&Measured) -> f64| geometric_mean(measured.iter().map(of));
    row(
        &format!(
            "jsonschema and kube-cel / bytes to verdict, {} CRDs of others",
            measured.len()
        ),
        Goal::AtLeast(100.0),
        mean(&|each| each.times.0),
        mean(&|each| each.times.1),
        mean(&|each| each.ratio),
    );
}

/// Verdicts on an object of a definition; none if no creation of it is admitted.
fn measure(resource: &CustomResource, folder: &Path) -> Option<Measured> {
    let text = test_support::text(&resource.definition);
    let crd = Crd::parse(text.as_bytes()).expect("a CRD that a server takes");
    let object = middle(&resource.requests)?;
    let value: Value = serde_json::from_str(&object).expect("JSON");
    let version = recorded::version(&value);
    let validator = crd.version(version).expect("it was admitted");
    assert!(validator.is_valid(&object), "{}", resource.name);

    let definition: Value = serde_json::from_str(&text).expect("JSON");
    let versions = definition["spec"]["versions"].as_array().expect("versions");
    let schema = versions.iter().find(|other| other["name"] == version);
    let peers = Peers::of(schema.expect("it is there"));
    let times = turns(
        || validator.is_valid(black_box(&object)),
        || {
            let value = serde_json::from_str(black_box(&object)).expect("JSON");
            peers.answers(&value)
        },
    );
    let ratio = median(times.iter().map(|(ours, peers)| peers / ours).collect());
    let times = medians(times);
    let of_ours = json!({
        "definition": definition,
        "object": value,
        "verdict": times.0,
        "compiling": time(&|| Crd::parse(black_box(text.as_bytes()))),
    });
    let file = folder.join(format!("{}.json", resource.name));
    fs::write(file, of_ours.to_string()).expect("a file that can be written");
    Some(Measured { times, ratio })
}

/// Of the creations that the server admits, the one of middle size.
fn middle(requests: &Path) -> Option<String> {
    let mut objects = Vec::new();
    for line in test_support::lines(requests) {
        let case: Case<'_> = serde_json::from_str(&line).expect("a case");
        if case.is_creation() && case.expect.allowed {
            objects.push(case.object.get().to_owned());
        }
    }
    objects.sort_by_key(String::len);
    let middle = objects.len() / 2;
    objects.into_iter().nth(middle)
}

fn geometric_mean(numbers: impl Iterator<Item = f64>) -> f64 {
    let (count, sum) = numbers.fold((0.0, 0.0), |(count, sum), number| {
        (count + 1.0, sum + f64::ln(number))
    });
    f64::exp(sum / count)
}
