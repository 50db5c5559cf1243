//! Prints a diff for people.

use std::io::{self, Write};

use feast_check::diff::{
    Action, Admission, Cause, Change, Diff, DocumentChange, Entry, FieldChange, Outcome, Report,
};
use feast_check::{visible, visible_lines};
use serde_json::Value;

use super::name;

/// Longer values are shown by type.
const LONG: usize = 60;

/// The sign of a line, which determines its colour.
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
    if let Some(title) = report.title() {
        writeln!(out, "{title}\n")?;
    }
    let are_many = report.entries().len() > 1;
    let mut entries = report.entries().iter();
    entries.try_for_each(|each| entry(out, each, are_many, color))?;
    if !are_many {
        return Ok(());
    }
    writeln!(out, "\n{}", report.summary())?;
    reasons(out, report)
}

/// The reasons, once for all FeatureStores.
fn reasons(out: &mut impl Write, report: &Report) -> io::Result<()> {
    let causes = report.causes();
    if !causes.is_empty() {
        writeln!(out, "\nWhy:")?;
    }
    let all = report.entries().len();
    let mut causes = causes.into_iter();
    causes.try_for_each(|(cause, count)| writeln!(out, "  {cause} ({count} of {all})"))
}

fn entry(out: &mut impl Write, entry: &Entry, are_many: bool, color: bool) -> io::Result<()> {
    let name = visible(&entry.feature_store);
    if let Outcome::Failed(reason) = &entry.outcome {
        let reason = visible_lines(reason);
        writeln!(io::stderr(), "error: FeatureStore {name}: {reason}")?;
        if entry.admission.is_empty() {
            return Ok(());
        }
    }
    writeln!(out, "FeatureStore {name}")?;
    admission(out, &entry.admission, color)?;
    match &entry.outcome {
        Outcome::Failed(_) => Ok(()),
        Outcome::Refused(refused) => {
            let head = Sign::Removed.paint("! rejected by the API server:", color);
            let mut refused = refused.iter();
            refused.try_for_each(|refusal| writeln!(out, "{head} {}", visible(refusal)))
        }
        Outcome::Compared(_) if entry.is_empty() => writeln!(out, "  no change"),
        Outcome::Compared(diff) => compared(out, diff, are_many, color),
    }
}

fn compared(out: &mut impl Write, diff: &Diff, are_many: bool, color: bool) -> io::Result<()> {
    for line in diff.refusals.lines() {
        let sign = Sign::Removed.paint("!", color);
        writeln!(out, "{sign} {}", visible(&line))?;
    }
    let mut causes = diff.causes.iter();
    causes.try_for_each(|each| cause(out, each, are_many, color))?;
    let mut alike = alike(&diff.changes).into_iter();
    alike.try_for_each(|changes| objects(out, &changes, color))?;
    for DocumentChange {
        document, lines, ..
    } in &diff.documents
    {
        writeln!(out, "{} {document}", Sign::Changed.paint("~", color))?;
        self::lines(out, lines, color)?;
    }
    if !diff.status.is_empty() {
        writeln!(out, "{} status", Sign::Changed.paint("~", color))?;
        let mut fields = diff.status.iter();
        fields.try_for_each(|field| self::field(out, field, color))?;
    }
    Ok(())
}

/// New answers of the API server.
fn admission(out: &mut impl Write, admission: &Admission, color: bool) -> io::Result<()> {
    for (what, sign, remarks) in [
        (
            "newly rejected by the API server",
            Sign::Removed,
            &admission.refuses,
        ),
        (
            "newly unknown, and dropped",
            Sign::Warning,
            &admission.prunes,
        ),
        (
            "no longer rejected by the API server",
            Sign::Warning,
            &admission.no_longer_refuses,
        ),
    ] {
        let head = sign.paint(&format!("! {what}:"), color);
        for remark in remarks {
            writeln!(out, "{head} {}", visible(&remark.message))?;
            let mut help = remark.help.iter();
            help.try_for_each(|help| writeln!(out, "    {}", visible(help)))?;
        }
    }
    Ok(())
}

