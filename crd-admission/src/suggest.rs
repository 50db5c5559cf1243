//! Suggestions for unknown fields.

use std::fmt;

use crate::schema::Schema;

/// Longer names are not typos.
const MAX_LENGTH: usize = 64;
/// The minimum similarity of two names, from 0 to 1.
const ALIKE: f64 = 0.7;

/// A suggestion for an unknown field.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Hint {
    /// A field with a similar name exists.
    DidYouMean(String),
    /// Another API version has the field.
    ExistsIn(String),
    /// The content of the field belongs to its parent.
    OneLevelUp,
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DidYouMean(name) => write!(f, "did you mean `{name}`?"),
            Self::ExistsIn(version) => write!(f, "exists in {version}"),
            Self::OneLevelUp => f.write_str("move its content one level up"),
        }
    }
}

/// The known name most similar to `name`.
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
    let best = best.map(|(_, known)| known);
    let best = best.or_else(|| of_one_word(name, schema));
    best.map(|known| Hint::DidYouMean(known.to_owned()))
}

/// Whether a name is a typo of the suggestion, and of no other known name.
pub(crate) fn is_slip(name: &str, hint: &Hint, schema: &Schema) -> bool {
    let Hint::DidYouMean(meant) = hint else {
        return false;
    };
    let written = letters(name);
    // In three letters, a single typo is too much.
    if written.len() < 4 {
        return written == letters(meant);
    }
    let is_near = |known: &str| strsim::damerau_levenshtein(&written, &letters(known)) <= 1;
    let others = schema.properties.iter();
    let mut others = others.filter(|property| property.name.as_ref() != meant);
    is_near(meant) && !others.any(|property| is_near(&property.name))
}

/// A name in lower case and without separators.
fn letters(name: &str) -> String {
    name.to_lowercase().replace(['-', '_'], "")
}

/// The only known name with the same last word: `subPath` may mean `featureRepoPath`.
fn of_one_word<'s>(name: &str, schema: &'s Schema) -> Option<&'s str> {
    let word = last_word(name);
    let known = schema
        .properties
        .iter()
        .map(|property| property.name.as_ref());
    let mut alike = known.filter(|known: &&str| last_word(known) == word);
    let first = alike.next()?;
    alike.next().is_none().then_some(first)
}

/// The last word of a name in camel case, in lower case.
fn last_word(name: &str) -> String {
    let start = name
        .rfind(|c: char| c.is_ascii_uppercase())
        .unwrap_or_default();
    name.get(start..).unwrap_or(name).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::last_word;

    #[test]
    fn words_begin_with_capitals() {
        for (name, word) in [
            ("subPath", "path"),
            ("path", "path"),
            ("a", "a"),
            ("", ""),
            ("éA", "a"),
        ] {
            assert_eq!(last_word(name), word, "{name}");
        }
    }
}
