//! Findings as diagnostics.

use feast_check::{Checked, Finding, Level, Mark, codes};
use gen_lsp_types as lsp;

use super::client::Client;
use super::position::Lines;

/// The source that editors show.
pub(super) const SOURCE: &str = "feast";

/// The findings of a document, in order.
pub(super) fn all(
    checked: &[Checked],
    uri: &lsp::Uri,
    lines: &Lines<'_>,
    client: &Client,
) -> Vec<lsp::Diagnostic> {
    let findings = checked.iter().flat_map(|checked| {
        let findings = checked.findings.iter();
        findings.map(move |finding| (checked, finding))
    });
    let diagnostic = |(checked, finding)| one(checked, finding, uri, lines, client);
    findings.map(diagnostic).collect()
}

/// A finding.
pub(super) fn one(
    checked: &Checked,
    finding: &Finding,
    uri: &lsp::Uri,
    lines: &Lines<'_>,
    client: &Client,
) -> lsp::Diagnostic {
    let range = match &finding.mark {
        Some(mark) => range(checked, mark, lines),
        None => lines.rest(checked.start.line, checked.start.column),
    };
    let related = finding
        .related
        .iter()
        .map(|mark| lsp::DiagnosticRelatedInformation {
            location: lsp::Location {
                uri: uri.clone(),
                range: self::range(checked, mark, lines),
            },
            message: mark.label.clone(),
        });
    let related: Vec<_> = related.collect();
    lsp::Diagnostic {
        range,
        severity: Some(match finding.level {
            Level::Error => lsp::DiagnosticSeverity::Error,
            _ => lsp::DiagnosticSeverity::Warning,
        }),
        code: Some(lsp::Code::String(finding.code.clone())),
        code_description: page(&finding.code).filter(|_| client.shows_pages),
        source: Some(SOURCE.to_owned()),
        message: message(finding).into(),
        related_information: Some(related)
            .filter(|related| client.shows_related && !related.is_empty()),
        ..lsp::Diagnostic::default()
    }
}

/// An error in a text that is not a manifest, such as a configuration.
pub(super) fn fault(message: &str, range: lsp::Range) -> lsp::Diagnostic {
    lsp::Diagnostic {
        range,
        severity: Some(lsp::DiagnosticSeverity::Error),
        source: Some(SOURCE.to_owned()),
        message: message.to_owned().into(),
        ..lsp::Diagnostic::default()
    }
}

fn range(checked: &Checked, mark: &Mark, lines: &Lines<'_>) -> lsp::Range {
    let start = checked.source.start;
    lines.range(start + mark.span.bytes.start..start + mark.span.bytes.end)
}

/// The documentation of a code.
fn page(code: &str) -> Option<lsp::CodeDescription> {
    let href = codes::meaning(code)?.page.into();
    Some(lsp::CodeDescription { href })
}

/// The problem, and what to do about it.
fn message(finding: &Finding) -> String {
    // Editors link to the documentation.
    let lines = finding.advice().map(|help| format!("\n{help}"));
    finding.text() + &lines.collect::<String>()
}
