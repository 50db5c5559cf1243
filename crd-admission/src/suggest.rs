//! What an unknown field may have been meant to be.

use std::fmt;

use crate::schema::Schema;

/// Names longer than this are no slips of the keyboard.
const MAX_LENGTH: usize = 64;
/// How alike two names must be, from 0 to 1, to be taken for the same.
const ALIKE: f64 = 0.7;

/// What an unknown field may have been meant to be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Hint {
    /// A field with a similar name is known at that place.
    DidYouMean(String),
    /// Another version of the API has the field.
    ExistsIn(String),
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DidYouMean(name) => write!(f, "did you mean `{name}`?"),
            Self::ExistsIn(version) => write!(f, "exists in {version}"),
        }
    }
}

/// The known name that is most like `name`.
pub(crate) fn similar(name: &str, schema: &Schema) -> Option<Hint> {
    if name.len() > MAX_LENGTH {
        return None;
    }
    let lower = name.to_lowercase();
    let likeness =
        |known: &str| strsim::normalized_damerau_levenshtein(&lower, &known.to_lowercase());
    let known = schema
        .properties
        .iter()
        .map(|property| property.name.as_ref());
    let ranked = known.map(|known| (likeness(known), known));
    let best = ranked
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)));
    best.map(|(_, known)| Hint::DidYouMean(known.to_owned()))
}
