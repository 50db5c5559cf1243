//! One thing that a release changed in the CRD.

use core::fmt;

use crate::Version;
use crate::rules::Rule;

/// One thing that a release changed in the CRD.
///
/// Paths begin with `spec` or `status`; `[]` stands for each element of a list. What changes below
/// `spec` changes below `status.applied` too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CrdChange {
    /// A version is served from now on, and stored; the one before is deprecated.
    Version(Version),
    /// The scale subresource.
    Scale,
    /// A field is new, with all within it.
    Field(&'static str),
    /// A field is gone.
    #[non_exhaustive]
    Gone {
        /// Where it was.
        path: &'static str,
        /// Its schema, as JSON.
        schema: &'static str,
    },
    /// A field is elsewhere.
    #[non_exhaustive]
    Moved {
        /// Where it was.
        from: &'static str,
        /// Where it is.
        to: &'static str,
    },
    /// The values of an enumeration.
    #[non_exhaustive]
    Values {
        /// Where they are allowed.
        path: &'static str,
        /// Those that are new.
        gained: &'static [&'static str],
        /// Those that are gone, each with its index among those before.
        lost: &'static [(&'static str, usize)],
    },
    /// The pattern of a text is another one.
    #[non_exhaustive]
    Pattern {
        /// Of which field.
        path: &'static str,
        /// The pattern before.
        was: &'static str,
    },
    /// A field has a default value.
    Default(&'static str),
    /// A field must be there.
    Required(&'static str),
    /// A field need no longer be there.
    Optional(&'static str),
    /// A rule stands at a place that had none, or other ones.
    #[non_exhaustive]
    Rule {
        /// Of which object.
        path: &'static str,
        /// The rule.
        rule: &'static Rule,
    },
    /// A rule says something else.
    #[non_exhaustive]
    OtherRule {
        /// Of which object.
        path: &'static str,
        /// What it says.
        rule: &'static Rule,
        /// The expression before.
        expression: &'static str,
        /// The message before.
        message: &'static str,
    },
}

/// A sentence of Markdown, without its full stop.
impl fmt::Display for CrdChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(version) => write!(f, "`{version}` is served, and stored"),
            Self::Scale => f.write_str("there is a scale subresource"),
            Self::Field(path) => write!(f, "`{path}` is new"),
            Self::Gone { path, .. } => write!(f, "`{path}` is gone"),
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
            Self::Pattern { path, was } => write!(f, "`{path}` has another pattern than `{was}`"),
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
                write!(f, "`{path}` has the rule \"{message}\" in other words")
            }
            Self::OtherRule {
                path,
                rule,
                message,
                ..
            } => {
                write!(
                    f,
                    "`{path}` has the rule \"{}\" in place of \"{message}\"",
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
    /// Whether it is of a field at a path, or of one around it.
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

    /// Where it is, if it is of a field: where that is from now on, if it still is.
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
