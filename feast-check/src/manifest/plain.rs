//! Plain YAML straight to JSON: what most manifests are written in.
//!
//! That is mappings and lists, and scalars on one line whose type shows at first sight. Of anything
//! else (anchors, tags, texts of several lines, escapes, characters beyond ASCII, mistakes) nothing
//! is made here, and the full parser reads it: this one is fast because it may give up.

use std::str::Split;

/// The longest text; a longer one could be more than the full parser takes.
const LONGEST: usize = 256 << 10;
/// Levels of nesting, fewer than the full parser takes.
const DEPTH: usize = 32;
/// The longest key.
const LONGEST_KEY: usize = 128;

/// The JSON text of a YAML document, if it is plain.
pub(super) fn to_json(yaml: &str) -> Option<String> {
    let is_plain = |byte: u8| byte == b'\n' || (b' '..=b'~').contains(&byte);
    if yaml.len() > LONGEST || !yaml.bytes().all(is_plain) {
        return None;
    }
    let mut reader = Reader {
        lines: yaml.split('\n'),
        line: None,
        json: String::with_capacity(yaml.len()),
        keys: Vec::with_capacity(32),
    };
    reader.advance();
    reader.block(DEPTH)?;
    reader.line.is_none().then_some(reader.json)
}

/// A line that says something.
#[derive(Clone, Copy)]
struct Line<'y> {
    /// How many blanks it starts with.
    indent: usize,
    /// What follows them.
    text: &'y str,
}

impl<'y> Line<'y> {
    fn new(line: &'y str) -> Option<Self> {
        let text = line.trim_start_matches(' ');
        let indent = line.len() - text.len();
        (!text.is_empty() && !text.starts_with('#')).then_some(Self { indent, text })
    }
}

struct Reader<'y> {
    /// The lines after `line`.
    lines: Split<'y, char>,
    /// The line to read next.
    line: Option<Line<'y>>,
    json: String,
    /// The keys of all mappings that are open.
    keys: Vec<&'y str>,
}

impl<'y> Reader<'y> {
    fn advance(&mut self) {
        self.line = self.lines.find_map(Line::new);
    }

    /// A mapping or a list that starts on this line.
    fn block(&mut self, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        let line = self.line?;
        match item(line.text) {
            Some(_) => self.list(line.indent, depth),
            None => self.mapping(line.indent, depth),
        }
    }

    fn mapping(&mut self, indent: usize, depth: usize) -> Option<()> {
        let before = self.keys.len();
        self.json.push('{');
        while let Some(line) = self.line.filter(|line| line.indent >= indent) {
            let (key, value) = key(line.text).filter(|_| line.indent == indent)?;
            self.key(key, before)?;
            self.value(value, depth, |next| {
                next.indent > indent || next.indent == indent && item(next.text).is_some()
            })?;
        }
        self.keys.truncate(before);
        self.json.push('}');
        Some(())
    }

    fn list(&mut self, indent: usize, depth: usize) -> Option<()> {
        self.json.push('[');
        while let Some(line) = self.line.filter(|line| line.indent >= indent) {
            let Some(value) = item(line.text) else {
                // After a list may come the next key of the mapping that it is in.
                break;
            };
            if line.indent > indent {
                return None;
            }
            self.separate();
            if item(value).is_some() || key(value).is_some() {
                // A list or a mapping that starts on the line of its dash.
                self.line = Some(Line {
                    indent: indent + line.text.len() - value.len(),
                    text: value,
                });
                self.block(depth)?;
            } else {
                self.value(value, depth, |next| next.indent > indent)?;
            }
        }
        self.json.push(']');
        Some(())
    }

