use proptest::prelude::*;

use super::*;

use crate::documents::writer::{Floats, write};

/// What is read, written again.
#[track_caller]
fn check(yaml: &str, expected: &str) {
    let map = read_mapping(yaml.as_bytes(), Scalars::Resolved).unwrap();
    assert_eq!(write(&map, Floats::Go), expected, "{yaml}");
}

#[track_caller]
fn refuses(yaml: &str, fault: Fault) {
    assert_eq!(
        read_mapping(yaml.as_bytes(), Scalars::Resolved)
            .unwrap_err()
            .fault,
        fault,
        "{yaml}"
    );
}

#[test]
fn scalars_by_style_and_tag() {
    check(
        "a: 1\nb: '1'\nc: \"1\"\nd: |\n  1\n",
        "a: 1\nb: \"1\"\nc: \"1\"\nd: \"1\\n\"\n",
    );
    check(
        "a: !!str 1\nb: !!int '1'\nc: !!float 1\nd: ! 1\n",
        "a: \"1\"\nb: 1\nc: 1\nd: 1\n",
    );
    check(
        "a: !foo 1\nb: !!binary aGk=\nc: !!binary gA==\n",
        "a: \"1\"\nb: hi\nc: !!binary \"gA==\"\n",
    );
    check("a: !!str\nb: !!null\n", "a: \"\"\nb: null\n");
    refuses("a: !!int x", Fault::TagMismatch);
    refuses("a: !!bool yes", Fault::TagMismatch);
    refuses("a: !!binary '*'", Fault::TagMismatch);
}

#[test]
fn keys_at_the_top_are_text() {
    check(
        "1: a\n0x1F: b\ntrue: c\n~: d\n",
        "\"0x1F\": b\n\"1\": a\n\"true\": c\n",
    );
    check(
        "a: {1: b, true: c, ~: d}\n",
        "a:\n    null: d\n    true: c\n    1: b\n",
    );
    check("!!binary aGk=: a\n", "hi: a\n");
    refuses("[a]: b", Fault::KeyIsACollection);
    refuses("{a: b}: c", Fault::KeyIsACollection);
}

#[test]
fn only_mappings() {
    for nothing in ["", "# nothing\n", "~", "---\n", "--- null\n...\n"] {
        check(nothing, "{}\n");
    }
    for other in ["text", "- a", "42", "[]"] {
        refuses(other, Fault::NotAMapping);
    }
    check("a: 1\n---\nb: 2\n", "a: 1\n");
    check("%YAML 1.1\n---\na: 1\n", "a: 1\n");
}

#[test]
fn broken() {
    for broken in [
        "a: [1",
        "a: b: c",
        "a: 1\n\tb: 2",
        "a: *b",
        "a: 'b",
        "%TAG",
        "a: &",
        "a: \"\\q\"",
        ": a",
        "%YAML 1.2\n---\na: 1",
    ] {
        refuses(broken, Fault::Syntax);
    }
    assert_eq!(
        read_mapping(b"a: \xFF", Scalars::Resolved)
            .unwrap_err()
            .fault,
        Fault::Encoding
    );
    refuses("a: 1\na: 2\n", Fault::DuplicateKey);
    refuses("a: {1: x, '1': y}", Fault::DuplicateKey);
}

#[test]
fn merges() {
    let base = "base: &b {x: 1, z: 2}\n";
    check(
        &format!("{base}d: {{<<: *b, z: 3}}\n"),
        "base:\n    x: 1\n    z: 2\nd:\n    x: 1\n    z: 3\n",
    );
    check(
        "d: {z: 3, <<: [{x: 1, z: 4}, {x: 2, w: 5}]}\n",
        "d:\n    w: 5\n    x: 1\n    z: 3\n",
    );
    check("<<: {a: 1}\nb: 2\n", "a: 1\nb: 2\n");
    check(
        "d: {a: 1, <<: {1: x}}\ne: {2: z, <<: {1: x}}\n",
        "d:\n    \"1\": x\n    a: 1\ne:\n    1: x\n    2: z\n",
    );
    check(
        "d: {!!str 2: z, !!merge <<: {1: x}}\n",
        "d:\n    \"1\": x\n    \"2\": z\n",
    );
    for text in ["'<<'", "!!str <<"] {
        check(&format!("d: {{{text}: 1}}\n"), "d:\n    \"<<\": 1\n");
    }
    for merge in ["<<: 1", "<<:", "<<: [1]", "a: &a [1]\n<<: *a"] {
        refuses(merge, Fault::Merge);
    }
}

