//! Any text gives a value or an error, and quickly.

use go_yaml::{
    Duplicates, Fault, MAX_DEPTH, Position, Scalars, Spans, documents, read_mapping, read_value,
    to_json, to_json_with,
};
use proptest::prelude::*;

/// All readers report the same fault.
#[track_caller]
fn refuses(text: &str, fault: Fault) {
    let json = to_json(text).err();
    let value = read_value(text.as_bytes(), Scalars::Resolved).err();
    assert_eq!(
        [json, value].map(|error| error.map(|error| error.fault())),
        [Some(fault); 2]
    );
}

#[test]
fn depth_is_bounded() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(to_json(&nested(MAX_DEPTH)).is_ok());
    assert!(read_value(nested(MAX_DEPTH).as_bytes(), Scalars::Resolved).is_ok());
    refuses(&nested(MAX_DEPTH + 1), Fault::TooDeep);
    refuses(&"- ".repeat(100_000), Fault::TooDeep);
    refuses(&"? ".repeat(100_000), Fault::TooDeep);
    let rung = |level: usize| format!("a{level}: &a{level} [*a{}]\n", level - 1);
    let ladder: String = (1..400).map(rung).collect();
    refuses(&format!("a0: &a0 [x]\n{ladder}"), Fault::TooDeep);
}

#[test]
fn aliases_do_not_expand_small_documents() {
    let bomb = |level: u32| {
        let below = format!("*a{}, ", level - 1).repeat(10);
        format!("a{level}: &a{level} [{below}]\n")
    };
    let bomb: String = (1..20).map(bomb).collect();
    refuses(&format!("a0: &a0 [x]\n{bomb}"), Fault::ExcessiveAliasing);
    let long = format!(
        "a: &a {}\nb: [{}]\n",
        "x".repeat(1 << 20),
        "*a, ".repeat(20)
    );
    refuses(&long, Fault::ExcessiveAliasing);
}

#[test]
fn large_texts_take_linear_time() {
    // Each of these would take minutes if any part of reading were quadratic.
    let fields = |value: &str| {
        let fields: Vec<_> = (0..50_000)
            .map(|key| {
                format!(
                    "k{key}: {value}
"
                )
            })
            .collect();
        fields.concat()
    };
    let many = fields("1");
    assert!(to_json(&many).is_ok());
    assert!(to_json_with(&(many.clone() + &many), Duplicates::Refused).is_err());
    assert!(read_mapping(many.as_bytes(), Scalars::Resolved).is_ok());
    let not_finite = fields(".nan");
    assert_eq!(
        to_json(&(not_finite + &many)).map(|json| json.len()),
        to_json(&many).map(|json| json.len())
    );
    for part in [
        "[a, ", "{a: ", "- - ", "\n- ", "# c\n", "'a\n", "\"\\n", "&a ", "---\n", "? a\n", "*a ",
        "!a ",
    ] {
        let text = part.repeat(100_000);
        let _ = to_json(&text);
        let _ = read_value(text.as_bytes(), Scalars::Resolved);
        let _ = documents(&text, Duplicates::Refused);
        let _ = Spans::of(&text, Position { line: 1, column: 1 });
    }
}

#[test]
fn errors_tell_no_content() {
    for text in [
        "password: *s3cret",
        "password: !!int s3cret",
        "&s3cret {password: [*s3cret]}",
        "? [s3cret]\n: x",
        "s3cret: 1\ns3cret: 2",
        "password: [s3cret",
        "password: s3cret: x",
    ] {
        let json = to_json_with(text, Duplicates::Refused).err();
        let value = read_value(text.as_bytes(), Scalars::Resolved).err();
        let errors = [json, value].into_iter().flatten();
        assert!(errors.clone().count() > 0, "{text}");
        for error in errors {
            assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
        }
    }
}

proptest! {
    #[test]
    fn nothing_panics(text in "[-a1:?&*!<>|%@`'\"\\\\\\[\\]{},# \r\n\t~.é\u{85}\u{feff}]{0,60}", bytes in any::<Vec<u8>>()) {
        let _ = to_json_with(&text, Duplicates::Refused);
        let _ = read_mapping(&bytes, Scalars::Resolved);
        let _ = read_value(text.as_bytes(), Scalars::Strings);
        let start = Position { line: 1, column: 1 };
        let _ = Spans::of(&text, start).find("a[1].a").mark();
        for document in documents(&text, Duplicates::LastWins) {
            prop_assert!(text.get(document.source).is_some());
        }
    }
}
