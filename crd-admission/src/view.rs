//! A value as stored, without changing the input.
//!
//! The server removes unknown fields, drops nulls, and adds defaults. A [`View`] shows a value of
//! the request after that.

use apimachinery::go;
use serde_json::{Map, Value};

use crate::error::BadValue;
use crate::json::{Data, Items, Node};
use crate::prune::TYPE_AND_METADATA;
use crate::schema::{Schema, Unknown};

/// The API server's stages for an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Unchanged: an object of the wrong kind is left alone.
    Raw,
    /// Without unknown fields and nulls.
    Pruned,
    /// With defaults, too.
    Defaulted,
}

/// A value as stored under `schema`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a> {
    pub(crate) node: Node<'a>,
    /// The known fields; `None` within an item that should be a scalar.
    pub(crate) schema: Option<&'a Schema>,
    pub(crate) mode: Mode,
    /// Whether an item belongs to a list that preserves unknown fields.
    keeps_unknown: bool,
}

impl<'a> View<'a> {
    pub(crate) fn new(node: impl Into<Node<'a>>, schema: &'a Schema, mode: Mode) -> Self {
        Self {
            node: node.into(),
            schema: Some(schema),
            mode,
            keeps_unknown: false,
        }
    }

    /// A value without a schema; everything in it is kept.
    pub(crate) fn raw(node: Node<'a>) -> Self {
        Self {
            node,
            schema: None,
            mode: Mode::Raw,
            keeps_unknown: false,
        }
    }

    /// What happens to fields without a schema.
    fn unknown(self) -> Unknown {
        match self.schema {
            _ if self.mode == Mode::Raw || self.keeps_unknown => Unknown::Kept,
            Some(schema) => schema.unknown,
            None => Unknown::Dropped,
        }
    }

    /// The value with another schema for its fields.
    pub(crate) fn with_schema(self, schema: &'a Schema) -> Self {
        let schema = Some(schema);
        Self { schema, ..self }
    }

    pub(crate) fn with_mode(self, mode: Mode) -> Self {
        Self { mode, ..self }
    }

    /// The kept fields of an object, then the added ones; empty for other values.
    pub(crate) fn fields(self) -> impl Iterator<Item = (&'a str, Self)> {
        self.fields_except(&[])
    }

