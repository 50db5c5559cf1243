//! Lists and maps of the request, looked at in place.

use serde_json::{Map, Value as Json};

use super::fault::Fault;
use super::value::Value;

/// An array of the request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Items<'a> {
    items: &'a [Json],
}

/// An object of the request: a map, or an object with fields of its schema.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields<'a> {
    fields: &'a Map<String, Json>,
}

impl<'a> Items<'a> {
    pub(crate) fn len(self) -> usize {
        self.items.len()
    }

    pub(crate) fn get(self, index: usize) -> Option<Result<Value<'a>, Fault>> {
        self.items.get(index).map(|item| Ok(Value::from(item)))
    }

    /// The items; one whose value is of another type than its schema says is a fault.
    pub(crate) fn iter(self) -> impl ExactSizeIterator<Item = Result<Value<'a>, Fault>> {
        self.items.iter().map(|item| Ok(Value::from(item)))
    }
}

impl<'a> Fields<'a> {
    pub(crate) fn len(self) -> usize {
        self.fields.len()
    }

    pub(crate) fn get(self, key: &str) -> Option<Result<Value<'a>, Fault>> {
        self.fields.get(key).map(|field| Ok(Value::from(field)))
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = (&'a str, Result<Value<'a>, Fault>)> {
        let entries = self.fields.iter();
        entries.map(|(key, field)| (key.as_str(), Ok(Value::from(field))))
    }
}

/// A value without a schema.
impl<'a> From<&'a Json> for Value<'a> {
    fn from(json: &'a Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(*value),
            Json::Number(number) => match number.as_i64() {
                Some(integer) => Self::Int(integer),
                None => Self::Double(number.as_f64().unwrap_or_default()),
            },
            Json::String(text) => Self::from(text.as_str()),
            Json::Array(items) => Self::List(Items { items }.into()),
            Json::Object(fields) => Self::Map(Fields { fields }.into()),
        }
    }
}
