//! Completion for editors.

use feast_api::Release;
use feast_check::editing::{Completion, CompletionKind, completions};
use gen_lsp_types as lsp;

use super::hover;
use super::position::Lines;

/// The completions at a byte, for a release.
pub(super) fn at(
    text: &str,
    byte: usize,
    lines: &Lines<'_>,
    release: Release,
    markdown: bool,
) -> Vec<lsp::CompletionItem> {
    let offered = completions(text, byte, release, hover::markup(markdown));
    let items = offered.into_iter();
    items.map(|offer| item(offer, lines, markdown)).collect()
}

fn item(offer: Completion, lines: &Lines<'_>, markdown: bool) -> lsp::CompletionItem {
    let sort = match offer.kind {
        CompletionKind::RequiredField => Some('0'),
        CompletionKind::Field => Some('1'),
        _ => None,
    };
    let documentation = offer.documentation;
    let documentation = documentation.map(|text| hover::content(text, markdown).into());
    lsp::CompletionItem {
        kind: Some(match sort {
            Some(_) => lsp::CompletionItemKind::Field,
            None => lsp::CompletionItemKind::EnumMember,
        }),
        sort_text: sort.map(|rank| format!("{rank}{}", offer.label)),
        detail: offer.detail,
        documentation,
        label: offer.label,
        // The replaced text may have quotes.
        filter_text: offer.text.starts_with('"').then(|| offer.text.clone()),
        text_edit: Some(
            lsp::TextEdit {
                range: lines.range(offer.range),
                new_text: offer.text,
            }
            .into(),
        ),
        ..lsp::CompletionItem::default()
    }
}