    /// The same without some.
    pub(crate) fn fields_except(
        self,
        others: &'static [&'static str],
    ) -> impl Iterator<Item = (&'a str, Self)> {
        let kept = self.node.fields().filter_map(move |(name, node)| {
            let is_wanted = !others.contains(&name);
            let field = is_wanted.then(|| self.field(name, node))??;
            Some((name, field))
        });
        let added = self.added();
        kept.chain(added.filter(|(name, _)| !others.contains(name)))
    }

    /// Defaults of missing fields.
    pub(crate) fn added(self) -> impl Iterator<Item = (&'a str, Self)> {
        let schema = match (self.mode, self.node.data()) {
            (Mode::Defaulted, Data::Object(_)) => self.schema,
            _ => None,
        };
        schema
            .into_iter()
            .flat_map(Schema::defaults)
            .filter_map(move |(name, schema, default)| {
                let missing = self.node.get(name).is_none();
                missing.then(|| (name, View::new(default, schema, self.mode)))
            })
    }

    /// The stored form of a field, if it is kept.
    pub(crate) fn field(self, name: &str, node: Node<'a>) -> Option<Self> {
        let Some(schema) = self.schema.and_then(|schema| schema.field(name)) else {
            return self.kept_unknown(name, node);
        };
        let mut field = self.kept(schema, node)?;
        // The metadata of an embedded resource is already decoded, and is not pruned.
        field.keeps_unknown = self.is_metadata_of_embedded(name);
        Some(field)
    }

    /// The stored form of a field without a schema, if it is kept.
    fn kept_unknown(self, name: &str, node: Node<'a>) -> Option<Self> {
        match self.unknown() {
            _ if self.is_metadata_of_embedded(name) => Some(Self::raw(node)),
            Unknown::Kept => Some(Self::raw(node)),
            Unknown::Emptied => Some(Self {
                node,
                schema: None,
                ..self
            }),
            Unknown::Dropped => None,
        }
    }

    fn is_metadata_of_embedded(self, name: &str) -> bool {
        let is_embedded = self.schema.is_some_and(|schema| schema.is_embedded);
        is_embedded && TYPE_AND_METADATA.contains(&name)
    }

    /// The stored form of a field with a schema, if it is kept.
    fn kept(self, schema: &'a Schema, node: Node<'a>) -> Option<Self> {
        if self.mode == Mode::Raw {
            return Some(View::new(node, schema, Mode::Raw));
        }
        if !node.is_null() || schema.nullable {
            return Some(View::new(node, schema, self.mode));
        }
        let default = schema.default.as_ref()?.get();
        match self.mode {
            Mode::Defaulted => Some(View::new(default, schema, self.mode)),
            Mode::Raw | Mode::Pruned => Some(View::new(node, schema, self.mode)),
        }
    }

    /// A field of an object.
    pub(crate) fn get(self, name: &str) -> Option<Self> {
        match self.node.get(name) {
            Some(node) => self.field(name, node),
            None => self.added_field(name),
        }
    }

    /// The default of a missing field.
    fn added_field(self, name: &str) -> Option<Self> {
        let parent = self.schema.filter(|parent| !parent.defaulted.is_empty())?;
        if self.mode != Mode::Defaulted || !self.node.is_object() {
            return None;
        }
        let schema = parent.property(name)?;
        Some(View::new(schema.default.as_ref()?.get(), schema, self.mode))
    }

    /// The number of fields. In a large object, only names in the schema are checked.
    pub(crate) fn field_count(self) -> usize {
        let properties = self.schema.map_or(&[][..], |schema| &*schema.properties);
        let mut others = self.node.field_count();
        if others <= properties.len() {
            return self.fields().count();
        }
        let is_property = |name: &str| {
            self.schema
                .is_some_and(|schema| schema.property(name).is_some())
        };
        let metadata = TYPE_AND_METADATA
            .into_iter()
            .filter(|name| !is_property(name));
        let names = properties
            .iter()
            .map(|property| &*property.name)
            .chain(metadata);
        let (mut kept, mut nulls) = (0, self.node.null_count());
        for (name, node) in names.filter_map(|name| Some((name, self.node.get(name)?))) {
            kept += usize::from(self.field(name, node).is_some());
            others -= 1;
            nulls -= usize::from(node.is_null());
        }
        kept + self.count_kept(others, nulls) + self.added().count()
    }

    /// The number of kept fields whose name alone does not decide it; some may be null.
    fn count_kept(self, count: usize, nulls: usize) -> usize {
        let additional = self.schema.and_then(|schema| schema.additional.as_deref());
        match additional {
            Some(value) if self.mode != Mode::Raw && !value.nullable && value.default.is_none() => {
                count - nulls
            }
            None if self.unknown() == Unknown::Dropped => 0,
            Some(_) | None => count,
        }
    }

    /// The items of an array; empty for other values.
    pub(crate) fn items(self) -> impl Iterator<Item = Self> {
        let items = match self.node.data() {
            Data::Array(items) => items,
            _ => Items::None,
        };
        items.map(move |node| self.item(node))
    }

    /// The item of an array at an index.
    pub(crate) fn item_at(self, index: usize) -> Option<Self> {
        self.node.item(index).map(|node| self.item(node))
    }

    /// The stored form of an array item.
    pub(crate) fn item(self, node: Node<'a>) -> Self {
        let schema = self.schema.and_then(|schema| schema.items.as_deref());
        let keeps_unknown = self.unknown() == Unknown::Kept;
        let item = match schema {
            None if keeps_unknown => return Self::raw(node),
            schema => Self {
                node,
                schema,
                keeps_unknown,
                ..self
            },
        };
        item.or_default()
    }

    /// A null item becomes the default of its schema.
    fn or_default(self) -> Self {
        match self.schema {
            Some(schema)
                if self.mode == Mode::Defaulted && !schema.nullable && self.node.is_null() =>
            {
                let default = schema.default.as_ref();
                default.map_or(self, |default| View::new(default.get(), schema, self.mode))
            }
            _ => self,
        }
    }

    /// The value as an error shows it.
    #[cold]
    pub(crate) fn shown(self) -> BadValue {
        match self.node.data() {
            Data::Bool(value) => BadValue::Bool(value),
            Data::Int(number) => BadValue::Integer(number),
            Data::Float(number) => BadValue::Float(number),
            Data::String(text) => BadValue::text(text),
            Data::Null | Data::Array(_) | Data::Object(_) => {
                let mut json = String::new();
                self.write_json(&mut json);
                BadValue::Json(json)
            }
        }
    }

    /// Writes the value as Go's `encoding/json` does.
    pub(crate) fn write_json(self, out: &mut String) {
        match self.node.data() {
            Data::Null => out.push_str("null"),
            Data::Bool(value) => out.push_str(if value { "true" } else { "false" }),
            Data::Int(number) => out.push_str(&number.to_string()),
            Data::Float(number) => out.push_str(&go::JsonFloat(number).to_string()),
            Data::String(text) => go::write_json_string(out, text),
            Data::Array(_) => {
                out.push('[');
                for (i, item) in self.items().enumerate() {
                    out.push_str(if i == 0 { "" } else { "," });
                    item.write_json(out);
                }
                out.push(']');
            }
            Data::Object(_) => {
                out.push('{');
                for (i, (name, field)) in self.sorted_fields().into_iter().enumerate() {
                    out.push_str(if i == 0 { "" } else { "," });
                    go::write_json_string(out, name);
                    out.push(':');
                    field.write_json(out);
                }
                out.push('}');
            }
        }
    }

    /// Writes the value as Go's `%v` does.
    pub(crate) fn write_plain(self, out: &mut String) {
        match self.node.data() {
            Data::Null => out.push_str("<nil>"),
            Data::Bool(value) => out.push_str(if value { "true" } else { "false" }),
            Data::Int(number) => out.push_str(&number.to_string()),
            Data::Float(number) => out.push_str(&go::Float(number).to_string()),
            Data::String(text) => out.push_str(text),
            Data::Array(_) => {
                out.push('[');
                for (i, item) in self.items().enumerate() {
                    out.push_str(if i == 0 { "" } else { " " });
                    item.write_plain(out);
                }
                out.push(']');
            }
            Data::Object(_) => {
                out.push_str("map[");
                for (i, (name, field)) in self.sorted_fields().into_iter().enumerate() {
                    out.push_str(if i == 0 { "" } else { " " });
                    out.push_str(name);
                    out.push(':');
                    field.write_plain(out);
                }
                out.push(']');
            }
        }
    }

    /// The name of the value's Go type in the API server.
    pub(crate) fn go_type(self) -> &'static str {
        match self.node.data() {
            Data::Null => "<nil>",
            Data::Bool(_) => "bool",
            Data::Int(_) => "int64",
            Data::Float(_) => "float64",
            Data::String(_) => "string",
            Data::Array(_) => "[]interface {}",
            Data::Object(_) => "map[string]interface {}",
        }
    }

    /// The fields in the order of their names.
    pub(crate) fn sorted_fields(self) -> Vec<(&'a str, Self)> {
        let mut fields: Vec<_> = self.fields().collect();
        fields.sort_unstable_by_key(|(name, _)| *name);
        fields
    }

    /// A copy.
    pub(crate) fn to_value(self) -> Value {
        self.copy(Value::from)
    }

    /// The value after a round trip through storage: a whole double is written without a fraction
    /// and read back as an integer.
    pub(crate) fn to_stored(self) -> Value {
        self.copy(stored_float)
    }

    fn copy(self, float: fn(f64) -> Value) -> Value {
        match self.node.data() {
            Data::Float(number) => float(number),
            Data::Array(_) => self.items().map(|item| item.copy(float)).collect(),
            Data::Object(_) => {
                // Inserting one by one is faster than collecting, which sorts first.
                let mut copy = Map::new();
                self.fields().for_each(|(name, field)| {
                    copy.insert(name.to_owned(), field.copy(float));
                });
                Value::Object(copy)
            }
            _ => self.node.to_value(),
        }
    }

    /// Whether both are the same, item by item and field by field; `1` and `1.0` differ.
    pub(crate) fn is_identical(self, other: Self) -> bool {
        match (self.node.data(), other.node.data()) {
            (Data::Null, Data::Null) => true,
            (Data::Bool(a), Data::Bool(b)) => a == b,
            (Data::Int(a), Data::Int(b)) => a == b,
            #[expect(clippy::float_cmp, reason = "the same number is meant")]
            (Data::Float(a), Data::Float(b)) => a == b,
            (Data::String(a), Data::String(b)) => a == b,
            (Data::Array(a), Data::Array(b)) => {
                a.count() == b.count()
                    && self
                        .items()
                        .zip(other.items())
                        .all(|(a, b)| a.is_identical(b))
            }
            (Data::Object(_), Data::Object(_)) => {
                self.field_count() == other.field_count()
                    && self.fields().all(|(name, field)| {
                        let other = other.get(name);
                        other.is_some_and(|other| field.is_identical(other))
                    })
            }
            _ => false,
        }
    }
}

