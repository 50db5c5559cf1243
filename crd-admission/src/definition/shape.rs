//! Which JSON types the parts of a CRD have.
//!
//! A server reads a CRD into types of Go before it looks at it, and refuses as a whole what does
//! not fit.

use serde_json::Value;

use crate::path::{Path, Segment};
use crate::schema::{CompileError, MAX_DEPTH};

/// What a part of a CRD is.
enum Shape {
    Any,
    Text,
    Flag,
    Integer,
    Number,
    /// A list of such.
    List(&'static Shape),
    /// An object whose fields are such.
    Map(&'static Shape),
    /// An object with these fields. Others are not read.
    Object(&'static [(&'static str, Shape)]),
    /// An object with the keywords of a schema.
    Schema,
    /// A schema, or a boolean.
    SchemaOrFlag,
    /// A schema, or a list of schemas.
    SchemaOrList,
    /// A schema, or a list of texts.
    SchemaOrTexts,
}

use Shape::{
    Any, Flag, Integer, List, Map, Number, Object, Schema, SchemaOrFlag, SchemaOrList,
    SchemaOrTexts, Text,
};

static DEFINITION: Shape = Object(&[("metadata", Object(&[])), ("spec", Object(SPEC))]);

const SPEC: &[(&str, Shape)] = &[
    ("group", Text),
    ("scope", Text),
    ("preserveUnknownFields", Flag),
    (
        "names",
        Object(&[
            ("plural", Text),
            ("singular", Text),
            ("kind", Text),
            ("listKind", Text),
            ("shortNames", List(&Text)),
            ("categories", List(&Text)),
        ]),
    ),
    ("versions", List(&Object(VERSION))),
    (
        "conversion",
        Object(&[
            ("strategy", Text),
            (
                "webhook",
                Object(&[
                    ("conversionReviewVersions", List(&Text)),
                    (
                        "clientConfig",
                        Object(&[
                            ("url", Text),
                            ("caBundle", Text),
                            (
                                "service",
                                Object(&[
                                    ("name", Text),
                                    ("namespace", Text),
                                    ("path", Text),
                                    ("port", Integer),
                                ]),
                            ),
                        ]),
                    ),
                ]),
            ),
        ]),
    ),
];

const VERSION: &[(&str, Shape)] = &[
    ("name", Text),
    ("served", Flag),
    ("storage", Flag),
    ("deprecated", Flag),
    ("deprecationWarning", Text),
    ("schema", Object(&[("openAPIV3Schema", Schema)])),
    (
        "subresources",
        Object(&[
            ("status", Object(&[])),
            (
                "scale",
                Object(&[
                    ("specReplicasPath", Text),
                    ("statusReplicasPath", Text),
                    ("labelSelectorPath", Text),
                ]),
            ),
        ]),
    ),
    (
        "additionalPrinterColumns",
        List(&Object(&[
            ("name", Text),
            ("type", Text),
            ("format", Text),
            ("description", Text),
            ("priority", Integer),
            ("jsonPath", Text),
        ])),
    ),
    ("selectableFields", List(&Object(&[("jsonPath", Text)]))),
];

/// The keywords of a schema, but for those that may be anything.
const KEYWORDS: &[(&str, Shape)] = &[
    ("id", Text),
    ("$schema", Text),
    ("$ref", Text),
    ("description", Text),
    ("type", Text),
    ("format", Text),
    ("title", Text),
    ("maximum", Number),
    ("exclusiveMaximum", Flag),
    ("minimum", Number),
    ("exclusiveMinimum", Flag),
    ("maxLength", Integer),
    ("minLength", Integer),
    ("pattern", Text),
    ("maxItems", Integer),
    ("minItems", Integer),
    ("uniqueItems", Flag),
    ("multipleOf", Number),
    ("enum", List(&Any)),
    ("maxProperties", Integer),
    ("minProperties", Integer),
    ("required", List(&Text)),
    ("items", SchemaOrList),
    ("allOf", List(&Schema)),
    ("oneOf", List(&Schema)),
    ("anyOf", List(&Schema)),
    ("not", Schema),
    ("properties", Map(&Schema)),
    ("additionalProperties", SchemaOrFlag),
    ("patternProperties", Map(&Schema)),
    ("dependencies", Map(&SchemaOrTexts)),
    ("additionalItems", SchemaOrFlag),
    ("definitions", Map(&Schema)),
    (
        "externalDocs",
        Object(&[("description", Text), ("url", Text)]),
    ),
    ("nullable", Flag),
    ("x-kubernetes-preserve-unknown-fields", Flag),
    ("x-kubernetes-embedded-resource", Flag),
    ("x-kubernetes-int-or-string", Flag),
    ("x-kubernetes-list-map-keys", List(&Text)),
    ("x-kubernetes-list-type", Text),
    ("x-kubernetes-map-type", Text),
    (
        "x-kubernetes-validations",
        List(&Object(&[
            ("rule", Text),
            ("message", Text),
            ("messageExpression", Text),
            ("reason", Text),
            ("fieldPath", Text),
            ("optionalOldSelf", Flag),
        ])),
    ),
];

