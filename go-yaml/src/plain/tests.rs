//! The fast path agrees with the parser.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::{to_json, to_tree};
use crate::tree::Tree;
use crate::{Duplicates, Version, json, parse};

/// The parser's result.
fn parsed(text: &str) -> Option<String> {
    let tree = parse::parse(text, Version::V2).ok()?;
    json::write(&tree, Duplicates::Refused).ok()
}

/// Whether the nodes are the parser's, with their positions, in each version.
fn agrees(tree: &Tree<'_>, text: &str) -> Result<(), TestCaseError> {
    for version in [Version::V2, Version::V3] {
        let parsed = parse::parse(text, version);
        let parsed = parsed.map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(format!("{tree:#?}"), format!("{parsed:#?}"), "{}", text);
    }
    Ok(())
}

#[test]
fn a_manifest_is_plain() {
    let text = "# A store\n---\nkind: A # of some kind\nspec:\n  list:\n  - a: 'x: y'\n    b: {c: [1, \"2\"]}\n\
                    \n  - - 0x10\n    - yes\n  nothing:\n  url: http://a/b#c\n  other: -1.50\n  at: 2001-01-01\n";
    let json = r#"{"kind":"A","spec":{"list":[{"a":"x: y","b":{"c":[1,"2"]}},[16,true]],"nothing":null,"url":"http://a/b#c","other":-1.5,"at":"2001-01-01"}}"#;
    assert_eq!(to_json(text).as_deref(), Some(json));
}

#[test]
fn the_rest_is_left_to_the_parser() {
    for text in [
        "",
        "a",
        "a: b\n c\n",
        "a: b: c\n",
        "a: \"b\n  c\"\n",
        "a: 'b'#c\n",
        "a: 'it''s'\n",
        "a: \"\\n\"\n",
        "a: |\n  b\n",
        "a: &b c\n",
        "a: !!str 1\n",
        "a: .inf\n",
        "a: 1\na: 2\n",
        "a: {b: 1, b: 2}\n",
        "a: [b, ]\n",
        "a:\t1\n",
        "a: 1\n---\nb: 2\n",
        "  ---\n",
        "a:\n  b: 1\n c: 2\n",
        "- a\nb: c\n",
        "on: 1\n",
        "<<: {}\n",
        "\u{e9}: 1\n",
    ] {
        assert_eq!(to_json(text), None, "{text:?}");
    }
}

fn lines(line: impl Fn(usize) -> String) -> String {
    (0..1_000).map(line).collect()
}

#[test]
fn how_deep_and_how_wide() {
    let deep = format!("a: {}{}\n", "[".repeat(1_000), "]".repeat(1_000));
    let wide = lines(|field| format!("a{field}: 1\n"));
    let steps = lines(|step| format!("{}a:\n", " ".repeat(step)));
    for text in [deep, wide, steps] {
        assert_eq!(to_json(&text), None);
    }
}

const VALUES: &str = r#"
x
1
0o7
1_0
-1
+.5
1e3
.inf
yes
~
null
2001-01-01
x y
x: y
x:y
x #c
x#c
#c
'x'
'x' #c
'x'y
'it''s'
"x\t"
"'"
'"'
[]
{}
[a, b]
[a,b,]
{a: 1, b: [c]}
{a: 1,a: 2}
{a:1}
[a: b]
[ 'a' , "b" ] # c
{a: }
|
>-
&x y
*x
!t x
%x
@
`
?
? x
,
]
---
...
<<
=
x:
- x
"x
x	y
é"#;

/// Lines close to those that the fast path handles, some of them beyond.
fn texts() -> impl Strategy<Value = String> {
    let starts = [
        "", "- ", "- - ", "-   ", "a: ", "b: ", "c:", "- a: ", "- b:", "-", "#", "'a': ", "on: ",
    ];
    let ends = ["\n", "\n", "\n", "\n", "  \n", "\n\n", " # c\n", "\r\n", ""];
    let line = (
        0..5_usize,
        select(starts.to_vec()),
        select(VALUES.lines().collect::<Vec<_>>()),
        select(ends.to_vec()),
    )
        .prop_map(|(indent, start, value, end)| {
            format!("{}{start}{value}{end}", " ".repeat(indent))
        });
    vec(line, 1..7).prop_map(|lines| lines.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    #[test]
    fn the_fast_path_agrees_with_the_parser(text in texts()) {
        if let Some(json) = to_json(&text) {
            prop_assert_eq!(Some(json), parsed(&text));
        }
        if let Some(tree) = to_tree(&text) {
            agrees(&tree, &text)?;
        }
    }

    /// Mostly regular texts, so that the fast path handles many of them.
    #[test]
    fn nested_collections(json in nested()) {
        let yaml = block(&json, 0);
        if let Some(read) = to_json(&yaml) {
            prop_assert_eq!(Some(read), parsed(&yaml));
        }
        if let Some(tree) = to_tree(&yaml) {
            agrees(&tree, &yaml)?;
        }
    }
}

fn nested() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(serde_json::Value::from),
        (-20..20_i32).prop_map(serde_json::Value::from),
        "[a-z0-9 :#'\"/.-]{0,6}".prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let fields = proptest::collection::btree_map("[a-f]{1,2}", inner.clone(), 0..4);
        prop_oneof![
            vec(inner, 0..4).prop_map(serde_json::Value::from),
            fields.prop_map(|fields| fields.into_iter().collect()),
        ]
    })
}

/// A value in block style with unescaped texts: some are quoted by chance, some are errors.
fn block(value: &serde_json::Value, indent: usize) -> String {
    let space = " ".repeat(indent);
    let below = |value| block(value, indent + 2);
    match value {
        serde_json::Value::Array(items) if !items.is_empty() => {
            let item = |item| format!("\n{space}- {}", below(item).trim_start());
            items.iter().map(item).collect::<Vec<_>>().concat()
        }
        serde_json::Value::Object(fields) if !fields.is_empty() => {
            let field = |(key, value)| format!("\n{space}{key}: {}", below(value));
            fields.iter().map(field).collect::<Vec<_>>().concat()
        }
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
