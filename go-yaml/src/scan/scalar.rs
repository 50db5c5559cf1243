//! Scalars: plain, quoted and block.

use std::borrow::Cow;

use super::{Kind, Scanner};
use crate::cursor::Break;
use crate::error::Error;
use crate::position::Mark;

/// The space between two words of a scalar.
#[derive(Default)]
struct Gap {
    /// The first line break, if there is one.
    first: Option<Break>,
    /// The other ones, as the scalar contains them.
    others: String,
}

impl Gap {
    fn take(&mut self, found: Break) {
        match self.first {
            None => self.first = Some(found),
            Some(_) => self.others.push_str(found.text),
        }
    }

    /// A single line break becomes a blank, further ones stay.
    fn fold_into(&self, text: &mut String) {
        match self.first {
            Some(first) if first.folds() && self.others.is_empty() => text.push(' '),
            Some(first) if first.folds() => text.push_str(&self.others),
            first => {
                text.push_str(first.map_or("", |first| first.text));
                text.push_str(&self.others);
            }
        }
    }
}

/// What a block scalar keeps of its trailing line breaks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomping {
    Strip,
    Clip,
    Keep,
}

impl<'t> Scanner<'t> {
    fn push_scalar(&mut self, text: Cow<'t, str>, is_plain: bool, start: Mark, end: Mark) {
        let kind = Kind::Scalar { text, is_plain };
        self.tokens.push_back(super::Token { kind, start, end });
    }

    /// A scalar without quotes.
    pub(super) fn scan_plain_scalar(&mut self) -> Result<(), Error> {
        let start = self.cursor.mark();
        let mut end = start;
        let mut text = Cow::Borrowed("");
        let mut gap = Gap::default();
        while !self.cursor.is_document_mark() && self.cursor.byte(0) != b'#' {
            let word = self.cursor.mark();
            self.skip_plain_word();
            if self.cursor.mark().byte > word.byte {
                if gap.first.is_some() {
                    gap.fold_into(text.to_mut());
                    text.to_mut().push_str(self.cursor.since(word.byte));
                    gap = Gap::default();
                } else if let Cow::Owned(text) = &mut text {
                    text.push_str(self.cursor.since(end.byte));
                } else {
                    text = Cow::Borrowed(self.cursor.since(start.byte));
                }
                end = self.cursor.mark();
            }
            if self.cursor.is_end() || !self.cursor.is_word_end(0) {
                break;
            }
            self.skip_plain_gap(&mut gap, start)?;
            if self.in_block() && !self.is_inside_block() {
                break;
            }
        }
        if gap.first.is_some() {
            self.allows_key = true;
        }
        self.push_scalar(text, true, start, end);
        Ok(())
    }

    /// Whether the column belongs to the open block collection.
    fn is_inside_block(&self) -> bool {
        self.indent < Some(self.cursor.mark().column)
    }

    /// Skips to the end of a word of a plain scalar.
    fn skip_plain_word(&mut self) {
        let in_block = self.in_block();
        loop {
            match self.cursor.byte(0) {
                b' ' | b'\t' | b'\n' | b'\r' | 0 => return,
                b':' if self.cursor.is_word_end(1) => return,
                b',' | b'?' | b'[' | b']' | b'{' | b'}' if !in_block => return,
                0x21..=0x7E => self.cursor.skip_bytes(1),
                _ if self.cursor.break_at(0).is_some() => return,
                _ => self.cursor.skip(),
            }
        }
    }

    /// Skips blanks and line breaks after a word of a plain scalar.
    fn skip_plain_gap(&mut self, gap: &mut Gap, start: Mark) -> Result<(), Error> {
        loop {
            if let Some(found) = self.cursor.break_at(0) {
                gap.take(found);
                self.cursor.skip_break(found);
            } else if self.cursor.is_blank(0) {
                let is_tab = self.cursor.byte(0) == b'\t';
                if is_tab && gap.first.is_some() && !self.is_inside_block() {
                    let problem = "found a tab character that violates indentation";
                    return Err(self.error(problem, start));
                }
                self.cursor.skip_bytes(1);
            } else {
                return Ok(());
            }
        }
    }

    /// A scalar in single or double quotes.
    pub(super) fn scan_quoted_scalar(&mut self, is_single: bool) -> Result<(), Error> {
        let quote = if is_single { b'\'' } else { b'"' };
        let start = self.cursor.mark();
        self.cursor.skip_bytes(1);
        let mut text = Copied::new(self.cursor.mark().byte);
        loop {
            if self.cursor.is_document_mark() {
                return Err(self.error("found unexpected document indicator", start));
            }
            if self.cursor.is_end() {
                return Err(self.error("found unexpected end of stream", start));
            }
            let is_continued = self.skip_quoted_word(quote, &mut text, start)?;
            if self.cursor.byte(0) == quote {
                break;
            }
            self.skip_quoted_gap(is_continued, &mut text);
        }
        let text = text.finish(self);
        self.cursor.skip_bytes(1);
        let end = self.cursor.mark();
        self.push_scalar(text, false, start, end);
        Ok(())
    }