/// Checks a whole CRD.
///
/// # Errors
///
/// The first part that is of another type, or that is nested too deeply to be looked at.
pub(super) fn check(definition: &Value) -> Result<(), CompileError> {
    check_part(definition, &DEFINITION, &Path::ROOT, 0)
}

fn check_part(
    value: &Value,
    shape: &Shape,
    path: &Path<'_>,
    depth: usize,
) -> Result<(), CompileError> {
    // Lists and maps of schemas are levels of their own, and so is the way to the schema.
    if depth > 2 * MAX_DEPTH {
        return Err(CompileError::TooDeep {
            path: path.bracketed().to_string(),
        });
    }
    let is_right = match shape {
        Any => true,
        Text => value.is_string(),
        Flag => value.is_boolean(),
        Integer => value.as_i64().is_some(),
        Number => value.is_number(),
        List(_) => value.is_array(),
        Map(_) | Object(_) | Schema => value.is_object(),
        SchemaOrFlag => value.is_object() || value.is_boolean(),
        SchemaOrList | SchemaOrTexts => value.is_object() || value.is_array(),
    };
    if !is_right {
        return Err(CompileError::WrongType {
            path: path.bracketed().to_string(),
            expected: shape.name(),
        });
    }
    match (shape, value) {
        (Object(known), Value::Object(_)) => check_fields(value, known, path, depth),
        (Schema | SchemaOrFlag | SchemaOrList | SchemaOrTexts, Value::Object(_)) => {
            check_fields(value, KEYWORDS, path, depth)
        }
        (SchemaOrList, _) => check_items(value, &Schema, path, depth),
        (SchemaOrTexts, _) => check_items(value, &Text, path, depth),
        (List(shape), _) => check_items(value, shape, path, depth),
        (Map(shape), Value::Object(fields)) => fields.iter().try_for_each(|(key, value)| {
            check_part(value, shape, &path.child(Segment::Key(key)), depth + 1)
        }),
        _ => Ok(()),
    }
}

fn check_fields(
    object: &Value,
    known: &[(&str, Shape)],
    path: &Path<'_>,
    depth: usize,
) -> Result<(), CompileError> {
    known
        .iter()
        .try_for_each(|(name, shape)| match object.get(name) {
            Some(value) => check_part(value, shape, &path.field(name), depth + 1),
            None => Ok(()),
        })
}

fn check_items(
    list: &Value,
    shape: &Shape,
    path: &Path<'_>,
    depth: usize,
) -> Result<(), CompileError> {
    let items = list.as_array().into_iter().flatten().enumerate();
    items
        .into_iter()
        .try_for_each(|(index, item)| check_part(item, shape, &path.index(index), depth + 1))
}

impl Shape {
    const fn name(&self) -> &'static str {
        match self {
            Any => "anything",
            Text => "a string",
            Flag => "a boolean",
            Integer => "an integer",
            Number => "a number",
            List(_) => "an array",
            Map(_) | Object(_) | Schema => "an object",
            SchemaOrFlag => "an object or a boolean",
            SchemaOrList | SchemaOrTexts => "an object or an array",
        }
    }
}
