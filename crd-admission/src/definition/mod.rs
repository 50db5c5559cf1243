//! The API server's validation of CRDs, except rules and defaults, which are checked where they are
//! compiled.
//!
//! A server decodes a CRD, moves what all versions share to the top level, and validates the
//! result: hence paths such as `spec.validation.openAPIV3Schema` for a CRD with one version. The
//! steps of a path lead to the position in the text.

mod keywords;
mod names;
mod node;
mod shape;
pub(crate) mod steps;
mod structural;
mod versions;

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;

pub(crate) use self::node::Node;
use crate::error::{BadValue, Violation};
use crate::field_path::{FieldPath, Step};
use crate::path::Path;
use crate::schema::CompileError;

/// A CRD whose parts have the right JSON types.
pub(crate) struct Definition<'a> {
    root: Node<'a>,
    pub(crate) spec: Node<'a>,
    pub(crate) versions: Vec<Node<'a>>,
    schemas: Shared,
}

/// Whether all versions have the same value, which the server then moves to the top level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shared {
    ByAll,
    No,
}

/// A schema of a CRD.
pub(crate) struct VersionSchema<'a> {
    pub(crate) json: &'a Value,
    /// Its version; `None` if all versions share it.
    pub(crate) version: Option<usize>,
    has_status: bool,
}

/// The errors of a schema.
#[derive(Default)]
pub(crate) struct SchemaFaults {
    /// Errors of single keywords. Rules of their parents are not compiled.
    pub(crate) keywords: Vec<Violation>,
    pub(crate) others: Vec<Violation>,
    /// Whether the schema is structural, so that its defaults and rules can be compiled.
    pub(crate) is_structural: bool,
}

/// A CRD as a server decodes it.
///
/// # Errors
///
/// If a part has the wrong JSON type or is nested too deeply.
pub(crate) fn read(json: &Value) -> Result<Cow<'_, Value>, CompileError> {
    shape::read(json)
}

impl<'a> Definition<'a> {
    /// Validates a decoded CRD.
    ///
    /// # Errors
    ///
    /// If it has the wrong type, or no `spec`.
    pub(crate) fn of(json: &'a Value) -> Result<Self, CompileError> {
        let root = Node::of(json).ok_or(CompileError::NotACrd("no object"))?;
        let kind = (root.text("apiVersion"), root.text("kind"));
        if kind != ("apiextensions.k8s.io/v1", "CustomResourceDefinition") {
            let expected = "apiVersion and kind are not those of apiextensions.k8s.io/v1";
            return Err(CompileError::NotACrd(expected));
        }
        let spec = root.part("spec").ok_or(CompileError::NotACrd("no spec"))?;
        let versions: Vec<_> = spec.list("versions").collect();
        let schemas = shared(&versions, "schema");
        Ok(Self {
            root,
            spec,
            versions,
            schemas,
        })
    }

