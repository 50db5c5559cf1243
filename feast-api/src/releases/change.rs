//! A change of the CRD in a release.

use core::fmt;

use crate::Version;
use crate::rules::Rule;

/// A change of the CRD in a release.
///
/// Paths start with `spec` or `status`; `[]` stands for list elements. A change below `spec` also
/// applies below `status.applied`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CrdChange {
    /// A version is added and becomes the storage version; the older one is deprecated.
    Version(Version),
    /// The scale subresource is added.
    Scale,
    /// A field is added, with everything below it.
    Field(&'static str),
    /// A field is removed.
    #[non_exhaustive]
    Gone {
        /// The old path.
        path: &'static str,
        /// The schema, as JSON.
        schema: &'static str,
    },
    /// A field is moved.
    #[non_exhaustive]
    Moved {
        /// The old path.
        from: &'static str,
        /// The new path.
        to: &'static str,
    },
    /// The values of an enumeration change.
    #[non_exhaustive]
    Values {
        /// The path of the enumeration.
        path: &'static str,
        /// The added values.
        gained: &'static [&'static str],
        /// The removed values, each with its old index.
        lost: &'static [(&'static str, usize)],
    },
    /// The pattern of a string changes.
    #[non_exhaustive]
    Pattern {
        /// The field.
        path: &'static str,
        /// The old pattern.
        was: &'static str,
    },
    /// A field gets a default.
    Default(&'static str),
    /// A field becomes required.
    Required(&'static str),
    /// A field is no longer required.
    Optional(&'static str),
    /// An object gets a rule.
    #[non_exhaustive]
    Rule {
        /// The object.
        path: &'static str,
        /// The rule.
        rule: &'static Rule,
    },
    /// A rule changes.
    #[non_exhaustive]
    OtherRule {
        /// The object.
        path: &'static str,
        /// The new rule.
        rule: &'static Rule,
        /// The old expression.
        expression: &'static str,
        /// The old message.
        message: &'static str,
    },
}

/// Writes a Markdown sentence without its full stop.
impl fmt::Display for CrdChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(version) => write!(f, "`{version}` is served and stored"),
            Self::Scale => f.write_str("the scale subresource is new"),
            Self::Field(path) => write!(f, "`{path}` is new"),
            Self::Gone { path, .. } => write!(f, "`{path}` is removed"),
            Self::Moved { from, to } => write!(f, "`{from}` is now `{to}`"),
            Self::Values { path, gained, lost } => {
                write!(f, "`{path}` ")?;
                if !gained.is_empty() {
                    write!(f, "may be {}", any_of(gained.iter()))?;
                }
                if !gained.is_empty() && !lost.is_empty() {
                    f.write_str(", and ")?;
                }
                if !lost.is_empty() {
                    let lost = any_of(lost.iter().map(|(value, _)| value));
                    write!(f, "may no longer be {lost}")?;
                }
                Ok(())
            }
            Self::Pattern { path, was } => write!(f, "`{path}` has a new pattern; it was `{was}`"),
            Self::Default(path) => write!(f, "`{path}` has a default"),
            Self::Required(path) => write!(f, "`{path}` is required"),
            Self::Optional(path) => write!(f, "`{path}` is no longer required"),
            Self::Rule { path, rule } => write!(f, "`{path}` has the rule \"{}\"", rule.message),
            Self::OtherRule {
                path,
                rule,
                message,
                ..
            } if rule.message == *message => {
                write!(
                    f,
                    "the expression of rule \"{message}\" of `{path}` changes"
                )
            }
            Self::OtherRule {
                path,
                rule,
                message,
                ..
            } => {
                write!(
                    f,
                    "`{path}` has the rule \"{}\" instead of \"{message}\"",
                    rule.message
                )
            }
        }
    }
}

fn any_of<'a>(values: impl Iterator<Item = &'a &'a str>) -> String {
    let values: Vec<_> = values.map(|value| format!("`{value}`")).collect();
    values.join(", ")
}

impl CrdChange {
    /// Whether the change concerns the field at a path or one of its parents.
    pub(super) fn concerns(&self, path: &str) -> bool {
        let is_around = |outer| {
            let mut inner = names(path);
            names(outer).all(|name| inner.next() == Some(name))
        };
        match *self {
            Self::Field(field) | Self::Gone { path: field, .. } => is_around(field),
            Self::Moved { from, to } => is_around(from) || is_around(to),
            _ => self.path().is_some_and(|own| names(own).eq(names(path))),
        }
    }

    /// The path of the changed field, after a move the new one; `None` if the change is not about a
    /// field.
    pub const fn path(&self) -> Option<&'static str> {
        match *self {
            Self::Version(_) | Self::Scale => None,
            Self::Field(path)
            | Self::Gone { path, .. }
            | Self::Moved { to: path, .. }
            | Self::Values { path, .. }
            | Self::Pattern { path, .. }
            | Self::Default(path)
            | Self::Required(path)
            | Self::Optional(path)
            | Self::Rule { path, .. }
            | Self::OtherRule { path, .. } => Some(path),
        }
    }
}

/// The names of a path, without indices.
fn names(path: &str) -> impl Iterator<Item = &str> {
    let names = path.split('.');
    names.filter_map(|name| name.split('[').next())
}
