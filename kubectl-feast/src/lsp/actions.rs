//! Code actions that fix findings.

use std::collections::HashMap;

use feast_check::fix::{self, Edit, Editor};
use gen_lsp_types as lsp;

use super::client::Client;
use super::diagnostics;
use super::documents::Document;
use super::position::Lines;

/// The code actions for a range.
pub(super) fn at(
    document: &Document,
    params: &lsp::CodeActionParams,
    lines: &Lines<'_>,
    client: &Client,
) -> Vec<lsp::CodeAction> {
    let wanted = |kind: &lsp::CodeActionKind| {
        let only = params.context.only.as_ref();
        only.is_none_or(|only| only.iter().any(|wanted| covers(wanted, kind)))
    };
    let mut actions = Vec::new();
    if wanted(&lsp::CodeActionKind::QuickFix) {
        actions.extend(quick_fixes(document, params.range, lines, client));
    }
    // Only offered if requested explicitly.
    if params.context.only.is_some() && wanted(&lsp::CodeActionKind::SourceFixAll) {
        actions.extend(all(document, lines));
    }
    actions
}

/// Whether a kind includes another one: `source` includes `source.fixAll`.
fn covers(wanted: &lsp::CodeActionKind, kind: &lsp::CodeActionKind) -> bool {
    let text = |kind| serde_json::to_value(kind).unwrap_or_default();
    let (wanted, kind) = (text(wanted), text(kind));
    let (wanted, kind) = (wanted.as_str(), kind.as_str());
    wanted.zip(kind).is_some_and(|(wanted, kind)| {
        let rest = kind.strip_prefix(wanted);
        rest.is_some_and(|rest| wanted.is_empty() || rest.is_empty() || rest.starts_with('.'))
    })
}

/// The fixes of findings that overlap with a range.
fn quick_fixes(
    document: &Document,
    range: lsp::Range,
    lines: &Lines<'_>,
    client: &Client,
) -> Vec<lsp::CodeAction> {
    let mut editor = Editor::of(&document.text);
    let mut actions = Vec::new();
    for checked in &document.checked {
        for finding in &checked.findings {
            let Some(fix) = &finding.fix else { continue };
            let found = diagnostics::one(checked, finding, &document.uri, lines, client);
            let touches = found.range.start <= range.end && range.start <= found.range.end;
            let edits = touches.then(|| editor.edits(checked, fix));
            let Some(edits) = edits.flatten() else {
                continue;
            };
            actions.push(lsp::CodeAction {
                title: sentence(&fix::title(fix)),
                kind: Some(lsp::CodeActionKind::QuickFix),
                diagnostics: Some(vec![found]),
                is_preferred: Some(fix.is_safe),
                edit: Some(workspace_edit(document, &edits, lines)),
                ..lsp::CodeAction::default()
            });
        }
    }
    actions
}

/// All safe fixes.
fn all(document: &Document, lines: &Lines<'_>) -> Option<lsp::CodeAction> {
    let fixed = fix::safe(&document.text, &document.checked)?;
    Some(lsp::CodeAction {
        title: "Apply all safe fixes".to_owned(),
        kind: Some(lsp::CodeActionKind::SourceFixAll),
        edit: Some(workspace_edit(document, &fixed.edits, lines)),
        ..lsp::CodeAction::default()
    })
}

fn workspace_edit(document: &Document, edits: &[Edit], lines: &Lines<'_>) -> lsp::WorkspaceEdit {
    let edits = edits.iter().map(|edit| lsp::TextEdit {
        range: lines.range(edit.range.clone()),
        new_text: edit.text.clone(),
    });
    lsp::WorkspaceEdit {
        changes: Some(HashMap::from([(document.uri.clone(), edits.collect())])),
        ..lsp::WorkspaceEdit::default()
    }
}

/// Capitalizes a title, as editors expect.
fn sentence(title: &str) -> String {
    let mut rest = title.chars();
    let first = rest.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(rest).collect()
}
