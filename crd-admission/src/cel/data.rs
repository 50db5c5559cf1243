//! Lists and maps in a request, read in place according to their schema.
//!
//! A value of another type than its schema is a fault when it is read. That happens to objects that
//! the schema has not validated (another kind, a part that an update does not touch) and to whole
//! floats, which the schema accepts as integers.

mod fields;
mod items;

use super::base64;
use super::fault::Fault;
use super::time::{Duration, Timestamp};
use super::value::{Bytes, Item, List, Map, Place, Text, Value};
use crate::json::Data;
use crate::moment::{self, Layout, NoMoment};
use crate::schema::{self, Schema, Types, Unknown};
use crate::view::View;
pub(crate) use fields::Fields;
pub(crate) use items::Items;

/// How expressions see a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// As its schema says.
    Typed,
    /// As its schema says, with the fields that every resource has.
    Resource,
}

/// A list or map without a schema.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Json<'a> {
    view: View<'a>,
    place: Place,
}

impl<'a> Value<'a> {
    /// A value of the request, as expressions see it.
    pub(crate) fn of(view: View<'a>, seen: Seen) -> Result<Self, Fault> {
        match view.schema {
            Some(schema) => typed(view, schema, seen),
            None => Ok(raw(view)),
        }
    }
}

impl<'a> Json<'a> {
    fn new(view: View<'a>) -> Self {
        Self {
            view,
            place: Place::new(),
        }
    }

    /// The same value, as a separate object in memory.
    pub(crate) fn again(self) -> Value<'a> {
        raw(self.view)
    }

    pub(crate) const fn view(self) -> View<'a> {
        self.view
    }

    pub(crate) const fn place(self) -> Place {
        self.place
    }

    pub(crate) fn item(self, index: usize) -> Option<Value<'a>> {
        self.view.item_at(index).map(raw)
    }

    pub(crate) fn field(self, name: &str) -> Option<Value<'a>> {
        self.view.get(name).map(raw)
    }

    pub(crate) fn fields(self) -> impl Iterator<Item = (Value<'a>, Value<'a>)> {
        let fields = self.view.sorted_fields().into_iter();
        fields.map(|(name, field)| (name.into(), raw(field)))
    }
}

/// A value without a schema.
impl<'a> From<&'a serde_json::Value> for Value<'a> {
    fn from(json: &'a serde_json::Value) -> Self {
        raw(View::raw(json.into()))
    }
}

/// A value without a schema.
fn raw(view: View<'_>) -> Value<'_> {
    match view.node.data() {
        Data::Null => Value::Null,
        Data::Bool(value) => value.into(),
        Data::Int(number) => number.into(),
        Data::Float(number) => number.into(),
        Data::String(text) => text.into(),
        Data::Array(_) => Value::List(List::Json(Json::new(view))),
        Data::Object(_) => Value::Map(Map::Json(Json::new(view))),
    }
}

fn typed<'a>(view: View<'a>, schema: &Schema, seen: Seen) -> Item<'a> {
    let data = view.node.data();
    match (schema.types, &data) {
        (_, Data::Null) => null(schema),
        (Types::IntOrString { .. } | Types::Integer, Data::Int(number)) => Ok((*number).into()),
        (Types::IntOrString { .. }, Data::String(text)) => Ok((*text).into()),
        (Types::String, Data::String(shared)) => text(schema, &Text::Borrowed(shared)),
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
            Ok(Value::Map(Fields::new(view, seen).into()))
        }
        (Types::Array, Data::Array(_)) => Ok(Value::List(Items::new(view).into())),
        (Types::Any, _) if schema.unknown == Unknown::Kept => Ok(Value::Kept(view)),
        _ => Err(mismatch(schema.types, view.go_type())),
    }
}

fn null<'a>(schema: &Schema) -> Item<'a> {
    if schema.nullable {
        Ok(Value::Null)
    } else {
        Err(invalid("got null for schema with nullable=false"))
    }
}

#[cold]
fn mismatch(types: Types, go_type: &str) -> Fault {
    let expected = match types {
        Types::Object => "a map for the provided schema with type=object",
        Types::Array => "an array for the provided schema with type=array",
        Types::IntOrString { .. } => "XIntOrString value to be either a string or integer",
        Types::String => return found("string", go_type),
        Types::Boolean => return found("bool", go_type),
        Types::Integer => return found("int", go_type),
        Types::Number => return found("float", go_type),
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

fn found(expected: &str, go_type: &str) -> Fault {
    invalid(&format!("expected {expected}, got {go_type}"))
}

fn invalid(why: &str) -> Fault {
    Fault::text(format!("invalid data, {why}"))
}

/// A string, or its conversion by format.
fn text<'a>(schema: &Schema, shared: &Text<'a>) -> Item<'a> {
    let as_it_is = Value::String(shared.clone());
    let Some(format) = &schema.format else {
        return Ok(as_it_is);
    };
    let text: &str = shared;
    let fault = |what: &str, why: &str| Fault::text(format!("Invalid {what} {text}: {why}"));
    match &*format.name {
        "duration" => match schema::duration(text) {
            Some(nanos) => Ok(Duration::new(nanos).into()),
            None => Err(fault(
                "duration",
                &format!("unable to parse {text} as duration"),
            )),
        },
        "date" => moment(text, Layout::Date)
            .map_err(|error| fault("date formatted string", &error.to_string())),
        "date-time" if text.is_empty() => Ok(Timestamp::at(0)?.into()),
        "date-time" => moment(text, Layout::Zoned)
            .or_else(|_| moment(text, Layout::Local))
            .map_err(|error| fault("date-time formatted string", &error.to_string())),
        "byte" => match base64::decode(text) {
            Ok(bytes) => Ok(Bytes::with_room(bytes, base64::room(text)).into()),
            Err(at) => {
                let why = format!("illegal base64 data at input byte {at}");
                Err(fault("byte formatted string", &why))
            }
        },
        _ => Ok(as_it_is),
    }
}

fn moment(text: &str, layout: Layout) -> Result<Value<'static>, NoMoment> {
    Ok(Timestamp::from(moment::parse(text, layout)?).into())
}
