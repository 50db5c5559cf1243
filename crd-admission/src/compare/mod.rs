//! Compares two CustomResourceDefinitions.

mod difference;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

pub use self::difference::{Change, Difference, Effect};

/// The changes from one CRD to another, both as JSON of `apiextensions.k8s.io/v1`.
///
/// Versions are compared by name. Descriptions and other parts without validation are not compared.
/// The CRDs need not be valid.
///
/// ```
/// use crd_admission::{Effect, differences};
/// use serde_json::json;
///
/// let crd = |maximum: u32| json!({"spec": {"versions": [{"name": "v1", "schema": {"openAPIV3Schema": {
///     "type": "object", "properties": {"size": {"type": "integer", "maximum": maximum}},
/// }}}]}});
/// let found = differences(&crd(9), &crd(5));
/// assert_eq!(found.len(), 1);
/// assert_eq!(found[0].to_string(), "v1 size: maximum is 5, not 9");
/// assert_eq!(found[0].effect, Effect::Refuses);
/// ```
pub fn differences(old: &Value, new: &Value) -> Vec<Difference> {
    let mut found = Differences::default();
    let (old, new) = (&old["spec"], &new["spec"]);
    for name in ["group", "scope", "names"] {
        found.value(name, &old[name], &new[name], Effect::Refuses);
    }
    found.value(
        "conversion",
        &old["conversion"],
        &new["conversion"],
        Effect::None,
    );
    for version in versions(old) {
        let name = &version["name"];
        found.start(name);
        match versions(new).find(|other| other["name"] == *name) {
            Some(other) => found.versions(version, other),
            None => found.add(Change::VersionGone, Effect::Refuses),
        }
    }
    for version in versions(new) {
        let name = &version["name"];
        if !versions(old).any(|other| other["name"] == *name) {
            found.start(name);
            found.add(Change::Version, Effect::Admits);
        }
    }
    found.all
}

/// The depth up to which fields are compared one by one; deeper ones are compared as a whole.
const DEEPEST: usize = 100;
/// Keywords that are lower and upper bounds.
const LOWER: [&str; 4] = ["minimum", "minLength", "minItems", "minProperties"];
const UPPER: [&str; 4] = ["maximum", "maxLength", "maxItems", "maxProperties"];
/// Other keywords that constrain an object.
const DEMANDS: [&str; 15] = [
    "type",
    "format",
    "pattern",
    "multipleOf",
    "uniqueItems",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "x-kubernetes-embedded-resource",
    "x-kubernetes-int-or-string",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-list-type",
];
/// Keywords that admit what is rejected without them.
const PERMITS: [&str; 2] = ["nullable", "x-kubernetes-preserve-unknown-fields"];

#[derive(Default)]
struct Differences {
    version: String,
    path: String,
    depth: usize,
    all: Vec<Difference>,
}

impl Differences {
    /// Continues with a version.
    fn start(&mut self, name: &Value) {
        let name = name.as_str().unwrap_or_default();
        name.clone_into(&mut self.version);
    }

    fn add(&mut self, change: Change, effect: Effect) {
        let (version, path) = (self.version.clone(), self.path.clone());
        self.all.push(Difference {
            version,
            path,
            change,
            effect,
        });
    }

    /// A keyword whose value differs.
    fn value(&mut self, keyword: &str, old: &Value, new: &Value, effect: Effect) {
        // `1` and `1.0` are the same bound.
        let is_one_number = old.as_f64().is_some() && old.as_f64() == new.as_f64();
        if old == new || is_one_number {
            return;
        }
        let given = |value: &Value| Some(value).filter(|value| !value.is_null()).cloned();
        let change = Change::Keyword {
            keyword: keyword.to_owned(),
            before: given(old),
            after: given(new),
        };
        self.add(change, effect);
    }

    fn versions(&mut self, old: &Value, new: &Value) {
        for (flag, lost) in [("served", Effect::Refuses), ("storage", Effect::None)] {
            let effect = if new[flag] == true {
                Effect::Admits
            } else {
                lost
            };
            self.value(flag, &old[flag], &new[flag], effect);
        }
        for name in ["status", "scale"] {
            let pointer = format!("/subresources/{name}");
            let [old, new] = [old, new].map(|version| version.pointer(&pointer));
            let [old, new] = [old, new].map(|part| part.unwrap_or(&Value::Null));
            let effect = if old.is_null() {
                Effect::Changes
            } else {
                Effect::Refuses
            };
            self.value(&format!("subresources.{name}"), old, new, effect);
        }
        for name in ["deprecated", "additionalPrinterColumns", "selectableFields"] {
            self.value(name, &old[name], &new[name], Effect::None);
        }
        let schema = |version: &Value| version["schema"]["openAPIV3Schema"].clone();
        self.schemas(&schema(old), &schema(new));
    }

