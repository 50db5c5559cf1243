//! JSON to [`Metadata`], as Go decodes into its struct.
//!
//! A field of the wrong type makes a request unreadable; in an object from storage it is dropped.
//! Null is as good as nothing. Fields that are not known are dropped, and named to the client.

use std::borrow::Cow;

use apimachinery::go;

use super::time::Time;
use super::{Metadata, Owner};
use crate::json::{Data, Node};

/// Unknown fields that the API server names.
const NAMED: usize = 100;

/// A field that Go cannot decode.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("metadata{field} is of the wrong type: expected {expected}")]
pub(crate) struct Mismatch {
    field: String,
    expected: &'static str,
}

impl Mismatch {
    #[cold]
    fn new(expected: &'static str) -> Self {
        Self {
            field: String::new(),
            expected,
        }
    }

    #[cold]
    fn within(mut self, step: &str) -> Self {
        self.field.insert_str(0, step);
        self
    }
}

/// The metadata of a request, and the paths of fields that are not known.
pub(crate) fn decode_request(node: Node<'_>) -> Result<(Metadata<'_>, Vec<String>), Mismatch> {
    let mut metadata = Metadata::default();
    let mut unknown = Unknown::default();
    match node.data() {
        Data::Null => {}
        Data::Object(fields) => {
            for (name, value) in fields {
                set(&mut metadata, name, value, &mut unknown)
                    .map_err(|fault| fault.within(&format!(".{name}")))?;
            }
        }
        _ => return Err(Mismatch::new("an object")),
    }
    Ok((metadata, unknown.paths()))
}

/// The metadata of a stored object, without fields that cannot be read.
pub(crate) fn decode_stored(node: Node<'_>) -> Result<Metadata<'_>, Mismatch> {
    let mut metadata = Metadata::default();
    match node.data() {
        Data::Null => {}
        Data::Object(fields) => {
            for (name, value) in fields {
                // What cannot be read is dropped.
                let _ = set(&mut metadata, name, value, &mut Unknown::default());
            }
        }
        _ => return Err(Mismatch::new("an object")),
    }
    Ok(metadata)
}

fn set<'a>(
    metadata: &mut Metadata<'a>,
    name: &str,
    value: Node<'a>,
    unknown: &mut Unknown,
) -> Result<(), Mismatch> {
    match name {
        "name" => metadata.name = Cow::Borrowed(string(value)?),
        "generateName" => metadata.generate_name = string(value)?,
        "namespace" => metadata.namespace = string(value)?,
        "selfLink" => metadata.self_link = string(value)?,
        "uid" => metadata.uid = string(value)?,
        "resourceVersion" => metadata.resource_version = string(value)?,
        "generation" => metadata.generation = integer(value)?.unwrap_or_default(),
        "creationTimestamp" => drop(time(value)?),
        "deletionTimestamp" => metadata.deletion = time(value)?,
        "deletionGracePeriodSeconds" => metadata.grace_seconds = integer(value)?,
        "labels" => metadata.labels = string_map(value)?,
        "annotations" => metadata.annotations = string_map(value)?,
        "finalizers" => metadata.finalizers = string_list(value)?,
        "ownerReferences" => metadata.owners = list(value, name, unknown, owner)?,
        "managedFields" => drop(list(value, name, unknown, managed_fields)?),
        _ => unknown.add(name.to_owned()),
    }
    Ok(())
}

fn string(node: Node<'_>) -> Result<&str, Mismatch> {
    match node.data() {
        Data::String(text) => Ok(text),
        Data::Null => Ok(""),
        _ => Err(Mismatch::new("a string")),
    }
}

fn boolean(node: Node<'_>) -> Result<Option<bool>, Mismatch> {
    match node.data() {
        Data::Bool(value) => Ok(Some(value)),
        Data::Null => Ok(None),
        _ => Err(Mismatch::new("a boolean")),
    }
}

/// The API server writes the number out before it reads it: `1.0` and `1e3` are integers here.
fn integer(node: Node<'_>) -> Result<Option<i64>, Mismatch> {
    let number = match node.data() {
        Data::Int(number) => Some(number),
        Data::Float(number) => go::JsonFloat(number).to_string().parse().ok(),
        Data::Null => return Ok(None),
        _ => None,
    };
    number.map(Some).ok_or_else(|| Mismatch::new("an integer"))
}

