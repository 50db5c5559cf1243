//! The API server's validation of metadata.

use std::collections::BTreeSet;

use apimachinery::go;
use apimachinery::names::{self, Fault};

use super::{Metadata, Owner, managers};
use crate::error::{BadValue, ErrorType, Violation};
use crate::field_path::{FieldPath, Step};

/// Maximum size of all annotations in bytes.
const MAX_ANNOTATIONS: usize = 256 * 1024;
const ORPHAN: &str = "orphan";
const FOREGROUND: &str = "foregroundDeletion";
/// Finalizers that need no domain.
const STANDARD_FINALIZERS: [&str; 3] = [ORPHAN, FOREGROUND, "kubernetes"];

/// Checks the metadata of a new object.
pub(crate) fn check(metadata: &Metadata<'_>, out: &mut Vec<Violation>) {
    let prefix = names::mask_trailing_dash(metadata.generate_name);
    if !prefix.is_empty() {
        let faults = names::dns_subdomain(&prefix);
        report(out, "metadata.generateName", metadata.generate_name, faults);
    }
    if metadata.name.is_empty() {
        out.push(Violation::required(
            at("metadata.name"),
            "name or generateName is required",
        ));
    } else {
        let faults = names::dns_subdomain(&metadata.name);
        report(out, "metadata.name", &metadata.name, faults);
    }
    check_common(metadata, out);
}

/// Checks the metadata of an update.
pub(crate) fn check_update(metadata: &Metadata<'_>, old: &Metadata<'_>, out: &mut Vec<Violation>) {
    let prefix = names::path_segment_prefix(metadata.generate_name);
    report(out, "metadata.generateName", metadata.generate_name, prefix);
    report(
        out,
        "metadata.name",
        &metadata.name,
        names::path_segment(&metadata.name),
    );
    check_common(metadata, out);
    check_no_new_finalizers(metadata, old, out);
    if metadata.generation < old.generation {
        out.push(Violation::invalid(
            at("metadata.generation"),
            BadValue::Integer(metadata.generation),
            "must not be decremented",
        ));
    }
    if metadata.deletion != old.deletion {
        let time = metadata
            .deletion
            .map(|time| format!("\"{}\"", time.format()));
        report_changed(out, "metadata.deletionTimestamp", time);
    }
    if metadata.grace_seconds != old.grace_seconds {
        let seconds = metadata.grace_seconds.map(|seconds| seconds.to_string());
        report_changed(out, "metadata.deletionGracePeriodSeconds", seconds);
    }
}

/// Checks the metadata of an embedded resource.
pub(crate) fn check_embedded(metadata: &Metadata<'_>, out: &mut Vec<Violation>) {
    let prefix = names::path_segment_prefix(metadata.generate_name);
    report(out, "metadata.generateName", metadata.generate_name, prefix);
    let name = names::path_segment(&metadata.name);
    report(out, "metadata.name", &metadata.name, name);
    check_common(metadata, out);
    managers::check(&metadata.managers, out);
}

/// Checks the metadata of a new CustomResourceDefinition, whose only valid name is `name`.
pub(crate) fn check_definition(metadata: &Metadata<'_>, name: &str, out: &mut Vec<Violation>) {
    let mut check = |path: &str, text: &str, faults: Vec<Fault>| {
        report(out, path, text, faults);
        if text != name {
            let detail = "must be spec.names.plural+\".\"+spec.group";
            out.push(Violation::invalid(at(path), BadValue::text(text), detail));
        }
    };
    let prefix = metadata.generate_name;
    if !prefix.is_empty() {
        let faults = names::dns_subdomain(&names::mask_trailing_dash(prefix));
        check("metadata.generateName", prefix, faults);
    }
    if metadata.name.is_empty() {
        let detail = "name or generateName is required";
        out.push(Violation::required(at("metadata.name"), detail));
    } else {
        let faults = names::dns_subdomain(&metadata.name);
        check("metadata.name", &metadata.name, faults);
    }
    if !metadata.namespace.is_empty() {
        let path = at("metadata.namespace");
        out.push(Violation::forbidden(path, "not allowed on this type"));
    }
    let others = Metadata {
        namespace: "",
        // The server sets its own.
        generation: 1,
        ..metadata.clone()
    };
    check_common(&others, out);
}

