//! Handwritten expressions for edge cases of the language.

use serde_json::json;

use super::oracle::Request;
use super::{plain, request};

pub(super) fn requests() -> Vec<Request> {
    let mut requests = short();
    requests.extend(nested());
    requests
}

/// Those of moderate length.
pub(super) fn short() -> Vec<Request> {
    let expressions = ODD
        .into_iter()
        .chain(lines(include_str!("written/plain.txt")))
        .chain(lines(include_str!("written/bytes.txt")));
    let mut requests: Vec<_> = expressions.map(plain).collect();
    let schema = json!({
        "type": "object",
        "properties": {
            "name": {"type": "string", "maxLength": 10},
            "count": {"type": "integer"},
            "names": {"type": "array", "items": {"type": "string", "maxLength": 5}, "maxItems": 4},
            "labels": {"type": "object", "additionalProperties": {"type": "string"}},
            "inner": {"type": "object", "properties": {
                "x": {"type": "string"}, "if": {"type": "integer"},
                "namespace": {"type": "string", "maxLength": 5},
            }},
            "any": {"x-kubernetes-int-or-string": true},
            "time": {"type": "string", "format": "date-time"},
            "none": {"type": "array", "items": {"type": "string"}},
        },
    });
    let this = json!({
        "name": "abc", "count": 3, "names": ["a", "b", "c"], "labels": {"k": "v"},
        "inner": {"if": 1, "namespace": "a"}, "any": "5%", "time": "2024-01-02T03:04:05+05:30",
        "none": [],
    });
    for text in OF_SELF {
        requests.extend(lines(text).map(|expression| request(&schema, &this, expression)));
    }
    let olds = [
        None,
        Some(json!({"name": "old", "inner": {"x": "y"}, "count": 3})),
    ];
    for old_self in olds {
        let expressions = lines(include_str!("written/old_self.txt"));
        requests.extend(expressions.map(|expression| Request {
            old_self: old_self.clone(),
            optional_old_self: true,
            ..request(&schema, &this, expression)
        }));
    }
    requests.extend(of_lists());
    requests.extend(of_bytes());
    requests
}

/// Byte strings of the request, with and without spare capacity.
fn of_bytes() -> impl Iterator<Item = Request> {
    let byte = json!({"type": "string", "format": "byte", "maxLength": 12});
    let schema = json!({
        "type": "object",
        "properties": {
            "name": {"type": "string", "maxLength": 10},
            "raw": byte, "full": byte, "raws": {"type": "array", "items": byte, "maxItems": 4},
        },
    });
    let this = json!({
        "name": "abc", "raw": "YQ==", "full": "YWJj", "raws": ["YQ==", "YWI=", "YWJj"],
    });
    let expressions = lines(include_str!("written/bytes_of_self.txt"));
    expressions.map(move |expression| request(&schema, &this, expression))
}

/// Lists with keys, and non-scalars in place of scalars, where a server still evaluates rules.
fn of_lists() -> Vec<Request> {
    let item = json!({"type": "object", "properties": {
        "a": {"type": "string"}, "b": {"type": "string", "nullable": true},
        "c": {"type": "string"}, "d": {"type": "string"},
    }});
    let keyed = |keys: &[&str]| {
        json!({
            "type": "array", "items": item,
            "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": keys,
        })
    };
    let schema = json!({"type": "object", "properties": {
        "set": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"},
        "numbers": {"type": "array", "items": {"type": "number"}, "x-kubernetes-list-type": "set"},
        "times": {
            "type": "array", "items": {"type": "string", "format": "date-time"},
            "x-kubernetes-list-type": "set",
        },
        "texts": {
            "type": "array", "items": {"type": "string", "format": "byte"},
            "x-kubernetes-list-type": "set",
        },
        "any": {
            "type": "array", "items": {"x-kubernetes-int-or-string": true},
            "x-kubernetes-list-type": "set",
        },
        "plain": {"type": "array", "items": {"type": "string"}},
        "plainTimes": {"type": "array", "items": {"type": "string", "format": "date-time"}},
        "counts": {"type": "array", "items": {"type": "integer"}},
        "lists": {"type": "array", "items": {"type": "array", "items": {"type": "string"}}},
        "holder": {"type": "object", "properties": {
            "kept": {"x-kubernetes-preserve-unknown-fields": true},
        }},
        "empty": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"},
        "none": keyed(&["a"]),
        "one": keyed(&["a"]),
        "two": keyed(&["a", "b"]),
        "four": keyed(&["a", "b", "c", "d"]),
    }});
    let items = [
        json!({"a": "1", "b": "2"}),
        json!({"a": "1", "b": null}),
        json!({"a": "1"}),
        json!({"a": {"x": "1"}, "b": "2"}),
        json!({"a": "1", "b": ["2"]}),
        json!({"a": [1], "b": {}}),
        json!("text"),
    ];
    let sets = [json!("1"), json!({"x": 1}), json!(["1"]), json!(1)];
    let expressions = lines(include_str!("written/lists.txt"));
    let values = items.iter().zip(sets.iter().cycle()).map(|(item, set)| {
        json!({"set": ["0", set], "numbers": [1, 2.5, set], "times": ["2024-01-02T03:04:05Z"],
            "plain": ["p"], "plainTimes": ["2024-01-02T03:04:05Z"], "counts": [1, 2],
            "lists": [["l"]], "holder": {"kept": {"x": 1}},
            "empty": [], "none": [], "texts": ["YQ=="], "any": [1, set], "one": [item], "two": [{"a": "0"}, item], "four": [item]})
    });
    let requests = values.flat_map(|this| {
        let request = |text| request(&schema, &this, text);
        expressions.clone().map(request).collect::<Vec<_>>()
    });
    requests.collect()
}

/// Nesting just within and just beyond the limits.
fn nested() -> Vec<Request> {
    let mut requests = Vec::new();
    for depth in [5_usize, 120, 124, 125, 126, 247, 248, 249, 250, 251, 300] {
        let open = "(".repeat(depth);
        let close = ")".repeat(depth);
        requests.push(plain(&format!("{open}1{close}")));
        requests.push(plain(&format!(
            "{}1{}",
            "[".repeat(depth),
            "]".repeat(depth)
        )));
        requests.push(plain(&vec!["1"; depth].join(" + ")));
        requests.push(plain(&vec!["1"; depth].join(" == ")));
        requests.push(plain(&vec!["true"; depth].join(" && ")));
        requests.push(plain(&format!("{}true", "true ? false : ".repeat(depth))));
        requests.push(plain(&format!("'a'{}", ".trim()".repeat(depth))));
        requests.push(plain(&format!("dyn(1){}", ".a".repeat(depth))));
        requests.push(plain(&format!("{}1", "-".repeat(depth))));
        requests.push(plain(&format!("{}1{close}", "1 * (".repeat(depth))));
        requests.push(plain(&format!("{}1{close}", "1 == (".repeat(depth))));
        requests.push(plain(&format!("{}1{close}", "size(".repeat(depth))));
        requests.push(plain(&format!("{}'a'{close}", "'a'.find(".repeat(depth))));
    }
    requests
}

const OF_SELF: [&str; 4] = [
    include_str!("written/self.txt"),
    include_str!("written/keys.txt"),
    include_str!("written/faults.txt"),
    include_str!("written/messages.txt"),
];

/// The lines of a text that are expressions.
fn lines(text: &'static str) -> impl Iterator<Item = &'static str> + Clone {
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Expressions that span several lines or none.
const ODD: [&str; 4] = [" ", "true\n&&\nfalse", "\"\"\"a\n\"b\" c\"\"\"", "'a\nb'"];