    fn schemas(&mut self, old: &Value, new: &Value) {
        if self.depth == DEEPEST {
            self.value("schema", old, new, Effect::Refuses);
            return;
        }
        self.depth += 1;
        for keyword in DEMANDS {
            let effect = if new[keyword].is_null() {
                Effect::Admits
            } else {
                Effect::Refuses
            };
            self.value(keyword, &old[keyword], &new[keyword], effect);
        }
        for keyword in PERMITS {
            let lost = if keyword == PERMITS[0] {
                Effect::Refuses
            } else {
                Effect::Drops
            };
            let effect = if new[keyword] == true {
                Effect::Admits
            } else {
                lost
            };
            self.value(keyword, &old[keyword], &new[keyword], effect);
        }
        for (keywords, is_upper) in [(LOWER, false), (UPPER, true)] {
            for keyword in keywords {
                let effect = bound(&old[keyword], &new[keyword], is_upper);
                self.value(keyword, &old[keyword], &new[keyword], effect);
            }
        }
        self.value("default", &old["default"], &new["default"], Effect::Changes);
        self.enumerations(&old["enum"], &new["enum"]);
        self.rules(old, new);
        self.properties(old, new);
        self.within("items", "[]", old, new);
        self.within("additionalProperties", "{}", old, new);
        self.depth -= 1;
    }

    fn enumerations(&mut self, old: &Value, new: &Value) {
        let (Some(before), Some(after)) = (old.as_array(), new.as_array()) else {
            let effect = if new.is_null() {
                Effect::Admits
            } else {
                Effect::Refuses
            };
            self.value("enum", old, new, effect);
            return;
        };
        let without = |all: &[Value], others: &[Value]| -> Vec<Value> {
            let missing = all.iter().filter(|value| !others.contains(value));
            missing.cloned().collect()
        };
        let (gained, lost) = (without(after, before), without(before, after));
        if gained.is_empty() && lost.is_empty() {
            return;
        }
        let effect = if lost.is_empty() {
            Effect::Admits
        } else {
            Effect::Refuses
        };
        self.add(Change::Values { gained, lost }, effect);
    }

    /// Rules are identified by their text; one with the same message counts as reworded.
    fn rules(&mut self, old: &Value, new: &Value) {
        let (old, new) = (rules(old), rules(new));
        let only = |these: &[(String, String)], others: &[(String, String)]| {
            let only = these.iter().filter(|rule| !others.contains(rule));
            only.cloned().collect::<Vec<_>>()
        };
        let (gone, mut added) = (only(&old, &new), only(&new, &old));
        for (text, message) in gone {
            let same = |other: &(String, String)| {
                other.0 == text || !message.is_empty() && other.1 == message
            };
            let now = added.iter().position(same).map(|at| added.remove(at));
            let effect = match &now {
                None => Effect::Admits,
                Some((other, _)) if *other == text => Effect::None,
                Some(_) => Effect::Refuses,
            };
            let (after, message) =
                now.map_or((None, message), |(text, message)| (Some(text), message));
            let before = Some(text);
            self.add(
                Change::Rule {
                    before,
                    after,
                    message,
                },
                effect,
            );
        }
        for (text, message) in added {
            let (before, after) = (None, Some(text));
            self.add(
                Change::Rule {
                    before,
                    after,
                    message,
                },
                Effect::Refuses,
            );
        }
    }

    fn properties(&mut self, old: &Value, new: &Value) {
        let nothing = Map::new();
        let [before, after] =
            [old, new].map(|schema| schema["properties"].as_object().unwrap_or(&nothing));
        let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
        for name in names {
            let length = self.path.len();
            if length > 0 {
                self.path.push('.');
            }
            self.path.push_str(name);
            let [was, is] = [old, new].map(|schema| is_required(schema, name));
            match (before.get(name), after.get(name)) {
                (Some(old), Some(new)) => self.schemas(old, new),
                (Some(_), None) => self.add(Change::FieldGone, Effect::Drops),
                (None, Some(_)) => self.add(Change::Field, Effect::Admits),
                (None, None) => {}
            }
            let field = after.get(name);
            if is && !was {
                let has_default = field.is_some_and(|field| !field["default"].is_null());
                let effect = if has_default {
                    Effect::Changes
                } else {
                    Effect::Refuses
                };
                self.add(Change::Required, effect);
            } else if was && !is && field.is_some() {
                self.add(Change::Optional, Effect::Admits);
            }
            self.path.truncate(length);
        }
    }

    /// The schema of list items or map values, or whether any are allowed.
    fn within(&mut self, keyword: &str, mark: &str, old: &Value, new: &Value) {
        let (old, new) = (&old[keyword], &new[keyword]);
        if old.is_object() && new.is_object() {
            self.path.push_str(mark);
            self.schemas(old, new);
            self.path.truncate(self.path.len() - mark.len());
        } else {
            let effect = if new.is_null() || *new == false {
                Effect::Drops
            } else {
                Effect::Admits
            };
            self.value(keyword, old, new, effect);
        }
    }
}

fn versions(spec: &Value) -> impl Iterator<Item = &Value> {
    spec["versions"].as_array().into_iter().flatten()
}

/// Text and message of each rule.
fn rules(schema: &Value) -> Vec<(String, String)> {
    let rules = schema["x-kubernetes-validations"].as_array();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let rules = rules.into_iter().flatten();
    rules
        .map(|rule| (text(&rule["rule"]), text(&rule["message"])))
        .collect()
}

fn is_required(schema: &Value, name: &str) -> bool {
    let required = schema["required"].as_array();
    required.is_some_and(|names| names.iter().any(|other| other == name))
}

fn bound(old: &Value, new: &Value, is_upper: bool) -> Effect {
    match (old.as_f64(), new.as_f64()) {
        (_, None) => Effect::Admits,
        (Some(old), Some(new)) if (new > old) == is_upper => Effect::Admits,
        _ => Effect::Refuses,
    }
}