    /// Skips to the end of a quoted word; returns whether a `\` continues its line.
    fn skip_quoted_word(
        &mut self,
        quote: u8,
        text: &mut Copied,
        start: Mark,
    ) -> Result<bool, Error> {
        loop {
            match self.cursor.byte(0) {
                b' ' | b'\t' | b'\n' | b'\r' | 0 => return Ok(false),
                b'\'' if quote == b'\'' && self.cursor.byte(1) == b'\'' => {
                    text.replace(self, "'");
                    self.cursor.skip_bytes(2);
                    text.resume(self);
                }
                byte if byte == quote => return Ok(false),
                b'\\' if quote == b'"' => {
                    text.replace(self, "");
                    if let Some(found) = self.cursor.break_at(1) {
                        self.cursor.skip_bytes(1);
                        self.cursor.skip_break(found);
                        text.resume(self);
                        return Ok(true);
                    }
                    let escaped = self.scan_escape(start)?;
                    text.out.push(escaped);
                    text.resume(self);
                }
                0x21..=0x7E => self.cursor.skip_bytes(1),
                _ if self.cursor.break_at(0).is_some() => return Ok(false),
                _ => self.cursor.skip(),
            }
        }
    }

    /// The character of an escape sequence.
    fn scan_escape(&mut self, start: Mark) -> Result<char, Error> {
        let simple = match self.cursor.byte(1) {
            b'0' => Ok('\0'),
            b'a' => Ok('\x07'),
            b'b' => Ok('\x08'),
            b't' | b'\t' => Ok('\t'),
            b'n' => Ok('\n'),
            b'v' => Ok('\x0B'),
            b'f' => Ok('\x0C'),
            b'r' => Ok('\r'),
            b'e' => Ok('\x1B'),
            byte @ (b' ' | b'"' | b'\'' | b'\\') => Ok(char::from(byte)),
            b'N' => Ok('\u{85}'),
            b'_' => Ok('\u{A0}'),
            b'L' => Ok('\u{2028}'),
            b'P' => Ok('\u{2029}'),
            b'x' => Err(2),
            b'u' => Err(4),
            b'U' => Err(8),
            _ => return Err(self.error("found unknown escape character", start)),
        };
        self.cursor.skip_bytes(2);
        let digits = match simple {
            Ok(simple) => return Ok(simple),
            Err(digits) => digits,
        };
        let code = (0..digits).try_fold(0_u64, |code, ahead| {
            let digit = char::from(self.cursor.byte(ahead)).to_digit(16)?;
            Some(code << 4 | u64::from(digit))
        });
        let Some(code) = code else {
            return Err(self.error("did not find expected hexdecimal number", start));
        };
        let escaped = u32::try_from(code).ok().and_then(char::from_u32);
        let Some(escaped) = escaped else {
            let problem = "found invalid Unicode character escape code";
            return Err(self.error(problem, start));
        };
        self.cursor.skip_bytes(digits);
        Ok(escaped)
    }

    /// Skips blanks and line breaks after a quoted word.
    fn skip_quoted_gap(&mut self, is_continued: bool, text: &mut Copied) {
        let mut gap = Gap::default();
        let mut has_breaks = is_continued;
        // Blanks are kept, unless there is a line break among them.
        let mut blanks = self.cursor.mark().byte;
        loop {
            if let Some(found) = self.cursor.break_at(0) {
                if !has_breaks {
                    text.cut(self, blanks);
                }
                if has_breaks && gap.first.is_none() {
                    gap.others.push_str(found.text);
                } else {
                    gap.take(found);
                }
                has_breaks = true;
                self.cursor.skip_break(found);
            } else if self.cursor.is_blank(0) {
                self.cursor.skip_bytes(1);
            } else {
                break;
            }
            if has_breaks {
                blanks = self.cursor.mark().byte;
            }
        }
        if has_breaks {
            gap.fold_into(&mut text.out);
            text.resume(self);
        }
    }

