//! Formats values like the oracle: equal values of the same type have the same text.

use crate::cel::value::Value;

pub(super) fn show(value: &Value<'_>) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => format!("bool({value})"),
        Value::Int(number) => format!("int({number})"),
        Value::Uint(number) => format!("uint({number})"),
        Value::Double(number) if number.is_nan() => "double(NaN)".to_owned(),
        Value::Double(number) => format!("double({:016x})", number.to_bits()),
        Value::String(text) => format!("string({})", quoted(text)),
        Value::Bytes(bytes) => {
            let hex: Vec<_> = bytes
                .to_vec()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            format!("bytes({})", hex.concat())
        }
        Value::Timestamp(time) => format!("timestamp({}.{:09})", time.seconds, time.nanos),
        Value::Duration(duration) => format!("duration({})", duration.nanos),
        Value::Type(ty) => format!("type({})", ty.name()),
        Value::Optional(None) => "optional()".to_owned(),
        Value::Optional(Some(value)) => match &**value {
            Ok(value) => format!("optional({})", show(value)),
            Err(_) => "optional(error)".to_owned(),
        },
        Value::List(list) => {
            let items = list
                .iter()
                .map(|item| item.map_or("error".to_owned(), |item| show(&item)));
            format!("list({})", items.collect::<Vec<_>>().join(", "))
        }
        Value::Map(map) => {
            let entries = map.lookups().map(|(key, value)| {
                let value = value.map_or("error".to_owned(), |value| show(&value));
                format!("{}: {value}", show(&key))
            });
            let mut entries: Vec<_> = entries.collect();
            entries.sort();
            format!("map({})", entries.join(", "))
        }
        other => other.type_name().to_owned(),
    }
}

/// A text as Go encodes it in JSON.
fn quoted(text: &str) -> String {
    let quoted = serde_json::to_string(text).expect("a text is JSON");
    quoted
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}
