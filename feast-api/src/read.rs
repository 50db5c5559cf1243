//! Reads typed values from JSON, and finds the field that does not fit.
//!
//! One deserializer over [`Value`] serves all types. A wrapper around `serde_json`'s own would
//! compile every type several times over: a tenth of what a browser loads.

use std::cell::OnceCell;
use std::{fmt, iter, slice};

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, Expected, MapAccess, SeqAccess,
    Unexpected, Visitor,
};
use serde_json::{Error, Value, map};

use crate::ReadError;

/// Reads JSON text completely.
pub(crate) fn from_json<T: DeserializeOwned>(json: &[u8]) -> Result<T, ReadError> {
    serde_json::from_slice(json).map_err(|source| {
        let value = serde_json::from_slice::<Value>(json).ok();
        let failed = value.and_then(|value| from_value::<T>(&value).err());
        ReadError {
            path: failed.map(|failed| failed.path).unwrap_or_default(),
            source,
        }
    })
}

/// Reads a typed value, such as a Kubernetes object, from JSON.
///
/// Unlike [`serde_json::from_value`], it says which field does not fit.
///
/// ```
/// use feast_api::k8s_openapi::api::core::v1::Secret;
/// use serde_json::json;
///
/// let secret: Secret = feast_api::from_value(&json!({"metadata": {"name": "db"}}))?;
/// assert_eq!(secret.metadata.name.as_deref(), Some("db"));
///
/// let error = feast_api::from_value::<Secret>(&json!({"metadata": {"labels": []}})).unwrap_err();
/// assert_eq!(error.path(), "metadata.labels");
/// # Ok::<(), feast_api::ReadError>(())
/// ```
///
/// # Errors
///
/// A field does not match its type; the error has the field's path.
pub fn from_value<T: DeserializeOwned>(value: &Value) -> Result<T, ReadError> {
    let failed = OnceCell::new();
    let reader = Reader {
        value,
        path: &Path::Root,
        failed: &failed,
    };
    T::deserialize(reader).map_err(|source| ReadError {
        path: failed.into_inner().unwrap_or_default(),
        source,
    })
}

/// The path of a value, as a list that ends at the root.
enum Path<'p> {
    Root,
    Field(&'p Path<'p>, &'p str),
    Item(&'p Path<'p>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Field(Self::Root, name) => f.write_str(name),
            Self::Field(parent, name) => write!(f, "{parent}.{name}"),
            Self::Item(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

/// A value at a path.
#[derive(Clone, Copy)]
struct Reader<'de, 'p> {
    value: &'de Value,
    path: &'p Path<'p>,
    /// The path of the first value that did not fit: the innermost one.
    failed: &'p OnceCell<String>,
}

impl<'de> Reader<'de, '_> {
    /// Reads a part of the value.
    fn part<S: DeserializeSeed<'de>>(
        self,
        value: &'de Value,
        path: &Path<'_>,
        seed: S,
    ) -> Result<S::Value, Error> {
        let failed = self.failed;
        let part = Reader {
            value,
            path,
            failed,
        };
        seed.deserialize(part).inspect_err(|_| note(failed, path))
    }

    fn mismatch(self, expected: &dyn Expected) -> Error {
        Error::invalid_type(unexpected(self.value), expected)
    }
}

fn note(failed: &OnceCell<String>, path: &Path<'_>) {
    failed.get_or_init(|| path.to_string());
}

fn unexpected(value: &Value) -> Unexpected<'_> {
    match value {
        Value::Null => Unexpected::Unit,
        Value::Bool(value) => Unexpected::Bool(*value),
        Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
            (Some(number), ..) => Unexpected::Unsigned(number),
            (_, Some(number), _) => Unexpected::Signed(number),
            (.., Some(number)) => Unexpected::Float(number),
            _ => Unexpected::Other("number"),
        },
        Value::String(text) => Unexpected::Str(text),
        Value::Array(_) => Unexpected::Seq,
        Value::Object(_) => Unexpected::Map,
    }
}

