//! Lists and maps of the request, looked at in place.

use std::sync::Arc;

use serde_json::{Map as Object, Value as Json};

use super::fault::Fault;
use super::value::{List, Map, Value};

/// An array of the request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Items<'a> {
    items: &'a [Json],
}

/// An object of the request: a map, or an object with fields of its schema.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields<'a> {
    fields: &'a Object<String, Json>,
}

impl<'a> Items<'a> {
    pub(crate) fn len(self) -> usize {
        self.items.len()
    }

    /// An item; one that is of another type than its schema says is a fault.
    pub(crate) fn get(self, index: usize) -> Option<Result<Value<'a>, Fault>> {
        self.items.get(index).map(|item| Ok(Value::from(item)))
    }

    pub(crate) fn iter(self) -> impl ExactSizeIterator<Item = Result<Value<'a>, Fault>> {
        self.items.iter().map(|item| Ok(Value::from(item)))
    }

    /// `self == other`
    pub(crate) fn equal(self, other: &List<'a>) -> Result<bool, Fault> {
        if self.len() != other.len() {
            return Ok(false);
        }
        for (a, b) in self.iter().zip(other.iter()) {
            if !a?.same(&b?)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// `item in self`: a fault of a comparison counts unless another item is equal.
    pub(crate) fn contains(self, item: &Value<'a>) -> Result<bool, Fault> {
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

    /// `self + other`
    pub(crate) fn concat(self, other: &List<'a>) -> Result<List<'a>, Fault> {
        let items: Result<_, _> = self.iter().chain(other.iter()).collect();
        Ok(List::Made(Arc::new(items?)))
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

    /// `self == other`
    pub(crate) fn equal(self, other: &Map<'a>) -> Result<bool, Fault> {
        if self.len() != other.len() {
            return Ok(false);
        }
        for (key, value) in self.iter() {
            match other.get(&Value::from(key)) {
                None => return Ok(false),
                Some(found) => {
                    if !value?.same(&found?)? {
                        return Ok(false);
                    }
                }
            }
        }
        Ok(true)
    }
}

impl Value<'_> {
    /// The value as Go holds it: what its schema says is forgotten.
    pub(crate) fn without_schema(self) -> Self {
        self
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
