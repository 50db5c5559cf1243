//! Verdicts of other libraries on the recorded creations, with the API server's: one JSON object
//! per line. `FEAST_PEERS_DIR` names a directory for definitions, schemas and objects, which
//! programs can read.
//!
//! `benches/agreement.sh` runs those programs, and makes a table.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crd_admission::Crd;
use serde_json::{Value, json};
use test_support::CustomResource;

#[path = "support/peers.rs"]
mod peers;
#[path = "support/recorded.rs"]
mod recorded;

use peers::Peers;
use recorded::Case;

fn main() {
    let Some(folder) = std::env::var_os("FEAST_PEERS_DIR").map(PathBuf::from) else {
        // Also the case for `cargo test --benches`.
        return;
    };
    for part in ["crds", "schemas", "objects"] {
        fs::create_dir_all(folder.join(part)).expect("a folder that can be made");
    }
    // Its objects are made to reach cost limits, which the other libraries do not have.
    let resources = test_support::custom_resources().into_iter();
    for resource in resources.filter(|resource| resource.name != "made-bulk") {
        judge(&resource, &folder);
    }
}

fn judge(resource: &CustomResource, folder: &Path) {
    let name = &resource.name;
    let definition = test_support::text(&resource.definition);
    write(folder, &format!("crds/{name}.json"), &definition);
    let crd = Crd::parse(definition.as_bytes()).expect("a CRD that a server takes");
    let definition: Value = serde_json::from_str(&definition).expect("JSON");
    let versions = definition["spec"]["versions"].as_array().expect("versions");
    let peers: Vec<_> = versions.iter().map(Peers::of).collect();
    for (version, peers) in versions.iter().zip(&peers) {
        let file = format!(
            "schemas/{}_{}_{}.json",
            crd.group,
            crd.kind.to_lowercase(),
            version["name"].as_str().expect("a name")
        );
        write(folder, &file, &peers.schema.to_string());
    }
    for line in test_support::lines(&resource.requests) {
        let case: Case<'_> = serde_json::from_str(&line).expect("a case");
        let object: Value = serde_json::from_str(case.object.get()).expect("JSON");
        let version = recorded::version(&object);
        let at = versions.iter().position(|other| other["name"] == version);
        let (Some(at), true, Some(validator)) = (at, case.is_creation(), crd.version(version))
        else {
            continue;
        };
        let file = format!("objects/{name}--{}.json", case.id);
        write(folder, &file, case.object.get());
        let [schema, rules] = peers[at].answers(&object);
        let verdict = json!({
            "file": file,
            "allowed": case.expect.allowed,
            "crd-admission": validator.is_valid(case.object.get()),
            "jsonschema": schema,
            "kube-cel": rules,
            "jsonschema and kube-cel": schema && rules,
        });
        writeln!(io::stdout(), "{verdict}").expect("standard output takes it");
    }
}

fn write(folder: &Path, file: &str, text: &str) {
    fs::write(folder.join(file), text).expect("a file that can be written");
}
