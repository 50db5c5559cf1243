//! Space and comments between tokens.

use super::{Kind, Scanner, Token};
use crate::Version;

/// Maximum distance at which go-yaml v3 looks for the next comment.
const COMMENT_DISTANCE: usize = 512;

impl Scanner<'_> {
    /// Skips to the next token.
    pub(super) fn skip_space(&mut self) {
        loop {
            // Where a key may start, a tab would be indentation.
            let takes_tabs = !self.in_block() || !self.allows_key;
            while matches!(self.cursor.byte(0), b' ') || takes_tabs && self.cursor.is_blank(0) {
                self.cursor.skip_bytes(1);
            }
            if self.cursor.byte(0) == b'#' {
                self.skip_comments();
            }
            let Some(found) = self.cursor.break_at(0) else {
                return;
            };
            self.cursor.skip_break(found);
            if self.in_block() {
                self.allows_key = true;
            }
        }
    }

    /// Skips to the end of a comment. Version 3 includes the following ones, even after tabs.
    fn skip_comments(&mut self) {
        self.cursor.skip_line();
        if self.version == Version::V2 {
            return;
        }
        while self.comment_follows() {
            while self.cursor.byte(0) != b'#' {
                match self.cursor.break_at(0) {
                    Some(found) => self.cursor.skip_break(found),
                    None => self.cursor.skip(),
                }
            }
            self.cursor.skip_line();
        }
    }

    /// Whether only space precedes the next comment, which is near.
    fn comment_follows(&self) -> bool {
        let mut ahead = 1;
        while ahead < COMMENT_DISTANCE {
            if self.cursor.is_blank(ahead) || self.cursor.break_at(ahead).is_some() {
                ahead += 1;
            } else {
                return self.cursor.byte(ahead) == b'#';
            }
        }
        false
    }

    /// Version 3 attributes a comment after a token to it, even after tabs.
    pub(super) fn skip_line_comment(&mut self) {
        let line = self.cursor.mark().line;
        let has_comment =
            |token: &Token<'_>| token.end.line == line && token.kind != Kind::BlockEntry;
        if !self.tokens.back().is_some_and(has_comment) {
            return;
        }
        let blanks = (0..COMMENT_DISTANCE).find(|ahead| !self.cursor.is_blank(*ahead));
        if let Some(blanks) = blanks.filter(|blanks| self.cursor.byte(*blanks) == b'#') {
            self.cursor.skip_bytes(blanks);
            self.cursor.skip_line();
        }
    }
}
