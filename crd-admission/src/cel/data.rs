//! Lists and maps of the request, looked at in place as their schema says.
//!
//! A value that is not what its schema says is a fault where it is read; this happens to objects
//! that the schema has not judged (another kind, a part that an update left alone) and to whole
//! floats, which the schema takes for integers.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use super::base64;
use super::escape::{escape, unescape};
use super::fault::Fault;
use super::layout;
use super::time::{Duration, Timestamp};
use super::value::{List, Map, Shared, Value};
use crate::identity::Identity;
use crate::json::Data;
use crate::schema::{self, Property, Schema, Types, Unknown};
use crate::view::View;

/// What expressions see of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// What its schema says.
    Typed,
    /// That, and the fields that every resource has.
    Resource,
    /// All of it, as JSON.
    Raw,
}

/// An array of the request.
#[derive(Clone, Debug)]
pub(crate) struct Items<'a> {
    list: View<'a>,
    /// Its items and those of another, if one was added.
    joined: Option<Arc<[View<'a>]>>,
    seen: Seen,
}

/// An object of the request: a map, or an object with fields of its schema.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields<'a> {
    object: View<'a>,
    seen: Seen,
}

impl<'a> Value<'a> {
    /// What expressions see of a value of the request.
    pub(crate) fn of(view: View<'a>, seen: Seen) -> Result<Self, Fault> {
        match view.schema {
            Some(schema) if seen != Seen::Raw => typed(view, schema, seen),
            _ => Ok(raw(view)),
        }
    }

    /// The same value as JSON, without what its schema says.
    pub(crate) fn without_schema(self) -> Self {
        match self {
            Self::List(List::Data(items)) => items.without_schema(),
            Self::Map(Map::Data(fields)) => raw(fields.object),
            other => other,
        }
    }
}

/// JSON of which nothing is known.
impl<'a> From<&'a serde_json::Value> for Value<'a> {
    fn from(json: &'a serde_json::Value) -> Self {
        raw(View::raw(json.into()))
    }
}

/// A value of which nothing is known.
fn raw(view: View<'_>) -> Value<'_> {
    match view.node.data() {
        Data::Null => Value::Null,
        Data::Bool(value) => value.into(),
        Data::Int(number) => number.into(),
        Data::Float(number) => number.into(),
        Data::String(text) => text.into(),
        Data::Array(_) => Value::List(Items::new(view, Seen::Raw).into()),
        Data::Object(_) => Value::Map(
            Fields {
                object: view,
                seen: Seen::Raw,
            }
            .into(),
        ),
    }
}

fn typed<'a>(view: View<'a>, schema: &Schema, seen: Seen) -> Result<Value<'a>, Fault> {
    let data = view.node.data();
    match (schema.types, &data) {
        (_, Data::Null) if schema.nullable => Ok(Value::Null),
        (_, Data::Null) => Err(invalid("got null for schema with nullable=false")),
        (Types::IntOrString { .. } | Types::Integer, Data::Int(number)) => Ok((*number).into()),
        (Types::IntOrString { .. }, Data::String(text)) => Ok((*text).into()),
        (Types::String, Data::String(text)) => formatted(schema, text),
        (Types::Boolean, Data::Bool(value)) => Ok((*value).into()),
        (Types::Number, Data::Float(number)) => Ok((*number).into()),
        #[expect(clippy::cast_precision_loss, reason = "as the API server does")]
        (Types::Number, Data::Int(number)) => Ok((*number as f64).into()),
        (Types::Object, Data::Object(_)) => {
            let seen = if schema.is_embedded {
                Seen::Resource
            } else {
                seen
            };
            Ok(Value::Map(Fields { object: view, seen }.into()))
        }
        (Types::Array, Data::Array(_)) => Ok(Value::List(Items::new(view, Seen::Typed).into())),
        (Types::Any, _) if schema.unknown == Unknown::Kept => Ok(raw(view)),
        _ => Err(mismatch(schema.types, view)),
    }
}

