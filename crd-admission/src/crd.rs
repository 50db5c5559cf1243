//! A compiled CustomResourceDefinition.

use std::borrow::Cow;
use std::collections::BTreeMap;

use apimachinery::Release;
use serde_json::Value;

use crate::cel::environment::Environment;
use crate::definition::{self, Definition, Node, located};
use crate::deprecation;
use crate::error::Violation;
use crate::native::NativeRule;
use crate::scale::{Scale, Steps};
use crate::schema::{CompileError, Compiler, Schema, Shared};
use crate::target::Target;
use crate::validator::Validator;
use crate::verdict::Rejection;

/// A compiled CustomResourceDefinition, which validates objects of all its versions.
///
/// Exhaustive, so that a program can contain it as a compiled table.
#[derive(Clone, Debug)]
pub struct Crd {
    /// `spec.group`.
    pub group: Cow<'static, str>,
    /// `spec.names.kind`.
    pub kind: Cow<'static, str>,
    /// `spec.names.plural`.
    pub plural: Cow<'static, str>,
    /// Whether the resource is namespaced.
    pub is_namespaced: bool,
    /// The Kubernetes release to compile for.
    pub release: Release,
    /// Its served or stored versions.
    pub versions: Cow<'static, [Version]>,
}

/// A version of a resource.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the CRD")]
pub struct Version {
    /// Such as `v1`.
    pub name: Cow<'static, str>,
    /// Group and name, as in `apiVersion`.
    pub gv: Cow<'static, str>,
    /// Whether it is served.
    pub is_served: bool,
    /// The warning for clients, if the version is deprecated.
    pub deprecation: Option<Cow<'static, str>>,
    /// Whether objects are stored in it.
    pub is_storage: bool,
    /// Its schema.
    pub schema: Shared,
    /// Whether the root has validation beyond what all objects have.
    pub judges_root: bool,
    /// Whether the version has the subresource `status`.
    pub has_status: bool,
    /// The paths of the subresource `scale`, if it has one.
    pub scale: Option<Scale>,
}

impl Crd {
    /// Compiles a CRD from JSON, with native implementations of some of its rules. Unknown fields
    /// are dropped, as on a server.
    ///
    /// # Errors
    ///
    /// If an API server would reject the CRD: all of its errors, or the first part with the wrong
    /// JSON type.
    pub fn compile(crd: &Value, twins: &[NativeRule]) -> Result<Self, CompileError> {
        Self::compile_for(crd, twins, Target::default())
    }

    /// Compiles for the API server of a release.
    ///
    /// # Errors
    ///
    /// As [`compile`](Self::compile).
    pub fn compile_for(
        crd: &Value,
        twins: &[NativeRule],
        target: impl Into<Target>,
    ) -> Result<Self, CompileError> {
        let target = target.into();
        let crd = definition::read(crd)?;
        let definition = Definition::of(&crd)?;
        let mut violations = definition.check().unwrap_or_else(|fault| vec![fault]);
        let environment = Environment::new(target.version());
        let compiler = Compiler {
            twins,
            release: target.release,
            environment: &environment,
        };
        let (mut schemas, mut first_error) = (BTreeMap::new(), None);
        for part in definition.schemas() {
            let outcome = part.at(|path| {
                let mut faults = part.check(path);
                let compile = || compiler.compile(part.json, path, &faults.keywords);
                let outcome = faults.is_structural.then(compile);
                violations.append(&mut faults.others);
                violations.append(&mut faults.keywords);
                outcome
            });
            match outcome {
                None => {}
                Some(Ok((schema, mut faults))) => {
                    violations.append(&mut faults);
                    schemas.insert(part.version, Shared::from(schema));
                }
                Some(Err(error)) => {
                    first_error.get_or_insert(error);
                }
            }
        }
        refuse(violations)?;
        match first_error {
            Some(error) => Err(error),
            None => Self::new(&definition, &schemas, target.release),
        }
    }

    /// Combines compiled schemas, each for the version with its number, or for all.
    fn new(
        definition: &Definition<'_>,
        schemas: &BTreeMap<Option<usize>, Shared>,
        release: Release,
    ) -> Result<Self, CompileError> {
        let group = definition.spec.text("group");
        let names = definition.spec.part("names");
        let name = |of: &str| names.map_or("", |names| names.text(of)).to_owned().into();
        let versions = definition.versions.iter().enumerate();
        let versions = versions.filter(|(_, json)| json.flag("served") || json.flag("storage"));
        let version = |(index, json): (usize, &Node<'_>)| {
            let schema = schemas.get(&Some(index)).or_else(|| schemas.get(&None));
            let schema = schema.ok_or(CompileError::NotACrd("a version without a schema"))?;
            Ok(Version::new(*json, definition, schema.clone()))
        };
        Ok(Self {
            group: group.to_owned().into(),
            kind: name("kind"),
            plural: name("plural"),
            is_namespaced: definition.spec.text("scope") == "Namespaced",
            release,
            versions: versions.map(version).collect::<Result<_, _>>()?,
        })
    }