    /// The schemas, each once.
    pub(crate) fn schemas(&self) -> Vec<VersionSchema<'a>> {
        // If versions have the same name, the server uses the first.
        let mut first = BTreeMap::new();
        for version in &self.versions {
            first
                .entry(version.text("name"))
                .or_insert_with(|| has_status(*version));
        }
        let schema = |index: usize, version: &Node<'a>| {
            let json = version.part("schema")?.get("openAPIV3Schema")?;
            let is_shared = self.schemas == Shared::ByAll;
            let has_status = if is_shared {
                self.versions.iter().any(|version| has_status(*version))
            } else {
                first.get(version.text("name")) == Some(&true)
            };
            Some(VersionSchema {
                json,
                version: (!is_shared).then_some(index),
                has_status,
            })
        };
        let count = match self.schemas {
            Shared::ByAll => 1,
            Shared::No => self.versions.len(),
        };
        let versions = self.versions.iter().take(count).enumerate();
        versions
            .filter_map(|(index, version)| schema(index, version))
            .collect()
    }

    /// The errors outside of schemas.
    ///
    /// # Errors
    ///
    /// If the metadata cannot be decoded.
    pub(crate) fn check(&self) -> Result<Vec<Violation>, Violation> {
        let mut out = Vec::new();
        let (spec, path) = (self.spec, &Path::ROOT.field("spec"));
        names::check_metadata(self.root, spec, &mut out)?;
        names::check_group_and_scope(spec, path, &mut out);
        names::check_names(spec.part("names"), path, &mut out);
        if spec.flag("preserveUnknownFields") {
            self.check_unknown_fields_are_dropped(path, &mut out);
        }
        versions::check_list(&self.versions, path, &mut out);
        self.check_versions(path, &mut out);
        versions::check_conversion(spec, path, &mut out);
        Ok(out)
    }

    fn check_unknown_fields_are_dropped(&self, path: &Path<'_>, out: &mut Vec<Violation>) {
        let path = path.field("preserveUnknownFields").bracketed();
        let mut refuse = |detail| {
            out.push(Violation::invalid(
                path.clone(),
                BadValue::Bool(true),
                detail,
            ));
        };
        refuse(
            "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in \
             spec.versions[*].schema instead",
        );
        let schemas = self.schemas();
        let mut nodes = schemas.iter().filter_map(|schema| Node::of(schema.json));
        if nodes.any(has_defaults) {
            refuse("must be false in order to use defaults in the schema");
        }
    }

    fn check_versions(&self, path: &Path<'_>, out: &mut Vec<Violation>) {
        let list = path.field("versions");
        for (index, version) in self.versions.iter().enumerate() {
            let path = list.index(index);
            let schema = version.part("schema");
            if !schema.is_some_and(|schema| schema.has("openAPIV3Schema")) {
                let path = path.field("schema");
                let path = path.field("openAPIV3Schema").bracketed();
                out.push(Violation::required(path, ""));
            }
        }
        self.each("subresources", &list, path, |version, _, path| {
            if let Some(part) = version.part("subresources") {
                versions::check_subresources(part, &path.field("subresources"), out);
            }
        });
        self.each(
            "additionalPrinterColumns",
            &list,
            path,
            |version, _, path| {
                let columns = path.field("additionalPrinterColumns");
                for (index, column) in version.list("additionalPrinterColumns").enumerate() {
                    versions::check_column(column, &columns.index(index), out);
                }
            },
        );
        self.each("selectableFields", &list, path, |version, place, path| {
            // A shared part is checked against the shared schema, any other against its version's.
            let schema = version.part("schema").filter(|_| place == self.schemas);
            let schema = schema.and_then(|schema| schema.part("openAPIV3Schema"));
            versions::check_selectable(version, schema, place, path, out);
        });
    }

    /// Visits a part of every version, or once if it is the same in all.
    fn each(
        &self,
        part: &str,
        list: &Path<'_>,
        spec: &Path<'_>,
        mut visit: impl FnMut(Node<'a>, Shared, &Path<'_>),
    ) {
        let shared = shared(&self.versions, part);
        for (index, version) in self.versions.iter().enumerate() {
            match shared {
                Shared::ByAll if index > 0 => return,
                Shared::ByAll => visit(*version, shared, spec),
                Shared::No => visit(*version, shared, &list.index(index)),
            }
        }
    }
}

