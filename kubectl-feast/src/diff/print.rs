//! A difference, for people.

use std::io::{self, Write};

use feast_check::diff::{Action, Change, FieldChange};
use serde_json::Value;

use super::{Entry, name};

/// Longer values are shown by their kind.
const LONG: usize = 60;

/// The sign of a line, which has a colour.
#[derive(Clone, Copy)]
enum Sign {
    Added,
    Changed,
    Removed,
    Warning,
}

impl Sign {
    fn paint(self, text: &str, color: bool) -> String {
        let code = match self {
            Self::Added => 32,
            Self::Changed => 36,
            Self::Removed => 31,
            Self::Warning => 33,
        };
        if color {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

pub(super) fn entry(out: &mut impl Write, entry: &Entry, color: bool) -> io::Result<()> {
    writeln!(out, "FeatureStore {}", entry.feature_store)?;
    for refusal in &entry.refused {
        let head = Sign::Removed.paint("! the API server refuses this:", color);
        writeln!(out, "{head} {refusal}")?;
    }
    if entry.refused.is_empty() && entry.diff.is_empty() {
        return writeln!(out, "  no change");
    }
    entry
        .diff
        .changes
        .iter()
        .try_for_each(|change| object(out, change, color))?;
    if !entry.diff.status.is_empty() {
        writeln!(out, "{} status", Sign::Changed.paint("~", color))?;
        entry
            .diff
            .status
            .iter()
            .try_for_each(|field| self::field(out, field))?;
    }
    Ok(())
}

fn object(out: &mut impl Write, change: &Change, color: bool) -> io::Result<()> {
    let (sign, mark) = match change.action {
        Action::Add => (Sign::Added, "+"),
        Action::Remove => (Sign::Removed, "-"),
        Action::Leave => (Sign::Changed, "="),
        _ => (Sign::Changed, "~"),
    };
    writeln!(out, "{} {}", sign.paint(mark, color), name(&change.object))?;
    if change.action == Action::Leave {
        writeln!(out, "    stays: the operator does not delete it")?;
    }
    for effect in &change.effects {
        writeln!(
            out,
            "    {}",
            Sign::Warning.paint(&effect.to_string(), color)
        )?;
    }
    match &change.action {
        Action::Change(fields) => fields.iter().try_for_each(|field| self::field(out, field)),
        _ => Ok(()),
    }
}

fn field(out: &mut impl Write, FieldChange { path, old, new, .. }: &FieldChange) -> io::Result<()> {
    match (old, new) {
        (Some(old), Some(new)) => writeln!(out, "    {path}: {} -> {}", shown(old), shown(new)),
        (None, Some(new)) => writeln!(out, "    {path}: added {}", shown(new)),
        (Some(old), None) => writeln!(out, "    {path}: removed {}", shown(old)),
        (None, None) => Ok(()),
    }
}

fn shown(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    if text.len() <= LONG && !text.contains('\n') {
        return text;
    }
    match value {
        Value::String(_) => "(text)".to_owned(),
        Value::Array(items) => format!("({} items)", items.len()),
        Value::Object(fields) => {
            let names: Vec<_> = fields.keys().map(String::as_str).collect();
            format!("({})", names.join(", "))
        }
        _ => text,
    }
}
