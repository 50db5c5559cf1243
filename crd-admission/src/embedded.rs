//! `x-kubernetes-embedded-resource`: objects within the object, with their own type and metadata.
//! They are decoded and validated like objects.

use apimachinery::names;
use serde_json::{Map, Value};

use crate::error::Violation;
use crate::field_path::FieldPath;
use crate::json::{Data, Node};
use crate::metadata;
use crate::path::Path;
use crate::schema::Schema;
use crate::view::View;

const METADATA: &str = "metadata";

/// What to do with fields that cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Reject the request.
    Request,
    /// Drop them.
    Storage,
}

/// Decodes type and metadata of embedded resources, and writes them back as stored. Returns the
/// paths of unknown metadata fields.
pub(crate) fn coerce(
    object: &mut Value,
    schema: &Schema,
    origin: Origin,
) -> Result<Vec<String>, Violation> {
    let mut unknown = Vec::new();
    if !schema.has_embedded {
        return Ok(unknown);
    }
    let fields = object.as_object_mut().into_iter().flatten();
    for (name, value) in fields {
        if let Some(schema) = schema.field(name) {
            let path = Path::ROOT;
            coerce_value(value, schema, origin, &path.field(name), &mut unknown)
                .map_err(|fault| Violation::bad_request(fault.to_string()))?;
        }
    }
    unknown.sort();
    Ok(unknown)
}

/// Decodes type and metadata of the resources in a value, including itself, and writes them back.
pub(crate) fn read(value: &mut Value, schema: &Schema, path: &Path<'_>) -> Result<(), Violation> {
    coerce_value(value, schema, Origin::Request, path, &mut Vec::new())
}

fn coerce_value(
    value: &mut Value,
    schema: &Schema,
    origin: Origin,
    path: &Path<'_>,
    unknown: &mut Vec<String>,
) -> Result<(), Violation> {
    if !schema.has_embedded {
        return Ok(());
    }
    match value {
        Value::Array(items) => {
            let Some(schema) = schema.items.as_deref() else {
                return Ok(());
            };
            for (index, item) in items.iter_mut().enumerate() {
                coerce_value(item, schema, origin, &path.index(index), unknown)?;
            }
        }
        Value::Object(fields) => {
            if schema.is_embedded {
                coerce_resource(fields, origin, path, unknown)?;
            }
            for (name, field) in fields {
                if let Some(part) = schema.field(name) {
                    coerce_value(
                        field,
                        part,
                        origin,
                        &path.child(schema.segment(name)),
                        unknown,
                    )?;
                }
            }
        }
        _ => {}
    }
    Ok(())
}

fn coerce_resource(
    fields: &mut Map<String, Value>,
    origin: Origin,
    path: &Path<'_>,
    unknown: &mut Vec<String>,
) -> Result<(), Violation> {
    for name in ["apiVersion", "kind"] {
        let value = fields.get(name).filter(|value| !value.is_string());
        match value {
            Some(value) if origin == Origin::Request => {
                return Err(refuse(value, &path.field(name), "must be a string"));
            }
            Some(_) => drop(fields.remove(name)),
            None => {}
        }
    }
    let Some(value) = fields.get(METADATA) else {
        return Ok(());
    };
    let node = Node::from(value);
    let written = match origin {
        Origin::Request => {
            let (read, names) = metadata::decode_request(node)
                .map_err(|fault| refuse(value, &path.field(METADATA), fault.to_string()))?;
            let prefix = path.dotted();
            unknown.extend(names.into_iter().map(|name| format!("{prefix}.{name}")));
            read.to_embedded_anew(node)
        }
        Origin::Storage => match metadata::decode_stored(node) {
            Ok(read) => read.to_embedded(node),
            Err(fault) => return Err(refuse(value, &path.field(METADATA), fault.to_string())),
        },
    };
    fields.insert(METADATA.to_owned(), written);
    Ok(())
}

fn refuse(value: &Value, path: &Path<'_>, detail: impl Into<String>) -> Violation {
    let shown = View::raw(Node::from(value)).shown();
    Violation::invalid(path.bracketed(), shown, detail)
}

/// Validates the embedded resources of a value.
pub(crate) fn check(view: View<'_>, path: &Path<'_>, out: &mut Vec<Violation>) {
    let Some(schema) = view.schema.filter(|schema| schema.has_embedded) else {
        return;
    };
    match view.node.data() {
        Data::Array(_) => {
            for (index, item) in view.items().enumerate() {
                check(item, &path.index(index), out);
            }
        }
        Data::Object(_) => {
            if schema.is_embedded {
                check_resource(view, path, out);
            }
            for (name, field) in view.fields() {
                check(field, &path.child(schema.segment(name)), out);
            }
        }
        _ => {}
    }
}

fn check_resource(view: View<'_>, path: &Path<'_>, out: &mut Vec<Violation>) {
    check_text(view, path, "apiVersion", out, |text| {
        let is_bad = text.bytes().filter(|&b| b == b'/').count() > 1;
        is_bad.then(|| format!("unexpected GroupVersion string: {text}"))
    });
    check_text(view, path, "kind", out, |text| {
        let faults = names::dns_1035_label(&text.to_lowercase()).into_iter();
        let faults = faults.map(String::from).collect::<Vec<_>>().join(",");
        let text = "may have mixed case, but should otherwise match: ";
        (!faults.is_empty()).then(|| format!("{text}{faults}"))
    });
    let Some(metadata) = view.get(METADATA) else {
        return;
    };
    let read = match metadata::decode_request(metadata.node) {
        Ok((read, _)) => read,
        Err(fault) => {
            let field = path.field(METADATA).bracketed();
            out.push(Violation::invalid(
                field,
                metadata.shown(),
                fault.to_string(),
            ));
            return;
        }
    };
    let before = out.len();
    metadata::check_embedded(&read, out);
    let prefix = path.bracketed();
    for violation in out.iter_mut().skip(before) {
        violation.path = prefix.join(&violation.path);
    }
}

fn check_text(
    view: View<'_>,
    path: &Path<'_>,
    name: &str,
    out: &mut Vec<Violation>,
    fault: impl Fn(&str) -> Option<String>,
) {
    let field = || -> FieldPath { path.field(name).bracketed() };
    let Some(value) = view.get(name) else {
        out.push(Violation::required(field(), ""));
        return;
    };
    let fault = match value.node.as_str() {
        None => Some("must be a string".to_owned()),
        Some("") => Some("must not be empty".to_owned()),
        Some(text) => fault(text),
    };
    out.extend(fault.map(|fault| Violation::invalid(field(), value.shown(), fault)));
}
