//! Random texts for a schema.

use regex_syntax::hir::{Class, Hir, HirKind};
use serde_json::Value;

use crate::generate::{Generator, TEXTS};
use crate::json::Json;
use crate::random::Random;
use crate::values::natural;

/// Formats with valid and nearly valid texts.
const FORMATS: &[(&str, &[&str], &[&str])] = &[
    (
        "byte",
        &["YQ==", "YWJj", ""],
        &["YQ=", "YQ", "YW Jj", "_-=="],
    ),
    (
        "cidr",
        &["10.0.0.0/8", "::/0", "10.1.2.3/8"],
        &["10.0.0.0/33", "10.0.0.0", "::/129"],
    ),
    (
        "date",
        &["2024-02-29"],
        &["2023-02-29", "2024-2-29", "2024-02-29T00:00:00Z"],
    ),
    (
        "date-time",
        &[
            "2024-01-02T03:04:05Z",
            "2024-01-02T03:04:05.5+01:00",
            "2024-01-02t03:04:05z",
        ],
        &[
            "2024-01-02T24:00:00Z",
            "2024-01-02 03:04:05Z",
            "2024-01-02T03:04:05",
            "2024-01-02",
        ],
    ),
    (
        "duration",
        &[
            "1h", "1m30s", "250ms", "0s", "0", "-1.5h", "1 day", "2 weeks",
        ],
        &["1", "1d1x", "h", "", "2562048h", "1h 1m"],
    ),
    (
        "email",
        &["a@b.c", "\"a b\"@c.d", "A <a@b.c>"],
        &["a", "a@", "@b"],
    ),
    ("hexcolor", &["#abcdef", "#fff", "abc"], &["#abcd", "#ggg"]),
    (
        "hostname",
        &["example.com", "a", "a-b.c"],
        &["-a", "a_b", "a..b", "é.de"],
    ),
    (
        "ipv4",
        &["10.0.0.1"],
        &["10.0.0.256", "10.0.0", "010.0.0.1", "::1"],
    ),
    (
        "ipv6",
        &["::1", "fe80::1", "::ffff:1.2.3.4"],
        &["::1%eth0", ":::", "10.0.0.1"],
    ),
    (
        "mac",
        &["00:00:5e:00:53:01", "0000.5e00.5301"],
        &["00:00:5e", "00:00:5e:00:53:0g"],
    ),
    (
        "uri",
        &["https://a.b/c", "urn:a", "/a"],
        &["a b", "https://a b", ":", "%zz"],
    ),
    (
        "uuid",
        &[
            "123e4567-e89b-12d3-a456-426614174000",
            "123E4567E89B12D3A456426614174000",
        ],
        &[
            "123e4567-e89b-12d3-a456-42661417400",
            "g23e4567-e89b-12d3-a456-426614174000",
        ],
    ),
];
/// Maximum number of repetitions if they are unbounded.
const REPEATED: u32 = 3;
/// Bounds above this are not met.
const LONG: usize = 5_000;

impl<'s> Generator<'s> {
    /// A text that mostly matches a schema.
    pub(crate) fn text(&mut self, schema: &'s Value) -> Json {
        if self.is_at_a_border()
            && let Some(text) = self.bordering(schema)
        {
            return Json::string(&text);
        }
        let texts = &self.literals.texts;
        if !texts.is_empty() && self.random.chance(15) {
            return Json::string(&texts[self.random.below(texts.len())]);
        }
        if self.random.chance(if self.wildness == 0 { 98 } else { 85 })
            && let Some(text) = self.fitting(schema)
        {
            return Json::string(&text);
        }
        let text = if self.random.chance(40) {
            self.random
                .pick(&["a", "my_project", "/data", "data.db", "1Gi", "https://x"])
        } else {
            self.random.pick(TEXTS)
        };
        Json::string(text)
    }

