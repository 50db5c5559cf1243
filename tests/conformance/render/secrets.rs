//! Errors and statuses of ours contain no Secret data. Where those of Feast's operator do, ours are
//! the same text without that part.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use super::play::Objects;

/// The recording, with each text replaced by the rendered one if they differ only in Secret data.
pub(super) fn cut(recorded: &Value, rendered: &Value, objects: &Objects) -> Value {
    match (recorded, rendered) {
        (Value::String(whole), Value::String(rest)) if is_cut(whole, rest, objects) => {
            rendered.clone()
        }
        (Value::Array(recorded), Value::Array(rendered)) if recorded.len() == rendered.len() => {
            let pairs = recorded.iter().zip(rendered);
            pairs.map(|(one, other)| cut(one, other, objects)).collect()
        }
        (Value::Object(recorded), Value::Object(rendered)) => {
            let field = |(name, one): (&String, &Value)| {
                let other = rendered.get(name).unwrap_or(&Value::Null);
                (name.clone(), cut(one, other, objects))
            };
            recorded.iter().map(field).collect()
        }
        _ => recorded.clone(),
    }
}

/// Whether `rest` is `whole` without one part that ends in Secret data.
fn is_cut(whole: &str, rest: &str, objects: &Objects) -> bool {
    let same = |(one, other): &(char, char)| one == other;
    let start: usize = whole
        .chars()
        .zip(rest.chars())
        .take_while(same)
        .map(|(char, _)| char.len_utf8())
        .sum();
    let Some(part) = whole[start..].strip_suffix(&rest[start..]) else {
        return false;
    };
    !part.is_empty() && contents(objects).any(|content| ends_in(part, &content))
}

/// The data of a cluster's Secrets.
fn contents(objects: &Objects) -> impl Iterator<Item = Vec<u8>> {
    let secrets = objects.iter().filter(|(key, _)| key.kind == "Secret");
    let data = secrets.filter_map(|(_, secret)| secret["data"].as_object());
    let texts = data.flat_map(|data| data.values().filter_map(Value::as_str));
    texts.filter_map(|text| BASE64_STANDARD.decode(text).ok())
}

/// Whether a part of a message ends in a value, as Go prints bytes, or in a word of it.
fn ends_in(part: &str, content: &[u8]) -> bool {
    let bytes: Vec<_> = content.iter().map(u8::to_string).collect();
    if part.ends_with(&format!("[{}]", bytes.join(" "))) {
        return true;
    }
    let mut words = part.rsplit(|char: char| !char.is_alphanumeric());
    let last = words.find(|word| !word.is_empty());
    last.is_some_and(|word| String::from_utf8_lossy(content).contains(word))
}

#[test]
fn only_secret_data_may_be_missing() {
    let secret = serde_json::json!({"data": {"redis": BASE64_STANDARD.encode("type: sqlite")}});
    let key = feast_testing::cluster::Key::new("v1", "Secret", "ml", "stores");
    let objects = [(key, secret)].into();
    for (whole, rest, expected) in [
        ("a tag with value sqlite", "a tag", true),
        ("a tag with value %!s(int=5)", "a tag", false),
        ("a tag with value redis", "a tag", false),
        (
            "bad value [116 121 112 101 58 32 115 113 108 105 116 101]",
            "bad value",
            true,
        ),
        ("bad value [116 121]", "bad value", false),
        ("a tag", "a tag of another", false),
        ("a tag", "a tag", false),
    ] {
        assert_eq!(is_cut(whole, rest, &objects), expected, "{whole}");
    }
}
