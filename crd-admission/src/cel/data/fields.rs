//! Objects and maps in a request.

use std::sync::LazyLock;

use super::{Json, Seen};
use crate::cel::escape::{escape, unescape};
use crate::cel::fault::Fault;
use crate::cel::value::{Item, Map, Place, Text, Value};
use crate::schema::{Property, Schema, Types};
use crate::view::View;

/// An object in a request: a map, or an object with fields of its schema.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields<'a> {
    object: View<'a>,
    seen: Seen,
    place: Place,
}

/// The schema of the fields that every resource has.
static RESOURCE: LazyLock<Schema> = LazyLock::new(|| {
    let text = || Schema {
        types: Types::String,
        ..Schema::default()
    };
    let object = |fields: Vec<(&'static str, Schema)>| Schema {
        types: Types::Object,
        properties: fields
            .into_iter()
            .map(|(name, schema)| Property::new(name.into(), schema.into(), false))
            .collect(),
        ..Schema::default()
    };
    let metadata = object(vec![("name", text()), ("generateName", text())]);
    object(vec![
        ("apiVersion", text()),
        ("kind", text()),
        ("metadata", metadata),
    ])
});

impl<'a> Fields<'a> {
    pub(super) fn new(object: View<'a>, seen: Seen) -> Self {
        Self {
            object,
            seen,
            place: Place::new(),
        }
    }

    /// The content, without a schema.
    pub(crate) fn json(self) -> Json<'a> {
        Json::new(self.object)
    }

    pub(crate) const fn place(self) -> Place {
        self.place
    }

    /// The number of fields, including those that expressions do not see.
    pub(crate) fn len(self) -> usize {
        self.object.field_count()
    }

    pub(crate) fn get(self, key: &str) -> Option<Item<'a>> {
        if !self.is_object() {
            let field = self.object.get(key)?;
            let schema = self.object.schema?.additional.as_deref()?;
            return Some(Value::of(field.with_schema(schema), Seen::Typed));
        }
        let name = unescape(key)?;
        let field = self
            .object
            .get(&name)
            .filter(|field| !field.node.is_null())?;
        // A field that is not in the schema is untyped.
        let schema = match self.seen {
            Seen::Resource => self.schema_of(&name)?,
            Seen::Typed => field.schema?,
        };
        Some(Value::of(field.with_schema(schema), Seen::Typed))
    }

    /// Whether the schema has properties.
    fn is_object(self) -> bool {
        let has_properties = |schema: &Schema| !schema.properties.is_empty();
        self.seen == Seen::Resource || self.object.schema.is_some_and(has_properties)
    }

    fn schema_of(self, name: &str) -> Option<&'a Schema> {
        let schema = self.object.schema?;
        let common = RESOURCE
            .property(name)
            .filter(|_| self.seen == Seen::Resource);
        match schema.property(name) {
            Some(own) if common.is_none() || has_names(own) => Some(own),
            _ => common,
        }
    }

    fn knows(self, name: &str) -> bool {
        self.schema_of(name).is_some()
            || !self.is_object()
                && self
                    .object
                    .schema
                    .is_some_and(|schema| schema.additional.is_some())
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = (Text<'a>, Item<'a>)> {
        let is_object = self.is_object();
        let fields = self.object.sorted_fields().into_iter();
        let known = fields.filter(move |(name, _)| self.knows(name));
        known.map(move |(name, _)| {
            let key = match escape(name).filter(|_| is_object) {
                Some(escaped) if *escaped != *name => Text::Made(escaped.into()),
                _ => Text::Borrowed(name),
            };
            let value = self.get(&key);
            // A null field has a name but no value.
            let item = value.unwrap_or_else(|| Err(Fault::NoSuchKey((*key).into())));
            (key, item)
        })
    }

    /// `self == other`: fields that expressions do not see count, but only if both objects have
    /// them.
    pub(crate) fn equal(self, other: &Map<'a>) -> Result<bool, Fault> {
        if self.len() != other.len() {
            return Ok(false);
        }
        for (name, field) in self.object.sorted_fields() {
            let is_same = if self.knows(name) {
                match (self.get(name), other.get(&Value::from(name))) {
                    (Some(own), Some(found)) => own?.same_item(&found)?,
                    (None, None) => true,
                    _ => false,
                }
            } else {
                let Map::Data(other) = other else {
                    return Err(Fault::NoSuchOverload);
                };
                let other = other.object.get(name);
                other.is_none_or(|other| field.is_identical(other))
            };
            if !is_same {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Whether a schema of metadata has the names of a resource.
fn has_names(schema: &Schema) -> bool {
    schema.types != Types::Object
        || schema.property("name").is_some() && schema.property("generateName").is_some()
}
