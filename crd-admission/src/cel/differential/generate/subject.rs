//! The values of variables, and their schema.

use fastrand::Rng;
use serde_json::{Map, Value as Json, json};

use super::types::{Ty, list, map};

pub(super) fn schema() -> Json {
    let string = json!({"type": "string", "maxLength": 20});
    let item = json!({
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": string,
            "v": {"type": "integer"},
            "tags": {"type": "array", "maxItems": 4, "items": string},
        },
    });
    json!({
        "type": "object",
        "properties": {
            "s": string,
            "t": {"type": "string"},
            "gone": string,
            "n": {"type": "integer"},
            "k": {"type": "integer"},
            "d": {"type": "number"},
            "b": {"type": "boolean"},
            "ls": {"type": "array", "maxItems": 5, "items": string},
            "li": {"type": "array", "items": {"type": "integer"}},
            "m": {"type": "object", "additionalProperties": {"type": "integer"}, "maxProperties": 6},
            "ms": {"type": "object", "additionalProperties": string},
            "lo": {"type": "array", "maxItems": 3, "items": item},
            "o": item,
            "in": string,
            "a-b": {"type": "integer"},
            "is": {"x-kubernetes-int-or-string": true},
            "set": {
                "type": "array", "maxItems": 4, "items": string, "x-kubernetes-list-type": "set",
            },
            "times": {"type": "array", "items": {"type": "string", "format": "date-time"}},
            "when": {"type": "string", "format": "date-time"},
            "raw": {"type": "string", "format": "byte"},
            "len": {"type": "string", "format": "duration"},
            "lk": {
                "type": "array", "items": item,
                "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
            },
            "ll": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
            "kept": {"x-kubernetes-preserve-unknown-fields": true},
        },
    })
}

/// The selectable fields of a variable, with their types; for no variable, the variables.
pub(super) fn fields(of: &str) -> Vec<(String, Ty)> {
    let field = |name: &str, ty| match of {
        "" => (name.to_owned(), ty),
        of => (format!("{of}.{name}"), ty),
    };
    vec![
        field("s", Ty::String),
        field("t", Ty::String),
        field("gone", Ty::String),
        field("n", Ty::Int),
        field("k", Ty::Int),
        field("d", Ty::Double),
        field("b", Ty::Bool),
        field("ls", list(Ty::String)),
        field("li", list(Ty::Int)),
        field("m", map(Ty::Int)),
        field("ms", map(Ty::String)),
        field("lo", list(Ty::Object)),
        field("o", Ty::Object),
        field("set", list(Ty::String)),
        field("times", list(Ty::Timestamp)),
        field("when", Ty::Timestamp),
        field("raw", Ty::Bytes),
        field("len", Ty::Duration),
        field("lk", list(Ty::Object)),
        field("ll", list(list(Ty::Int))),
        field("__in__", Ty::String),
        field("a__dash__b", Ty::Int),
    ]
}

const TEXTS: [&str; 14] = [
    "",
    "a",
    "b",
    "ab",
    "abc",
    "A b",
    "x-1",
    "é日",
    "10",
    "1.5",
    "true",
    "a,b,c",
    "hello world",
    "_",
];

pub(super) fn text(rng: &mut Rng) -> &'static str {
    TEXTS[rng.usize(..TEXTS.len())]
}

pub(super) fn object(rng: &mut Rng) -> Json {
    let mut fields = Map::new();
    let mut add = |rng: &mut Rng, name: &str, value: Json| {
        if rng.u32(0..8) > 0 {
            fields.insert(name.to_owned(), value);
        }
    };
    for name in ["s", "t", "in"] {
        let value = text(rng).into();
        add(rng, name, value);
    }
    for name in ["n", "k", "a-b"] {
        let value = rng.i64(-5..20).into();
        add(rng, name, value);
    }
    let value = json!(f64::from(rng.i32(-8..8)) + 0.5);
    add(rng, "d", value);
    let value = rng.bool().into();
    add(rng, "b", value);
    let value = (0..rng.usize(..5)).map(|_| text(rng)).collect();
    add(rng, "ls", value);
    let value = (0..rng.usize(..5)).map(|_| rng.i64(-3..9)).collect();
    add(rng, "li", value);
    let names = ["a", "b", "ab", "x-1"];
    let value: Map<String, Json> = names
        .iter()
        .filter(|_| rng.clone().bool())
        .map(|name| {
            (
                (*name).to_owned(),
                Json::from(i64::try_from(name.len()).unwrap_or(0)),
            )
        })
        .collect();
    add(rng, "m", value.into());
    let value: Map<String, Json> = (0..rng.usize(..4))
        .map(|_| (text(rng).to_owned(), text(rng).into()))
        .collect();
    add(rng, "ms", value.into());
    let value = (0..rng.usize(..3)).map(|_| item(rng)).collect();
    add(rng, "lo", value);
    let mut names: Vec<_> = (0..rng.usize(..4)).map(|_| text(rng)).collect();
    names.sort_unstable();
    names.dedup();
    add(rng, "set", names.into());
    let times = [
        "2024-01-02T03:04:05Z",
        "2000-12-31T23:59:59+05:30",
        "1970-01-01T00:00:00+01:00",
        "1970-01-01T00:00:00",
    ];
    let value = times.iter().take(rng.usize(..5)).copied().collect();
    add(rng, "times", value);
    let value = times[rng.usize(..times.len())].into();
    add(rng, "when", value);
    add(rng, "raw", "YWJj".into());
    add(rng, "len", "1h5s".into());
    let mut value: Vec<_> = (0..rng.usize(..4)).map(|_| item(rng)).collect();
    value.dedup_by(|a, b| a["name"] == b["name"]);
    add(rng, "lk", value.into());
    let lists =
        (0..rng.usize(..3)).map(|_| (0..rng.usize(..3)).map(|_| rng.i64(0..5)).collect::<Json>());
    let value = lists.collect();
    add(rng, "ll", value);
    add(rng, "kept", json!({"x": [1]}));
    let value = item(rng);
    add(rng, "o", value);
    let value = if rng.bool() {
        rng.i64(0..9).into()
    } else {
        text(rng).into()
    };
    add(rng, "is", value);
    fields.into()
}

fn item(rng: &mut Rng) -> Json {
    let mut item = json!({"name": text(rng)});
    if rng.bool() {
        item["v"] = rng.i64(0..5).into();
    }
    if rng.bool() {
        item["tags"] = (0..rng.usize(..3)).map(|_| text(rng)).collect();
    }
    item
}
