use super::*;

/// The position of the cursor `|` in a text: the path, whether it is a name or a value, and the
/// word that would be replaced.
fn at(text: &str) -> Option<String> {
    let byte = text.find('|').unwrap();
    let text = text.replacen('|', "", 1);
    let outline = Outline::around(&text, byte);
    let cursor = outline.cursor(byte)?;
    let path = outline.path(cursor.parent).join(".");
    let word = &text[cursor.word];
    let place = match cursor.place {
        Place::Name { has_colon: true } => "name:",
        Place::Name { has_colon: false } => "name",
        Place::Value => "value",
    };
    Some(format!("{path} {place} {word}").trim_end().to_owned())
}

#[test]
fn a_name_belongs_to_the_mapping_of_its_indentation() {
    for (text, expected) in [
        ("|", " name"),
        ("ki|", " name ki"),
        ("kind: A\nsp|\n", " name sp"),
        ("kind: A\nspec:\n  |", "spec name"),
        ("kind: A\nspec:\n  re|", "spec name re"),
        ("spec:\n  a: 1\n  re|\n  b: 2\n", "spec name re"),
        ("spec:\n  a:\n    b: 1\n  re|\n", "spec name re"),
        ("spec:\n  a:\n    b: 1\n  |\n  c: 2", "spec name"),
        ("spec:\n  a:\n    b: 1\n\n    |\n", "spec.a name"),
        ("spec:\n  a:\n  # a comment\n    |\n", "spec.a name"),
        ("spec:\n  re|: 1\n", "spec name: re"),
        ("spec:\n  list:\n  - a: 1\n    b|\n", "spec.list name b"),
        ("spec:\n  list:\n  - a: 1\n  - |\n", "spec.list name"),
        ("spec:\n  list:\n    - b|\n", "spec.list name b"),
        ("spec:\n  text: |x\n", "spec.text value x"),
        ("metadata: {name: a}\nspec: {a: 1}\n|", " name"),
    ] {
        assert_eq!(at(text).as_deref(), Some(expected.trim_end()), "{text:?}");
    }
}

#[test]
fn a_value_follows_its_name() {
    for (text, expected) in [
        ("spec:\n  a: |", "spec.a value"),
        ("spec:\n  a: |\n  b: 1\n", "spec.a value"),
        ("spec:\n  a: tr|", "spec.a value tr"),
        ("spec:\n  a: \"tr|ue\" # so\n", "spec.a value \"true\""),
        ("spec:\n  a: \"tr|\n  b: 1", "spec.a value \"tr"),
        ("spec:\n- a: &x tr|\n", "spec.a value tr"),
    ] {
        assert_eq!(at(text).as_deref(), Some(expected), "{text:?}");
    }
}

#[test]
fn brackets_need_not_be_closed() {
    for (text, expected) in [
        ("spec: {|}", "spec name"),
        ("spec: {|", "spec name"),
        ("spec: {a: 1, b|}", "spec name b"),
        ("spec: {a: {b: 1}, |}", "spec name"),
        ("spec: {a: {b|", "spec.a name b"),
        ("spec: {a: |}", "spec.a value"),
        ("spec: {a: |", "spec.a value"),
        ("spec: {a: tr|ue, b: 1}", "spec.a value true"),
        ("spec: {a: [tr|ue]}", "spec.a value true"),
        ("spec: {a: [{b: 1}, {c|}]}", "spec.a name c"),
        ("spec:\n  a: {b: 1,\n  c|: 2", "spec name: c"),
        (
            "spec:\n  a: {\n    b: 1,\n    c|\n  }\n  d: 1\n",
            "spec.a name c",
        ),
        (
            "{\n  \"spec\": {\n    \"a|\": 1\n  }\n}\n",
            "spec name: \"a\"",
        ),
        ("{\"spec\": {\"a\":|}}", "spec.a value"),
    ] {
        assert_eq!(at(text).as_deref(), Some(expected), "{text:?}");
    }
}

#[test]
fn nothing_is_completed_in_strings_and_comments() {
    for text in [
        "# ab|c\n",
        "spec: # a|\n",
        "spec:\n  a: x y # z|\n",
        "spec:\n  a: 1\n      |\n",
        "spec:\n  a: >\n    te|xt\n",
        "spec: {a: 1 |}",
    ] {
        assert_eq!(at(text), None, "{text:?}");
    }
    // Fields may follow a multi-line string.
    assert_eq!(
        at("spec:\n  a: >\n    x: y\n\n  b|\n").as_deref(),
        Some("spec name b")
    );
}

#[test]
fn documents_are_separate() {
    let text = "a:\n  b: 1\n---\n  |\n---\nc: 1\n";
    assert_eq!(at(text).as_deref(), Some(" name".trim_end()));
    let list = "kind: List\nitems:\n- kind: A\n  spec:\n    b|\n";
    assert_eq!(at(list).as_deref(), Some("spec name b"));
}

#[test]
fn the_entry_at_the_cursor_is_found() {
    let text = "spec:\n  a: {b: [x, y]}\n  c: d\n";
    for (word, expected) in [
        ("spec", Some("spec")),
        ("a", Some("spec.a")),
        ("b", Some("spec.a.b")),
        ("y", Some("spec.a.b")),
        ("d\n", Some("spec.c")),
        ("{", None),
    ] {
        let outline = Outline::around(text, 0);
        let found = outline.at(text.find(word).unwrap());
        let path = found.map(|id| outline.path(Some(id)).join("."));
        assert_eq!(path.as_deref(), expected, "{word}");
    }
}

#[test]
fn any_cursor_in_any_text_is_safe() {
    let texts = [
        "a: {b: [c, {d: \"e",
        "- - - a: 1\n - b\n-\n",
        "{{{{[[[[,,,,::::}}}}]]]]",
        "\u{feff}a: 1\r\nb: ü𝄞: |\r\n  x\r\n",
        "? a\n: b\n&x *y !z\n'",
        "---\n---\n--- a\n",
        "\t\n\ta:\n",
    ];
    for text in texts {
        for byte in (0..=text.len()).filter(|byte| text.is_char_boundary(*byte)) {
            let outline = Outline::around(text, byte);
            if let Some(cursor) = outline.cursor(byte) {
                assert!(text.get(cursor.word).is_some(), "{text:?} {byte}");
            }
            outline.at(byte).map(|id| outline.path(Some(id)).len());
        }
    }
    // Deep texts need no deep stack, and long ones no long time.
    let deep = "[".repeat(100_000) + &"a: {".repeat(100_000);
    Outline::around(&deep, 5).cursor(5);
}
