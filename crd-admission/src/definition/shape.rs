//! A CRD as a server decodes it: into Go types, which reject wrong types, drop unknown fields, and
//! do not distinguish an empty string or `false` from a missing value.

use std::borrow::Cow;

use serde_json::{Map as Fields, Value};

use crate::path::{Path, Segment};
use crate::schema::CompileError;

/// Bounds every later recursion over a schema.
const MAX_DEPTH: usize = 100;

/// The expected type of a part.
enum Shape {
    Any,
    Text,
    /// A string that differs from a missing one even if empty.
    OptionalText,
    Flag,
    /// A boolean that differs from a missing one even if `false`.
    OptionalFlag,
    Integer,
    Number,
    /// A list of values of a type.
    List(&'static Shape),
    /// An object whose fields all have a type.
    Map(&'static Shape),
    /// An object with these fields.
    Object(&'static [(&'static str, Shape)]),
    /// An object that is decoded elsewhere.
    AnyObject,
    /// An object with the keywords of a schema.
    Schema,
    /// A schema, or a boolean.
    SchemaOrFlag,
    /// A schema, or a list of schemas.
    SchemaOrList,
    /// A schema, or a list of strings.
    SchemaOrTexts,
}

use Shape::{
    Any, AnyObject, Flag, Integer, List, Map, Number, Object, OptionalFlag, OptionalText, Schema,
    SchemaOrFlag, SchemaOrList, SchemaOrTexts, Text,
};