    /// A scalar after `|` or `>`.
    pub(super) fn scan_block_scalar(&mut self, is_literal: bool) -> Result<(), Error> {
        let start = self.cursor.mark();
        self.cursor.skip_bytes(1);
        let (chomping, increment) = self.scan_block_header(start)?;
        let mut end = self.cursor.mark();
        let mut indent = increment.map(|increment| self.indent.unwrap_or(0) + increment);
        let mut text = String::new();
        let mut leading: Option<Break> = None;
        let mut trailing = String::new();
        let mut follows_blank = false;
        self.skip_block_breaks(&mut indent, &mut trailing, start, &mut end)?;
        while indent == Some(self.cursor.mark().column) && !self.cursor.is_end() {
            let starts_blank = self.cursor.is_blank(0);
            let folds = !is_literal && !follows_blank && !starts_blank;
            match leading.take() {
                Some(found) if folds && found.folds() => {
                    text.push_str(if trailing.is_empty() { " " } else { "" });
                }
                Some(found) => text.push_str(found.text),
                None => {}
            }
            text.push_str(&trailing);
            trailing.clear();
            follows_blank = starts_blank;
            let line = self.cursor.mark().byte;
            self.cursor.skip_line();
            text.push_str(self.cursor.since(line));
            leading = self.cursor.break_at(0);
            if let Some(found) = leading {
                self.cursor.skip_break(found);
            }
            self.skip_block_breaks(&mut indent, &mut trailing, start, &mut end)?;
        }
        if chomping != Chomping::Strip {
            text.push_str(leading.map_or("", |found| found.text));
        }
        if chomping == Chomping::Keep {
            text.push_str(&trailing);
        }
        self.push_scalar(Cow::Owned(text), false, start, end);
        Ok(())
    }

    /// The header after `|` or `>`: chomping and indentation.
    fn scan_block_header(&mut self, start: Mark) -> Result<(Chomping, Option<usize>), Error> {
        let mut chomping = self.scan_chomping();
        let mut increment = None;
        let digit = self.cursor.byte(0);
        if digit.is_ascii_digit() {
            if digit == b'0' {
                let problem = "found an indentation indicator equal to 0";
                return Err(self.error(problem, start));
            }
            increment = Some(usize::from(digit - b'0'));
            self.cursor.skip_bytes(1);
            chomping = chomping.or_else(|| self.scan_chomping());
        }
        self.cursor.skip_blanks();
        if self.cursor.byte(0) == b'#' {
            self.cursor.skip_line();
        }
        if !self.cursor.is_line_end() {
            let problem = "did not find expected comment or line break";
            return Err(self.error(problem, start));
        }
        if let Some(found) = self.cursor.break_at(0) {
            self.cursor.skip_break(found);
        }
        Ok((chomping.unwrap_or(Chomping::Clip), increment))
    }

    fn scan_chomping(&mut self) -> Option<Chomping> {
        let chomping = match self.cursor.byte(0) {
            b'+' => Chomping::Keep,
            b'-' => Chomping::Strip,
            _ => return None,
        };
        self.cursor.skip_bytes(1);
        Some(chomping)
    }

    /// Skips empty lines, and detects the indentation if it is unknown.
    fn skip_block_breaks(
        &mut self,
        indent: &mut Option<usize>,
        breaks: &mut String,
        start: Mark,
        end: &mut Mark,
    ) -> Result<(), Error> {
        *end = self.cursor.mark();
        let mut widest = 0;
        loop {
            let is_indentation = |column| indent.is_none_or(|indent: usize| column < indent);
            while is_indentation(self.cursor.mark().column) && self.cursor.byte(0) == b' ' {
                self.cursor.skip_bytes(1);
            }
            let column = self.cursor.mark().column;
            widest = widest.max(column);
            if is_indentation(column) && self.cursor.byte(0) == b'\t' {
                let problem = "found a tab character where an indentation space is expected";
                return Err(self.error(problem, start));
            }
            let Some(found) = self.cursor.break_at(0) else {
                break;
            };
            breaks.push_str(found.text);
            self.cursor.skip_break(found);
            *end = self.cursor.mark();
        }
        let least = self.indent.map_or(1, |indent| indent + 1);
        indent.get_or_insert(widest.max(least));
        Ok(())
    }
}

/// The text of a scalar, which is copied only if it differs from the source.
struct Copied {
    out: String,
    /// The start of the text that is not copied yet.
    from: usize,
    is_changed: bool,
}

impl Copied {
    const fn new(from: usize) -> Self {
        Self {
            out: String::new(),
            from,
            is_changed: false,
        }
    }

    /// Copies the text before the cursor, and a replacement for the text at the cursor.
    fn replace(&mut self, scanner: &Scanner<'_>, text: &str) {
        self.cut(scanner, scanner.cursor.mark().byte);
        self.out.push_str(text);
    }

    /// Copies the text up to a position before the cursor.
    fn cut(&mut self, scanner: &Scanner<'_>, end: usize) {
        let passed = scanner.cursor.since(self.from);
        let kept = end.saturating_sub(self.from);
        self.out.push_str(passed.get(..kept).unwrap_or(passed));
        self.is_changed = true;
    }

    /// Continues copying from here.
    const fn resume(&mut self, scanner: &Scanner<'_>) {
        self.from = scanner.cursor.mark().byte;
    }

    fn finish<'t>(mut self, scanner: &Scanner<'t>) -> Cow<'t, str> {
        let rest = scanner.cursor.since(self.from);
        if !self.is_changed {
            return Cow::Borrowed(rest);
        }
        self.out.push_str(rest);
        Cow::Owned(self.out)
    }
}
