//! Label selectors, as `kubectl -l` and an API server parse them.
//!
//! ```
//! use std::collections::BTreeMap;
//!
//! use apimachinery::labels::Selector;
//!
//! let selector: Selector = "team in (ml, risk), !experimental".parse()?;
//! let labels = BTreeMap::from([("team".to_owned(), "ml".to_owned())]);
//! assert!(selector.matches(&labels));
//! assert!(!selector.matches(&BTreeMap::new()));
//! # Ok::<(), apimachinery::labels::ParseSelectorError>(())
//! ```
//!
//! From `pkg/labels`.

mod parse;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

pub use self::parse::{InvalidValue, ParseSelectorError, RequirementError, Unexpected};

/// A label selector; all of its requirements must match.
///
/// The default has no requirements, and selects everything.
///
/// ```
/// use apimachinery::labels::Selector;
///
/// let selector: Selector = "tier notin (dev,test),app==feast".parse()?;
/// assert_eq!(selector.to_string(), "app==feast,tier notin (dev,test)");
///
/// let error = "app=feast tier".parse::<Selector>().unwrap_err();
/// assert_eq!(error.to_string(), "found 'tier', expected: ',' or 'end of string'");
/// # Ok::<(), apimachinery::labels::ParseSelectorError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Selector {
    /// Ordered by key.
    requirements: Vec<Requirement>,
}

impl Selector {
    /// The requirements, ordered by key.
    pub fn requirements(&self) -> &[Requirement] {
        &self.requirements
    }

    /// Whether it selects everything.
    pub fn is_everything(&self) -> bool {
        self.requirements.is_empty()
    }

    /// Whether it selects an object with these labels.
    pub fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        let mut requirements = self.requirements.iter();
        requirements.all(|requirement| requirement.matches(labels))
    }
}

/// A requirement of a selector on one label.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Requirement {
    key: String,
    operator: Operator,
    /// As many as the operator has.
    values: BTreeSet<String>,
}

impl Requirement {
    /// The label's key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The comparison of the label with the values.
    pub fn operator(&self) -> Operator {
        self.operator
    }

    /// The values: any number for `in` and `notin`, none for [`Operator::Exists`] and
    /// [`Operator::DoesNotExist`], else one.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.values.iter().map(String::as_str)
    }

    /// Whether an object with these labels meets the requirement.
    pub fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        let label = labels.get(&self.key);
        let has_value = |label: &String| self.values.contains(label);
        match self.operator {
            Operator::Exists => label.is_some(),
            Operator::DoesNotExist => label.is_none(),
            Operator::Equals | Operator::DoubleEquals | Operator::In => {
                label.is_some_and(has_value)
            }
            Operator::NotEquals | Operator::NotIn => !label.is_some_and(has_value),
            Operator::GreaterThan => self.is_compared(label, |label, bound| label > bound),
            Operator::LessThan => self.is_compared(label, |label, bound| label < bound),
        }
    }

    /// Compares integers; other values never match.
    fn is_compared(&self, label: Option<&String>, compare: fn(i64, i64) -> bool) -> bool {
        let bound = self.values.first().and_then(|bound| bound.parse().ok());
        let label = label.and_then(|label| label.parse().ok());
        label
            .zip(bound)
            .is_some_and(|(label, bound)| compare(label, bound))
    }
}

/// The operator of a requirement.
///
/// Exhaustive: there have been no others since Kubernetes 1.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operator {
    /// `key`: the label is present.
    Exists,
    /// `!key`: the label is absent.
    DoesNotExist,
    /// `key=value`.
    Equals,
    /// `key==value`, the same.
    DoubleEquals,
    /// `key!=value`: the label has another value or is absent.
    NotEquals,
    /// `key in (a,b)`: the label has one of the values.
    In,
    /// `key notin (a,b)`: the label has none of the values or is absent.
    NotIn,
    /// `key>1`: the label is an integer and greater.
    GreaterThan,
    /// `key<1`: the label is an integer and less.
    LessThan,
}

/// A selector that parses to the same requirements.
impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, requirement) in self.requirements.iter().enumerate() {
            let comma = if position == 0 { "" } else { "," };
            write!(f, "{comma}{requirement}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = &self.key;
        let values: Vec<_> = self.values().collect();
        let values = values.join(",");
        match self.operator {
            Operator::Exists => write!(f, "{key}"),
            Operator::DoesNotExist => write!(f, "!{key}"),
            Operator::Equals => write!(f, "{key}={values}"),
            Operator::DoubleEquals => write!(f, "{key}=={values}"),
            Operator::NotEquals => write!(f, "{key}!={values}"),
            Operator::In => write!(f, "{key} in ({values})"),
            Operator::NotIn => write!(f, "{key} notin ({values})"),
            Operator::GreaterThan => write!(f, "{key}>{values}"),
            Operator::LessThan => write!(f, "{key}<{values}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str) -> BTreeMap<String, String> {
        let pairs = text
            .split_whitespace()
            .filter_map(|pair| pair.split_once('='));
        pairs
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect()
    }

    #[test]
    fn labels_are_selected() {
        for (selector, selected, others) in [
            ("", &["", "a=1"][..], &[][..]),
            ("a", &["a=", "a=1 b=2"], &["", "b=1"]),
            ("!a", &["", "b=1"], &["a=", "a=1"]),
            ("a=1", &["a=1", "a=1 b=2"], &["", "a=", "a=2"]),
            ("a=", &["a="], &["", "a=1"]),
            ("a!=1", &["", "a=", "a=2"], &["a=1"]),
            ("a in (1,2)", &["a=1", "a=2"], &["", "a=", "a=3"]),
            ("a in (1,)", &["a=", "a=1"], &["", "a=2"]),
            ("a notin (1,2)", &["", "a=", "a=3"], &["a=1", "a=2"]),
            ("a>1", &["a=2", "a=+10"], &["", "a=1", "a=x", "a=", "a=1.5"]),
            ("a<1", &["a=0", "a=-5"], &["", "a=1", "a=x"]),
            ("a=1,b", &["a=1 b=x"], &["a=1", "b=x", "a=2 b=x"]),
            ("a,a!=1", &["a=2"], &["", "a=1"]),
        ] {
            let selector: Selector = selector.parse().expect(selector);
            for (all, expected) in [(selected, true), (others, false)] {
                for text in all {
                    assert_eq!(
                        selector.matches(&labels(text)),
                        expected,
                        "{selector}: {text}"
                    );
                }
            }
        }
    }
}