    /// Parses and compiles a CRD of `apiextensions.k8s.io/v1` from JSON or YAML, which is read as
    /// kubectl does. Of several YAML documents it takes the first. YAML needs the feature `yaml`.
    ///
    /// # Errors
    ///
    /// As [`compile`](Self::compile), and if the text is neither.
    ///
    /// ```
    /// use crd_admission::Crd;
    ///
    /// let crd = Crd::parse(b"
    /// apiVersion: apiextensions.k8s.io/v1
    /// kind: CustomResourceDefinition
    /// metadata: {name: things.example.com}
    /// spec:
    ///   group: example.com
    ///   scope: Namespaced
    ///   names: {kind: Thing, plural: things}
    ///   versions:
    ///   - name: v1
    ///     served: true
    ///     storage: true
    ///     schema: {openAPIV3Schema: {type: object}}
    /// ")?;
    /// assert_eq!(crd.kind, "Thing");
    /// # Ok::<(), crd_admission::CompileError>(())
    /// ```
    pub fn parse(text: &[u8]) -> Result<Self, CompileError> {
        Self::parse_for(text, Target::default())
    }

    /// Parses and compiles for the API server of a release.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    ///
    /// ```
    /// use crd_admission::{Crd, Release, Target};
    ///
    /// let crd = br#"
    /// apiVersion: apiextensions.k8s.io/v1
    /// kind: CustomResourceDefinition
    /// metadata: {name: things.example.com}
    /// spec:
    ///   group: example.com
    ///   scope: Namespaced
    ///   names: {kind: Thing, plural: things}
    ///   versions:
    ///   - name: v1
    ///     served: true
    ///     storage: true
    ///     schema:
    ///       openAPIV3Schema:
    ///         type: object
    ///         x-kubernetes-validations:
    ///         - rule: isSemver(self.metadata.name)
    /// "#;
    /// let refused = Crd::parse_for(crd, Release::V1_33).expect_err("1.32 has no such function");
    /// assert!(refused.to_string().contains("undeclared reference to 'isSemver'"));
    /// assert!(Crd::parse_for(crd, Release::V1_34).is_ok());
    ///
    /// // Once it is stored, as by a newer server that was rolled back, it is not refused.
    /// assert!(Crd::parse_for(crd, Target::from(Release::V1_33).stored()).is_ok());
    /// # Ok::<(), crd_admission::CompileError>(())
    /// ```
    pub fn parse_for(text: &[u8], target: impl Into<Target>) -> Result<Self, CompileError> {
        let crd = value(text).map_err(CompileError::Syntax)?;
        Self::compile_for(&crd, &[], target)
    }

    /// The validator of the version `name`, such as `v1`, if it is served.
    pub fn version(&self, name: &str) -> Option<Validator<'_>> {
        let version = self.stored_or_served(name)?;
        version.is_served.then(|| Validator::new(self, version))
    }

    /// The validator of the stored version, if there is one.
    pub fn storage(&self) -> Option<Validator<'_>> {
        let version = self.storage_version()?;
        Some(Validator::new(self, version))
    }

    /// Whether ratcheting applies to updates of the status.
    pub(crate) fn ratchets_status(&self) -> bool {
        self.release >= Release::V1_33
    }

    /// The version `name`, even if it is only stored.
    pub(crate) fn stored_or_served(&self, name: &str) -> Option<&Version> {
        self.versions.iter().find(|version| version.name == name)
    }

    pub(crate) fn storage_version(&self) -> Option<&Version> {
        self.versions.iter().find(|version| version.is_storage)
    }
}

impl Version {
    fn new(json: Node<'_>, definition: &Definition<'_>, schema: Shared) -> Self {
        let (group, name) = (definition.spec.text("group"), json.text("name"));
        let subresources = json.part("subresources");
        let scale = subresources.and_then(|subresources| subresources.part("scale"));
        Self {
            name: name.to_owned().into(),
            gv: format!("{group}/{name}").into(),
            is_served: json.flag("served"),
            deprecation: deprecation::warning(json, definition).map(Cow::Owned),
            is_storage: json.flag("storage"),
            judges_root: judges_root(&schema),
            schema,
            has_status: subresources.is_some_and(|subresources| subresources.has("status")),
            scale: scale.map(|scale| Scale {
                spec_replicas: Steps::parse(scale.text("specReplicasPath")),
                status_replicas: Steps::parse(scale.text("statusReplicasPath")),
                selector: scale.optional_text("labelSelectorPath").map(Steps::parse),
            }),
        }
    }
}

