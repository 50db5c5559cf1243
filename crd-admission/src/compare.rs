//! What a CustomResourceDefinition changes, compared with another one.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

/// What one CRD changes of another, of which each is JSON of `apiextensions.k8s.io/v1`.
///
/// Versions are compared with those of their name. Descriptions, and whatever else judges no object,
/// are not compared. Neither has to be one that a server takes.
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

/// One thing that a CRD changes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Difference {
    /// Of which version; empty if it is of none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// Of which field: names with dots, `[]` for the items of a list, `{}` for the values of a map.
    /// Empty for the whole object.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// What is otherwise.
    #[serde(flatten)]
    pub change: Change,
    /// What that means to objects.
    pub effect: Effect,
}

/// What is otherwise.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "camelCase")]
#[non_exhaustive]
pub enum Change {
    /// The version is new.
    Version,
    /// The version is gone.
    VersionGone,
    /// The field is new.
    Field,
    /// The field is gone.
    FieldGone,
    /// The field has to be there.
    Required,
    /// The field need not be there any longer.
    Optional,
    /// Values that an enumeration has gained and lost.
    #[non_exhaustive]
    Values {
        /// Those that are new.
        gained: Vec<Value>,
        /// Those that are gone.
        lost: Vec<Value>,
    },
    /// A keyword of the schema, or a part of the definition.
    #[non_exhaustive]
    Keyword {
        /// Its name.
        keyword: String,
        /// Its value before, if it had one.
        #[serde(skip_serializing_if = "Option::is_none")]
        before: Option<Value>,
        /// Its value now, if it has one.
        #[serde(skip_serializing_if = "Option::is_none")]
        after: Option<Value>,
    },
    /// A rule is new, gone, or another one with the same message.
    #[non_exhaustive]
    Rule {
        /// Its text before, if it was there.
        #[serde(skip_serializing_if = "Option::is_none")]
        before: Option<String>,
        /// Its text now, if it is there.
        #[serde(skip_serializing_if = "Option::is_none")]
        after: Option<String>,
        /// What it says when it is broken; empty if it says nothing.
        message: String,
    },
}

/// What a difference means to the objects that there are.
///
/// Exhaustive: a gate decides what each of them means to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// An object that was admitted may be refused.
    Refuses,
    /// What the field of an object holds is dropped.
    Drops,
    /// What is stored of an object may be another value, or mean another thing.
    Changes,
    /// An object that was refused may be admitted.
    Admits,
    /// Objects are judged as they were.
    None,
}

/// How deep fields are compared one by one; what is deeper is compared as a whole.
const DEEPEST: usize = 100;
/// Keywords that bound a value from below and from above.
const LOWER: [&str; 4] = ["minimum", "minLength", "minItems", "minProperties"];
const UPPER: [&str; 4] = ["maximum", "maxLength", "maxItems", "maxProperties"];
/// Keywords that an object has to satisfy, other than bounds.
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
/// Keywords that admit what is refused without them.
const PERMITS: [&str; 2] = ["nullable", "x-kubernetes-preserve-unknown-fields"];

#[derive(Default)]
struct Differences {
    version: String,
    path: String,
    depth: usize,
    all: Vec<Difference>,
}

impl Differences {
    /// Goes on to a version.
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

    /// A keyword whose value is another one.
    fn value(&mut self, keyword: &str, old: &Value, new: &Value, effect: Effect) {
        // `1` and `1.0` are one bound.
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

    /// Rules are told apart by their text; one that keeps its message is the same in other words.
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

    /// The schema of what a list or a map holds; or whether it may hold any.
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

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = [&*self.version, &*self.path];
        let place = place.iter().filter(|part| !part.is_empty());
        let place: Vec<_> = place.copied().collect();
        if !place.is_empty() {
            write!(f, "{}: ", place.join(" "))?;
        }
        self.change.fmt(f)
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version => f.write_str("a new version"),
            Self::VersionGone => f.write_str("the version is gone"),
            Self::Field => f.write_str("a new field"),
            Self::FieldGone => f.write_str("the field is gone"),
            Self::Required => f.write_str("is required"),
            Self::Optional => f.write_str("is no longer required"),
            Self::Values { gained, lost } => {
                let said = [("may be", gained), ("may no longer be", lost)];
                let said = said.iter().filter(|(_, values)| !values.is_empty());
                let said = said.map(|(verb, values)| format!("{verb} {}", listed(values)));
                f.write_str(&said.collect::<Vec<_>>().join(", and "))
            }
            Self::Keyword {
                keyword,
                before,
                after,
            } => match (before, after) {
                (Some(before), Some(after)) => write!(f, "{keyword} is {after}, not {before}"),
                (None, Some(after)) => write!(f, "{keyword} is {after}"),
                (Some(before), None) => write!(f, "{keyword} is no longer {before}"),
                (None, None) => f.write_str(keyword),
            },
            Self::Rule {
                before,
                after,
                message,
            } => {
                let text = after.as_ref().or(before.as_ref());
                let message = Some(message).filter(|message| !message.is_empty());
                let said = message.or(text).map_or("", |text| text.trim());
                match (before, after) {
                    (Some(before), Some(after)) if before == after => {
                        write!(f, "a rule says \"{said}\" now")
                    }
                    (Some(_), Some(_)) => write!(f, "the rule \"{said}\" in other words"),
                    (None, _) => write!(f, "a new rule \"{said}\""),
                    (_, None) => write!(f, "the rule \"{said}\" is gone"),
                }
            }
        }
    }
}

