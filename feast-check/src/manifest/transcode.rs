//! Any YAML to JSON, by way of the full parser.

use std::fmt::{self, Write as _};

use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// The JSON text of a YAML document, with fields in the order in which they are written.
pub(super) fn to_json(yaml: &str) -> Result<String, serde_saphyr::Error> {
    serde_saphyr::from_str_with_options(yaml, options()).map(|Json(json)| json)
}

fn options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        legacy_octal_numbers: true,
        // An excerpt could show what a Secret holds.
        with_snippet: false,
    }
}

/// A value as JSON text.
struct Json(String);

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut json = String::new();
        Writer(&mut json).deserialize(deserializer)?;
        Ok(Self(json))
    }
}

/// Appends a value to a text. The parser bounds how deep this goes.
struct Writer<'o>(&'o mut String);

impl Writer<'_> {
    fn leaf(self, value: impl Into<Value>) {
        // Writing to a string cannot fail.
        let _ = write!(self.0, "{}", value.into());
    }
}

impl<'de> DeserializeSeed<'de> for Writer<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Writer<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that JSON has")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.leaf(());
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.leaf(value);
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.leaf(value);
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.leaf(value);
        Ok(())
    }

    /// A whole float is written as Go writes one.
    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        // Beyond 2^53 both spellings are no int64 to the API server, or the same one.
        let is_whole = value.fract() == 0.0 && value.abs() < 2f64.powi(53);
        let integer = is_whole.then(|| format!("{value:.0}").parse::<i64>().ok());
        match integer.flatten() {
            Some(integer) => self.leaf(integer),
            None => self.leaf(value),
        }
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.leaf(value);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Self(json) = self;
        json.push('[');
        let empty = json.len();
        loop {
            let end = json.len();
            if end > empty {
                json.push(',');
            }
            if items.next_element_seed(Writer(json))?.is_none() {
                json.truncate(end);
                break;
            }
        }
        json.push(']');
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        let Self(json) = self;
        json.push('{');
        let empty = json.len();
        while let Some(key) = fields.next_key::<String>()? {
            if json.len() > empty {
                json.push(',');
            }
            Writer(json).leaf(key);
            json.push(':');
            fields.next_value_seed(Writer(json))?;
        }
        json.push('}');
        Ok(())
    }
}