impl VersionSchema<'_> {
    /// Calls a function with the path of the schema.
    pub(crate) fn at<T>(&self, then: impl FnOnce(&Path<'_>) -> T) -> T {
        let spec = &Path::ROOT.field("spec");
        match self.version {
            None => {
                let validation = spec.field("validation");
                then(&validation.field("openAPIV3Schema"))
            }
            Some(index) => {
                let versions = spec.field("versions");
                let version = versions.index(index);
                let schema = version.field("schema");
                then(&schema.field("openAPIV3Schema"))
            }
        }
    }

    /// The errors of the schema, except defaults and rules.
    pub(crate) fn check(&self, path: &Path<'_>) -> SchemaFaults {
        let Some(schema) = Node::of(self.json) else {
            return SchemaFaults::default();
        };
        let mut others = Vec::new();
        if self.has_status {
            check_root(schema, path, &mut others);
        }
        if schema.flag("nullable") {
            let path = path.field("nullable").bracketed();
            let detail = "nullable cannot be true at the root";
            others.push(Violation::forbidden(path, detail));
        }
        let mut structure = Vec::new();
        let fault = structural::fault(schema);
        if fault.is_none() {
            structural::check(schema, path, &mut structure);
        }
        let is_structural = fault.is_none() && structure.is_empty();
        others.append(&mut structure);
        let mut keywords = Vec::new();
        keywords::check(schema, path, &mut keywords);
        // Such a fault may repeat a keyword's error.
        if let Some(fault) = fault.filter(|_| others.is_empty() && keywords.is_empty()) {
            let path = path.bracketed();
            others.push(Violation::invalid(path, BadValue::text(""), fault));
        }
        SchemaFaults {
            keywords,
            others,
            is_structural,
        }
    }
}

/// Keywords allowed at the root along with the status subresource: status updates use the schema of
/// the status alone.
const WITH_STATUS: [(&str, &str); 22] = [
    ("description", "Description"),
    ("type", "Type"),
    ("format", "Format"),
    ("title", "Title"),
    ("maximum", "Maximum"),
    ("exclusiveMaximum", "ExclusiveMaximum"),
    ("minimum", "Minimum"),
    ("exclusiveMinimum", "ExclusiveMinimum"),
    ("maxLength", "MaxLength"),
    ("minLength", "MinLength"),
    ("pattern", "Pattern"),
    ("maxItems", "MaxItems"),
    ("minItems", "MinItems"),
    ("uniqueItems", "UniqueItems"),
    ("multipleOf", "MultipleOf"),
    ("required", "Required"),
    ("items", "Items"),
    ("properties", "Properties"),
    ("externalDocs", "ExternalDocs"),
    ("example", "Example"),
    (
        "x-kubernetes-preserve-unknown-fields",
        "XPreserveUnknownFields",
    ),
    ("x-kubernetes-validations", "XValidations"),
];
/// Keywords that the server checks before the type.
const BEFORE_TYPE: [&str; 3] = ["id", "$schema", "$ref"];

fn check_root(schema: Node<'_>, path: &Path<'_>, out: &mut Vec<Violation>) {
    let strange = || {
        let keywords = schema.fields().map(|(keyword, _)| keyword);
        keywords.filter(|keyword| !WITH_STATUS.iter().any(|(known, _)| known == keyword))
    };
    let kind = schema.text("type");
    let is_object = kind.is_empty() || kind == "object";
    if !is_object && !strange().any(|keyword| BEFORE_TYPE.contains(&keyword)) {
        let path = path.field("type").bracketed();
        let detail = "only \"object\" is allowed as the type at the root of the schema if the \
                      status subresource is enabled";
        out.push(Violation::invalid(path, BadValue::text(kind), detail));
    } else if strange().next().is_some() {
        let names = WITH_STATUS.map(|(_, name)| name).join(" ");
        let detail = format!(
            "only [{names}] fields are allowed at the root of the schema if the status subresource \
             is enabled"
        );
        out.push(Violation::invalid(
            path.bracketed(),
            BadValue::Omitted,
            detail,
        ));
    }
}

