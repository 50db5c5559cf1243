//! Reads block style, line by line.

use std::ops::Range;

use super::{Entry, Id, Kind, Name, Outline, scalar};

impl<'t> Outline<'t> {
    pub(super) fn read_block(&mut self) {
        let mut start = self.range.start;
        while start < self.range.end {
            start = self.read_line(start);
        }
    }

    /// Reads the entries of a line; returns the start of the next line.
    fn read_line(&mut self, start: usize) -> usize {
        let next = self.line_end(start);
        let Some((mut at, mut column)) = self.content(start..next) else {
            return next;
        };
        while self.is_dash(at) {
            self.close(|entry, indent| {
                indent > column || indent == column && entry.name == Name::Item
            });
            let after = at + 1;
            let id = self.add(Entry {
                parent: self.open.last().copied(),
                name: Name::Item,
                key: at..after,
                value: Some(after..after),
                kind: Kind::Open,
                indent: Some(column),
            });
            self.open.push(id);
            let spaces = self.rest(after, next).len() - self.rest(after, next).trim_start().len();
            (at, column) = (after + spaces, column + 1 + spaces);
            if self.is_over(at, next) {
                return next;
            }
        }
        let line = self.rest(at, next);
        if line.starts_with(['{', '[']) {
            self.close(|_, indent| indent >= column);
            let owner = self.open.last().copied();
            return self.read_flow(at, owner);
        }
        let Some(key) = scalar::key(line) else {
            self.word(at, line, column);
            return next;
        };
        self.close(|_, indent| indent >= column);
        let name = key.name(line);
        let colon = at + key.colon + 1;
        let id = self.add(Entry {
            parent: self.open.last().copied(),
            name: Name::Field(name),
            key: at..at + key.end,
            value: Some(colon..colon),
            kind: Kind::Open,
            indent: Some(column),
        });
        self.open.push(id);
        self.read_value(id, colon, next, column)
    }

    /// A line without a field: an incomplete one, or a scalar.
    fn word(&mut self, at: usize, line: &str, column: usize) {
        let length = scalar::plain(line).len();
        let last = self.open.last().map(|id| &self.entries[*id]);
        let follows_dash = last.is_some_and(|entry| {
            entry.name == Name::Item && entry.key.end <= at && self.is_one_line(entry.key.end, at)
        });
        if !follows_dash {
            self.close(|_, indent| indent >= column);
        }
        let parent = self.open.last().copied();
        // Continuation lines of a scalar are skipped.
        if parent.is_some_and(|parent| self.entries[parent].kind != Kind::Open) {
            return;
        }
        self.add(Entry {
            parent,
            name: Name::Field(line.get(..length).unwrap_or_default().to_owned()),
            key: at..at + length,
            value: None,
            kind: Kind::Scalar,
            indent: Some(column),
        });
    }

    fn is_one_line(&self, start: usize, end: usize) -> bool {
        self.text
            .get(start..end)
            .is_some_and(|text| !text.contains('\n'))
    }

    /// Reads the value after a colon; returns the start of the next line.
    fn read_value(&mut self, id: Id, colon: usize, next: usize, column: usize) -> usize {
        let mut at = colon;
        loop {
            let rest = self.rest(at, next);
            at += rest.len() - rest.trim_start().len();
            // An anchor or a tag.
            let rest = self.rest(at, next);
            match rest.find(char::is_whitespace) {
                Some(end) if rest.starts_with(['&', '!']) => at += end,
                _ => break,
            }
        }
        if self.is_over(at, next) {
            return next;
        }
        let rest = self.rest(at, next);
        if rest.starts_with(['{', '[']) {
            return self.read_flow(at, Some(id));
        }
        if rest.starts_with(['|', '>']) {
            return self.skip_text(id, at, next, column);
        }
        let length = scalar::value(rest).len();
        self.set(id, at..at + length, Kind::Scalar);
        next
    }

    /// Skips a multi-line string: the lines that are indented further.
    fn skip_text(&mut self, id: Id, at: usize, next: usize, column: usize) -> usize {
        let mut end = next;
        while end < self.range.end {
            let next = self.line_end(end);
            let line = self.rest(end, next);
            let indent = line.len() - line.trim_start_matches(' ').len();
            if !line.trim().is_empty() && indent <= column {
                break;
            }
            end = next;
        }
        self.set(id, at..end.saturating_sub(1).max(at), Kind::Block);
        end
    }

    pub(super) fn set(&mut self, id: Id, value: Range<usize>, kind: Kind) {
        let entry = &mut self.entries[id];
        entry.value = Some(value);
        entry.kind = kind;
    }

    /// Closes entries, starting with the innermost, while they cannot contain the line.
    fn close(&mut self, is_over: impl Fn(&Entry, usize) -> bool) {
        while let Some(id) = self.open.last() {
            let entry = &self.entries[*id];
            if !is_over(entry, entry.indent.unwrap_or_default()) {
                return;
            }
            self.open.pop();
        }
    }

    /// The start of a line's content, and its column; `None` if it is empty.
    fn content(&self, line: Range<usize>) -> Option<(usize, usize)> {
        let text = self.rest(line.start, line.end);
        let content = text.trim_start_matches([' ', '\u{feff}']);
        let before = text.get(..text.len() - content.len())?;
        let is_nothing = content.trim().is_empty() || content.starts_with('#');
        (!is_nothing).then(|| (line.start + before.len(), before.chars().count()))
    }

    fn is_dash(&self, at: usize) -> bool {
        let rest = self.rest(at, self.range.end);
        let after = rest.strip_prefix('-');
        after.is_some_and(|after| after.is_empty() || after.starts_with(char::is_whitespace))
    }

    /// Whether the rest of a line is empty or a comment.
    fn is_over(&self, at: usize, next: usize) -> bool {
        let rest = self.rest(at, next).trim();
        rest.is_empty() || rest.starts_with('#')
    }

    /// The start of the next line.
    pub(super) fn line_end(&self, start: usize) -> usize {
        let rest = self.rest(start, self.range.end);
        rest.find('\n')
            .map_or(self.range.end, |end| start + end + 1)
    }

    pub(super) fn rest(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or_default()
    }
}
