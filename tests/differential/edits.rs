//! Updates: changes of a few values, valid or not.

use serde_json::Value;

use crate::generate::{Generator, KEYS, anything};
use crate::json::Json;
use crate::random::Random;

impl<'s> Generator<'s> {
    /// Changes a value somewhere in another.
    pub(crate) fn edit(&mut self, value: &mut Json, schema: &'s Value, depth: usize) {
        if self.random.chance(88) {
            match value {
                Json::Array(items) if !items.is_empty() => {
                    let at = self.random.below(items.len());
                    return self.edit(&mut items[at], &schema["items"], depth + 1);
                }
                Json::Object(fields) if !fields.is_empty() => {
                    let at = self.random.below(fields.len());
                    let (name, value) = &mut fields[at];
                    let property = match schema["properties"].get(name.as_str()) {
                        Some(property) => property,
                        None => &schema["additionalProperties"],
                    };
                    return self.edit(value, property, depth + 1);
                }
                _ => {}
            }
        }
        match value {
            Json::Array(items) if self.random.chance(20) => self.repeat(items),
            Json::Array(items) if self.random.chance(40) => {
                items.push(self.value(&schema["items"], depth + 1));
            }
            Json::Object(fields) if schema["properties"].is_object() && self.random.chance(50) => {
                let Json::Object(more) = self.value(schema, depth) else {
                    return;
                };
                // New fields are merged: most old ones stay.
                for (name, value) in more {
                    match fields.iter_mut().find(|(field, _)| *field == name) {
                        Some((_, field)) if self.random.chance(30) => *field = value,
                        Some(_) => {}
                        None => fields.push((name, value)),
                    }
                }
            }
            _ if self.random.chance(60) => *value = self.value(schema, depth),
            _ => *value = change(value, &mut self.random),
        }
    }
}

/// A slightly different value.
fn change(value: &Json, random: &mut Random) -> Json {
    match value.clone() {
        Json::Array(mut items) if !items.is_empty() && random.chance(80) => {
            let at = random.below(items.len());
            match random.below(4) {
                0 => drop(items.remove(at)),
                1 => items.push(items[at].clone()),
                2 => items.swap(0, at),
                _ => items.push(anything(random, 1)),
            }
            Json::Array(items)
        }
        Json::Object(mut fields) if !fields.is_empty() && random.chance(80) => {
            let at = random.below(fields.len());
            match random.below(4) {
                0 => drop(fields.remove(at)),
                1 => fields[at].1 = anything(random, 1),
                2 => fields.push((random.pick(KEYS).to_owned(), anything(random, 1))),
                _ => random.pick(KEYS).clone_into(&mut fields[at].0),
            }
            Json::Object(fields)
        }
        _ => anything(random, 2),
    }
}
