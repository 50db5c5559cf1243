//! Values by chance that follow a schema.

use regex_syntax::hir::{Class, Hir, HirKind};
use serde_json::Value;

use crate::generate::{Generator, KEYS, NUMBERS, TEXTS};
use crate::json::Json;
use crate::random::Random;

/// Texts that follow a format.
const FORMATS: &[(&str, &[&str])] = &[
    ("byte", &["YQ==", "YWJj"]),
    ("cidr", &["10.0.0.0/8", "::/0"]),
    ("date", &["2024-02-29"]),
    (
        "date-time",
        &["2024-01-02T03:04:05Z", "2024-01-02T03:04:05.5+01:00"],
    ),
    ("duration", &["1h", "1m30s", "250ms"]),
    ("email", &["a@b.c"]),
    ("hexcolor", &["#abcdef"]),
    ("hostname", &["example.com"]),
    ("ipv4", &["10.0.0.1"]),
    ("ipv6", &["::1", "fe80::1"]),
    ("mac", &["00:00:5e:00:53:01"]),
    ("uri", &["https://a.b/c"]),
    ("uuid", &["123e4567-e89b-12d3-a456-426614174000"]),
];
/// So many fields on average in a thousand, fewer further down.
const WANTED: [usize; 8] = [500, 300, 250, 250, 200, 150, 100, 60];
/// So often what may be repeated without end is repeated at most.
const REPEATED: u32 = 3;

impl<'s> Generator<'s> {
    /// A value that follows a schema, unless chance wants otherwise.
    pub(crate) fn value(&mut self, schema: &'s Value, depth: usize) -> Json {
        if self.random.below(1000) < self.wildness {
            return self.any(3);
        }
        if schema["nullable"] == true && self.random.chance(10) {
            return Json::raw("null");
        }
        if let Some(values) = schema["enum"].as_array() {
            let value = &values[self.random.below(values.len())];
            return Json::raw(value.to_string());
        }
        if schema["x-kubernetes-int-or-string"] == true {
            return if self.random.chance(50) {
                self.number(schema)
            } else {
                self.text(schema)
            };
        }
        match schema["type"].as_str() {
            Some("object") => self.object(schema, depth),
            Some("array") => {
                let least = natural(&schema["minItems"]).unwrap_or(0);
                let most = natural(&schema["maxItems"]).unwrap_or(usize::MAX);
                let count = (least + self.random.below(4)).min(most);
                let items = (0..count).map(|_| self.value(&schema["items"], depth + 1));
                Json::Array(items.collect())
            }
            Some("boolean") => Json::raw(self.random.pick(&["true", "false"])),
            Some("integer" | "number") => self.number(schema),
            Some(_) => self.text(schema),
            None => self.any(2),
        }
    }

    fn object(&mut self, schema: &'s Value, depth: usize) -> Json {
        let mut fields = Vec::new();
        if let Some(properties) = schema["properties"].as_object() {
            let (wanted, unwanted) = alternatives(schema, &mut self.random);
            let share = (WANTED[depth.min(7)] / properties.len().max(1)).clamp(5, 60);
            for (name, property) in properties {
                let name = name.as_str();
                let is_given = if wanted.contains(&name) {
                    self.random.below(1000) >= self.wildness
                } else {
                    !unwanted.contains(&name) && self.random.chance(share)
                };
                if is_given {
                    fields.push((name.to_owned(), self.value(property, depth + 1)));
                }
            }
        } else if schema["additionalProperties"].is_object() {
            let least = natural(&schema["minProperties"]).unwrap_or(0);
            for _ in 0..least + self.random.below(4) {
                let key = self.random.pick(KEYS).to_owned();
                fields.push((key, self.value(&schema["additionalProperties"], depth + 1)));
            }
        } else if schema["x-kubernetes-preserve-unknown-fields"] == true {
            fields.push((self.random.pick(KEYS).to_owned(), self.any(2)));
        }
        if self.random.below(1000) < self.wildness {
            fields.push((self.random.pick(KEYS).to_owned(), self.any(2)));
        }
        let mut object = Json::Object(fields);
        if schema["x-kubernetes-embedded-resource"] == true && self.random.chance(90) {
            object.set("apiVersion", Json::string("example.com/v1"));
            object.set("kind", Json::string("Thing"));
            let metadata = self.metadata();
            object.set("metadata", metadata);
        }
        object
    }

    /// A text that follows a schema mostly.
    fn text(&mut self, schema: &'s Value) -> Json {
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

    /// A text that a schema wants, if it says anything of it.
    fn fitting(&mut self, schema: &'s Value) -> Option<String> {
        if let Some(pattern) = schema["pattern"].as_str() {
            // As to Go, `\d` and the like are of ASCII.
            let mut parser = regex_syntax::ParserBuilder::new();
            let mut parser = parser.unicode(false).utf8(false).build();
            let pattern = parser.parse(pattern).ok()?;
            let mut text = String::new();
            write_match(&pattern, &mut self.random, &mut text);
            return Some(text);
        }
        if let Some(format) = schema["format"].as_str() {
            let (_, texts) = FORMATS.iter().find(|(name, _)| *name == format)?;
            return Some(self.random.pick(texts).to_owned());
        }
        let least = natural(&schema["minLength"])?;
        Some("x".repeat(least + self.random.below(3)))
    }

    fn number(&mut self, schema: &'s Value) -> Json {
        let bound = ["minimum", "maximum"].map(|bound| &schema[bound]);
        let bounds: Vec<_> = bound
            .into_iter()
            .filter(|bound| bound.is_number())
            .collect();
        if !bounds.is_empty() && self.random.chance(60) {
            return Json::raw(bounds[self.random.below(bounds.len())].to_string());
        }
        let plain = if self.wildness == 0 { 98 } else { 80 };
        let number = if self.random.chance(plain) {
            self.random.pick(&["1", "2", "3", "10"])
        } else {
            self.random.pick(NUMBERS)
        };
        Json::raw(number)
    }
}

fn natural(value: &Value) -> Option<usize> {
    value
        .as_u64()
        .and_then(|number| usize::try_from(number).ok())
}

/// Fields that an object must have, and such that it must not: of several alternatives it follows
/// one.
fn alternatives<'s>(schema: &'s Value, random: &mut Random) -> (Vec<&'s str>, Vec<&'s str>) {
    let required = |schema: &'s Value| {
        let names = schema["required"].as_array().into_iter().flatten();
        names.filter_map(Value::as_str)
    };
    let mut wanted: Vec<_> = required(schema).collect();
    let mut unwanted = Vec::new();
    for keyword in ["oneOf", "anyOf"] {
        let Some(choices) = schema[keyword].as_array() else {
            continue;
        };
        let chosen = random.below(choices.len());
        for (at, choice) in choices.iter().enumerate() {
            if at == chosen {
                wanted.extend(required(choice));
            } else if keyword == "oneOf" {
                unwanted.extend(required(choice));
            }
        }
    }
    unwanted.retain(|name| !wanted.contains(name));
    (wanted, unwanted)
}

/// Adds a text that a pattern matches, if its assertions hold where they stand.
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