/// A number after a round trip through storage.
pub(crate) fn stored_float(number: f64) -> Value {
    let text = go::JsonFloat(number).to_string();
    text.parse::<i64>()
        .map_or_else(|_| number.into(), Value::from)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::schema::{Made, Property};

    /// Schemas that keep, drop and add fields in each way.
    fn schemas() -> Vec<Schema> {
        let text = |default: Option<Value>, nullable| Schema {
            default: default.map(Made::of),
            nullable,
            ..Schema::default()
        };
        let values = [
            text(None, false),
            text(None, true),
            text(Some(json!("x")), false),
        ];
        let mut schemas = Vec::new();
        for unknown in [Unknown::Dropped, Unknown::Emptied, Unknown::Kept] {
            for is_embedded in [false, true] {
                let schema = Schema {
                    unknown,
                    is_embedded,
                    ..Schema::default()
                };
                for value in &values {
                    let properties = ["a", "metadata", "z"]
                        .map(|name| Property::new(name.into(), value.clone().into(), false));
                    schemas.push(Schema {
                        defaulted: value.default.iter().flat_map(|_| 0..3).collect(),
                        properties: properties.into_iter().collect(),
                        ..schema.clone()
                    });
                    schemas.push(Schema {
                        additional: Some(value.clone().into()),
                        ..schema.clone()
                    });
                }
                schemas.push(schema);
            }
        }
        schemas
    }

    #[test]
    fn fields_are_counted_without_a_look_at_each() {
        let many: Map<_, _> = (0..40)
            .map(|at| (format!("f{at}"), [json!(null), json!("v")][at % 2].clone()))
            .collect();
        let mut more = many.clone();
        more.extend([("a", json!(null)), ("kind", json!("K"))].map(|(k, v)| (k.to_owned(), v)));
        let objects = [
            json!({}),
            json!({"a": null, "metadata": {"x": 1}, "kind": null, "b": null, "c": 1}),
            Value::Object(many),
            Value::Object(more),
            json!([1]),
        ];
        for schema in schemas() {
            for mode in [Mode::Raw, Mode::Pruned, Mode::Defaulted] {
                for object in &objects {
                    let view = View::new(object, &schema, mode);
                    assert_eq!(
                        view.field_count(),
                        view.fields().count(),
                        "{schema:?} {object}"
                    );
                }
            }
        }
    }
}
