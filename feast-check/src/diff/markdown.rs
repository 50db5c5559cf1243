//! Reports as Markdown, for pull requests.

use std::fmt::Write as _;

use feast_render::ObjectRef;
use serde_json::Value;

use super::{
    Action, Admission, Cause, Change, Diff, DocumentChange, Effect, Entry, FieldChange, Outcome,
    Refusals, Remark, Report,
};
use crate::visible;

/// A report as Markdown: a table of changes, the reasons, and a section for each changed
/// FeatureStore.
///
/// Long values are shown by type.
///
/// ```
/// use feast_check::diff::{Diff, Entry, Outcome, Report, markdown};
///
/// let entry = Entry::new("ml/shop", Outcome::Compared(Diff::default()));
/// let text = markdown(&Report::from_iter([entry]).titled("Upgrade from 0.65.0 to 0.66.0"));
/// assert!(text.starts_with("## Upgrade from 0.65.0 to 0.66.0\n\n**0 of 1 FeatureStore change**\n"));
/// assert!(text.contains("| `ml/shop` | no change | |\n"));
/// ```
pub fn markdown(report: &Report) -> String {
    let mut text = String::new();
    if let Some(title) = report.title() {
        let _ = writeln!(text, "## {}\n", escaped(title));
    }
    let _ = writeln!(
        text,
        "**{}**\n\n| FeatureStore | objects | restarts |\n| --- | --- | --- |",
        report.summary()
    );
    for entry in report.entries() {
        row(&mut text, entry);
    }
    reasons(&mut text, report);
    for entry in report.entries() {
        details(&mut text, entry);
    }
    text
}

// Writing to a string cannot fail.

fn row(text: &mut String, entry: &Entry) {
    let objects = match &entry.outcome {
        Outcome::Refused(_) => "rejected by the API server".to_owned(),
        Outcome::Failed(_) => "cannot be compared".to_owned(),
        Outcome::Compared(_) if entry.is_empty() => "no change".to_owned(),
        Outcome::Compared(_) => counted(entry),
    };
    let effects = entry.diff().into_iter().flat_map(|diff| &diff.changes);
    let effects = effects.flat_map(|change| &change.effects);
    let restarts = effects.filter_map(|effect| match effect {
        Effect::Restart { pods, .. } => Some(pods.to_string()),
        _ => None,
    });
    let restarts: Vec<_> = restarts.collect();
    let name = code(&entry.feature_store).replace('|', "\\|");
    let cells = format!("| {name} | {objects} | {}", restarts.join(", "));
    let _ = writeln!(text, "{} |", cells.trim_end());
}

/// Counts of changed objects, and answers of the API server.
fn counted(entry: &Entry) -> String {
    let Admission {
        refuses, prunes, ..
    } = &entry.admission;
    let refused = (!refuses.is_empty()).then(|| "newly rejected".to_owned());
    let pruned = (!prunes.is_empty()).then(|| "fields dropped".to_owned());
    let refusals = entry.diff().map(|diff| &diff.refusals);
    let reconciled = refusals.and_then(|refusals| match refusals {
        Refusals {
            before: Some(_),
            after: Some(_),
        } => Some("rejected by the operator, as before"),
        Refusals { after: Some(_), .. } => Some("no longer reconciled"),
        Refusals {
            before: Some(_), ..
        } => Some("no longer rejected by the operator"),
        _ => None,
    });
    let counts = entry.objects().into_iter();
    let counts = counts.zip(["added", "changed", "removed"]);
    let counts = counts.filter(|(count, _)| *count > 0);
    let counts = counts.map(|(count, what)| format!("{count} {what}"));
    let reconciled = reconciled.map(str::to_owned);
    let said = refused.into_iter().chain(pruned).chain(reconciled);
    let parts: Vec<_> = said.chain(counts).collect();
    if parts.is_empty() {
        return "status only".to_owned();
    }
    parts.join(", ")
}

/// Differences between the operators, once for all FeatureStores.
fn reasons(text: &mut String, report: &Report) {
    let causes = report.causes();
    if !causes.is_empty() {
        text.push_str("\nWhy:\n\n");
    }
    let all = report.entries().len();
    for (cause, count) in causes {
        // The summary is already Markdown.
        let _ = match all {
            1 => write!(text, "- {cause}"),
            _ => write!(text, "- {cause} ({count} of {all})"),
        };
        let moved = cause.defaults.iter().map(|default| code(&default.path));
        let moved: Vec<_> = moved.collect();
        let _ = match &moved[..] {
            [] => writeln!(text),
            _ => writeln!(text, " **Changes a default**: {}", moved.join(", ")),
        };
    }
}

fn details(text: &mut String, entry: &Entry) {
    let is_same = |diff: &Diff| diff.causes.is_empty();
    if entry.is_empty() && entry.diff().is_some_and(is_same) {
        return;
    }
    let _ = writeln!(text, "\n### {}\n", code(&entry.feature_store));
    admission(text, &entry.admission);
    match &entry.outcome {
        Outcome::Failed(reason) => block(text, reason),
        Outcome::Refused(reasons) => {
            let _ = writeln!(text, "Rejected by the API server:\n");
            for reason in reasons {
                block(text, reason);
            }
        }
        Outcome::Compared(diff) => compared(text, diff),
    }
}

