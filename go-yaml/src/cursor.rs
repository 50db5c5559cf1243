//! A cursor over a text.

use crate::position::Mark;

/// A line break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Break {
    /// Its length in bytes.
    width: usize,
    /// Its replacement in a scalar.
    pub(crate) text: &'static str,
}

impl Break {
    /// Whether lines are folded at this break.
    pub(crate) fn folds(self) -> bool {
        self.text == "\n"
    }
}

#[derive(Debug)]
pub(crate) struct Cursor<'t> {
    text: &'t str,
    mark: Mark,
}

impl<'t> Cursor<'t> {
    pub(crate) const fn new(text: &'t str) -> Self {
        let mark = Mark {
            byte: 0,
            line: 0,
            column: 0,
        };
        Self { text, mark }
    }

    pub(crate) const fn mark(&self) -> Mark {
        self.mark
    }

    /// The byte at an offset; 0 beyond the end. Accepted texts contain no 0.
    pub(crate) fn byte(&self, ahead: usize) -> u8 {
        let at = self.mark.byte + ahead;
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    /// The text from a byte up to the cursor.
    pub(crate) fn since(&self, byte: usize) -> &'t str {
        self.text.get(byte..self.mark.byte).unwrap_or("")
    }

    /// The text after the cursor.
    pub(crate) fn rest(&self) -> &'t str {
        self.text.get(self.mark.byte..).unwrap_or("")
    }

    pub(crate) fn is_end(&self) -> bool {
        self.mark.byte >= self.text.len()
    }

    /// The line break at an offset.
    pub(crate) fn break_at(&self, ahead: usize) -> Option<Break> {
        let (width, text) = match self.byte(ahead) {
            b'\r' if self.byte(ahead + 1) == b'\n' => (2, "\n"),
            b'\n' | b'\r' => (1, "\n"),
            0xC2 if self.byte(ahead + 1) == 0x85 => (2, "\n"),
            0xE2 if self.byte(ahead + 1) == 0x80 => match self.byte(ahead + 2) {
                0xA8 => (3, "\u{2028}"),
                0xA9 => (3, "\u{2029}"),
                _ => return None,
            },
            _ => return None,
        };
        Some(Break { width, text })
    }

    pub(crate) fn is_blank(&self, ahead: usize) -> bool {
        is_blank(self.byte(ahead))
    }

    /// Whether a line ends here.
    pub(crate) fn is_line_end(&self) -> bool {
        self.is_end() || self.break_at(0).is_some()
    }

    /// Whether a word ends at an offset: at a blank, a line break or the end.
    pub(crate) fn is_word_end(&self, ahead: usize) -> bool {
        match self.byte(ahead) {
            b' ' | b'\t' | 0 => true,
            _ => self.break_at(ahead).is_some(),
        }
    }

    /// Whether `---` or `...` is here, as a line's first word.
    pub(crate) fn is_document_mark(&self) -> bool {
        self.mark.column == 0
            && (self.rest().starts_with("---") || self.rest().starts_with("..."))
            && self.is_word_end(3)
    }

    /// Skips a character.
    pub(crate) fn skip(&mut self) {
        self.mark.byte += match self.byte(0) {
            0..0x80 => 1,
            0x80..0xE0 => 2,
            0xE0..0xF0 => 3,
            _ => 4,
        };
        self.mark.column += 1;
    }

    /// Skips single-byte characters.
    pub(crate) const fn skip_bytes(&mut self, count: usize) {
        self.mark.byte += count;
        self.mark.column += count;
    }

    /// Skips a line break.
    pub(crate) const fn skip_break(&mut self, found: Break) {
        self.mark.byte += found.width;
        self.end_line();
    }

    /// Starts a new line.
    pub(crate) const fn end_line(&mut self) {
        self.mark.line += 1;
        self.mark.column = 0;
    }

    pub(crate) fn skip_blanks(&mut self) {
        while self.is_blank(0) {
            self.skip_bytes(1);
        }
    }

    /// Skips bytes that a test accepts; it must accept only ASCII.
    pub(crate) fn skip_while(&mut self, accepts: impl Fn(u8) -> bool) -> &'t str {
        let start = self.mark.byte;
        while accepts(self.byte(0)) {
            self.skip_bytes(1);
        }
        self.since(start)
    }

    /// Skips to the end of the line.
    pub(crate) fn skip_line(&mut self) {
        loop {
            match self.byte(0) {
                b'\n' | b'\r' => return,
                0 if self.is_end() => return,
                0..0x80 => self.skip_bytes(1),
                _ if self.break_at(0).is_some() => return,
                _ => self.skip(),
            }
        }
    }
}

pub(crate) const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Whether a byte may occur in the name of an anchor, a tag or a directive.
pub(crate) const fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}