fn check_common(metadata: &Metadata<'_>, out: &mut Vec<Violation>) {
    if !metadata.namespace.is_empty() {
        let faults = names::dns_label(metadata.namespace);
        report(out, "metadata.namespace", metadata.namespace, faults);
    }
    if metadata.generation < 0 {
        out.push(Violation::invalid(
            at("metadata.generation"),
            BadValue::Integer(metadata.generation),
            "must be greater than or equal to 0",
        ));
    }
    for (key, value) in metadata.labels() {
        const PATH: &str = "metadata.labels";
        report_entry(out, PATH, key, key, names::qualified_name(key));
        report_entry(out, PATH, key, value, names::label_value(value));
    }
    check_annotations(metadata, out);
    check_owners(&metadata.owners, out);
    check_finalizers(metadata, out);
}

fn check_annotations(metadata: &Metadata<'_>, out: &mut Vec<Violation>) {
    const PATH: &str = "metadata.annotations";
    let mut size = 0;
    for (key, value) in metadata.annotations() {
        size += key.len() + value.len();
        // Case does not matter in annotation keys.
        let faults = if key.is_ascii() && !key.bytes().any(|b| b.is_ascii_uppercase()) {
            names::qualified_name(key)
        } else {
            names::qualified_name(&key.to_lowercase())
        };
        report_entry(out, PATH, key, key, faults);
    }
    if size > MAX_ANNOTATIONS {
        let detail = format!("may not be more than {MAX_ANNOTATIONS} bytes");
        out.push(Violation::new(
            ErrorType::TooLong,
            at(PATH),
            BadValue::Omitted,
            detail,
        ));
    }
}