/// For several FeatureStores, the meaning is only printed once.
fn cause(out: &mut impl Write, cause: &Cause, are_many: bool, color: bool) -> io::Result<()> {
    let sign = Sign::Warning.paint("!", color);
    if are_many {
        writeln!(out, "{sign} {}", cause.name())?;
    } else {
        writeln!(out, "{sign} {cause}")?;
    }
    let mut defaults = cause.defaults.iter();
    defaults.try_for_each(|default| field(out, default, color))
}

/// Groups changes of the same fields without effects, each at the position of its first change.
fn alike(changes: &[Change]) -> Vec<Vec<&Change>> {
    let mut groups: Vec<Vec<&Change>> = Vec::new();
    let is_alike = |one: &Change, other: &Change| {
        let is_changed = matches!(one.action, Action::Change(_));
        is_changed
            && one.action == other.action
            && one.effects.is_empty()
            && other.effects.is_empty()
    };
    for change in changes {
        match groups.iter_mut().find(|group| is_alike(group[0], change)) {
            Some(group) => group.push(change),
            None => groups.push(vec![change]),
        }
    }
    groups
}

/// Objects with the same changes.
fn objects(out: &mut impl Write, changes: &[&Change], color: bool) -> io::Result<()> {
    let Some(change) = changes.first() else {
        return Ok(());
    };
    let (sign, mark) = match change.action {
        Action::Add => (Sign::Added, "+"),
        Action::Remove => (Sign::Removed, "-"),
        Action::Leave => (Sign::Changed, "="),
        _ => (Sign::Changed, "~"),
    };
    for change in changes {
        writeln!(out, "{} {}", sign.paint(mark, color), name(&change.object))?;
    }
    if change.action == Action::Leave {
        writeln!(out, "    stays: the operator does not delete it")?;
    }
    for effect in &change.effects {
        writeln!(
            out,
            "    {}",
            Sign::Warning.paint(&visible(&effect.to_string()), color)
        )?;
    }
    match &change.action {
        Action::Change(fields) => {
            let mut fields = fields.iter().filter(|field| !is_document(field));
            fields.try_for_each(|field| self::field(out, field, color))
        }
        _ => Ok(()),
    }
}

/// Whether the field is a document, which is printed by line, or a note that one changed.
fn is_document(field: &FieldChange) -> bool {
    let ends = ["YAML_BASE64].value", "feature-store-yaml-revision]"];
    field.is_in_document() || ends.iter().any(|end| field.path.ends_with(end))
}

fn field(out: &mut impl Write, field: &FieldChange, color: bool) -> io::Result<()> {
    let FieldChange { path, old, new, .. } = field;
    let path = visible(path);
    if let Some(lines) = field.lines() {
        writeln!(out, "    {path}:")?;
        return self::lines(out, &lines, color);
    }
    match (old, new) {
        (Some(old), Some(new)) if old == new => {
            writeln!(out, "    {path}: changed, {}", shown(new))
        }
        (Some(old), Some(new)) => writeln!(out, "    {path}: {} -> {}", shown(old), shown(new)),
        (None, Some(new)) => writeln!(out, "    {path}: added {}", shown(new)),
        (Some(old), None) => writeln!(out, "    {path}: removed {}", shown(old)),
        (None, None) => Ok(()),
    }
}

/// Lines of a text in `diff -u` format.
fn lines(out: &mut impl Write, lines: &[String], color: bool) -> io::Result<()> {
    let mut lines = lines.iter();
    lines.try_for_each(|line| {
        let shown = visible_lines(line);
        let shown = match line.as_bytes().first() {
            Some(b'+') => Sign::Added.paint(&shown, color),
            Some(b'-') => Sign::Removed.paint(&shown, color),
            Some(b'@') => Sign::Changed.paint(&shown, color),
            _ => shown,
        };
        writeln!(out, "{}", format!("      {shown}").trim_end())
    })
}

fn shown(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    if text.len() <= LONG && !text.contains('\n') {
        return visible(&text).into_owned();
    }
    match value {
        Value::String(_) => "(text)".to_owned(),
        Value::Array(items) => format!("({} items)", items.len()),
        Value::Object(fields) => {
            let names: Vec<_> = fields.keys().map(String::as_str).collect();
            visible(&format!("({})", names.join(", "))).into_owned()
        }
        _ => text,
    }
}