    /// A text for a schema that constrains texts.
    fn fitting(&mut self, schema: &'s Value) -> Option<String> {
        if let Some(pattern) = schema["pattern"].as_str() {
            return matching(pattern, &mut self.random);
        }
        if let Some(format) = schema["format"].as_str() {
            let (_, texts, _) = FORMATS.iter().find(|(name, ..)| *name == format)?;
            return Some(self.random.pick(texts).to_owned());
        }
        let least = natural(&schema["minLength"])?;
        Some("x".repeat(least + self.random.below(3)))
    }

    /// A text at the limit of one of a schema's keywords, if it has one.
    fn bordering(&mut self, schema: &'s Value) -> Option<String> {
        let text = self.fitting(schema);
        match self.random.below(3) {
            0 => {
                let text = text.unwrap_or_else(|| self.random.pick(&["a", "é", "😀"]).to_owned());
                let least = natural(&schema["minLength"]);
                let most = natural(&schema["maxLength"]);
                let bounds: Vec<_> = least.into_iter().chain(most).collect();
                let bound = *bounds.get(self.random.below(bounds.len()))?;
                let length = (bound + self.random.below(3)).saturating_sub(1);
                (length <= LONG).then(|| {
                    text.chars()
                        .chain("x".chars())
                        .cycle()
                        .take(length)
                        .collect()
                })
            }
            1 => {
                let format = schema["format"].as_str()?;
                let (.., others) = FORMATS.iter().find(|(name, ..)| *name == format)?;
                Some(self.random.pick(others).to_owned())
            }
            _ => Some(self.nearly(&text?)),
        }
    }

    /// A text with one character removed, replaced or inserted.
    fn nearly(&mut self, text: &str) -> String {
        let mut chars: Vec<char> = text.chars().collect();
        let at = self.random.below(chars.len() + 1);
        let other = *[' ', '\n', '-', '.', '/', 'A', '0', 'é']
            .get(self.random.below(8))
            .unwrap_or(&'_');
        match self.random.below(3) {
            0 => chars.insert(at, other),
            1 if at < chars.len() => chars[at] = other,
            _ if at < chars.len() => drop(chars.remove(at)),
            _ => chars.push(other),
        }
        chars.into_iter().collect()
    }
}

/// A text that mostly matches a pattern.
fn matching(pattern: &str, random: &mut Random) -> Option<String> {
    // As in Go, `\d` and the like are ASCII only.
    let mut parser = regex_syntax::ParserBuilder::new();
    let mut parser = parser.unicode(false).utf8(false).build();
    let pattern = parser.parse(pattern).ok()?;
    let mut text = String::new();
    write_match(&pattern, random, &mut text);
    Some(text)
}

/// Appends a match of a pattern, provided its assertions hold.
fn write_match(pattern: &Hir, random: &mut Random, text: &mut String) {
    match pattern.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(&String::from_utf8_lossy(&literal.0)),
        HirKind::Class(Class::Unicode(class)) => {
            let ranges = class.ranges();
            if let Some(range) = ranges.get(random.below(ranges.len())) {
                let width = (range.end() as usize - range.start() as usize).min(90);
                let at = range.start() as usize + random.below(width + 1);
                let char = u32::try_from(at).ok().and_then(char::from_u32);
                text.push(char.unwrap_or(range.start()));
            }
        }
        HirKind::Class(Class::Bytes(class)) => {
            let ranges = class.ranges();
            if let Some(range) = ranges.get(random.below(ranges.len())) {
                let width = usize::from(range.end().min(0x7f).saturating_sub(range.start()));
                let more = u8::try_from(random.below(width + 1)).unwrap_or(0);
                text.push(char::from(range.start() + more));
            }
        }
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(u32::MAX);
            let more = most.saturating_sub(repetition.min).min(REPEATED) as usize;
            for _ in 0..repetition.min as usize + random.below(more + 1) {
                write_match(&repetition.sub, random, text);
            }
        }
        HirKind::Capture(capture) => write_match(&capture.sub, random, text),
        HirKind::Concat(parts) => {
            for part in parts {
                write_match(part, random, text);
            }
        }
        HirKind::Alternation(parts) => {
            write_match(&parts[random.below(parts.len())], random, text);
        }
    }
}
