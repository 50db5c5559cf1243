//! What most stores are written as, a plain scalar behind a key on each line, without the parser.

use super::Scalars;
use super::scalar::resolve;
use crate::documents::value::{Mapping, Value};
use crate::documents::writer::has_mark;

/// The mapping, if the text is that plain. If it is not, that says nothing about it.
pub(super) fn read_mapping(text: &str, scalars: Scalars) -> Option<Mapping> {
    let lines = text.split('\n').filter(|line| !line.is_empty());
    let mut entries: Vec<_> = lines
        .map(|line| entry(line, scalars))
        .collect::<Option<_>>()?;
    entries.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    let is_each_new = entries.is_sorted_by(|(a, _), (b, _)| a < b);
    is_each_new.then(|| entries.into_iter().collect())
}

fn entry(line: &str, scalars: Scalars) -> Option<(Value, Value)> {
    let (key, value) = line.split_once(": ")?;
    let value = value.trim_start_matches(' ');
    if !is_plain_key(key) || !is_plain(value) {
        return None;
    }
    Some((key.into(), scalars.choose(resolve(value), value)))
}

/// Whether a key is a word that stands for itself.
fn is_plain_key(key: &str) -> bool {
    key.starts_with(|first: char| first.is_ascii_alphabetic())
        && key.len() <= 64
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && matches!(resolve(key), Value::Text(_))
}

/// Whether all of a text is one plain scalar.
fn is_plain(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphanumeric() || matches!(first, '/' | '$'))
        && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
        && !text.ends_with([' ', ':'])
        && !has_mark(text)
}
