//! JSON to [`Metadata`], as Go decodes its struct.
//!
//! A field of the wrong type makes a request invalid; in a stored object it is dropped. Null equals
//! a missing field. Unknown fields are dropped and reported.

use std::borrow::Cow;
use std::fmt;

use apimachinery::go;

use super::managers::Manager;
use super::time::{NotATime, Time};
use super::{Metadata, Owner};
use crate::json::{Data, Node};

/// Maximum number of unknown fields that the API server reports.
const NAMED: usize = 100;
/// The Go type.
const METADATA: &str = "ObjectMeta";

/// Why Go cannot decode metadata, in Go's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Mismatch {
    #[error("json: cannot unmarshal {found} into Go {place} of type {wanted}")]
    Type {
        found: String,
        place: Place,
        wanted: String,
    },
    #[error("{0}")]
    Time(NotATime),
}

/// A position in metadata.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// The Go type that has the field.
    owner: &'static str,
    /// The names of the fields from there.
    path: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { owner, path } = self;
        if path.is_empty() {
            return f.write_str("value");
        }
        write!(f, "struct field {owner}.{path}")
    }
}

impl Mismatch {
    #[cold]
    fn new(node: Node<'_>, wanted: impl Into<String>) -> Self {
        let found = match node.data() {
            Data::Null => "null",
            Data::Bool(_) => "bool",
            Data::Int(_) | Data::Float(_) => "number",
            Data::String(_) => "string",
            Data::Array(_) => "array",
            Data::Object(_) => "object",
        };
        Self::Type {
            found: found.to_owned(),
            place: Place::default(),
            wanted: wanted.into(),
        }
    }

    /// The same mismatch, in a field of a Go type.
    #[cold]
    fn within(mut self, owner: &'static str, field: &str) -> Self {
        if let Self::Type { place, .. } = &mut self {
            if place.path.is_empty() {
                place.owner = owner;
                field.clone_into(&mut place.path);
            } else {
                place.path.insert_str(0, &format!("{field}."));
            }
        }
        self
    }
}

/// The metadata of a request, and the paths of unknown fields.
pub(crate) fn decode_request(node: Node<'_>) -> Result<(Metadata<'_>, Vec<String>), Mismatch> {
    let mut metadata = Metadata::default();
    let mut unknown = Unknown::default();
    match node.data() {
        Data::Null => {}
        Data::Object(fields) => {
            // Go visits fields in the order of their names, and reports the first error.
            let mut first: Option<(&str, Mismatch)> = None;
            for (name, value) in fields {
                if let Err(fault) = set(&mut metadata, name, value, &mut unknown)
                    && first.as_ref().is_none_or(|(first, _)| name < *first)
                {
                    first = Some((name, fault.within(METADATA, name)));
                }
            }
            if let Some((_, fault)) = first {
                return Err(fault);
            }
        }
        _ => return Err(Mismatch::new(node, "v1.ObjectMeta")),
    }
    Ok((metadata, unknown.paths()))
}

/// The metadata of a stored object, without fields that cannot be decoded.
pub(crate) fn decode_stored(node: Node<'_>) -> Result<Metadata<'_>, Mismatch> {
    let mut metadata = Metadata::default();
    match node.data() {
        Data::Null => {}
        Data::Object(fields) => {
            for (name, value) in fields {
                // Fields that cannot be decoded are dropped.
                let _ = set(&mut metadata, name, value, &mut Unknown::default());
            }
        }
        _ => return Err(Mismatch::new(node, "v1.ObjectMeta")),
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
        "uid" => metadata.uid = text(value, "types.UID")?,
        "resourceVersion" => metadata.resource_version = string(value)?,
        "generation" => metadata.generation = integer(value)?.unwrap_or_default(),
        "creationTimestamp" => drop(time(value)?),
        "deletionTimestamp" => metadata.deletion = time(value)?,
        "deletionGracePeriodSeconds" => metadata.grace_seconds = integer(value)?,
        "labels" => metadata.labels = string_map(value)?,
        "annotations" => metadata.annotations = string_map(value)?,
        "finalizers" => metadata.finalizers = string_list(value)?,
        "ownerReferences" => metadata.owners = list(value, name, unknown, &owners())?,
        "managedFields" => metadata.managers = list(value, name, unknown, &managers())?,
        _ => unknown.add(name.to_owned()),
    }
    Ok(())
}

fn string(node: Node<'_>) -> Result<&str, Mismatch> {
    text(node, "string")
}

/// A string of a Go type.
fn text<'a>(node: Node<'a>, go_type: &str) -> Result<&'a str, Mismatch> {
    match node.data() {
        Data::String(text) => Ok(text),
        Data::Null => Ok(""),
        _ => Err(Mismatch::new(node, go_type)),
    }
}

