//! Kubernetes' own types as controller-gen writes them.
//!
//! k8s-openapi takes its schemas from Kubernetes' OpenAPI document, which lacks some markers of
//! Kubernetes' Go sources. This module has those markers for the types in a FeatureStore. Each
//! belongs to a type, never to a position in the CRD.

use schemars::Schema;
use schemars::transform::Transform;
use serde_json::{Map, Value, json};

/// Completes the definitions of Kubernetes' types.
pub(super) struct KubernetesTypes;

impl Transform for KubernetesTypes {
    fn transform(&mut self, schema: &mut Schema) {
        each(schema, complete);
    }
}

/// Removes the documentation of Kubernetes' types, which would be most of the CRD's size, and names
/// the type instead.
pub(super) struct BriefTypes;

impl Transform for BriefTypes {
    fn transform(&mut self, schema: &mut Schema) {
        each(schema, shorten);
    }
}

/// Applies a function to each definition of a Kubernetes type, with its path, such as
/// `api.core.v1.Volume`.
fn each(schema: &mut Schema, change: fn(&str, &mut Map<String, Value>)) {
    let Some(Value::Object(definitions)) = schema.get_mut("$defs") else {
        return;
    };
    for (name, definition) in definitions {
        if let (Some(path), Value::Object(definition)) = (name.strip_prefix(PREFIX), definition) {
            change(path, definition);
        }
    }
}

/// The name of a type, from its path.
fn name(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

/// The prefix of Kubernetes' type names.
pub(super) const PREFIX: &str = "io.k8s.";

/// The pattern of a quantity, from the marker of `resource.Quantity`.
const QUANTITY: &str = r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$";

/// Types that are or embed a `LocalObjectReference`: atomic, with an empty default name.
const REFERENCES: &[&str] = &[
    "ConfigMapEnvSource",
    "ConfigMapKeySelector",
    "ConfigMapProjection",
    "ConfigMapVolumeSource",
    "LocalObjectReference",
    "SecretEnvSource",
    "SecretKeySelector",
    "SecretProjection",
];

/// Other atomic types (`+structType=atomic`).
const ATOMIC: &[&str] = &[
    "FileKeySelector",
    "LabelSelector",
    "NodeSelector",
    "NodeSelectorTerm",
    "ObjectFieldSelector",
    "ResourceFieldSelector",
    "TypedLocalObjectReference",
];

/// Lists that are not atomic (`+listType`, `+listMapKey`): type, field, keys; a set has no keys.
const LISTS: &[(&str, &str, &[&str])] = &[
    ("PodFailurePolicyOnExitCodesRequirement", "values", &[]),
    ("ResourceRequirements", "claims", &["name"]),
];

/// Other defaults (`+default`): type, field, value.
const DEFAULTS: &[(&str, &str, &str)] = &[
    ("AzureDiskVolumeSource", "fsType", r#""ext4""#),
    ("AzureDiskVolumeSource", "readOnly", "false"),
    ("FileKeySelector", "optional", "false"),
    ("ISCSIVolumeSource", "iscsiInterface", r#""default""#),
    ("RBDVolumeSource", "keyring", r#""/etc/ceph/keyring""#),
    ("RBDVolumeSource", "pool", r#""rbd""#),
    ("RBDVolumeSource", "user", r#""admin""#),
    ("ScaleIOVolumeSource", "fsType", r#""xfs""#),
    ("ScaleIOVolumeSource", "storageMode", r#""ThinProvisioned""#),
];

/// Completes one type.
fn complete(path: &str, definition: &mut Map<String, Value>) {
    let name = name(path);
    match name {
        "IntOrString" => int_or_string(definition),
        "Quantity" => {
            int_or_string(definition);
            definition.insert("pattern".into(), QUANTITY.into());
        }
        _ => {}
    }
    if REFERENCES.contains(&name) {
        default("name", r#""""#, definition);
    }
    if REFERENCES.contains(&name) || ATOMIC.contains(&name) {
        definition.insert("x-kubernetes-map-type".into(), "atomic".into());
    }
    lists(name, definition);
    for (_, field, value) in DEFAULTS.iter().filter(|(of, ..)| *of == name) {
        default(field, value, definition);
    }
}

fn int_or_string(definition: &mut Map<String, Value>) {
    definition.insert(
        "anyOf".into(),
        json!([{ "type": "integer" }, { "type": "string" }]),
    );
}

/// Sets how each list is merged; Kubernetes' lists are atomic unless marked otherwise.
fn lists(name: &str, definition: &mut Map<String, Value>) {
    for (field, schema) in properties(definition) {
        if schema.get("type") != Some(&json!("array")) {
            continue;
        }
        let marked = LISTS
            .iter()
            .find(|(of, list, _)| (*of, *list) == (name, field));
        let kind = match marked {
            None => "atomic",
            Some((_, _, [])) => "set",
            Some((_, _, keys)) => {
                schema.insert("x-kubernetes-list-map-keys".into(), json!(keys));
                "map"
            }
        };
        schema.insert("x-kubernetes-list-type".into(), kind.into());
    }
}

/// Gives a field a JSON default and makes it optional.
fn default(field: &str, json: &str, definition: &mut Map<String, Value>) {
    let value: Value = serde_json::from_str(json).expect("a JSON literal");
    if let Some((_, schema)) = properties(definition).find(|(property, _)| *property == field) {
        schema.insert("default".into(), value);
    }
    if let Some(Value::Array(required)) = definition.get_mut("required") {
        required.retain(|property| property != field);
        if required.is_empty() {
            definition.remove("required");
        }
    }
}

/// Removes the documentation of one type.
fn shorten(path: &str, definition: &mut Map<String, Value>) {
    if name(path) == "ObjectMeta" {
        // controller-gen does not describe embedded metadata.
        *definition = Map::from_iter([("type".to_owned(), json!("object"))]);
    }
    for (_, schema) in properties(definition) {
        schema.remove("description");
    }
    let name = path.strip_prefix("api.").unwrap_or(path);
    definition.insert("description".into(), format!("Kubernetes' {name}.").into());
}

/// The fields of a type and their schemas.
fn properties(
    definition: &mut Map<String, Value>,
) -> impl Iterator<Item = (&str, &mut Map<String, Value>)> {
    definition
        .get_mut("properties")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flatten()
        .filter_map(|(field, schema)| Some((field.as_str(), schema.as_object_mut()?)))
}