fn listed(values: &[Value]) -> String {
    let texts: Vec<_> = values.iter().map(Value::to_string).collect();
    texts.join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn crd(schema: &Value) -> Value {
        json!({"spec": {"versions": [
            {"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": schema}},
        ]}})
    }

    fn said(old: &Value, new: &Value) -> Vec<(String, Effect)> {
        let found = differences(&crd(old), &crd(new));
        let said = found.iter();
        said.map(|difference| (difference.to_string(), difference.effect))
            .collect()
    }

    #[test]
    fn what_is_equal_has_no_difference() {
        let crd = crd(&json!({"type": "object", "properties": {"a": {"type": "string"}}}));
        assert_eq!(differences(&crd, &crd), []);
        assert_eq!(differences(&json!(7), &json!([])), []);
    }

    #[test]
    fn what_is_deep_is_compared_as_a_whole() {
        let nested = |depth, last: Value| {
            (0..depth).fold(last, |schema, _| json!({"properties": {"a": schema}}))
        };
        let [old, new] = ["string", "integer"].map(|ty| nested(200, json!({"type": ty})));
        let said = said(&old, &new);
        assert_eq!(said.len(), 1);
        assert!(said[0].0.contains(" schema is "), "{said:?}");
    }

    #[test]
    fn bounds_go_either_way() {
        for (keyword, tighter, wider) in [("minimum", 3, 1), ("maxLength", 1, 3)] {
            let with = |bound: i32| json!({"properties": {"a": {keyword: bound}}});
            assert_eq!(said(&with(2), &with(tighter))[0].1, Effect::Refuses);
            assert_eq!(said(&with(2), &with(wider))[0].1, Effect::Admits);
            let without = json!({"properties": {"a": {}}});
            assert_eq!(said(&without, &with(2))[0].1, Effect::Refuses);
            assert_eq!(said(&with(2), &without)[0].1, Effect::Admits);
            let same = json!({"properties": {"a": {keyword: 2.0}}});
            assert_eq!(said(&with(2), &same), []);
        }
    }

    #[test]
    fn fields_come_and_go() {
        let old = json!({"properties": {"a": {}, "b": {"items": {"properties": {"c": {}}}}},
                         "required": ["a"]});
        let new = json!({"properties": {"b": {"items": {"properties": {"c": {}, "d": {}}}}, "e": {}},
                         "required": ["e"]});
        let expected = [
            ("v1 a: the field is gone", Effect::Drops),
            ("v1 b[].d: a new field", Effect::Admits),
            ("v1 e: a new field", Effect::Admits),
            ("v1 e: is required", Effect::Refuses),
        ];
        assert_eq!(
            said(&old, &new),
            expected.map(|(text, effect)| (text.to_owned(), effect))
        );
    }

    #[test]
    fn a_rule_is_known_by_its_text_or_its_message() {
        let with = |rules: &[(&str, &str)]| {
            let rule = |(rule, message): &(&str, &str)| json!({"rule": rule, "message": message});
            json!({"x-kubernetes-validations": rules.iter().map(rule).collect::<Vec<_>>()})
        };
        let old = with(&[("a", "A"), ("b", "B"), ("c", "C"), ("d", "D")]);
        let new = with(&[("a", "A"), ("b2", "B"), ("c", "C2"), ("e", "E")]);
        let expected = [
            ("v1: the rule \"B\" in other words", Effect::Refuses),
            ("v1: a rule says \"C2\" now", Effect::None),
            ("v1: the rule \"D\" is gone", Effect::Admits),
            ("v1: a new rule \"E\"", Effect::Refuses),
        ];
        assert_eq!(
            said(&old, &new),
            expected.map(|(text, effect)| (text.to_owned(), effect))
        );
    }

    #[test]
    fn values_and_defaults() {
        let old = json!({"properties": {"a": {"enum": ["x", "y"], "default": "x"}}});
        let new = json!({"properties": {"a": {"enum": ["y", "z"], "default": "y"}}});
        let expected = [
            ("v1 a: default is \"y\", not \"x\"", Effect::Changes),
            (
                "v1 a: may be \"z\", and may no longer be \"x\"",
                Effect::Refuses,
            ),
        ];
        assert_eq!(
            said(&old, &new),
            expected.map(|(text, effect)| (text.to_owned(), effect))
        );
    }
}