/// Methods that read the same kind of JSON value.
macro_rules! read {
    ($self:ident, $visitor:ident: $($method:ident)* => $pattern:pat => $visited:expr) => {$(
        fn $method<V: Visitor<'de>>($self, $visitor: V) -> Result<V::Value, Error> {
            match $self.value {
                $pattern => $visited,
                _ => Err($self.mismatch(&$visitor)),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Reader<'de, '_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Null => self.deserialize_unit(visitor),
            Value::Bool(_) => self.deserialize_bool(visitor),
            Value::Number(_) => self.deserialize_f64(visitor),
            Value::String(_) => self.deserialize_str(visitor),
            Value::Array(_) => self.deserialize_seq(visitor),
            Value::Object(_) => self.deserialize_map(visitor),
        }
    }

    read!(self, visitor: deserialize_unit => Value::Null => visitor.visit_unit());
    read!(self, visitor: deserialize_bool => Value::Bool(value) => visitor.visit_bool(*value));
    read!(self, visitor:
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64
        => Value::Number(number) => number.deserialize_any(visitor));
    read!(self, visitor:
        deserialize_char deserialize_str deserialize_string deserialize_identifier
        deserialize_bytes deserialize_byte_buf
        => Value::String(text) => visitor.visit_borrowed_str(text));
    read!(self, visitor: deserialize_seq => Value::Array(items) => {
        let items = items.iter().enumerate();
        visitor.visit_seq(Items { of: self, items })
    });
    read!(self, visitor: deserialize_map => Value::Object(fields) => {
        let fields = fields.iter();
        visitor.visit_map(Fields { of: self, rest: fields, entry: None })
    });

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.value.deserialize_enum(name, variants, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    // Nothing in an API object is a tuple.
    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
    }
}

/// The items of a list.
struct Items<'de, 'p> {
    of: Reader<'de, 'p>,
    items: iter::Enumerate<slice::Iter<'de, Value>>,
}

impl<'de> SeqAccess<'de> for Items<'de, '_> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        let Some((index, item)) = self.items.next() else {
            return Ok(None);
        };
        let path = Path::Item(self.of.path, index);
        self.of.part(item, &path, seed).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

/// The fields of an object.
struct Fields<'de, 'p> {
    of: Reader<'de, 'p>,
    rest: map::Iter<'de>,
    /// The field whose name was read last.
    entry: Option<(&'de str, &'de Value)>,
}

impl<'de> MapAccess<'de> for Fields<'de, '_> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        let Some((name, value)) = self.rest.next() else {
            return Ok(None);
        };
        self.entry = Some((name, value));
        let name = BorrowedStrDeserializer::new(name);
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let Some((name, value)) = self.entry.take() else {
            return Err(Error::custom("a value is read before its name"));
        };
        let path = Path::Field(self.of.path, name);
        self.of.part(value, &path, seed)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::v1::FeatureStore;

    fn sample() -> Value {
        json!({
            "apiVersion": "feast.dev/v1",
            "kind": "FeatureStore",
            "metadata": {
                "name": "shop",
                "labels": {"team": "ml"},
                "creationTimestamp": "2026-01-01T00:00:00Z",
            },
            "spec": {
                "feastProject": "shop",
                "replicas": 2,
                "services": {
                    "deploymentStrategy": {"rollingUpdate": {"maxSurge": "50%"}},
                    "onlineStore": {
                        "persistence": {"store": {"type": "redis", "secretRef": {"name": "db"}}},
                        "server": {
                            "env": [{"name": "A", "value": "1"}],
                            "resources": {"limits": {"cpu": "1"}},
                            "tls": {"disable": true},
                        },
                    },
                    "scaling": {"autoscaling": {"maxReplicas": 5, "metrics": [{"type": "Resource"}]}},
                    "volumes": [{"name": "data", "secret": {"secretName": "s", "defaultMode": 420}}],
                },
            },
            "status": {"phase": "Ready", "conditions": [{
                "type": "FeatureStore",
                "status": "True",
                "reason": "Ready",
                "message": "",
                "lastTransitionTime": "2026-01-01T00:00:00Z",
            }]},
        })
    }

    /// The JSON pointers of all parts.
    fn pointers(value: &Value, here: &str, all: &mut Vec<String>) {
        all.push(here.to_owned());
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    pointers(item, &format!("{here}/{index}"), all);
                }
            }
            Value::Object(fields) => {
                for (name, field) in fields {
                    pointers(field, &format!("{here}/{name}"), all);
                }
            }
            _ => {}
        }
    }

    #[test]
    fn it_reads_what_serde_json_reads() {
        let sample = sample();
        let mut places = Vec::new();
        pointers(&sample, "", &mut places);
        let others = [
            json!(null),
            json!(true),
            json!(-1),
            json!(1.5),
            json!(1u64 << 40),
            json!("other"),
            json!([]),
            json!({}),
        ];
        let mut failed = 0;
        for place in &places {
            for other in &others {
                let mut changed = sample.clone();
                *changed.pointer_mut(place).unwrap() = other.clone();
                let read = from_value::<FeatureStore>(&changed);
                let expected = serde_json::from_value::<FeatureStore>(changed);
                match (read, expected) {
                    (Ok(read), Ok(expected)) => assert_eq!(read, expected, "{place}: {other}"),
                    (Err(error), Err(expected)) => {
                        failed += 1;
                        // Derived code takes a list for a struct, and misses its items.
                        if *other != json!([]) {
                            assert_eq!(error.source.to_string(), expected.to_string(), "{place}");
                        }
                        let path = format!("/{}", error.path.replace('[', ".").replace(']', ""));
                        let path = path.trim_end_matches('/').replace('.', "/");
                        assert!(place.starts_with(&path), "{place}: {error}");
                    }
                    (read, expected) => panic!("{place}: {other}: {read:?}, {expected:?}"),
                }
            }
        }
        assert!(failed > places.len(), "{failed}");
    }

    #[test]
    fn text_that_does_not_fit_has_line_and_path() {
        let text = "{\"apiVersion\": \"feast.dev/v1\", \"kind\": \"FeatureStore\",\n\
                    \"spec\": {\"feastProject\": \"a\", \"services\": {\"volumes\": [{\"name\": 1}]}}}";
        let error = from_json::<FeatureStore>(text.as_bytes()).unwrap_err();
        assert_eq!(error.path, "spec.services.volumes[0].name");
        let expected = "invalid type: integer `1`, expected a string at line 2";
        assert!(error.source.to_string().starts_with(expected), "{error}");
    }
}
