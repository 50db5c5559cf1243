//! The JSON text of a document.

use super::Output;
use crate::position::Mark;
use crate::{Version, json, resolve};

pub(super) struct Json(String);

impl Json {
    pub(super) fn for_text(text: &str) -> Self {
        Self(String::with_capacity(text.len()))
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }

    /// Writes a comma, unless this is the first entry of a collection or the value of a key.
    fn separate(&mut self) {
        if !matches!(self.0.as_bytes().last(), None | Some(b'[' | b'{' | b':')) {
            self.0.push(',');
        }
    }
}

impl<'t> Output<'t> for Json {
    fn open(&mut self, is_mapping: bool, _: Mark) {
        self.separate();
        self.0.push(if is_mapping { '{' } else { '[' });
    }

    fn close(&mut self, is_mapping: bool, _: Option<Mark>) {
        self.0.push(if is_mapping { '}' } else { ']' });
    }

    fn key(&mut self, name: &'t str, _: Mark) {
        self.separate();
        self.0.push('"');
        self.0.push_str(name);
        self.0.push_str("\":");
    }

    fn plain(&mut self, text: &'t str, _: Mark) -> Option<()> {
        self.separate();
        let resolved = resolve::plain(text, Version::V2);
        json::write_scalar(&mut self.0, &resolved, text).then_some(())
    }

    fn quoted(&mut self, text: &'t str, _: Mark) {
        self.separate();
        json::write_text(&mut self.0, text);
    }

    fn nothing(&mut self, _: Mark) {
        self.separate();
        self.0.push_str("null");
    }
}
