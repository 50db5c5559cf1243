//! One thing that a CRD changes, and how it is said.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

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
