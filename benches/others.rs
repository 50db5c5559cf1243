//! Times of verdicts on any resource, compared with other libraries: a row of the table, with the
//! geometric mean over the definitions that have recorded requests. `FEAST_PEERS_DIR` names a
//! directory for definitions and objects, with our times, for programs that read files.
//!
//! `benches/compare.sh` runs those programs, and makes one table.

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
use timing::{Goal, medians, row, time, turns};

/// Times for a definition.
struct Measured {
    /// Nanoseconds from bytes to a verdict.
    verdict: f64,
    /// From bytes to a `Value`.
    value: f64,
    /// From bytes to the result of the other libraries, with a precompiled schema.
    compiled: f64,
    /// From bytes to kube-cel's result, given the schema with the object.
    given: f64,
}

fn main() {
    let Some(folder) = std::env::var_os("FEAST_PEERS_DIR").map(PathBuf::from) else {
        // Also the case for `cargo test --benches`.
        return;
    };
    fs::create_dir_all(&folder).expect("a folder that can be made");
    let all = test_support::custom_resources().into_iter();
    let measured: Vec<_> = all
        .filter(|resource| !test_support::is_made(&resource.name))
        .filter_map(|resource| measure(&resource, &folder))
        .collect();
    if measured.is_empty() {
        // A plain checkout has no files of other projects.
        return;
    }
    let crds = format!("{} CRDs of others", measured.len());
    let mean = |of: fn(&Measured) -> f64| geometric_mean(measured.iter().map(of));
    let verdict = mean(|each| each.verdict);
    let value = mean(|each| each.value);
    row(
        &format!("bytes to verdict on {crds} / to serde_json::Value"),
        Goal::None,
        verdict,
        value,
        verdict / value,
    );
    let peer = |who: &str, goal, peer: f64| {
        let name = format!("{who} / bytes to verdict on {crds}");
        row(&name, goal, verdict, peer, peer / verdict);
    };
    let compiled = mean(|each| each.compiled);
    peer("jsonschema and kube-cel, compiled", Goal::None, compiled);
    let given = mean(|each| each.given);
    peer("kube-cel, given the schema", Goal::AtLeast(100.0), given);
}

/// Verdicts on an object of a definition; `None` if no creation is admitted.
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
    let of_bytes = || serde_json::from_str::<Value>(black_box(&object)).expect("JSON");
    let verdict = || validator.is_valid(black_box(&object));
    let (_, compiled) = medians(turns(verdict, || peers.answers(&of_bytes())));
    let (_, given) = medians(turns(verdict, || peers.rules_hold(&of_bytes())));
    let (verdict, alone) = medians(turns(verdict, of_bytes));
    let of_ours = json!({
        "definition": definition,
        "object": value,
        "verdict": verdict,
        "compiling": time(&|| Crd::parse(black_box(text.as_bytes()))),
    });
    let file = folder.join(format!("{}.json", resource.name));
    fs::write(file, of_ours.to_string()).expect("a file that can be written");
    Some(Measured {
        verdict,
        value: alone,
        compiled,
        given,
    })
}

/// The admitted creation of median size.
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
