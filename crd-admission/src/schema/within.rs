//! The way from a resource to a node of its schema.

use serde_json::{Map, Value, json};

/// The way from a resource, the root or an embedded one, to a part of it.
#[derive(Clone, Copy)]
pub(super) enum Within<'p> {
    /// The schema of the resource itself.
    Resource(&'p Value),
    Field(&'p Within<'p>, &'p str),
    Item(&'p Within<'p>),
}

impl Within<'_> {
    /// The schema of the resource if the way leads to its type or metadata.
    pub(super) fn resource_of_metadata(&self) -> Option<&Value> {
        match self {
            Self::Resource(_) => None,
            Self::Field(Self::Resource(schema), name) => {
                matches!(*name, "apiVersion" | "kind" | "metadata").then_some(schema)
            }
            Self::Field(parent, _) | Self::Item(parent) => parent.resource_of_metadata(),
        }
    }

    /// A resource with only a value at the end of the way, and a type.
    pub(super) fn resource_with(&self, value: Value) -> Value {
        match self {
            Self::Resource(_) => {
                let mut resource = json!({"apiVersion": "validation/v1", "kind": "Validation"});
                if let (Value::Object(all), Value::Object(fields)) = (&mut resource, value) {
                    all.extend(fields);
                }
                resource
            }
            Self::Field(parent, name) => {
                let object = Map::from_iter([((*name).to_owned(), value)]);
                parent.resource_with(object.into())
            }
            Self::Item(parent) => parent.resource_with(json!([value])),
        }
    }
}
