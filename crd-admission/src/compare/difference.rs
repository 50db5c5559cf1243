//! A difference between two CRDs, and its text.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

/// A difference between two CRDs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Difference {
    /// The version; empty if it concerns all of the CRD.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// The field: names with dots, `[]` for the items of a list, `{}` for the values of a map.
    /// Empty for the whole object.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// The change.
    #[serde(flatten)]
    pub change: Change,
    /// The effect on objects.
    pub effect: Effect,
}

/// A change.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "change", rename_all = "camelCase")]
#[non_exhaustive]
pub enum Change {
    /// The version was added.
    Version,
    /// The version was removed.
    VersionGone,
    /// The field was added.
    Field,
    /// The field was removed.
    FieldGone,
    /// The field became required.
    Required,
    /// The field became optional.
    Optional,
    /// The values of an enum changed.
    #[non_exhaustive]
    Values {
        /// Added values.
        gained: Vec<Value>,
        /// Removed values.
        lost: Vec<Value>,
    },
    /// A keyword of the schema, or a part of the definition, changed.
    #[non_exhaustive]
    Keyword {
        /// The keyword.
        keyword: String,
        /// The old value, if any.
        #[serde(skip_serializing_if = "Option::is_none")]
        before: Option<Value>,
        /// The new value, if any.
        #[serde(skip_serializing_if = "Option::is_none")]
        after: Option<Value>,
    },
    /// A rule was added or removed, or changed its text but not its message.
    #[non_exhaustive]
    Rule {
        /// The old text, if any.
        #[serde(skip_serializing_if = "Option::is_none")]
        before: Option<String>,
        /// The new text, if any.
        #[serde(skip_serializing_if = "Option::is_none")]
        after: Option<String>,
        /// The rule's message; empty if it has none.
        message: String,
    },
}

/// The effect of a difference on existing objects.
///
/// Exhaustive: a gate handles each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Objects that were admitted may be rejected.
    Refuses,
    /// The field's value is dropped.
    Drops,
    /// The stored value may change, or mean something else.
    Changes,
    /// Objects that were rejected may be admitted.
    Admits,
    /// No effect on verdicts.
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
                        write!(f, "a rule has the new message \"{said}\"")
                    }
                    (Some(_), Some(_)) => write!(f, "the rule \"{said}\" has another text"),
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