#[cold]
fn mismatch(types: Types, view: View<'_>) -> Fault {
    let expected = match types {
        Types::Object => "a map for the provided schema with type=object",
        Types::Array => "an array for the provided schema with type=array",
        Types::IntOrString { .. } => "XIntOrString value to be either a string or integer",
        Types::String => return found("string", view),
        Types::Boolean => return found("bool", view),
        Types::Integer => return found("int", view),
        Types::Number => return found("float", view),
        Types::Any | Types::Nothing => {
            return Fault::text(
                "invalid type, expected object, array, number, integer, boolean or string, or no \
                 type with x-kubernetes-int-or-string or x-kubernetes-preserve-unknown-fields is \
                 true, got ",
            );
        }
    };
    invalid(&format!("expected {expected}"))
}

fn found(expected: &str, view: View<'_>) -> Fault {
    invalid(&format!("expected {expected}, got {}", view.go_type()))
}

fn invalid(why: &str) -> Fault {
    Fault::text(format!("invalid data, {why}"))
}

/// A text, or what its format makes of it.
fn formatted<'a>(schema: &Schema, text: &'a str) -> Result<Value<'a>, Fault> {
    let Some(format) = &schema.format else {
        return Ok(text.into());
    };
    let fault = |what: &str, why: &str| Fault::text(format!("Invalid {what} {text}: {why}"));
    match &*format.name {
        "duration" => match schema::duration(text) {
            Some(nanos) => Ok(Duration::new(nanos).into()),
            None => Err(fault(
                "duration",
                &format!("unable to parse {text} as duration"),
            )),
        },
        "date" => moment(&format!("{text}T00:00:00Z"))
            .ok_or_else(|| fault("date formatted string", &layout::error(text, layout::DATE))),
        "date-time" if text.is_empty() => Ok(Timestamp::at(0)?.into()),
        "date-time" => moment(text)
            .or_else(|| moment(&format!("{text}Z")))
            .ok_or_else(|| {
                fault(
                    "date-time formatted string",
                    &layout::error(text, layout::LOCAL),
                )
            }),
        "byte" => base64::decode(text).map(Value::from).map_err(|at| {
            let why = format!("illegal base64 data at input byte {at}");
            fault("byte formatted string", &why)
        }),
        _ => Ok(text.into()),
    }
}

fn moment(text: &str) -> Option<Value<'static>> {
    Timestamp::parse(text)?.ok().map(Value::from)
}

impl<'a> Items<'a> {
    const fn new(list: View<'a>, seen: Seen) -> Self {
        Self {
            list,
            joined: None,
            seen,
        }
    }

    pub(crate) fn len(&self) -> usize {
        match &self.joined {
            Some(views) => views.len(),
            None => self.list.node.item_count(),
        }
    }

