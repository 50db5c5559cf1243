//! Random values for a schema.

use serde_json::Value;

use crate::generate::{Generator, KEYS, NUMBERS};
use crate::json::Json;
use crate::random::Random;

/// The average share of fields to set by depth, in thousandths.
const WANTED: [usize; 8] = [500, 300, 250, 250, 200, 150, 100, 60];
/// Bounds above this are not met by lists and maps.
const MANY: usize = 40;

impl<'s> Generator<'s> {
    /// A value that matches a schema, or occasionally not.
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
            Some("array") => self.array(schema, depth),
            Some("boolean") => Json::raw(self.random.pick(&["true", "false"])),
            Some("integer" | "number") => self.number(schema),
            Some(_) => self.text(schema),
            None => self.any(2),
        }
    }

    /// Whether to choose a value near a bound.
    pub(crate) fn is_at_a_border(&mut self) -> bool {
        let chance = if self.wildness == 0 { 4 } else { 12 };
        self.random.chance(chance)
    }

    fn array(&mut self, schema: &'s Value, depth: usize) -> Json {
        let count = self.count(&schema["minItems"], &schema["maxItems"]);
        let items = (0..count).map(|_| self.value(&schema["items"], depth + 1));
        let mut items: Vec<Json> = items.collect();
        let list_type = schema["x-kubernetes-list-type"].as_str();
        if matches!(list_type, Some("set" | "map")) && self.is_at_a_border() {
            self.repeat(&mut items);
        }
        Json::Array(items)
    }

    /// Repeats an item, with all of its fields or some.
    pub(crate) fn repeat(&mut self, items: &mut Vec<Json>) {
        let Some(item) = items.get(self.random.below(items.len())) else {
            return;
        };
        let mut copy = item.clone();
        if let Json::Object(fields) = &mut copy {
            fields.retain(|_| self.random.chance(70));
        }
        items.insert(self.random.below(items.len() + 1), copy);
    }

    /// The number of entries of a list or map, given its bounds.
    fn count(&mut self, least: &Value, most: &Value) -> usize {
        let (least, most) = (natural(least), natural(most));
        let near = most.filter(|most| *most <= MANY);
        if self.is_at_a_border()
            && let Some(bound) = near.or(least)
        {
            return (bound + self.random.below(3)).saturating_sub(1);
        }
        (least.unwrap_or(0) + self.random.below(4)).min(most.unwrap_or(usize::MAX))
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
                    fields.push((name.to_owned(), self.field_value(property, depth)));
                }
            }
            if self.random.below(1000) < self.wildness {
                let names: Vec<&str> = properties.keys().map(String::as_str).collect();
                let name = misspelt(self.random.pick(&names), &mut self.random);
                fields.push((name, self.any(1)));
            }
        } else if schema["additionalProperties"].is_object() {
            let count = self.count(&schema["minProperties"], &schema["maxProperties"]);
            for at in 0..count {
                let key = self.key(at);
                if fields.iter().all(|(name, _)| *name != key) {
                    let value = self.field_value(&schema["additionalProperties"], depth);
                    fields.push((key, value));
                }
            }
        }
        if schema["x-kubernetes-preserve-unknown-fields"] == true && self.random.chance(60)
            || self.random.below(1000) < self.wildness
        {
            fields.push((self.random.pick(KEYS).to_owned(), self.any(2)));
        }
        let mut object = Json::Object(fields);
        if schema["x-kubernetes-embedded-resource"] == true && self.random.chance(90) {
            let versions = ["example.com/v1", "v1", "v1", "a/b/c", ""];
            object.set("apiVersion", Json::string(self.random.pick(&versions)));
            object.set(
                "kind",
                Json::string(self.random.pick(&["Thing", "Pod", "a_b"])),
            );
            let metadata = self.metadata();
            object.set("metadata", metadata);
        }
        object
    }

    /// The value of a field: sometimes null, which a default may replace.
    fn field_value(&mut self, schema: &'s Value, depth: usize) -> Json {
        let is_null = self.random.chance(if self.wildness == 0 { 0 } else { 2 });
        if is_null {
            return Json::raw("null");
        }
        self.value(schema, depth + 1)
    }

    /// A key of a map.
    fn key(&mut self, at: usize) -> String {
        let texts = &self.literals.texts;
        match self.random.below(8) {
            0 if !texts.is_empty() => texts[self.random.below(texts.len())].clone(),
            1..=4 => self.random.pick(KEYS).to_owned(),
            _ => format!("key-{at}"),
        }
    }

    fn number(&mut self, schema: &'s Value) -> Json {
        let bounds = ["minimum", "maximum", "multipleOf"].map(|bound| &schema[bound]);
        let bounds: Vec<_> = bounds
            .into_iter()
            .filter(|bound| bound.is_number())
            .collect();
        if !bounds.is_empty() && self.random.chance(60) {
            let bound = bounds[self.random.below(bounds.len())];
            return Json::raw(self.near(bound).to_string());
        }
        let numbers = &self.literals.numbers;
        if !numbers.is_empty() && self.random.chance(30) {
            let number = numbers[self.random.below(numbers.len())];
            return Json::raw(self.near(&number.into()).to_string());
        }
        let plain = if self.wildness == 0 { 98 } else { 80 };
        let number = if self.random.chance(plain) {
            self.random.pick(&["1", "2", "3", "10"])
        } else {
            self.random.pick(NUMBERS)
        };
        Json::raw(number)
    }

    /// A number, or one next to it.
    fn near(&mut self, number: &Value) -> Value {
        if !self.is_at_a_border() {
            return number.clone();
        }
        match (number.as_i64(), number.as_f64()) {
            (Some(number), _) if self.random.chance(80) => {
                number.saturating_add([-1, 1][self.random.below(2)]).into()
            }
            (_, Some(number)) => (number + [-0.5, 0.5, 0.001][self.random.below(3)]).into(),
            _ => number.clone(),
        }
    }
}

pub(crate) fn natural(value: &Value) -> Option<usize> {
    value
        .as_u64()
        .and_then(|number| usize::try_from(number).ok())
}

/// A misspelled field name.
fn misspelt(name: &str, random: &mut Random) -> String {
    match random.below(4) {
        0 => name.to_uppercase(),
        1 => format!("{name}s"),
        2 => name.chars().skip(1).collect(),
        _ => name.replace(char::is_uppercase, "-"),
    }
}

/// Required and forbidden fields of an object: it satisfies one of several alternatives.
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
