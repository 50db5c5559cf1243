//! Splits a text into tokens, like go-yaml's scanner.
//!
//! Only the `:` after a scalar or collection makes it a key, so tokens wait in a queue until then.
//! How far the scanner reads ahead determines which of several errors is reported; it is the same
//! distance here.

mod property;
mod scalar;
mod space;
mod token;

use std::collections::VecDeque;

use crate::Version;
use crate::cursor::Cursor;
use crate::error::Error;
use crate::position::Mark;

pub(crate) use self::token::{Kind, Token};

/// Maximum distance in characters between a key without `?` and its `:`.
const LONGEST_KEY: usize = 1024;

/// A node that is a key if a `:` follows.
#[derive(Clone, Copy, Debug, Default)]
struct KeyCandidate {
    is_possible: bool,
    /// A key is required here.
    is_required: bool,
    /// The number of its first token.
    token: usize,
    start: Mark,
}

#[derive(Debug)]
pub(crate) struct Scanner<'t> {
    version: Version,
    cursor: Cursor<'t>,
    tokens: VecDeque<Token<'t>>,
    /// The number of tokens taken from the queue.
    taken: usize,
    /// Whether it is known that the next token is not a key.
    is_decided: bool,
    has_started: bool,
    /// The column of the open block collection; `None` outside of all.
    indent: Option<usize>,
    /// The columns of the block collections around it.
    indents: Vec<Option<usize>>,
    /// The last candidates of the block context and of each open flow collection.
    candidates: Vec<KeyCandidate>,
    /// Tokens that may still become keys, each with the level of its candidate, which may have been
    /// replaced since.
    awaited: VecDeque<(usize, usize)>,
    /// Whether a key may start here.
    allows_key: bool,
}

impl<'t> Scanner<'t> {
    pub(crate) fn new(text: &'t str, version: Version) -> Self {
        Self {
            version,
            cursor: Cursor::new(text),
            tokens: VecDeque::with_capacity(8),
            taken: 0,
            is_decided: false,
            has_started: false,
            indent: None,
            indents: Vec::new(),
            candidates: vec![KeyCandidate::default()],
            awaited: VecDeque::new(),
            allows_key: true,
        }
    }

    /// Whether only the end is left.
    pub(crate) fn is_end(&self) -> bool {
        let next = self.tokens.front().map(|token| &token.kind);
        matches!(next, None | Some(Kind::StreamEnd))
    }

    /// The number of bytes read.
    pub(crate) const fn reach(&self) -> usize {
        self.cursor.mark().byte
    }

