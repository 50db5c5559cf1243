//! The findings of a manifest.

use feast_check::fix::{self, Editor};
use feast_check::{Checked, Depth, Finding, Level, Mark, codes};
use serde::Serialize;

use crate::options::{Error, Options};
use crate::place::Places;

/// The findings of a manifest, and how many objects it becomes.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Answer {
    /// The findings, in the order of the text.
    pub findings: Vec<Found>,
    /// The number of FeatureStores, rendered or not.
    pub feature_stores: usize,
    /// The number of objects that they become.
    pub objects: usize,
}

/// A finding. Offsets are UTF-16, as in JavaScript.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Found {
    /// The name of a rule, a lint or another code in `docs/findings.md`.
    pub code: String,
    /// `error` or `warning`.
    pub level: &'static str,
    /// The message.
    pub message: String,
    /// What to do about it.
    pub help: Vec<String>,
    /// The meaning of the code.
    pub meaning: Option<String>,
    /// The object.
    pub object: Option<String>,
    /// Its start.
    pub from: usize,
    /// Its end.
    pub to: usize,
    /// Its line, from 1.
    pub line: usize,
    /// Related parts of the text.
    pub related: Vec<Related>,
    /// A fix.
    pub fix: Option<QuickFix>,
}

/// A part of the text that is related to a finding.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Related {
    /// The relation.
    pub message: String,
    /// Its start.
    pub from: usize,
    /// Its end.
    pub to: usize,
    /// Its line, from 1.
    pub line: usize,
}

/// A fix of a finding.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct QuickFix {
    /// Such as "rename spec.servces to services".
    pub title: String,
    /// Whether it is safe to apply unseen.
    pub is_safe: bool,
    /// The edits.
    pub edits: Vec<TextEdit>,
}

/// A replacement of a part of the text.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TextEdit {
    /// The start of the part.
    pub from: usize,
    /// Its end.
    pub to: usize,
    /// The replacement.
    pub insert: String,
}

/// Finds what is wrong with a manifest.
///
/// # Errors
///
/// An unknown release, or a time that is not RFC 3339.
pub fn examine(text: &str, options: &Options) -> Result<Answer, Error> {
    let (outcomes, _) = options.outcomes(text, Depth::Lints)?;
    let places = Places::of(text);
    let mut editor = Editor::of(text);
    let mut answer = Answer {
        findings: Vec::new(),
        feature_stores: 0,
        objects: 0,
    };
    for outcome in outcomes {
        let document = &outcome.checked;
        answer.feature_stores += usize::from(document.feature_store.is_some());
        let findings = document.findings.iter();
        let found = findings.map(|finding| found(&mut editor, &places, document, finding));
        answer.findings.extend(found);
        if let Some(made) = &outcome.rendered {
            answer.objects += made.1.plan.apply().count();
        }
    }
    Ok(answer)
}

fn found(
    editor: &mut Editor<'_>,
    places: &Places<'_>,
    checked: &Checked,
    finding: &Finding,
) -> Found {
    let (from, to) = match &finding.mark {
        Some(mark) => range(places, checked, mark),
        None => places.rest_of_line(checked.start.line, checked.start.column),
    };
    let related = finding.related.iter().map(|mark| {
        let (from, to) = range(places, checked, mark);
        Related {
            message: mark.label.clone(),
            from,
            to,
            line: mark.span.start.line,
        }
    });
    Found {
        code: finding.code.clone(),
        level: match finding.level {
            Level::Error => "error",
            _ => "warning",
        },
        message: finding.text(),
        help: finding.advice().map(str::to_owned).collect(),
        meaning: codes::meaning(&finding.code).map(|meaning| meaning.text),
        object: checked.name().map(str::to_owned),
        from,
        to,
        line: checked.position(finding).line,
        related: related.collect(),
        fix: quick_fix(editor, places, checked, finding),
    }
}

fn range(places: &Places<'_>, checked: &Checked, mark: &Mark) -> (usize, usize) {
    let start = checked.source.start;
    let bytes = &mark.span.bytes;
    (
        places.offset(start + bytes.start),
        places.offset(start + bytes.end),
    )
}

fn quick_fix(
    editor: &mut Editor<'_>,
    places: &Places<'_>,
    checked: &Checked,
    finding: &Finding,
) -> Option<QuickFix> {
    let fix = finding.fix.as_ref()?;
    let edits = editor.edits(checked, fix)?;
    let edits = edits.into_iter().map(|edit| TextEdit {
        from: places.offset(edit.range.start),
        to: places.offset(edit.range.end),
        insert: edit.text,
    });
    Some(QuickFix {
        title: fix::title(fix),
        is_safe: fix.is_safe,
        edits: edits.collect(),
    })
}
