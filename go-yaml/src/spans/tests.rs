use std::cell::Cell;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::{Duplicates, documents, to_json};

thread_local! {
    static LOOKS: Cell<usize> = const { Cell::new(0) };
}

/// Counts a comparison with a field's name.
pub(super) fn count() {
    LOOKS.set(LOOKS.get() + 1);
}

/// The number of comparisons to find each of these paths, which exist.
fn looks(text: &str, paths: &[String]) -> usize {
    let (_, spans) = last(text);
    let before = LOOKS.get();
    for path in paths {
        assert!(spans.find(path).exists, "{path} in {text}");
    }
    LOOKS.get() - before
}

/// The text of the last document, and its positions.
fn last(text: &str) -> (&str, Spans) {
    let document = documents(text, Duplicates::LastWins).pop().unwrap();
    assert!(document.json.is_ok(), "{document:?}");
    let before = &text[..document.source.start];
    let line = before.rsplit('\n').next().unwrap();
    let start = Position {
        line: document.line,
        column: line.chars().count() + 1,
    };
    let source = &text[document.source];
    (source, Spans::of(source, start))
}

/// The marks, as `line:column text`; with `?` if the field does not exist.
fn marks(text: &str, paths: &[&str]) -> Vec<String> {
    let (source, spans) = last(text);
    marks_of(source, &spans, paths)
}

fn marks_of(source: &str, spans: &Spans, paths: &[&str]) -> Vec<String> {
    let mark = |path: &&str| {
        let place = spans.find(path);
        let mark = place.mark();
        let missing = if place.exists { "" } else { "?" };
        let Position { line, column } = mark.start;
        format!("{line}:{column} {}{missing}", &source[mark.bytes.clone()])
    };
    paths.iter().map(mark).collect()
}

#[test]
fn values_and_names_are_pointed_at() {
    let text = "kind: A\n---\n# b\nspec:\n  a: [1, {b: two}]\n  c:\n  - d: e\n  f:\n";
    assert_eq!(
        marks(
            text,
            &[
                "spec.a[1].b",
                "spec.a",
                "spec.c[0].d",
                "spec.c[0].x",
                "spec.f",
                "x"
            ]
        ),
        [
            "5:14 two",
            "5:3 a",
            "7:8 e",
            "7:5 d: e?",
            "8:3 f",
            "4:1 spec:?"
        ],
    );
}

#[test]
fn keys_with_dots_are_found() {
    let text = "m: {a.b/c: 1, a: {b/c: 2}, 'q[0]': 3}\n";
    assert_eq!(
        marks(text, &["m.a.b/c", "m[a.b/c]", "m.a.b", "m.q[0]"]),
        ["1:12 1", "1:12 1", "1:15 a?", "1:36 3"],
    );
}

#[test]
fn aliases_lead_to_their_anchors() {
    let text = "base: &b\n  x: 1\n  y: 2\nspec:\n  <<: *b\n  y: 3\nother: *b\n";
    assert_eq!(
        marks(text, &["spec.x", "spec.y", "other.y", "other.z"]),
        ["2:6 1", "6:6 3", "3:6 2", "7:1 other?"],
    );
    let place = last(text).1.find("other.y");
    assert_eq!(place.aliases[0].start, Position { line: 7, column: 8 });
}

#[test]
fn values_stand_behind_their_anchors_and_tags() {
    let text = "a: &a x\nb: !!str &b 'y'\nc: &c\n";
    assert_eq!(
        marks(text, &["a", "b", "c"]),
        ["1:7 x", "2:13 'y'", "3:4 &c"],
    );
}

#[test]
fn merges_may_come_in_lists() {
    let text = "a: &a {x: 1}\nb: &b {x: 2, y: 3}\nc:\n  <<: [*a, *b]\n";
    assert_eq!(marks(text, &["c.x", "c.y"]), ["1:11 1", "2:17 3"]);
}

/// A chain of mappings that each merge the previous one.
fn merging(times: usize) -> String {
    let mapping = |at: usize| {
        let before = vec![format!("*a{}", at - 1); times].join(", ");
        format!("a{at}: &a{at} {{<<: [{before}], y: 2}}\n")
    };
    "a0: &a0 {x: 1}\n".to_owned() + &(1..=40).map(mapping).collect::<String>()
}

#[test]
fn nested_merges_are_found() {
    assert_eq!(
        marks(&merging(1), &["a40.x", "a40.z"]),
        ["1:13 1", "41:1 a40?"]
    );
}

/// No document reader accepts such a text, but its positions can be looked up.
#[test]
fn repeatedly_merged_mappings_are_searched_once() {
    let text = merging(10);
    let spans = Spans::of(&text, Position { line: 1, column: 1 });
    assert_eq!(marks_of(&text, &spans, &["a40.x"]), ["1:13 1"]);
}

#[test]
fn the_longest_matching_key_wins() {
    let text = "m: {a: {b: 1}, a.b: {c: 2}, a.b.cd: 3, a.b.c!: 4, ab: 5, 'a]b': 6, '': 7}\n";
    assert_eq!(
        marks(
            text,
            &[
                "m.a.b.c", "m.a.b.cd", "m.a.b.ce", "m.ab", "m[a]b]", "m[a].b", "m[]", "m.aa"
            ]
        ),
        [
            "1:25 2",
            "1:37 3",
            "1:16 a.b?",
            "1:55 5",
            "1:65 6",
            "1:12 1",
            "1:72 7",
            "1:1 m?"
        ],
    );
}