/// New answers of the API server.
fn admission(text: &mut String, admission: &Admission) {
    let Admission {
        refuses,
        prunes,
        no_longer_refuses,
    } = admission;
    for (what, remarks) in [
        ("newly rejected by the API server", refuses),
        ("newly unknown, and dropped", prunes),
        ("no longer rejected by the API server", no_longer_refuses),
    ] {
        for Remark { message, help, .. } in remarks {
            let _ = writeln!(text, "- {what}: {}", escaped(message));
            for help in help {
                let _ = writeln!(text, "  - {help}");
            }
        }
    }
}

fn compared(text: &mut String, diff: &Diff) {
    for line in diff.refusals.lines() {
        let _ = writeln!(text, "- {}", escaped(&line));
    }
    for each in &diff.causes {
        cause(text, each);
    }
    let effects = diff.changes.iter().flat_map(|change| {
        let name = name(&change.object);
        change
            .effects
            .iter()
            .map(move |effect| (name.clone(), effect))
    });
    for (name, effect) in effects {
        let _ = writeln!(text, "- {name} {}", escaped(&effect.to_string()));
    }
    if diff.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n<details><summary>Objects</summary>\n");
    for change in &diff.changes {
        object(text, change);
    }
    for DocumentChange { document, lines } in &diff.documents {
        let _ = writeln!(text, "- changed: {}", escaped(&document.to_string()));
        fenced(text, lines);
    }
    if !diff.status.is_empty() {
        let _ = writeln!(text, "- changed: status");
        for change in &diff.status {
            field(text, change);
        }
    }
    let _ = writeln!(text, "\n</details>");
}

/// A code block of text written by others.
fn block(text: &mut String, words: &str) {
    let fence = "`".repeat(2.max(longest_run(words)) + 1);
    let _ = writeln!(text, "{fence}text\n{words}\n{fence}");
}

fn cause(text: &mut String, cause: &Cause) {
    let _ = writeln!(text, "- {}", escaped(&cause.name()));
    for change in &cause.defaults {
        field(text, change);
    }
}

fn object(text: &mut String, change: &Change) {
    let action = match change.action {
        Action::Add => "added",
        Action::Change(_) => "changed",
        Action::Remove => "removed",
        Action::Leave => "stays: the operator does not delete it",
    };
    let _ = writeln!(text, "- {action}: {}", name(&change.object));
    if let Action::Change(fields) = &change.action {
        let fields = fields.iter().filter(|change| !change.is_in_document());
        for change in fields {
            field(text, change);
        }
    }
}

/// The kind, with namespace and name.
fn name(object: &ObjectRef) -> String {
    format!("{} {}", object.kind, code(&object.place()))
}

fn field(text: &mut String, change: &FieldChange) {
    let FieldChange { path, old, new, .. } = change;
    let path = code(path);
    if let Some(lines) = change.lines() {
        let _ = writeln!(text, "  - {path}:");
        fenced(text, &lines);
        return;
    }
    let what = match (old, new) {
        (Some(old), Some(new)) if value(old) == value(new) => format!("changed, {}", value(new)),
        (Some(old), Some(new)) => format!("{} → {}", value(old), value(new)),
        (None, Some(new)) => format!("added {}", value(new)),
        (Some(old), None) => format!("removed {}", value(old)),
        (None, None) => return,
    };
    let _ = writeln!(text, "  - {path}: {what}");
}

/// Lines in `diff -u` format, within a list item.
fn fenced(text: &mut String, lines: &[String]) {
    let longest = lines.iter().map(|line| longest_run(line)).max();
    let fence = "`".repeat(longest.unwrap_or(0).max(2) + 1);
    let _ = writeln!(text, "\n    {fence}diff");
    for line in lines {
        let _ = writeln!(text, "    {}", visible(line));
    }
    let _ = writeln!(text, "    {fence}\n");
}

/// Longer values are shown by type.
const LONG: usize = 60;

fn value(value: &Value) -> String {
    let shown = match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    match value {
        _ if shown.chars().count() <= LONG && !shown.contains('\n') => code(&shown),
        Value::Array(items) => format!("({} items)", items.len()),
        Value::Object(fields) => {
            let names: Vec<_> = fields.keys().map(|name| code(name)).collect();
            format!("({})", names.join(", "))
        }
        _ => "(text)".to_owned(),
    }
}

/// A code span of any text.
fn code(text: &str) -> String {
    if text.trim().is_empty() {
        return "(empty)".to_owned();
    }
    let text = visible(text);
    let fence = "`".repeat(longest_run(&text) + 1);
    if text.starts_with('`') || text.ends_with('`') {
        return format!("{fence} {text} {fence}");
    }
    format!("{fence}{text}{fence}")
}

/// The longest run of backticks.
fn longest_run(text: &str) -> usize {
    let runs = text.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or(0)
}

/// Escapes Markdown.
fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in visible(text).chars() {
        if matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#'
        ) {
            shown.push('\\');
        }
        shown.push(c);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_out_of_its_code_span() {
        for (text, expected) in [
            ("a", "`a`"),
            ("a`b", "``a`b``"),
            ("``a", "``` ``a ```"),
            ("a\nb", r"`a\nb`"),
            (" ", "(empty)"),
        ] {
            assert_eq!(code(text), expected);
        }
    }

    #[test]
    fn nothing_starts_a_line_of_its_own() {
        assert_eq!(escaped("a\n# b\u{1b}"), r"a\\n\# b\\x1b");
    }
}