static DEFINITION: Shape = Object(&[
    ("apiVersion", Text),
    ("kind", Text),
    ("metadata", AnyObject),
    ("spec", Object(SPEC)),
]);

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
                            ("url", OptionalText),
                            ("caBundle", Text),
                            (
                                "service",
                                Object(&[
                                    ("name", Text),
                                    ("namespace", Text),
                                    ("path", OptionalText),
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
    ("deprecationWarning", OptionalText),
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
                    ("labelSelectorPath", OptionalText),
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

/// The keywords of a schema.
const KEYWORDS: &[(&str, Shape)] = &[
    ("id", Text),
    ("$schema", Text),
    ("$ref", OptionalText),
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
    ("default", Any),
    ("example", Any),
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
    ("x-kubernetes-preserve-unknown-fields", OptionalFlag),
    ("x-kubernetes-embedded-resource", Flag),
    ("x-kubernetes-int-or-string", Flag),
    ("x-kubernetes-list-map-keys", List(&Text)),
    ("x-kubernetes-list-type", OptionalText),
    ("x-kubernetes-map-type", OptionalText),
    (
        "x-kubernetes-validations",
        List(&Object(&[
            ("rule", Text),
            ("message", Text),
            ("messageExpression", Text),
            ("reason", OptionalText),
            ("fieldPath", Text),
            ("optionalOldSelf", OptionalFlag),
        ])),
    ),
];

/// Whether a keyword's value is a map from names to schemas or the like.
pub(super) fn is_map(keyword: &str) -> bool {
    let mut maps = KEYWORDS.iter().filter(|(_, shape)| matches!(shape, Map(_)));
    maps.any(|(name, _)| *name == keyword)
}

/// Decodes a whole CRD.
///
/// # Errors
///
/// The first part that has the wrong type or is nested too deeply.
pub(super) fn read(definition: &Value) -> Result<Cow<'_, Value>, CompileError> {
    Ok(if is_plain(definition, &DEFINITION, &Path::ROOT, 0)? {
        Cow::Borrowed(definition)
    } else {
        Cow::Owned(plain(definition, &DEFINITION))
    })
}

/// Whether a part, within this many schemas, is unchanged by decoding.
fn is_plain(
    value: &Value,
    shape: &Shape,
    path: &Path<'_>,
    depth: usize,
) -> Result<bool, CompileError> {
    let depth = depth + usize::from(shape.is_schema());
    if depth > MAX_DEPTH {
        return Err(CompileError::TooDeep {
            path: path.bracketed().to_string(),
        });
    }
    if !shape.admits(value) {
        return Err(CompileError::WrongType {
            path: path.bracketed().to_string(),
            expected: shape.name(),
        });
    }
    let mut all = shape.is_whole() || !value.is_null();
    match value {
        Value::Array(items) if !shape.is_whole() => {
            for (index, item) in items.iter().enumerate() {
                all &= is_plain(item, shape.item(), &path.index(index), depth)?;
            }
        }
        Value::Object(fields) if !shape.is_whole() => {
            for (name, value) in fields {
                let path = path.child(shape.segment(name));
                all &= match shape.field(name) {
                    Some(part) if !shape.drops(part, value) => is_plain(value, part, &path, depth)?,
                    _ => false,
                };
            }
        }
        _ => {}
    }
    Ok(all)
}

/// A part of the right type, decoded.
fn plain(value: &Value, shape: &Shape) -> Value {
    match value {
        _ if shape.is_whole() => value.clone(),
        Value::Null => shape.empty(),
        Value::Array(items) => items.iter().map(|item| plain(item, shape.item())).collect(),
        Value::Object(fields) => {
            let kept = fields.iter().filter_map(|(name, value)| {
                let part = shape.field(name)?;
                (!shape.drops(part, value)).then(|| (name.clone(), plain(value, part)))
            });
            Value::Object(kept.collect())
        }
        _ => value.clone(),
    }
}

impl Shape {
    fn admits(&self, value: &Value) -> bool {
        value.is_null()
            || match self {
                Any => true,
                Text | OptionalText => value.is_string(),
                Flag | OptionalFlag => value.is_boolean(),
                Integer => value.as_i64().is_some(),
                Number => value.is_number(),
                List(_) => value.is_array(),
                Map(_) | Object(_) | AnyObject | Schema => value.is_object(),
                SchemaOrFlag => value.is_object() || value.is_boolean(),
                SchemaOrList | SchemaOrTexts => value.is_object() || value.is_array(),
            }
    }

    /// Whether decoding changes nothing in it.
    const fn is_whole(&self) -> bool {
        matches!(self, Any | AnyObject)
    }

    const fn is_schema(&self) -> bool {
        matches!(self, Schema | SchemaOrFlag | SchemaOrList | SchemaOrTexts)
    }

    const fn item(&self) -> &Self {
        match self {
            List(item) => item,
            SchemaOrTexts => &Text,
            _ => &Schema,
        }
    }

    /// A field of an object, if it is known.
    fn field(&self, name: &str) -> Option<&Self> {
        let known = match self {
            Map(value) => return Some(value),
            Object(known) => known,
            _ => KEYWORDS,
        };
        let found = known.iter().find(|(known, _)| *known == name);
        found.map(|(_, shape)| shape)
    }

    /// Whether a field equals a missing one.
    fn drops(&self, field: &Self, value: &Value) -> bool {
        let is_nothing = match value {
            Value::Null => true,
            Value::Bool(is_set) => matches!(field, Flag) && !is_set,
            Value::String(text) => matches!(field, Text) && text.is_empty(),
            _ => false,
        };
        is_nothing && !matches!(self, Map(_))
    }

    /// The decoded form of null in a list or map.
    fn empty(&self) -> Value {
        match self {
            Text | OptionalText => "".into(),
            _ => Fields::new().into(),
        }
    }

    const fn segment<'n>(&self, name: &'n str) -> Segment<'n> {
        match self {
            Map(_) => Segment::Key(name),
            _ => Segment::Field(name),
        }
    }

    const fn name(&self) -> &'static str {
        match self {
            Any => "anything",
            Text | OptionalText => "a string",
            Flag | OptionalFlag => "a boolean",
            Integer => "an integer",
            Number => "a number",
            List(_) => "an array",
            Map(_) | Object(_) | AnyObject | Schema => "an object",
            SchemaOrFlag => "an object or a boolean",
            SchemaOrList | SchemaOrTexts => "an object or an array",
        }
    }
}
