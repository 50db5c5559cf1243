//! A JSON Schema for editors.

use serde_json::{Map, Value, json};

use super::by_field;
use crate::Version;

/// A JSON Schema of one version, or of both, for editors and other tools.
///
/// Stricter than the CRD where that helps in an editor: `apiVersion` and `kind` are fixed,
/// `metadata` and `spec` are required, and unknown fields, which the API server drops, are
/// rejected. It includes all rules except transition rules. `apiVersion` selects the version, so
/// that errors are reported at the field. Rules have their message as `errorMessage`, which editors
/// show.
///
/// ```
/// let schema = feast_api::crd::json_schema(Some(feast_api::Version::V1));
/// assert_eq!(schema["properties"]["apiVersion"]["const"], "feast.dev/v1");
/// ```
pub fn json_schema(version: Option<Version>) -> Value {
    let versions = version.map_or(Version::ALL.to_vec(), |version| vec![version]);
    json_schema_of(&super::Options::default().json(), &versions)
}

/// The JSON Schema of another CRD, such as a release's, for some of its versions.
///
/// ```
/// # #[cfg(feature = "releases")] {
/// use feast_api::{Release, crd};
///
/// let release = Release::V0_57;
/// let schema = crd::json_schema_of(&release.crd(), release.versions());
/// assert_eq!(schema["properties"]["apiVersion"]["const"], "feast.dev/v1alpha1");
/// # }
/// ```
pub fn json_schema_of(crd: &Value, versions: &[Version]) -> Value {
    let mut schema = match *versions {
        [version] => {
            let mut schema = editor_schema(crd, version);
            schema["properties"]["apiVersion"]["const"] = json!(version.api_version());
            schema
        }
        _ => chosen_by_version(crd),
    };
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!(crate::KIND);
    schema
}

/// The schema of the version in the object's `apiVersion`, or else of `v1`.
fn chosen_by_version(crd: &Value) -> Value {
    let versions = Version::ALL.map(Version::api_version);
    let older = Version::V1Alpha1.api_version();
    json!({
        "properties": { "apiVersion": { "enum": versions } },
        "if": {
            "properties": { "apiVersion": { "const": older } },
            "required": ["apiVersion"],
        },
        "then": editor_schema(crd, Version::V1Alpha1),
        "else": editor_schema(crd, Version::V1),
    })
}

/// The schema of one version, regardless of `apiVersion`; empty if the CRD lacks the version.
fn editor_schema(crd: &Value, version: Version) -> Value {
    let versions = crd["spec"]["versions"].as_array().into_iter().flatten();
    let mut versions = versions.filter(|each| each["name"] == version.as_str());
    let definition = versions.next().unwrap_or(&Value::Null);
    let mut schema = definition["schema"]["openAPIV3Schema"].clone();
    if let Some(Value::Object(status)) = schema["properties"].get_mut("status") {
        without_rules(status);
    }
    if let Value::Object(schema) = &mut schema {
        close(schema);
    }
    schema["properties"]["kind"]["const"] = json!(crate::KIND);
    schema["properties"]["metadata"] = json!({ "type": "object" });
    schema["required"] = json!(["apiVersion", "kind", "metadata", "spec"]);
    schema
}

/// Drops the rules of the status, which nobody writes by hand.
fn without_rules(schema: &mut Map<String, Value>) {
    schema.remove(RULES);
    let inner = schema.values_mut();
    inner
        .filter_map(Value::as_object_mut)
        .for_each(without_rules);
}

/// The keyword of CEL rules.
const RULES: &str = "x-kubernetes-validations";

/// Rejects unknown fields, and translates or drops rules and other keywords that only Kubernetes
/// understands.
fn close(schema: &mut Map<String, Value>) {
    let rules = schema.get(RULES).and_then(Value::as_array);
    let rules = rules.into_iter().flatten();
    let rules: Vec<_> = rules
        .filter_map(|rule| by_field::schema(rule["rule"].as_str()?))
        .collect();
    if !rules.is_empty() {
        schema.insert("allOf".into(), rules.into());
    }
    schema.retain(|key, _| !key.starts_with("x-kubernetes-"));
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties
            .values_mut()
            .filter_map(Value::as_object_mut)
            .for_each(close);
        schema.insert("additionalProperties".into(), json!(false));
    }
    for key in ["items", "additionalProperties"] {
        if let Some(Value::Object(inner)) = schema.get_mut(key) {
            close(inner);
        }
    }
}
