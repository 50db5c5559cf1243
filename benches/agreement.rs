//! What others answer to the recorded creations of resources of any kind, beside the API server: a
//! JSON object on a line for each. `FEAST_PEERS_DIR` names a folder to which definitions, schemas and
//! objects are written for programs that read files.
//!
//! `benches/agreement.sh` runs those, and makes a table.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crd_admission::Crd;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use test_support::CustomResource;

/// A recorded request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case<'a> {
    id: String,
    #[serde(borrow)]
    object: &'a RawValue,
    #[serde(borrow)]
    old_object: Option<&'a RawValue>,
    expect: Expected,
}

#[derive(Deserialize)]
struct Expected {
    allowed: bool,
}

fn main() {
    let Some(folder) = std::env::var_os("FEAST_PEERS_DIR").map(PathBuf::from) else {
        // What `cargo test --benches` asks for, too.
        return;
    };
    for part in ["crds", "schemas", "objects"] {
        fs::create_dir_all(folder.join(part)).expect("a folder that can be made");
    }
    // Its objects are there to reach the limits on costs, which no peer has.
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
        write(folder, &file, &peers.text);
    }
    for line in test_support::lines(&resource.requests) {
        let case: Case<'_> = serde_json::from_str(&line).expect("a case");
        let object: Value = serde_json::from_str(case.object.get()).expect("JSON");
        let version = object["apiVersion"].as_str().unwrap_or_default();
        let version = version.rsplit('/').next().unwrap_or_default();
        let at = versions.iter().position(|other| other["name"] == version);
        let (Some(at), None, Some(validator)) = (at, case.old_object, crd.version(version)) else {
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

/// Libraries, with the schema of a version.
struct Peers {
    text: String,
    schema: Option<jsonschema::Validator>,
    rules: kube_cel::CompiledSchema,
}

impl Peers {
    fn of(version: &Value) -> Self {
        let schema = &version["schema"]["openAPIV3Schema"];
        Self {
            text: schema.to_string(),
            schema: jsonschema::validator_for(schema).ok(),
            rules: kube_cel::compile_schema(schema),
        }
    }

    /// Whether the structure is right, and whether the rules hold.
    fn answers(&self, object: &Value) -> [bool; 2] {
        let schema = self.schema.as_ref();
        let rules = kube_cel::Validator::new().validate_compiled(&self.rules, object, None);
        [
            schema.is_some_and(|schema| schema.is_valid(object)),
            rules.is_ok(),
        ]
    }
}