#[test]
fn work_grows_with_the_number_of_look_ups() {
    let plain = |count| {
        let keys = (0..count).map(|at| format!("k{at}"));
        let fields: Vec<_> = keys.clone().map(|key| format!("{key}: 1")).collect();
        (format!("{{{}}}", fields.join(", ")), keys.collect())
    };
    let in_each_other = |count| {
        let keys = (1..=count).map(|at| vec!["k"; at].join("."));
        let fields: Vec<_> = keys.clone().map(|key| format!("{key}: 1")).collect();
        (format!("{{{}}}", fields.join(", ")), keys.collect())
    };
    let merged = |count| {
        let names: Vec<_> = (0..count).map(|at| format!("k{at}")).collect();
        let field = |name: &String| format!("{name}: &{name} {{in-{name}: 1}}\n");
        let bases: String = names.iter().map(field).collect();
        let text = format!("{bases}all: {{<<: [*{}]}}\n", names.join(", *"));
        let paths = names.iter().map(|name| format!("all.in-{name}"));
        (text, paths.collect())
    };
    let texts: [&dyn Fn(usize) -> (String, Vec<String>); 3] = [&plain, &in_each_other, &merged];
    for make in texts {
        let [few, many] = [100, 400].map(|count| {
            let (text, paths) = make(count);
            looks(&text, &paths)
        });
        assert!(many < 6 * few, "{few} looks, then {many}");
    }
}

#[test]
fn json_has_places_too() {
    let text = "{\"a\":1} {\n\t\"spec\":{\"a b\":[\"\\u00e9\",true]}}";
    assert_eq!(
        marks(text, &["spec.a b[0]", "spec.a b[1]", "spec.c"]),
        ["2:17 \"\\u00e9\"", "2:26 true", "2:2 \"spec\"?"],
    );
    assert_eq!(marks("{\"a\":1} {\"b\":2}", &["b"]), ["1:14 2"]);
}

#[test]
fn columns_are_characters_without_the_byte_order_mark() {
    let text = "\u{feff}é: {ü: [x, y]}\n";
    assert_eq!(marks(text, &["é.ü[1]"]), ["1:12 y"]);
}

#[test]
fn items_of_a_list_have_their_own_positions() {
    let text = "apiVersion: v1\nkind: List\nitems:\n- kind: A\n- kind: B\n  spec: 1\n";
    let (source, spans) = last(text);
    let second = marks_of(source, &spans.item(1), &["spec", "x"]);
    assert_eq!(second, ["6:9 1", "5:3 kind: B?"]);
    let first = marks_of(source, &spans.item(1).item(0), &["kind"]);
    assert_eq!(first, ["4:9 A"]);
}

#[test]
fn pointers_lead_to_the_same_places() {
    let text = "spec:\n  a/b: [x, {c~d: y}]\n";
    let (_, spans) = last(text);
    assert_eq!(
        spans.pointer("/spec/a~1b/1/c~0d"),
        spans.find("spec.a/b[1].c~d")
    );
    assert!(spans.pointer("/spec/a~1b/0").exists);
    assert!(!spans.pointer("/spec/a~1b/2").exists);
}

/// Typical objects of manifests; some keys and texts need quotes and escapes.
fn object() -> impl Strategy<Value = Value> {
    let key = || r#"[a-zé]{1,3}([./ ~:#][a-z"]{1,2})?"#;
    let leaf = prop_oneof![
        any::<i32>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        "[ -~é]{1,12}".prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            vec(inner.clone(), 1..4).prop_map(Value::from),
            btree_map(key(), inner, 1..4).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    });
    btree_map(key(), value, 1..4).prop_map(|map| Value::Object(map.into_iter().collect()))
}

/// Pointers to all scalars, with their values.
fn leaves(value: &Value, pointer: String, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let key = key.replace('~', "~0").replace('/', "~1");
                leaves(value, format!("{pointer}/{key}"), found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                leaves(value, format!("{pointer}/{index}"), found);
            }
        }
        leaf => found.push((pointer, leaf.clone())),
    }
}

/// A value as a block, on lines after a key or a dash.
fn block(value: &Value, indent: usize) -> String {
    let margin = " ".repeat(indent);
    match value {
        Value::Object(fields) => {
            let fields = fields.iter().map(|(key, value)| {
                let key = Value::from(key.as_str());
                format!("\n{margin}{key}:{}", block(value, indent + 2))
            });
            fields.collect()
        }
        Value::Array(items) => {
            let items = items.iter();
            let items = items.map(|item| format!("\n{margin}-{}", block(item, indent + 2)));
            items.collect()
        }
        leaf => format!(" {leaf}"),
    }
}

proptest! {
    #[test]
    fn every_value_is_at_its_reported_position(object in object(), lines in 0_usize..3) {
        let mut expected = Vec::new();
        leaves(&object, String::new(), &mut expected);
        for text in [object.to_string(), format!("{object:#}"), block(&object, 0)] {
            let text = "\n".repeat(lines) + &text;
            let (source, spans) = last(&text);
            for (pointer, value) in &expected {
                let place = spans.pointer(pointer);
                prop_assert!(place.exists, "{pointer} in {text}");
                let stands = &source[place.value.bytes.clone()];
                let read: Value = serde_json::from_str(&to_json(stands).unwrap()).unwrap();
                prop_assert_eq!(&read, value, "{} in {}", pointer, text);
                let line = text.lines().nth(place.value.start.line - 1).unwrap();
                let rest: String = line.chars().skip(place.value.start.column - 1).collect();
                prop_assert!(rest.starts_with(stands), "{rest} {stands}");
            }
        }
    }
}