fn boolean(node: Node<'_>) -> Result<Option<bool>, Mismatch> {
    match node.data() {
        Data::Bool(value) => Ok(Some(value)),
        Data::Null => Ok(None),
        _ => Err(Mismatch::new(node, "bool")),
    }
}

/// The API server formats the number before parsing it: `1.0` and `1e3` are integers here.
fn integer(node: Node<'_>) -> Result<Option<i64>, Mismatch> {
    const WANTED: &str = "int64";
    match node.data() {
        Data::Int(number) => Ok(Some(number)),
        Data::Float(number) => {
            let text = go::JsonFloat(number).to_string();
            text.parse().map(Some).map_err(|_| Mismatch::Type {
                found: format!("number {text}"),
                place: Place::default(),
                wanted: WANTED.to_owned(),
            })
        }
        Data::Null => Ok(None),
        _ => Err(Mismatch::new(node, WANTED)),
    }
}

fn time(node: Node<'_>) -> Result<Option<Time>, Mismatch> {
    match node.data() {
        Data::Null => Ok(None),
        _ => Time::parse(string(node)?).map_err(Mismatch::Time),
    }
}

fn string_map(node: Node<'_>) -> Result<Option<Node<'_>>, Mismatch> {
    match node.data() {
        Data::Null => Ok(None),
        Data::Object(mut fields) => {
            fields.try_for_each(|(_, value)| string(value).map(drop))?;
            Ok(Some(node))
        }
        _ => Err(Mismatch::new(node, "map[string]string")),
    }
}

fn string_list(node: Node<'_>) -> Result<Option<Node<'_>>, Mismatch> {
    match node.data() {
        Data::Null => Ok(None),
        Data::Array(mut items) => {
            items.try_for_each(|value| string(value).map(drop))?;
            Ok(Some(node))
        }
        _ => Err(Mismatch::new(node, "[]string")),
    }
}

/// The items of a list.
struct Items<'a, T> {
    /// Their Go type.
    name: &'static str,
    /// Sets a field; returns whether it is known.
    set: fn(&mut T, &str, Node<'a>) -> Result<bool, Mismatch>,
}

fn list<'a, T: Default>(
    node: Node<'a>,
    name: &str,
    unknown: &mut Unknown,
    of: &Items<'a, T>,
) -> Result<Vec<T>, Mismatch> {
    let items = match node.data() {
        Data::Null => return Ok(Vec::new()),
        Data::Array(items) => items,
        _ => return Err(Mismatch::new(node, format!("[]v1.{}", of.name))),
    };
    let mut list = Vec::new();
    for (index, item) in items.enumerate() {
        let mut value = T::default();
        let fields = match item.data() {
            Data::Null => None,
            Data::Object(fields) => Some(fields),
            _ => return Err(Mismatch::new(item, format!("v1.{}", of.name))),
        };
        for (field, node) in fields.into_iter().flatten() {
            let set = (of.set)(&mut value, field, node);
            if !set.map_err(|fault| fault.within(of.name, field))? {
                unknown.add(format!("{name}[{index}].{field}"));
            }
        }
        list.push(value);
    }
    Ok(list)
}

const fn owners<'a>() -> Items<'a, Owner<'a>> {
    Items {
        name: "OwnerReference",
        set: owner,
    }
}

const fn managers<'a>() -> Items<'a, Manager<'a>> {
    Items {
        name: "ManagedFieldsEntry",
        set: manager,
    }
}

fn owner<'a>(owner: &mut Owner<'a>, name: &str, value: Node<'a>) -> Result<bool, Mismatch> {
    match name {
        "apiVersion" => owner.api_version = string(value)?,
        "kind" => owner.kind = string(value)?,
        "name" => owner.name = string(value)?,
        "uid" => owner.uid = text(value, "types.UID")?,
        "controller" => owner.controller = boolean(value)?,
        "blockOwnerDeletion" => owner.block_owner_deletion = boolean(value)?,
        _ => return Ok(false),
    }
    Ok(true)
}

fn manager<'a>(manager: &mut Manager<'a>, name: &str, value: Node<'a>) -> Result<bool, Mismatch> {
    match name {
        "manager" => manager.name = string(value)?,
        "operation" => manager.operation = text(value, "v1.ManagedFieldsOperationType")?,
        "fieldsType" => manager.fields_type = string(value)?,
        "subresource" => manager.subresource = string(value)?,
        "apiVersion" => manager.api_version = string(value)?,
        "time" => manager.time = time(value)?,
        "fieldsV1" => manager.fields = Some(value).filter(|value| !value.is_null()),
        _ => return Ok(false),
    }
    Ok(true)
}

/// Unknown fields, which the API server drops and reports.
#[derive(Default)]
struct Unknown {
    names: Vec<String>,
}

impl Unknown {
    fn add(&mut self, name: String) {
        self.names.push(name);
    }

    /// In the order in which the server finds them: by name, then by index.
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
