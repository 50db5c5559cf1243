//! `minLength`, `maxLength`, `pattern` and `format`.

use super::{Schema, types};
use crate::error::{BadValue, ErrorType, Violation};
use crate::path::Path;

/// Whether length, pattern and format are valid.
pub(super) fn admits(schema: &Schema, text: &str) -> bool {
    let Schema {
        max_length,
        min_length,
        pattern,
        format,
        ..
    } = schema;
    max_length.is_none_or(|max| !is_longer(text, max))
        && min_length.is_none_or(|min| !is_shorter(text, min))
        && pattern
            .as_ref()
            .is_none_or(|pattern| pattern.get().matches(text))
        && format
            .as_ref()
            .is_none_or(|format| format.named.admits(text))
}

/// Reports a wrong length or else a wrong pattern, and a wrong format.
pub(super) fn report(
    schema: &Schema,
    text: &str,
    at: super::At<'_>,
    path: &Path<'_>,
    out: &mut Vec<Violation>,
) {
    out.extend(length_or_pattern(schema, text, at, path));
    if let Some(format) = schema
        .format
        .as_ref()
        .filter(|format| !format.named.admits(text))
    {
        let (field, dotted) = at.texts(path);
        out.push(types::mismatch(field, &dotted, &format.name, text));
    }
}

fn length_or_pattern(
    schema: &Schema,
    text: &str,
    at: super::At<'_>,
    path: &Path<'_>,
) -> Option<Violation> {
    if let Some(max) = schema.max_length.filter(|&max| is_longer(text, max)) {
        let unit = if max == 1 { "byte" } else { "bytes" };
        let detail = match max {
            ..0 => "value is too long".to_owned(),
            // The length counts characters, even if the message says bytes.
            max => format!("may not be more than {max} {unit}"),
        };
        let path = at.texts(path).0;
        let shown = BadValue::Omitted;
        return Some(Violation::new(ErrorType::TooLong, path, shown, detail));
    }
    if let Some(min) = schema.min_length.filter(|&min| is_shorter(text, min)) {
        let (field, dotted) = at.texts(path);
        let detail = format!("{dotted} in body should be at least {min} chars long");
        return Some(Violation::invalid(field, BadValue::text(text), detail));
    }
    let pattern = schema
        .pattern
        .as_ref()
        .filter(|pattern| !pattern.get().matches(text))?;
    let (field, dotted) = at.texts(path);
    let detail = format!("{dotted} in body should match '{}'", pattern.text());
    Some(Violation::invalid(field, BadValue::text(text), detail))
}

fn is_longer(text: &str, max: i64) -> bool {
    let is_more = |count: usize| i64::try_from(count).is_ok_and(|count| count > max);
    is_more(text.len()) && is_more(text.chars().count())
}

fn is_shorter(text: &str, min: u64) -> bool {
    (text.len() as u64) < min || (text.chars().count() as u64) < min
}
