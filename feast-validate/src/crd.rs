//! A compiled CustomResourceDefinition.

use std::borrow::Cow;

use serde_json::Value;

use crate::rules::NativeRule;
use crate::scale::{Scale, Steps};
use crate::schema::{CompileError, Compiler, Schema, Shared};
use crate::validator::Validator;

/// A CustomResourceDefinition, compiled: ready to judge objects of any of its versions.
#[derive(Clone, Debug)]
pub struct Crd {
    pub(crate) group: Cow<'static, str>,
    pub(crate) kind: Cow<'static, str>,
    pub(crate) plural: Cow<'static, str>,
    pub(crate) versions: Cow<'static, [Version]>,
}

/// A version of the resource.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub(crate) name: Cow<'static, str>,
    /// Group and name, as in `apiVersion`.
    pub(crate) gv: Cow<'static, str>,
    pub(crate) is_storage: bool,
    pub(crate) schema: Shared,
    pub(crate) has_status: bool,
    pub(crate) scale: Option<Scale>,
}

impl Crd {
    /// Compiles a CRD, as JSON, with the native twins of its rules.
    ///
    /// # Errors
    ///
    /// If a part is missing, if the schema uses a keyword that the engine does not know, or if a
    /// rule has no twin: what cannot be judged is refused here, never ignored later.
    pub fn compile(crd: &Value, twins: &[NativeRule]) -> Result<Self, CompileError> {
        let spec = crd.get("spec").ok_or(CompileError::NotACrd("no spec"))?;
        let group = text(spec, "/group", "no group")?;
        if text(spec, "/scope", "no scope")? != "Namespaced" {
            return Err(unsupported("scope"));
        }
        let versions = spec.get("versions").and_then(Value::as_array);
        let compile = |version| Version::compile(version, group, twins);
        Ok(Self {
            group: group.to_owned().into(),
            kind: text(spec, "/names/kind", "no kind")?.to_owned().into(),
            plural: text(spec, "/names/plural", "no plural")?.to_owned().into(),
            versions: versions
                .ok_or(CompileError::NotACrd("no versions"))?
                .iter()
                .map(compile)
                .collect::<Result<_, _>>()?,
        })
    }

    /// The validator of the version called `name`, such as `v1`.
    pub fn validator(&self, name: &str) -> Option<Validator<'_>> {
        let version = self.version(name)?;
        Some(Validator::new(self, version))
    }

    pub(crate) fn version(&self, name: &str) -> Option<&Version> {
        self.versions.iter().find(|version| version.name == name)
    }

    pub(crate) fn storage_version(&self) -> Option<&Version> {
        self.versions.iter().find(|version| version.is_storage)
    }
}

impl Version {
    fn compile(json: &Value, group: &str, twins: &[NativeRule]) -> Result<Self, CompileError> {
        let name = text(json, "/name", "a version without a name")?;
        let schema = json.pointer("/schema/openAPIV3Schema");
        let schema = schema.ok_or(CompileError::NotACrd("a version without a schema"))?;
        let schema = Compiler { twins }.compile(schema)?;
        check_root(&schema)?;
        Ok(Self {
            name: name.to_owned().into(),
            gv: format!("{group}/{name}").into(),
            is_storage: json.get("storage") == Some(&Value::Bool(true)),
            schema: schema.into(),
            has_status: json.pointer("/subresources/status").is_some(),
            scale: json.pointer("/subresources/scale").map(scale).transpose()?,
        })
    }
}

/// Type and metadata are judged by code of their own, not by the schema.
fn check_root(schema: &Schema) -> Result<(), CompileError> {
    if !schema.rules.is_empty() {
        return Err(unsupported("x-kubernetes-validations"));
    }
    let metadata = schema.property("metadata");
    if metadata.is_some_and(|metadata| !metadata.properties.is_empty()) {
        return Err(unsupported("metadata"));
    }
    Ok(())
}

fn scale(json: &Value) -> Result<Scale, CompileError> {
    let path = |at, missing| text(json, at, missing).map(Steps::parse);
    Ok(Scale {
        spec_replicas: path("/specReplicasPath", "no specReplicasPath")?,
        status_replicas: path("/statusReplicasPath", "no statusReplicasPath")?,
        selector: json
            .get("labelSelectorPath")
            .and_then(Value::as_str)
            .map(Steps::parse),
    })
}

fn text<'a>(json: &'a Value, at: &str, missing: &'static str) -> Result<&'a str, CompileError> {
    let value = json.pointer(at).and_then(Value::as_str);
    value.ok_or(CompileError::NotACrd(missing))
}

fn unsupported(keyword: &str) -> CompileError {
    CompileError::Unsupported {
        path: ".".to_owned(),
        keyword: keyword.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::rules::RULES;

    fn compile(spec: &Value) -> Result<Crd, CompileError> {
        let schema = json!({"type": "object", "properties": {"spec": spec}});
        let version = json!({
            "name": "v1", "storage": true, "schema": {"openAPIV3Schema": schema},
        });
        let names = json!({"kind": "Thing", "plural": "things"});
        let spec = json!({
            "group": "example.com", "scope": "Namespaced", "names": names, "versions": [version],
        });
        Crd::compile(&json!({"spec": spec}), RULES)
    }

    #[test]
    fn what_cannot_be_judged_is_refused() {
        for (spec, expected) in [
            (
                json!({"type": "string", "maxItems": 3}),
                ".spec: `maxItems` is not supported",
            ),
            (
                json!({"type": "integer", "default": "1"}),
                ".spec: `default` is not supported",
            ),
            (
                json!({
                    "type": "object",
                    "default": {"count": 0},
                    "properties": {"count": {"type": "integer", "minimum": 1}},
                }),
                ".spec: `default` is not supported",
            ),
            (
                json!({"type": "object", "x-kubernetes-validations": [{"rule": "1 == 1"}]}),
                ".spec: no native twin of the rule `1 == 1`",
            ),
        ] {
            let error = compile(&spec).expect_err("it is refused");
            assert_eq!(error.to_string(), expected);
        }
    }

    #[test]
    fn a_required_field_with_a_default_is_always_there() {
        let crd = compile(&json!({
            "type": "object",
            "required": ["a", "b"],
            "properties": {"a": {"type": "integer", "default": 1}, "b": {"type": "string"}},
        }));
        let crd = crd.expect("the engine knows all of it");
        let thing = crd.validator("v1").expect("there is a v1");
        for (spec, fits) in [
            (json!({"b": ""}), true),
            (json!({"a": null, "b": ""}), true),
            (json!({"a": 2, "b": ""}), true),
            (json!({"a": 2}), false),
            (json!({"a": 2, "b": null}), false),
            (json!({"a": "2", "b": ""}), false),
        ] {
            let object = json!({
                "apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "a"},
                "spec": spec,
            });
            assert_eq!(thing.fits_schema(&object), fits, "{object}");
            assert_eq!(thing.is_valid(&object), fits, "{object}");
        }
    }
}
