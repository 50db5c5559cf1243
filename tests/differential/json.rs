//! JSON to modify and serialize, with numbers as text and with duplicate keys.

use std::fmt::{self, Write as _};

use crate::random::Random;

#[derive(Clone)]
pub(crate) enum Json {
    /// A scalar, serialized.
    Text(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    pub(crate) fn raw(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn string(text: &str) -> Self {
        Self::Text(serde_json::Value::from(text).to_string())
    }

    pub(crate) fn object<const N: usize>(fields: [(&str, Json); N]) -> Self {
        Self::Object(fields.map(|(name, value)| (name.to_owned(), value)).into())
    }

    /// Sets a field of an object.
    pub(crate) fn set(&mut self, name: &str, value: Json) {
        let Self::Object(fields) = self else { return };
        match fields.iter_mut().find(|(field, _)| field == name) {
            Some((_, field)) => *field = value,
            None => fields.push((name.to_owned(), value)),
        }
    }

    pub(crate) fn remove(&mut self, name: &str) {
        if let Self::Object(fields) = self {
            fields.retain(|(field, _)| field != name);
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Json> {
        match self {
            Self::Object(fields) => fields
                .iter()
                .find(|(field, _)| field == name)
                .map(|(_, v)| v),
            _ => None,
        }
    }

    /// A random value within, or the value itself.
    pub(crate) fn somewhere(&mut self, random: &mut Random) -> &mut Json {
        if random.chance(12) {
            return self;
        }
        let count = match self {
            Self::Text(_) => 0,
            Self::Array(items) => items.len(),
            Self::Object(fields) => fields.len(),
        };
        if count == 0 {
            return self;
        }
        let at = random.below(count);
        match self {
            Self::Array(items) => items[at].somewhere(random),
            Self::Object(fields) => fields[at].1.somewhere(random),
            Self::Text(_) => unreachable!("it has no parts"),
        }
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Array(items) => {
                f.write_char('[')?;
                for (i, item) in items.iter().enumerate() {
                    f.write_str(if i == 0 { "" } else { "," })?;
                    item.fmt(f)?;
                }
                f.write_char(']')
            }
            Self::Object(fields) => {
                f.write_char('{')?;
                for (i, (name, value)) in fields.iter().enumerate() {
                    f.write_str(if i == 0 { "" } else { "," })?;
                    write!(f, "{}:{value}", serde_json::Value::from(name.as_str()))?;
                }
                f.write_char('}')
            }
        }
    }
}
