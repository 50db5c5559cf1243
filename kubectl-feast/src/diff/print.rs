//! A difference, for people.

use std::io::{self, Write};

use feast_check::diff::{Action, Cause, Change, Entry, FieldChange, Outcome, Report};
use serde_json::Value;

use super::name;

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

pub(super) fn report(out: &mut impl Write, report: &Report, color: bool) -> io::Result<()> {
    let mut entries = report.entries().iter();
    entries.try_for_each(|each| entry(out, each, color))?;
    match report.entries() {
        [] | [_] => Ok(()),
        _ => writeln!(out, "\n{}", report.summary()),
    }
}

fn entry(out: &mut impl Write, entry: &Entry, color: bool) -> io::Result<()> {
    let diff = match &entry.outcome {
        Outcome::Compared(diff) => diff,
        Outcome::Refused(refused) => {
            writeln!(out, "FeatureStore {}", entry.feature_store)?;
            let head = Sign::Removed.paint("! the API server refuses this:", color);
            let mut refused = refused.iter();
            return refused.try_for_each(|refusal| writeln!(out, "{head} {refusal}"));
        }
        Outcome::Failed(reason) => {
            let name = &entry.feature_store;
            return writeln!(io::stderr(), "error: FeatureStore {name}: {reason}");
        }
    };
    writeln!(out, "FeatureStore {}", entry.feature_store)?;
    if diff.is_empty() {
        return writeln!(out, "  no change");
    }
    let mut causes = diff.causes.iter();
    causes.try_for_each(|each| cause(out, each, color))?;
    let mut changes = diff.changes.iter();
    changes.try_for_each(|change| object(out, change, color))?;
    if !diff.status.is_empty() {
        writeln!(out, "{} status", Sign::Changed.paint("~", color))?;
        let mut fields = diff.status.iter();
        fields.try_for_each(|field| self::field(out, field))?;
    }
    Ok(())
}

fn cause(out: &mut impl Write, cause: &Cause, color: bool) -> io::Result<()> {
    writeln!(out, "{} {cause}", Sign::Warning.paint("!", color))?;
    let mut defaults = cause.defaults.iter();
    defaults.try_for_each(|default| field(out, default))
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