    /// What follows a key or a dash: on the same line, or below if the next line belongs to it.
    fn value(
        &mut self,
        text: &'y str,
        depth: usize,
        belongs: impl FnOnce(&Line<'y>) -> bool,
    ) -> Option<()> {
        if !text.is_empty() && !text.starts_with('#') {
            let rest = self.inline(text, depth)?;
            self.advance();
            return is_over(rest).then_some(());
        }
        self.advance();
        if self.line.as_ref().is_some_and(belongs) {
            return self.block(depth);
        }
        self.json.push_str("null");
        Some(())
    }

    /// A value on one line; gives what follows it.
    fn inline(&mut self, text: &'y str, depth: usize) -> Option<&'y str> {
        match text.as_bytes().first()? {
            b'{' | b'[' => self.flow(text, depth),
            b'"' | b'\'' => self.quoted(text),
            _ => {
                let (scalar, rest) = text.split_at(text.find(" #").unwrap_or(text.len()));
                let scalar = scalar.trim_end_matches(' ');
                let is_plain = !scalar.ends_with(':') && !scalar.contains(": ");
                self.scalar(scalar).filter(|()| is_plain).map(|()| rest)
            }
        }
    }

    fn quoted(&mut self, text: &'y str) -> Option<&'y str> {
        let quote = text.chars().next()?;
        let (content, rest) = text.get(1..)?.split_once(quote)?;
        let has_escapes = match quote {
            '"' => content.contains('\\'),
            _ => rest.starts_with(quote),
        };
        if has_escapes {
            return None;
        }
        self.text(content);
        Some(rest)
    }

    /// `{a: 1}` or `[a, b]`.
    fn flow(&mut self, text: &'y str, depth: usize) -> Option<&'y str> {
        let depth = depth.checked_sub(1)?;
        let before = self.keys.len();
        let is_mapping = text.starts_with('{');
        let (open, close) = if is_mapping { ('{', '}') } else { ('[', ']') };
        self.json.push(open);
        let mut rest = text.get(1..)?.trim_start_matches(' ');
        while !rest.starts_with(close) {
            if is_mapping {
                let (key, value) = key(rest)?;
                self.key(key, before)?;
                rest = value;
            } else {
                self.separate();
            }
            rest = match rest.as_bytes().first()? {
                b'{' | b'[' | b'"' | b'\'' => self.inline(rest, depth)?,
                _ => {
                    let (scalar, after) = rest.split_at(word_end(rest));
                    self.scalar(scalar)?;
                    after
                }
            };
            rest = rest.trim_start_matches(' ');
            match rest.strip_prefix(',') {
                Some(after) => rest = after.trim_start_matches(' '),
                None if rest.starts_with(close) => {}
                None => return None,
            }
        }
        self.keys.truncate(before);
        self.json.push(close);
        rest.get(1..)
    }

    /// Writes a key, unless the mapping has it already.
    fn key(&mut self, key: &'y str, before: usize) -> Option<()> {
        if self.keys.get(before..)?.contains(&key) {
            return None;
        }
        self.keys.push(key);
        self.separate();
        self.text(key);
        self.json.push(':');
        Some(())
    }

    /// Writes a comma if something goes before.
    fn separate(&mut self) {
        if !self.json.ends_with(['{', '[']) {
            self.json.push(',');
        }
    }

    /// Writes a scalar without quotes, if it is sure what it is.
    fn scalar(&mut self, text: &str) -> Option<()> {
        match kind(text)? {
            Kind::Literal => self.json.push_str(text),
            Kind::Text => self.text(text),
        }
        Some(())
    }

    fn text(&mut self, text: &str) {
        self.json.push('"');
        let mut rest = text;
        while let Some(at) = rest.find(['"', '\\']) {
            let (before, after) = rest.split_at(at);
            let (special, after) = after.split_at(1);
            for part in [before, "\\", special] {
                self.json.push_str(part);
            }
            rest = after;
        }
        self.json.push_str(rest);
        self.json.push('"');
    }
}

/// Whether nothing follows but a comment.
fn is_over(rest: &str) -> bool {
    let trimmed = rest.trim_start_matches(' ');
    trimmed.is_empty() || trimmed.starts_with('#') && trimmed.len() < rest.len()
}

/// What follows the dash of a list's item, without blanks.
fn item(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('-')?;
    let value = rest.trim_start_matches(' ');
    (rest.is_empty() || value.len() < rest.len()).then_some(value)
}

/// The key that a text starts with, and what follows its colon, without blanks.
fn key(text: &str) -> Option<(&str, &str)> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_./-".contains(byte);
    let end = text.bytes().position(|byte| !is_part(&byte))?;
    let (key, rest) = text.split_at(end);
    let rest = rest.strip_prefix(':')?;
    let value = rest.trim_start_matches(' ');
    let is_key = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key.len() <= LONGEST_KEY
        && !has_a_meaning(key)
        && (rest.is_empty() || value.len() < rest.len());
    is_key.then_some((key, value))
}

/// Where a scalar of one word ends in a flow mapping or list.
fn word_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let is_start = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'/';
    let is_part = |(at, byte): (usize, &u8)| match byte {
        b':' => bytes.get(at + 1).is_some_and(is_start),
        byte => is_start(byte) || b"_.-".contains(byte),
    };
    let end = bytes.iter().enumerate().position(|part| !is_part(part));
    end.unwrap_or(bytes.len())
}

/// How a scalar is written in JSON.
enum Kind {
    /// As it is.
    Literal,
    /// In quotes.
    Text,
}

/// Nothing if it takes a closer look to know.
fn kind(scalar: &str) -> Option<Kind> {
    let unsigned = scalar.strip_prefix('-').unwrap_or(scalar);
    if unsigned.starts_with(|c: char| c.is_ascii_digit()) {
        return number_or_text(scalar, unsigned);
    }
    match scalar {
        "true" | "false" | "null" => Some(Kind::Literal),
        _ if has_a_meaning(scalar) => None,
        _ => scalar
            .starts_with(|c: char| c.is_ascii_alphabetic() || "_/".contains(c))
            .then_some(Kind::Text),
    }
}

fn number_or_text(scalar: &str, unsigned: &str) -> Option<Kind> {
    /// Digits that every `i64` can have.
    const DIGITS: usize = 18;
    let is_canonical = !unsigned.starts_with('0') || scalar == "0";
    if unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        return (is_canonical && unsigned.len() <= DIGITS).then_some(Kind::Literal);
    }
    // `500m` and `2Gi` have letters that no number has, be it hexadecimal, octal or a float.
    let is_foreign =
        |byte: u8| byte.is_ascii_alphabetic() && !b"abcdefox".contains(&byte.to_ascii_lowercase());
    (scalar == unsigned && scalar.bytes().any(is_foreign)).then_some(Kind::Text)
}

/// Whether a word may be a boolean, a number or nothing to some version of YAML.
fn has_a_meaning(word: &str) -> bool {
    const WORDS: [&str; 12] = [
        "true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf", "infinity",
    ];
    word.starts_with(['t', 'f', 'y', 'n', 'o', 'i', 'T', 'F', 'Y', 'N', 'O', 'I'])
        && WORDS.iter().any(|known| known.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::manifest::transcode;

    #[test]
    fn plain_yaml_is_json_at_once() {
        for (yaml, json) in [
            ("a: 1\n", r#"{"a":1}"#),
            (
                "# a\na:\n  b: x y # c\n\n  d: -1\n",
                r#"{"a":{"b":"x y","d":-1}}"#,
            ),
            (
                "a:\n- b\n- c: 1\n  d: 2\ne:\n",
                r#"{"a":["b",{"c":1,"d":2}],"e":null}"#,
            ),
            ("- - 1\n  -\n    a: b\n-\n", r#"[[1,{"a":"b"}],null]"#),
            (
                "a: {b: 500m, c: [1, x:1, ], d: {}} # e",
                r#"{"a":{"b":"500m","c":[1,"x:1"],"d":{}}}"#,
            ),
            ("a: \"#1\"\nb: 'c\\\"'\n", r##"{"a":"#1","b":"c\\\""}"##),
            (
                "a: http://b#c\nd: true\ne: say \"f\"\n",
                r#"{"a":"http://b#c","d":true,"e":"say \"f\""}"#,
            ),
        ] {
            assert_eq!(to_json(yaml).as_deref(), Some(json), "{yaml}");
            assert_eq!(transcode::to_json(yaml).unwrap(), json, "{yaml}");
        }
    }

    #[test]
    fn what_takes_a_closer_look_is_left_alone() {
        for yaml in [
            "",
            "# a",
            "a",
            "a: b: c",
            "a:b",
            "a: b\n  c",
            "a: 1\na: 2",
            "a: 1\n b: 2",
            " a: 1\nb: 2",
            "a: |\n  b",
            "a: &b c",
            "a: *b",
            "a: !b c",
            "a: \"\\n\"",
            "a: 'b''c'",
            "a: 'b' c",
            "a: 'b'#c",
            "a: no",
            "on: 1",
            "a: ~",
            "a: 01",
            "a: 1.5",
            "a: 1e3",
            "a: 0x1f",
            "a: 1_000",
            "a: .inf",
            "a: nan",
            "a: -",
            "a: - b",
            "a: {b c: d}",
            "a: [b c]",
            "a: [b: c]",
            "a: {b: 1",
            "a: {b: c]",
            "a: [,]",
            "a: [#b]",
            "a:\tb",
            "a: \u{fc}",
            "a: b\r\n",
            "<<: b",
            "? a",
            "\"a\": b",
            "--- {a: b}",
            "a: b\n...\n",
            "a: 1234567890123456789",
        ] {
            assert_eq!(to_json(yaml), None, "{yaml}");
        }
        let deep = "[".repeat(DEPTH + 1) + &"]".repeat(DEPTH + 1);
        assert_eq!(to_json(&deep), None);
    }

    #[test]
    fn manifests_are_mostly_plain() {
        for text in [
            include_str!("../../../examples/minimal.yaml"),
            include_str!("../../../examples/scaling-hpa.yaml"),
            include_str!("../../../examples/scaling-keda.yaml"),
            include_str!("../../../examples/scaling-static.yaml"),
        ] {
            let mut documents = text.split("\n---\n");
            let store = documents.find(|document| document.contains("kind: FeatureStore"));
            assert!(
                store.is_some_and(|store| to_json(store).is_some()),
                "{text}"
            );
        }
    }

    /// Parts of YAML, put together at random.
    fn yaml() -> impl Strategy<Value = String> {
        let part = select(vec![
            "a", "b", "key", "on", ":", ": ", "a: ", "b: ", "key: ", "- ", "-", "\n", "\n", "\n  ",
            "\n  ", "\n    ", " ", "{", "}", "[", "]", ",", ", ", "\"", "\"x\"", "'y'", "''", "1",
            "0", "-1", "500m", "1e3", "0x1", "true", "no", "null", "~", "#", " # c", "|", "&a ",
            "*a", "/p", ".", "x:1", "\\", "\t", "?", "!", "%", "<<: ", "_",
        ]);
        vec(part, 1..24).prop_map(|parts| parts.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn the_full_parser_reads_the_same(yaml in yaml()) {
            if let Some(json) = to_json(&yaml) {
                prop_assert_eq!(transcode::to_json(&yaml).ok(), Some(json), "{}", yaml);
            }
        }
    }
}
