//! JSON for programs.

use std::io::{self, Write};

use crate::manifest::Span;
use serde_json::{Value, json};

use super::{Format, Summary};
use crate::finding::{Checked, Finding};
use crate::fix::may_be_told;

/// `{"findings": [...], "summary": {...}}`, one finding per line.
pub(super) struct Json<W> {
    out: W,
    is_first: bool,
}

impl<W: Write> Json<W> {
    pub(super) fn start(mut out: W) -> io::Result<Self> {
        write!(out, "{{\"findings\":[")?;
        Ok(Self {
            out,
            is_first: true,
        })
    }

    fn item(&mut self, item: &Value) -> io::Result<()> {
        let separator = if self.is_first { "\n" } else { ",\n" };
        self.is_first = false;
        write!(self.out, "{separator}{item}")
    }
}

impl<W: Write> Format for Json<W> {
    fn checked(&mut self, checked: &Checked) -> io::Result<()> {
        checked
            .findings
            .iter()
            .try_for_each(|finding| self.item(&data(checked, finding)))
    }

    fn unreadable(&mut self, message: &str) -> io::Result<()> {
        self.item(&json!({ "code": "unreadable-file", "level": "error", "message": message }))
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        let Summary {
            feature_stores,
            objects,
            errors,
            warnings,
            unreadable,
        } = summary;
        let summary = json!({
            "featureStores": feature_stores,
            "otherObjects": objects,
            "errors": errors,
            "warnings": warnings,
            "unreadableFiles": unreadable,
        });
        writeln!(self.out, "\n],\"summary\":{summary}}}")
    }
}

/// A finding with its position, as in [`Form::Json`](super::Form::Json).
pub fn data(checked: &Checked, finding: &Finding) -> Value {
    let start = checked.position(finding);
    let mut entry = json!({
        "code": finding.code,
        "level": finding.level.name(),
        "message": finding.message,
        "file": *checked.file,
        "document": checked.document,
        "line": start.line,
        "column": start.column,
    });
    let related = finding.related.iter().map(|mark| {
        let mut related = region(&mark.span);
        related["message"] = mark.label.as_str().into();
        related
    });
    let related: Vec<_> = related.collect();
    let fix = finding.fix.as_ref().filter(|fix| may_be_told(fix));
    let optional = [
        (
            "featureStore",
            checked.feature_store.clone().map(Value::from),
        ),
        ("object", checked.object.clone().map(Value::from)),
        (
            "field",
            Some(&finding.field)
                .filter(|field| !field.is_empty())
                .map(|field| field.as_str().into()),
        ),
        (
            "end",
            finding
                .mark
                .as_ref()
                .map(|mark| json!({ "line": mark.span.end.line, "column": mark.span.end.column })),
        ),
        ("related", (!related.is_empty()).then_some(related.into())),
        (
            "help",
            (!finding.help.is_empty()).then(|| finding.help.as_slice().into()),
        ),
        ("fix", fix.map(|fix| json!(fix.patch))),
        ("fixIsSafe", fix.map(|fix| fix.is_safe.into())),
    ];
    for (key, value) in optional {
        if let Some(value) = value {
            entry[key] = value;
        }
    }
    entry
}

fn region(span: &Span) -> Value {
    json!({
        "line": span.start.line,
        "column": span.start.column,
        "end": { "line": span.end.line, "column": span.end.column },
    })
}
