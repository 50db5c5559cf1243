//! Open texts.

use std::path::PathBuf;

use feast_check::Checked;
use gen_lsp_types as lsp;

use super::position::{Encoding, Lines};
use super::uri;

/// Larger texts, in bytes, are not checked.
const LARGE: usize = 8 << 20;

/// An open text, as in the editor.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) uri: lsp::Uri,
    /// Its file, if it has one.
    pub(super) path: Option<PathBuf>,
    pub(super) version: i32,
    pub(super) text: String,
    /// The last findings.
    pub(super) checked: Vec<Checked>,
    /// The diagnostics that the client has; `None` if none were published.
    pub(super) published: Option<Vec<lsp::Diagnostic>>,
}

impl Document {
    pub(super) fn open(item: lsp::TextDocumentItem) -> Self {
        Self {
            path: uri::path(&item.uri.0),
            uri: item.uri,
            version: item.version,
            text: item.text,
            checked: Vec::new(),
            published: None,
        }
    }

    /// Applies changes in order.
    pub(super) fn change(
        &mut self,
        version: i32,
        changes: Vec<lsp::TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) {
        use lsp::TextDocumentContentChangeEvent as Change;
        for change in changes {
            match change {
                Change::TextDocumentContentChangeWholeDocument(whole) => self.text = whole.text,
                Change::TextDocumentContentChangePartial(part) => {
                    let range = Lines::of(&self.text, encoding).bytes(part.range);
                    self.text.replace_range(range, &part.text);
                }
            }
        }
        self.version = version;
        // The findings are about the old text.
        self.checked.clear();
        self.published = None;
    }

    /// Whether it is too large to check.
    pub(super) fn is_large(&self) -> bool {
        self.text.len() > LARGE
    }

    /// The name of the text, for messages and for finding related files.
    pub(super) fn name(&self) -> String {
        match &self.path {
            Some(path) => path.display().to_string(),
            None => self.uri.0.clone(),
        }
    }
}