fn check_owners(owners: &[Owner<'_>], out: &mut Vec<Violation>) {
    const PATH: &str = "metadata.ownerReferences";
    let mut controller: Option<&Owner<'_>> = None;
    for owner in owners {
        check_owner(owner, PATH, out);
        if owner.controller != Some(true) {
            continue;
        }
        match controller {
            None => controller = Some(owner),
            Some(first) => out.push(Violation::invalid(
                at(PATH),
                BadValue::Json(owners_json(owners)),
                format!(
                    "Only one reference can have Controller set to true. Found \"true\" in \
                     references for {}/{} and {}/{}",
                    first.kind, first.name, owner.kind, owner.name
                ),
            )),
        }
    }
}

fn check_owner(owner: &Owner<'_>, path: &str, out: &mut Vec<Violation>) {
    let (group, version) = group_version(owner.api_version);
    let mut demand = |holds: bool, field: &str, value: &str, detail: &str| {
        if !holds {
            let field = at(&format!("{path}.{field}"));
            out.push(Violation::invalid(field, BadValue::text(value), detail));
        }
    };
    let has_version = !version.is_empty();
    demand(
        has_version,
        "apiVersion",
        owner.api_version,
        "version must not be empty",
    );
    demand(
        !owner.kind.is_empty(),
        "kind",
        owner.kind,
        "must not be empty",
    );
    demand(
        !owner.name.is_empty(),
        "name",
        owner.name,
        "must not be empty",
    );
    demand(!owner.uid.is_empty(), "uid", owner.uid, "must not be empty");
    if group.is_empty() && version == "v1" && owner.kind == "Event" {
        let mut json = String::new();
        owner.write_json(&mut json);
        let detail = "/v1, Kind=Event is disallowed from being an owner";
        out.push(Violation::invalid(at(path), BadValue::Json(json), detail));
    }
}

/// Group and version of an `apiVersion`; both empty if it is invalid.
fn group_version(api_version: &str) -> (&str, &str) {
    match api_version.split_once('/') {
        None => ("", api_version),
        Some((_, version)) if version.contains('/') => ("", ""),
        Some((group, version)) => (group, version),
    }
}

fn owners_json(owners: &[Owner<'_>]) -> String {
    let mut json = String::from("[");
    for (i, owner) in owners.iter().enumerate() {
        json.push_str(if i == 0 { "" } else { "," });
        owner.write_json(&mut json);
    }
    json.push(']');
    json
}

impl Owner<'_> {
    fn write_json(&self, json: &mut String) {
        let texts = [
            ("{\"apiVersion\":", self.api_version),
            (",\"kind\":", self.kind),
            (",\"name\":", self.name),
            (",\"uid\":", self.uid),
        ];
        for (key, text) in texts {
            json.push_str(key);
            go::write_json_string(json, text);
        }
        let flags = [
            (",\"controller\":", self.controller),
            (",\"blockOwnerDeletion\":", self.block_owner_deletion),
        ];
        for (key, flag) in flags {
            if let Some(flag) = flag {
                json.push_str(key);
                json.push_str(if flag { "true" } else { "false" });
            }
        }
        json.push('}');
    }
}

fn check_finalizers(metadata: &Metadata<'_>, out: &mut Vec<Violation>) {
    const PATH: &str = "metadata.finalizers";
    for finalizer in metadata.finalizers() {
        report(out, PATH, finalizer, names::qualified_name(finalizer));
    }
    let has = |wanted| metadata.finalizers().any(|finalizer| finalizer == wanted);
    if has(ORPHAN) && has(FOREGROUND) {
        let mut json = String::from("[");
        for (i, finalizer) in metadata.finalizers().enumerate() {
            json.push_str(if i == 0 { "" } else { "," });
            go::write_json_string(&mut json, finalizer);
        }
        json.push(']');
        let detail = format!("finalizer {ORPHAN} and {FOREGROUND} cannot be both set");
        out.push(Violation::invalid(at(PATH), BadValue::Json(json), detail));
    }
}

fn check_no_new_finalizers(metadata: &Metadata<'_>, old: &Metadata<'_>, out: &mut Vec<Violation>) {
    if old.deletion.is_none() {
        return;
    }
    let added = added_finalizers(metadata, Some(old));
    if added.is_empty() {
        return;
    }
    let quoted: Vec<_> = added
        .into_iter()
        .map(|name| go::Quoted(name).to_string())
        .collect();
    out.push(Violation::new(
        ErrorType::Forbidden,
        at("metadata.finalizers"),
        BadValue::Omitted,
        format!(
            "no new finalizers can be added if the object is being deleted, found new finalizers \
             []string{{{}}}",
            quoted.join(", ")
        ),
    ));
}

fn added_finalizers<'a>(metadata: &Metadata<'a>, old: Option<&Metadata<'a>>) -> BTreeSet<&'a str> {
    let mut added: BTreeSet<_> = metadata.finalizers().collect();
    for finalizer in old.into_iter().flat_map(Metadata::finalizers) {
        added.remove(finalizer);
    }
    added
}

/// The API server's warnings about new finalizers with bad names.
pub(crate) fn finalizer_warnings<'a>(
    metadata: &Metadata<'a>,
    old: Option<&Metadata<'a>>,
) -> Vec<String> {
    let mut warnings = Vec::new();
    for name in added_finalizers(metadata, old) {
        let mut warn = |text: &str| {
            let quoted = go::Quoted(name);
            warnings.push(format!("metadata.finalizers: {quoted}: {text}"));
        };
        for fault in names::qualified_name(name) {
            warn(fault.as_str());
        }
        if !name.contains('/') && !STANDARD_FINALIZERS.contains(&name) {
            let path = if name.contains('.') {
                " including a path (/)"
            } else {
                ""
            };
            warn(&format!(
                "prefer a domain-qualified finalizer name{path} to avoid accidental conflicts \
                 with other finalizer writers"
            ));
        }
    }
    warnings
}

fn report(out: &mut Vec<Violation>, path: &str, value: &str, faults: Vec<Fault>) {
    for fault in faults {
        out.push(Violation::invalid(
            at(path),
            BadValue::text(value),
            String::from(fault),
        ));
    }
}

/// Reports a map entry; the error's text has the path of the map only.
fn report_entry(out: &mut Vec<Violation>, path: &str, key: &str, value: &str, faults: Vec<Fault>) {
    for fault in faults {
        let entry = at(path).then(Step::Key(key.to_owned()));
        out.push(Violation::invalid(
            entry,
            BadValue::text(value),
            String::from(fault),
        ));
    }
}

fn report_changed(out: &mut Vec<Violation>, path: &str, value: Option<String>) {
    let value = BadValue::Json(value.unwrap_or_else(|| "null".to_owned()));
    out.push(Violation::invalid(at(path), value, "field is immutable"));
}

fn at(path: &str) -> FieldPath {
    FieldPath::of_fields(path)
}