fn time(node: Node<'_>) -> Result<Option<Time>, Mismatch> {
    match node.data() {
        Data::Null => Ok(None),
        Data::String(text) => Time::parse(text).map_err(|_| not_a_time()),
        _ => Err(not_a_time()),
    }
}

fn not_a_time() -> Mismatch {
    Mismatch::new("a time (RFC 3339)")
}

fn string_map(node: Node<'_>) -> Result<Option<Node<'_>>, Mismatch> {
    match node.data() {
        Data::Null => Ok(None),
        Data::Object(mut fields) => {
            fields.try_for_each(|(_, value)| string(value).map(drop))?;
            Ok(Some(node))
        }
        _ => Err(Mismatch::new("an object")),
    }
}

fn string_list(node: Node<'_>) -> Result<Option<Node<'_>>, Mismatch> {
    match node.data() {
        Data::Null => Ok(None),
        Data::Array(mut items) => {
            items.try_for_each(|value| string(value).map(drop))?;
            Ok(Some(node))
        }
        _ => Err(Mismatch::new("an array")),
    }
}

/// Sets one field of an item; tells whether it is known.
type SetField<'a, T> = fn(&mut T, &str, Node<'a>) -> Result<bool, Mismatch>;

fn list<'a, T: Default>(
    node: Node<'a>,
    name: &str,
    unknown: &mut Unknown,
    set_field: SetField<'a, T>,
) -> Result<Vec<T>, Mismatch> {
    let items = match node.data() {
        Data::Null => return Ok(Vec::new()),
        Data::Array(items) => items,
        _ => return Err(Mismatch::new("an array")),
    };
    let mut list = Vec::new();
    for (index, item) in items.enumerate() {
        let mut value = T::default();
        let fields = match item.data() {
            Data::Null => None,
            Data::Object(fields) => Some(fields),
            _ => return Err(Mismatch::new("an object").within(&format!("[{index}]"))),
        };
        for (field, node) in fields.into_iter().flatten() {
            let known = set_field(&mut value, field, node)
                .map_err(|fault| fault.within(&format!("[{index}].{field}")))?;
            if !known {
                unknown.add(format!("{name}[{index}].{field}"));
            }
        }
        list.push(value);
    }
    Ok(list)
}

fn owner<'a>(owner: &mut Owner<'a>, name: &str, value: Node<'a>) -> Result<bool, Mismatch> {
    match name {
        "apiVersion" => owner.api_version = string(value)?,
        "kind" => owner.kind = string(value)?,
        "name" => owner.name = string(value)?,
        "uid" => owner.uid = string(value)?,
        "controller" => owner.controller = boolean(value)?,
        "blockOwnerDeletion" => owner.block_owner_deletion = boolean(value)?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// The API server writes these anew; what is given only has to be readable.
fn managed_fields((): &mut (), name: &str, value: Node<'_>) -> Result<bool, Mismatch> {
    match name {
        "manager" | "operation" | "apiVersion" | "fieldsType" | "subresource" => {
            string(value).map(drop)?;
        }
        "time" => drop(time(value)?),
        "fieldsV1" => {}
        _ => return Ok(false),
    }
    Ok(true)
}

/// Fields that the API server drops and names.
#[derive(Default)]
struct Unknown {
    names: Vec<String>,
}

impl Unknown {
    fn add(&mut self, name: String) {
        self.names.push(name);
    }

    /// In the order in which the server comes across them: that of names, then of indexes.
    fn paths(self) -> Vec<String> {
        let mut names = self.names;
        names.sort_by(|a, b| order(a).cmp(&order(b)));
        let first = names.into_iter().take(NAMED);
        first.map(|name| format!("metadata.{name}")).collect()
    }
}

/// A path as its list, index and name.
fn order(path: &str) -> (&str, usize, &str) {
    let split = path.split_once('[').and_then(|(list, rest)| {
        let (index, name) = rest.split_once("].")?;
        Some((list, index.parse().ok()?, name))
    });
    split.unwrap_or((path, 0, ""))
}
