//! Reads streams in parts.

use std::io::Read;
use std::sync::Arc;

use feast_check::manifest::{Origin, last_document};

use super::{BLOCK, Unit, Unreadable, text};

/// The parts of a stream; each has whole documents.
pub(super) struct Blocks<R> {
    stream: R,
    name: Arc<str>,
    found: bool,
    origin: Origin,
    /// Data read beyond the last part.
    rest: Vec<u8>,
    is_done: bool,
    /// Number of bytes to read at a time, at least.
    block: u64,
}

impl<R: Read> Blocks<R> {
    pub(super) fn new(stream: R, name: Arc<str>, found: bool) -> Self {
        Self {
            stream,
            name,
            found,
            origin: Origin::default(),
            rest: Vec::new(),
            is_done: false,
            block: BLOCK,
        }
    }

    /// The next part: at least a block, up to the end of a document.
    fn part(&mut self) -> Result<Vec<u8>, Unreadable> {
        loop {
            // Each time as much again: what has been read is searched for an end every time.
            let more = u64::try_from(self.rest.len()).unwrap_or(u64::MAX);
            let read = self
                .stream
                .by_ref()
                .take(more.max(self.block))
                .read_to_end(&mut self.rest);
            let read = read.map_err(|error| Unreadable::new(&self.name, &error))?;
            self.is_done = read == 0;
            // JSON cannot be split: there are no separator lines between its documents.
            let is_json = self.rest.trim_ascii_start().starts_with(b"{");
            let end = match last_document(&self.rest) {
                _ if self.is_done => self.rest.len(),
                end if !is_json => end,
                _ => 0,
            };
            if end > 0 || self.is_done {
                let rest = self.rest.split_off(end);
                return Ok(std::mem::replace(&mut self.rest, rest));
            }
        }
    }
}

impl<R: Read> Iterator for Blocks<R> {
    type Item = Unit;

    fn next(&mut self) -> Option<Unit> {
        if self.is_done {
            return None;
        }
        let text = self
            .part()
            .and_then(|bytes| text(self.name.clone(), self.found, self.origin, bytes));
        match &text {
            Ok(text) => self.origin = self.origin.after(text.content()),
            Err(_) => self.is_done = true,
        }
        Some(Unit::Read(text.map(Arc::new)))
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// The positions of all documents in a stream that is read a few bytes at a time.
    fn places(text: &str) -> Vec<(usize, usize)> {
        let mut blocks = Blocks::new(text.as_bytes(), "test".into(), false);
        blocks.block = 100;
        let texts = blocks.map(|unit| unit.read().unwrap());
        let documents = texts.flat_map(|text| text.documents());
        documents
            .map(|document| document.unwrap())
            .map(|document| (document.number, document.line))
            .collect()
    }

    #[test]
    fn parts_are_numbered_as_the_whole() {
        let mut text = String::new();
        for length in 0..150 {
            writeln!(text, "---\nkind: A\ntext: |\n  {}", "ü".repeat(length)).unwrap();
        }
        let whole = feast_check::manifest::read(&text);
        let whole: Vec<_> = whole
            .into_iter()
            .map(|document| document.unwrap())
            .map(|document| (document.number, document.line))
            .collect();
        assert_eq!(places(&text), whole);
    }

    #[test]
    fn json_is_read_as_a_whole() {
        let object = "{\"kind\": \"A\"}\n";
        assert_eq!(places(&object.repeat(50)).len(), 50);
    }
}
