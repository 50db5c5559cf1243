//! Hover texts for editors.

use feast_check::editing::{self, Markup};
use gen_lsp_types as lsp;

use super::position::Lines;

/// The hover text of the field at a byte.
pub(super) fn at(text: &str, byte: usize, lines: &Lines<'_>, markdown: bool) -> Option<lsp::Hover> {
    let found = editing::hover(text, byte, markup(markdown))?;
    Some(lsp::Hover {
        contents: content(found.text, markdown).into(),
        range: Some(lines.range(found.range)),
    })
}

/// The format of texts for a client.
pub(super) fn markup(markdown: bool) -> Markup {
    if markdown {
        Markup::Markdown
    } else {
        Markup::Plain
    }
}

/// A text with its format.
pub(super) fn content(value: String, markdown: bool) -> lsp::MarkupContent {
    lsp::MarkupContent {
        kind: if markdown {
            lsp::MarkupKind::Markdown
        } else {
            lsp::MarkupKind::PlainText
        },
        value,
    }
}