/// The value of a JSON or YAML text. A text that starts as an object is JSON, as in kubectl.
fn value(text: &[u8]) -> Result<Value, String> {
    if text.trim_ascii_start().starts_with(b"{") {
        return serde_json::from_slice(text).map_err(|error| error.to_string());
    }
    let text = str::from_utf8(text).map_err(|error| error.to_string())?;
    yaml(text)
}

#[cfg(feature = "yaml")]
fn yaml(text: &str) -> Result<Value, String> {
    go_yaml::to_value(text).map_err(|error| error.to_string())
}

#[cfg(not(feature = "yaml"))]
fn yaml(_: &str) -> Result<Value, String> {
    Err("YAML is read with crd-admission's feature `yaml`, which is off".to_owned())
}

/// The rejection for violations in a CRD, if there are any.
fn refuse(violations: Vec<Violation>) -> Result<(), CompileError> {
    let violations = violations.into_iter().map(located).collect();
    let refusal = Rejection::of(
        violations,
        "CustomResourceDefinition",
        "apiextensions.k8s.io",
    );
    refusal.map_err(CompileError::Refused)
}

/// Whether a schema constrains the root more than all objects.
fn judges_root(schema: &Schema) -> bool {
    let is_plain = |schema: &Schema| {
        schema.properties.is_empty() && schema.rules.is_empty() && !schema.is_narrowed
    };
    let type_and_metadata = ["apiVersion", "kind", "metadata"];
    let mut parts = type_and_metadata
        .iter()
        .filter_map(|name| schema.property(name));
    !schema.rules.is_empty() || schema.has_more() || !parts.all(is_plain)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{definition, version};

    fn compile(spec: &Value) -> Result<Crd, CompileError> {
        let crd = definition(&[version(spec)]);
        Crd::compile(&crd, &[])
    }

    #[cfg(not(feature = "yaml"))]
    #[test]
    fn without_yaml_an_error_says_so() {
        let error = Crd::parse(b"kind: Thing").expect_err("YAML").to_string();
        assert!(error.contains("feature `yaml`"), "{error}");
    }

    #[cfg(feature = "yaml")]
    #[test]
    fn texts_are_json_or_yaml() {
        for (text, expected) in [
            (
                &b"{\"kind\": \"Thing\","[..],
                "neither JSON nor YAML: EOF while parsing",
            ),
            (
                b"a: [",
                "neither JSON nor YAML: yaml: line 1: did not find expected node content",
            ),
            (b"\xff", "neither JSON nor YAML: invalid utf-8"),
            (b"", "not a CustomResourceDefinition: apiVersion and kind"),
            (
                b"kind: Thing",
                "not a CustomResourceDefinition: apiVersion and kind",
            ),
        ] {
            let error = Crd::parse(text).expect_err("invalid").to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }

    #[test]
    fn invalid_schemas_are_rejected() {
        for (spec, expected) in [
            (
                json!({"type": "text"}),
                "spec.validation.openAPIV3Schema.properties[spec].type: Unsupported value: \"text\": \
                 supported values: \"array\", \"boolean\", \"integer\", \"number\", \"object\", \
                 \"string\"",
            ),
            (
                json!({"type": "integer", "default": "1"}),
                "spec.validation.openAPIV3Schema.properties[spec].default: Invalid value: \"string\": \
                 \x20in body must be of type integer: \"string\"",
            ),
            (
                json!({
                    "type": "object",
                    "default": {"count": 0},
                    "properties": {"count": {"type": "integer", "minimum": 1}},
                }),
                "spec.validation.openAPIV3Schema.properties[spec].default.count: Invalid value: 0: \
                 count in body should be greater than or equal to 1",
            ),
            (
                json!({
                    "type": "string", "default": "a", "x-kubernetes-validations": [{"rule": " "}],
                }),
                "spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: \
                 Required value: rule is not specified",
            ),
            (
                json!({"type": "object", "x-kubernetes-validations": [{"rule": "1"}]}),
                "spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: \
                 Invalid value: \"1\": cel expression must evaluate to a bool",
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
        let thing = crd.version("v1").expect("there is a v1");
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