    /// The next token.
    pub(crate) fn peek(&mut self) -> Result<&Token<'t>, Error> {
        let ahead = match self.version {
            Version::V2 => 0,
            Version::V3 => 2,
        };
        while !self.is_decided {
            self.is_decided = self.tokens.len() > ahead && !self.waits_for_key()?;
            if !self.is_decided {
                self.fetch()?;
            }
        }
        let end = || self.error("did not find expected token", self.cursor.mark());
        self.tokens.front().ok_or_else(end)
    }

    /// Takes the next token, which was peeked at.
    pub(crate) fn take(&mut self) -> Option<Token<'t>> {
        self.taken += 1;
        self.is_decided = false;
        self.tokens.pop_front()
    }

    /// Whether it is still open if the next token is a key.
    fn waits_for_key(&mut self) -> Result<bool, Error> {
        while self
            .awaited
            .front()
            .is_some_and(|(token, _)| *token < self.taken)
        {
            self.awaited.pop_front();
        }
        match self.awaited.front() {
            Some((token, level)) if *token == self.taken => self.can_be_key(*level),
            _ => Ok(false),
        }
    }

    fn await_no_more(&mut self, token: usize) {
        if let Some(at) = self
            .awaited
            .iter()
            .rposition(|(awaited, _)| *awaited <= token)
            && self
                .awaited
                .get(at)
                .is_some_and(|(awaited, _)| *awaited == token)
        {
            self.awaited.remove(at);
        }
    }

    /// Whether a candidate can still be a key here.
    fn can_be_key(&mut self, level: usize) -> Result<bool, Error> {
        let here = self.cursor.mark();
        let Some(key) = self.candidates.get_mut(level).filter(|key| key.is_possible) else {
            return Ok(false);
        };
        let is_near = key.start.line == here.line && here.column <= key.start.column + LONGEST_KEY;
        if !is_near {
            if key.is_required {
                let start = key.start;
                return Err(self.error("could not find expected ':'", start));
            }
            key.is_possible = false;
        }
        Ok(is_near)
    }

    /// Makes the next token a candidate.
    fn save_candidate(&mut self) -> Result<(), Error> {
        if !self.allows_key {
            return Ok(());
        }
        self.drop_candidate()?;
        let start = self.cursor.mark();
        let candidate = KeyCandidate {
            is_possible: true,
            is_required: self.in_block() && self.indent == Some(start.column),
            token: self.taken + self.tokens.len(),
            start,
        };
        if let Some(last) = self.candidates.last_mut() {
            *last = candidate;
        }
        let level = self.candidates.len().saturating_sub(1);
        self.awaited.push_back((candidate.token, level));
        Ok(())
    }

    /// Drops the last candidate: it is not a key.
    fn drop_candidate(&mut self) -> Result<(), Error> {
        let last = self.candidates.last().copied().unwrap_or_default();
        if last.is_possible && last.is_required {
            return Err(self.error("could not find expected ':'", last.start));
        }
        if last.is_possible {
            self.await_no_more(last.token);
        }
        if let Some(last) = self.candidates.last_mut() {
            last.is_possible = false;
        }
        Ok(())
    }

    const fn in_block(&self) -> bool {
        self.candidates.len() <= 1
    }

    #[cold]
    fn error(&self, problem: &'static str, context: Mark) -> Error {
        let here = self.cursor.mark();
        let place = if self.cursor.is_end() { context } else { here };
        Error::scanner(self.version, problem, here, context).at(place)
    }

    /// Adds a token that ends here.
    fn push(&mut self, kind: Kind<'t>, start: Mark) {
        let end = self.cursor.mark();
        self.tokens.push_back(Token { kind, start, end });
    }

    /// Adds a token of `width` characters.
    fn push_sign(&mut self, kind: Kind<'t>, width: usize) {
        let start = self.cursor.mark();
        self.cursor.skip_bytes(width);
        self.push(kind, start);
    }

    /// Adds the next token to the queue, with those that it ends or starts.
    fn fetch(&mut self) -> Result<(), Error> {
        if !self.has_started {
            self.has_started = true;
            self.push(Kind::StreamStart, self.cursor.mark());
            return Ok(());
        }
        self.skip_space();
        self.close_blocks(Some(self.cursor.mark().column));
        if self.cursor.is_end() {
            return self.fetch_stream_end();
        }
        if self.cursor.mark().column == 0 && self.cursor.byte(0) == b'%' {
            return self.fetch_directive();
        }
        if self.cursor.is_document_mark() {
            let kind = match self.cursor.byte(0) {
                b'-' => Kind::DocumentStart,
                _ => Kind::DocumentEnd,
            };
            return self.fetch_document_mark(kind);
        }
        let is_block_scalar = self.in_block() && matches!(self.cursor.byte(0), b'|' | b'>');
        self.fetch_content()?;
        if self.version == Version::V3 && !is_block_scalar {
            self.skip_line_comment();
        }
        Ok(())
    }

    fn fetch_content(&mut self) -> Result<(), Error> {
        let is_alone = self.cursor.is_word_end(1);
        let in_block = self.in_block();
        match self.cursor.byte(0) {
            b'[' => self.fetch_flow_start(Kind::FlowSequenceStart),
            b'{' => self.fetch_flow_start(Kind::FlowMappingStart),
            b']' => self.fetch_flow_end(Kind::FlowSequenceEnd),
            b'}' => self.fetch_flow_end(Kind::FlowMappingEnd),
            b',' => self.fetch_flow_entry(),
            b'-' if is_alone => self.fetch_block_entry(),
            b'?' if is_alone || !in_block => self.fetch_key(),
            b':' if is_alone || !in_block => self.fetch_value(),
            b'*' => self.fetch_anchor(true),
            b'&' => self.fetch_anchor(false),
            b'!' => self.fetch_tag(),
            b'|' if in_block => self.fetch_block_scalar(true),
            b'>' if in_block => self.fetch_block_scalar(false),
            b'\'' => self.fetch_quoted_scalar(true),
            b'"' => self.fetch_quoted_scalar(false),
            b' ' | b'\t' | b'|' | b'>' | b'#' | b'%' | b'@' | b'`' => {
                let problem = "found character that cannot start any token";
                Err(self.error(problem, self.cursor.mark()))
            }
            _ => self.fetch_plain_scalar(),
        }
    }

    /// Closes the block collections with greater indentation.
    fn close_blocks(&mut self, column: Option<usize>) {
        if !self.in_block() {
            return;
        }
        while self.indent > column {
            self.push(Kind::BlockEnd, self.cursor.mark());
            self.indent = self.indents.pop().flatten();
        }
    }

    /// Opens a block collection, if its indentation is greater than that of the current one. Its
    /// token precedes others that are already in the queue.
    fn open_block(&mut self, kind: Kind<'t>, start: Mark, before: Option<usize>) {
        if !self.in_block() || self.indent >= Some(start.column) {
            return;
        }
        self.indents.push(self.indent);
        self.indent = Some(start.column);
        self.insert(kind, start, before);
    }

    /// Adds an empty token before the one with a number or, if that was taken, at the end.
    fn insert(&mut self, kind: Kind<'t>, at: Mark, before: Option<usize>) {
        let token = Token {
            kind,
            start: at,
            end: at,
        };
        let end = self.tokens.len();
        let index = before
            .and_then(|number| number.checked_sub(self.taken))
            .unwrap_or(end);
        self.tokens.insert(index.min(end), token);
    }

    fn fetch_stream_end(&mut self) -> Result<(), Error> {
        if self.cursor.mark().column != 0 {
            self.cursor.end_line();
        }
        self.close_blocks(None);
        self.drop_candidate()?;
        self.allows_key = false;
        self.push(Kind::StreamEnd, self.cursor.mark());
        Ok(())
    }

    fn fetch_directive(&mut self) -> Result<(), Error> {
        self.close_blocks(None);
        self.drop_candidate()?;
        self.allows_key = false;
        self.scan_directive()
    }

    fn fetch_document_mark(&mut self, kind: Kind<'t>) -> Result<(), Error> {
        self.close_blocks(None);
        self.drop_candidate()?;
        self.allows_key = false;
        self.push_sign(kind, 3);
        Ok(())
    }

    fn fetch_flow_start(&mut self, kind: Kind<'t>) -> Result<(), Error> {
        self.save_candidate()?;
        self.candidates.push(KeyCandidate {
            token: self.taken + self.tokens.len(),
            ..KeyCandidate::default()
        });
        self.allows_key = true;
        self.push_sign(kind, 1);
        Ok(())
    }

    fn fetch_flow_end(&mut self, kind: Kind<'t>) -> Result<(), Error> {
        self.drop_candidate()?;
        if !self.in_block()
            && let Some(inner) = self.candidates.pop()
        {
            // In an empty collection the candidate is the collection, and go-yaml does not wait for
            // its `:`.
            self.await_no_more(inner.token);
        }
        self.allows_key = false;
        self.push_sign(kind, 1);
        Ok(())
    }

    fn fetch_flow_entry(&mut self) -> Result<(), Error> {
        self.drop_candidate()?;
        self.allows_key = true;
        self.push_sign(Kind::FlowEntry, 1);
        Ok(())
    }

    fn fetch_block_entry(&mut self) -> Result<(), Error> {
        let here = self.cursor.mark();
        if self.in_block() && !self.allows_key {
            let problem = "block sequence entries are not allowed in this context";
            return Err(self.error(problem, here));
        }
        self.open_block(Kind::BlockSequenceStart, here, None);
        self.drop_candidate()?;
        self.allows_key = true;
        self.push_sign(Kind::BlockEntry, 1);
        Ok(())
    }

    fn fetch_key(&mut self) -> Result<(), Error> {
        let here = self.cursor.mark();
        if self.in_block() && !self.allows_key {
            return Err(self.error("mapping keys are not allowed in this context", here));
        }
        self.open_block(Kind::BlockMappingStart, here, None);
        self.drop_candidate()?;
        self.allows_key = self.in_block();
        self.push_sign(Kind::Key, 1);
        Ok(())
    }

    fn fetch_value(&mut self) -> Result<(), Error> {
        let here = self.cursor.mark();
        let level = self.candidates.len().saturating_sub(1);
        if self.can_be_key(level)? {
            let KeyCandidate { start, token, .. } = self.candidates[level];
            self.insert(Kind::Key, start, Some(token));
            self.open_block(Kind::BlockMappingStart, start, Some(token));
            self.candidates[level].is_possible = false;
            self.await_no_more(token);
            self.allows_key = false;
        } else {
            if self.in_block() && !self.allows_key {
                return Err(self.error("mapping values are not allowed in this context", here));
            }
            self.open_block(Kind::BlockMappingStart, here, None);
            self.allows_key = self.in_block();
        }
        self.push_sign(Kind::Value, 1);
        Ok(())
    }

    fn fetch_anchor(&mut self, is_alias: bool) -> Result<(), Error> {
        self.save_candidate()?;
        self.allows_key = false;
        self.scan_anchor(is_alias)
    }

    fn fetch_tag(&mut self) -> Result<(), Error> {
        self.save_candidate()?;
        self.allows_key = false;
        self.scan_tag()
    }

    fn fetch_block_scalar(&mut self, is_literal: bool) -> Result<(), Error> {
        self.drop_candidate()?;
        self.allows_key = true;
        self.scan_block_scalar(is_literal)
    }

    fn fetch_quoted_scalar(&mut self, is_single: bool) -> Result<(), Error> {
        self.save_candidate()?;
        self.allows_key = false;
        self.scan_quoted_scalar(is_single)
    }

    fn fetch_plain_scalar(&mut self) -> Result<(), Error> {
        self.save_candidate()?;
        self.allows_key = false;
        self.scan_plain_scalar()
    }
}