/// Whether all versions have the same value.
fn shared(versions: &[Node<'_>], part: &str) -> Shared {
    let are_same = |pair: &[Node<'_>]| match pair {
        [one, other] => {
            let (one, other) = (one.get(part), other.get(part));
            // Most are literally the same.
            one == other || is_same(part, one, other)
        }
        _ => true,
    };
    if versions.windows(2).all(are_same) {
        Shared::ByAll
    } else {
        Shared::No
    }
}

/// Whether two versions have the same value in a field: for the server, an empty list or map is
/// absent. Everything except schemas is compared literally.
fn is_same(field: &str, one: Option<&Value>, other: Option<&Value>) -> bool {
    let is_map = shape::is_map(field);
    match (one, other) {
        _ if matches!(field, "default" | "example") => one == other,
        (Some(one), Some(other)) if field == "enum" => one == other,
        (Some(Value::Object(one)), Some(Value::Object(other))) => {
            // Names of fields are not keywords.
            let keyword = |name| if is_map { "" } else { name };
            let names = one
                .keys()
                .chain(other.keys().filter(|name| !one.contains_key(*name)));
            let mut names = names.map(String::as_str);
            names.all(|name| is_same(keyword(name), one.get(name), other.get(name)))
        }
        (Some(Value::Array(one)), Some(Value::Array(other))) => {
            let mut pairs = one.iter().zip(other);
            one.len() == other.len()
                && pairs.all(|(one, other)| is_same("", Some(one), Some(other)))
        }
        (Some(Value::Array(items)), None) | (None, Some(Value::Array(items))) => items.is_empty(),
        (Some(Value::Object(only)), None) | (None, Some(Value::Object(only))) => {
            is_map && only.is_empty()
        }
        _ => one == other,
    }
}

fn has_status(version: Node<'_>) -> bool {
    let subresources = version.part("subresources");
    subresources.is_some_and(|subresources| subresources.has("status"))
}

fn has_defaults(schema: Node<'_>) -> bool {
    let parts = ["not", "items", "additionalProperties"];
    let lists = ["allOf", "anyOf", "oneOf"];
    schema.has("default")
        || schema
            .parts("properties")
            .any(|(_, part)| has_defaults(part))
        || parts
            .iter()
            .any(|name| schema.part(name).is_some_and(has_defaults))
        || lists.iter().any(|name| schema.list(name).any(has_defaults))
}

/// Paths that differ between the server and the CRD's text; `0` stands for an index.
const MOVED: [(&[&str], &[&str]); 8] = [
    (
        &["spec", "validation"],
        &["spec", "versions", "0", "schema"],
    ),
    (&["spec", "schema"], &["spec", "versions", "0", "schema"]),
    (&["spec", "version"], &["spec", "versions", "0", "name"]),
    (
        &["spec", "subresources"],
        &["spec", "versions", "0", "subresources"],
    ),
    (
        &["spec", "additionalPrinterColumns"],
        &["spec", "versions", "0", "additionalPrinterColumns"],
    ),
    (
        &["spec", "selectableFields"],
        &["spec", "versions", "0", "selectableFields"],
    ),
    (
        &["spec", "conversion", "webhookClientConfig"],
        &["spec", "conversion", "webhook", "clientConfig"],
    ),
    (
        &["spec", "conversion", "conversionReviewVersions"],
        &["spec", "conversion", "webhook", "conversionReviewVersions"],
    ),
];

/// A violation with the steps to its position in the CRD's text.
pub(crate) fn located(violation: Violation) -> Violation {
    let steps = violation.path.steps();
    let starts_with = |names: &[&str]| {
        let mut pairs = names.iter().zip(steps);
        names.len() <= steps.len()
            && pairs.all(|(name, step)| matches!(step, Step::Field(field) if field == name))
    };
    let moved = MOVED.iter().find(|(from, _)| starts_with(from));
    let (from, to) = moved.copied().unwrap_or((&[], &[]));
    let start = to.iter().map(|name| match *name {
        "0" => Step::Index(0),
        name => Step::Field(name.to_owned()),
    });
    let rest = steps.iter().skip(from.len()).map(|step| match step {
        Step::Field(name) if name == "JSONPath" => Step::Field("jsonPath".to_owned()),
        step => step.clone(),
    });
    let path = FieldPath::new(
        violation.path.as_str().to_owned(),
        start.chain(rest).collect(),
    );
    Violation { path, ..violation }
}