#[test]
fn aliases_end() {
    refuses("a: &a [*a]", Fault::AliasLoop);
    refuses("a: &a {<<: *a}", Fault::AliasLoop);
    let bomb = |level: u32| {
        let below = format!("*a{}, ", level - 1).repeat(10);
        format!("a{level}: &a{level} [{below}]\n")
    };
    let bomb: String = (1..20).map(bomb).collect();
    refuses(&format!("a0: &a0 [x]\n{bomb}"), Fault::TooManyAliases);
    let rung = |level: u32| format!("a{level}: &a{level} [*a{}]\n", level - 1);
    let ladder: String = (1..400).map(rung).collect();
    refuses(&format!("a0: &a0 [x]\n{ladder}"), Fault::TooDeep);
    refuses(&format!("a: {}", "[".repeat(10_000)), Fault::Syntax);
}

#[test]
fn a_hundredth_of_a_small_document_is_not_aliased() {
    let fault = |others| {
        let [others, one, a, b] = [("x, ", others), ("x, ", 36), ("*a, ", 18), ("*b, ", 9)]
            .map(|(item, count)| item.repeat(count));
        let yaml = format!("[{others}&a [{one}], &b [{a}], {b}]");
        let read = read_value(yaml.as_bytes(), Scalars::Resolved);
        read.err().map(|error| error.fault)
    };
    // 69 of 6,900 nodes.
    assert_eq!(fault(3), None);
    assert_eq!(fault(2), Some(Fault::TooManyAliases));
}

#[test]
fn errors_tell_the_place_and_no_content() {
    let error = read_mapping(b"user: u\npassword: [s3cret\n", Scalars::Resolved).unwrap_err();
    assert_eq!(error.to_string(), "not YAML at line 2 column 11");
    let error = read_mapping(b"a: 1\nb:\n  c: !!int s3cret\n", Scalars::Resolved).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a value does not match its tag at line 3 column 12"
    );
}

#[test]
fn scalars_as_strings() {
    let yaml = b"a: 0123\nb: 1e3\nc: ~\nd: [yes, 2024-01-01, '5']\n";
    let map = read_mapping(yaml, Scalars::Strings).unwrap();
    let expected =
        "a: \"0123\"\nb: \"1e3\"\nc: null\nd:\n    - \"yes\"\n    - \"2024-01-01\"\n    - \"5\"\n";
    assert_eq!(write(&map, Floats::Go), expected);
}

#[test]
fn encodings() {
    let units: Vec<u16> = "a: é".encode_utf16().collect();
    let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    for bytes in [
        [&[0xFF, 0xFE], &little[..]],
        [&[0xFE, 0xFF], &big[..]],
        [b"", "\u{FEFF}a: é".as_bytes()],
    ] {
        let map = read_mapping(&bytes.concat(), Scalars::Resolved).unwrap();
        assert_eq!(write(&map, Floats::Go), "a: é\n");
    }
    assert!(read_mapping(b"\xFF\xFEa", Scalars::Resolved).is_err());
}

#[test]
fn what_is_plain_needs_no_parser() {
    let yaml = "host: db.example.com\nport: 5432\n\nurl: redis://x:6379/0?a=b#c, {d}\nssl: true";
    let plain = plain::read_mapping(yaml, Scalars::Resolved).expect("it is plain");
    assert!(parse_mapping(yaml, Scalars::Resolved) == Ok(plain));
    for other in [
        "a: 1\na: 2",
        "a:\n  b: c",
        "a: b: c",
        "a: 'b'",
        "a: b #c",
        "null: a",
        "a: b\n c",
    ] {
        assert!(
            plain::read_mapping(other, Scalars::Resolved).is_none(),
            "{other}"
        );
    }
}

/// Lines of which many are plain.
fn lines() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        "[-+0-9._exo]{0,6}",
        "[/$a-z][-a-z0-9/:.#, {}\\[\\]&*!'\"%@=]{0,8}",
        "(true|null|~|No|2024-01-01|1_000|0777|\\.inf)?",
    ];
    let line = (
        "[a-z_]{1,2}",
        prop_oneof![5 => Just(": "), 1 => Just(":"), 1 => Just(":   "), 1 => Just("")],
        value,
    );
    let line = line.prop_map(|(key, colon, value)| key + colon + &value);
    prop::collection::vec(line, 0..4).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #[test]
    fn the_shorter_way_leads_to_the_same(yaml in lines()) {
        for scalars in [Scalars::Resolved, Scalars::Strings] {
            if let Some(plain) = plain::read_mapping(&yaml, scalars) {
                prop_assert!(parse_mapping(&yaml, scalars) == Ok(plain), "{yaml}");
            }
        }
    }

    #[test]
    fn never_panics(bytes in any::<Vec<u8>>(), text in "[-a1:?&*!<>|%@`'\"\\[\\]{},# \n\t~.]{0,40}") {
        let _ = read_mapping(&bytes, Scalars::Resolved);
        let _ = read_value(text.as_bytes(), Scalars::Resolved);
    }
}