    /// An item; one that is of another type than its schema says is a fault.
    pub(crate) fn get(&self, index: usize) -> Option<Result<Value<'a>, Fault>> {
        let item = match &self.joined {
            Some(views) => views.get(index).copied(),
            None => self.list.item_at(index),
        };
        item.map(|item| Value::of(item, self.seen))
    }

    /// Its items, whatever they should be.
    fn without_schema(self) -> Value<'a> {
        if self.joined.is_none() {
            return raw(self.list);
        }
        let seen = Seen::Raw;
        Value::List(Self { seen, ..self }.into())
    }

    fn views(&self) -> impl Iterator<Item = View<'a>> {
        let joined = self.joined.iter().flat_map(|views| views.iter().copied());
        let own = self.joined.is_none().then(|| self.list.items());
        joined.chain(own.into_iter().flatten())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Result<Value<'a>, Fault>> {
        self.views().map(|item| Value::of(item, self.seen))
    }

    fn kind(&self) -> &schema::List {
        let typed = self.list.schema.filter(|_| self.seen != Seen::Raw);
        typed.map_or(&schema::List::Atomic, |schema| &schema.list)
    }

    /// `self == other`: a set has no order, and neither have items that are told apart by keys.
    pub(crate) fn equal(&self, other: &List<'a>) -> Result<bool, Fault> {
        if self.len() != other.len() {
            return Ok(false);
        }
        match (self.kind(), other) {
            (schema::List::Set, List::Data(other)) => {
                let own: Result<HashSet<_>, _> = self.views().map(hashed).collect();
                let own = own?;
                for item in other.views() {
                    match other.looked_up(item)? {
                        Some(item) if own.contains(&item) => {}
                        _ => return Ok(false),
                    }
                }
                Ok(true)
            }
            (schema::List::Map(keys), List::Data(other)) => {
                let mut own = HashMap::new();
                for item in self.views() {
                    if let Some(key) = key(keys, item)? {
                        own.insert(key, item);
                    }
                }
                for item in other.views() {
                    let Some(same) = key(keys, item)?.and_then(|key| own.get(&key)) else {
                        return Ok(false);
                    };
                    let value = Value::of(*same, self.seen);
                    if !are_same(value, Value::of(item, other.seen))? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            _ => {
                for (a, b) in self.iter().zip(other.iter()) {
                    if !are_same(a, b)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
        }
    }

    /// What the API server looks an item up by in a set: by what it is to expressions, while the set
    /// has its items as they came. Nothing for one that is in no set.
    fn looked_up(&self, item: View<'a>) -> Looked<'a> {
        match Value::of(item, self.seen) {
            Ok(Value::Double(number)) => Ok(Some(Identity::of_double(number))),
            Ok(Value::Bytes(_)) => Err(Fault::Internal(
                "runtime error: hash of unhashable type []uint8",
            )),
            Ok(
                Value::Bool(_) | Value::Int(_) | Value::String(_) | Value::List(_) | Value::Map(_),
            ) => hashed(item).map(Some),
            // A time is not its text, and a fault is like nothing else.
            Ok(_) | Err(_) => Ok(None),
        }
    }

    /// `item in self`: a fault of a comparison counts unless another item is equal.
    pub(crate) fn contains(&self, item: &Value<'a>) -> Result<bool, Fault> {
        let mut result = Ok(false);
        for own in self.iter() {
            match own.and_then(|own| own.same(item)) {
                Ok(true) => return Ok(true),
                Ok(false) => {}
                Err(fault) => result = result.and(Err(fault)),
            }
        }
        result
    }

    /// `self + other`: items of a set are added once, those with keys take the place of others.
    pub(crate) fn concat(&self, other: &List<'a>) -> Result<List<'a>, Fault> {
        let more = match other {
            List::Data(more) => more,
            List::Made(_) | List::Joined(_) => {
                let items: Result<_, _> = self.iter().chain(other.iter()).collect();
                return Ok(List::Made(Arc::new(items?)));
            }
        };
        let mut items: Vec<_> = self.views().collect();
        let identity = |item: View<'a>, of_set: fn(&Self, View<'a>) -> Looked<'a>| {
            Ok(match self.kind() {
                schema::List::Atomic => None,
                schema::List::Set => of_set(more, item)?.map(|item| vec![Some(item)]),
                schema::List::Map(keys) => key(keys, item)?,
            })
        };
        let mut places = HashMap::new();
        for (at, item) in items.iter().enumerate() {
            if let Some(identity) = identity(*item, |_, item| hashed(item).map(Some))? {
                places.insert(identity, at);
            }
        }
        for item in more.views() {
            let identity = identity(item, Self::looked_up)?;
            let known = identity.as_ref().and_then(|identity| places.get(identity));
            if let Some(place) = known.and_then(|&at| items.get_mut(at)) {
                *place = item;
                continue;
            }
            if let Some(identity) = identity {
                places.insert(identity, items.len());
            }
            items.push(item);
        }
        Ok(List::Data(Self {
            joined: Some(items.into()),
            ..*self
        }))
    }
}

/// Whether two values are equal. A scalar differs from a value that is a fault; a container becomes
/// that fault.
fn are_same(a: Result<Value<'_>, Fault>, b: Result<Value<'_>, Fault>) -> Result<bool, Fault> {
    let a = a?;
    match b {
        Ok(b) => a.same(&b),
        Err(fault) if matches!(a, Value::List(_) | Value::Map(_)) => Err(fault),
        Err(_) => Ok(false),
    }
}

/// What an item is looked up by, if it can be found.
type Looked<'a> = Result<Option<Identity<'a>>, Fault>;

/// What Go's maps tell an item by.
///
/// # Errors
///
/// Go cannot hash a container, and panics.
fn hashed(item: View<'_>) -> Result<Identity<'_>, Fault> {
    Identity::of_scalar(item).ok_or_else(|| match item.node.data() {
        Data::Array(_) => Fault::Internal("runtime error: hash of unhashable type []interface {}"),
        _ => Fault::Internal("runtime error: hash of unhashable type map[string]interface {}"),
    })
}

/// Of more keys than these the API server makes a text, so that it can hash them all.
const HASHED_KEYS: usize = 3;

/// The keys of an item, which the API server looks up by the names that expressions give them; null
/// is as good as missing. What is no object is the same as nothing.
fn key<'a>(
    keys: &[Cow<'_, str>],
    item: View<'a>,
) -> Result<Option<Vec<Option<Identity<'a>>>>, Fault> {
    if !item.node.is_object() {
        return Ok(None);
    }
    let identity = |view: View<'a>| {
        if keys.len() > HASHED_KEYS {
            Ok(Identity::of(view))
        } else {
            hashed(view)
        }
    };
    let escaped = |key: &str| escape(key).map_or_else(|| key.to_owned(), Cow::into_owned);
    let value = |key: &str| {
        item.get(&escaped(key))
            .filter(|value| !value.node.is_null())
    };
    let values = keys.iter().map(|key| value(key).map(identity).transpose());
    values.collect::<Result<_, _>>().map(Some)
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
    /// As many as there are, seen or not.
    pub(crate) fn len(self) -> usize {
        self.object.field_count()
    }

    pub(crate) fn get(self, key: &str) -> Option<Result<Value<'a>, Fault>> {
        if self.seen == Seen::Raw {
            return self.object.get(key).map(|field| Ok(raw(field)));
        }
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
        // Nothing is known of a field that the schema does not name.
        let schema = match self.seen {
            Seen::Resource => self.schema_of(&name)?,
            Seen::Typed | Seen::Raw => field.schema?,
        };
        Some(Value::of(field.with_schema(schema), Seen::Typed))
    }

    /// Whether the schema names the fields.
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
        self.seen == Seen::Raw
            || self.schema_of(name).is_some()
            || !self.is_object()
                && self
                    .object
                    .schema
                    .is_some_and(|schema| schema.additional.is_some())
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = (Shared<'a, str>, Result<Value<'a>, Fault>)> {
        let is_object = self.seen != Seen::Raw && self.is_object();
        let fields = self.object.sorted_fields().into_iter();
        let known = fields.filter(move |(name, _)| self.knows(name));
        known.filter_map(move |(name, _)| {
            let key = match escape(name).filter(|_| is_object) {
                Some(escaped) if *escaped != *name => Shared::Made(escaped.into()),
                _ => Shared::Borrowed(name),
            };
            let value = self.get(&key)?;
            Some((key, value))
        })
    }

    /// `self == other`: fields that are not seen count, but only if both have them.
    pub(crate) fn equal(self, other: &Map<'a>) -> Result<bool, Fault> {
        if self.len() != other.len() {
            return Ok(false);
        }
        for (name, field) in self.object.sorted_fields() {
            let is_same = if self.knows(name) {
                match (self.get(name), other.get(&Value::from(name))) {
                    (Some(own), Some(found)) => are_same(own, found)?,
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

/// Whether a schema of metadata knows the names of a resource.
fn has_names(schema: &Schema) -> bool {
    schema.types != Types::Object
        || schema.property("name").is_some() && schema.property("generateName").is_some()
}
