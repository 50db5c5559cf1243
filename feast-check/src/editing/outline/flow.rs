//! Reads flow style, in brackets.

use super::{Brackets, Entry, Id, Kind, Name, Outline, scalar};

/// An open bracket.
struct Open {
    brackets: usize,
    owner: Option<Id>,
    is_mapping: bool,
}

impl Outline<'_> {
    /// Reads the brackets that start at a byte; returns the start of the line after them.
    ///
    /// Brackets that are never closed end at a line that is indented no deeper than their owner.
    pub(super) fn read_flow(&mut self, start: usize, owner: Option<Id>) -> usize {
        let floor = owner.and_then(|owner| self.entries[owner].indent);
        if let Some(owner) = owner {
            self.set(owner, start..start, Kind::Flow);
        }
        let mut open: Vec<Open> = Vec::new();
        let mut at = start;
        let mut line;
        loop {
            (at, line) = self.skip(at);
            let rest = self.rest(at, self.range.end);
            let is_over = line.is_some_and(|line| self.is_abandoned(line, at, floor));
            let Some(first) = rest.chars().next().filter(|_| !is_over) else {
                break;
            };
            match first {
                '{' | '[' => at = self.open(&mut open, at, owner, first == '{'),
                '}' | ']' => {
                    if let Some(closed) = open.pop() {
                        self.brackets[closed.brackets].inside.end = at;
                    }
                    at += 1;
                    if open.is_empty() {
                        return self.line_end(at);
                    }
                }
                ',' => at += 1,
                _ => at = self.read_entry(open.last(), at, rest.len()),
            }
        }
        for unclosed in open {
            self.brackets[unclosed.brackets].inside.end = at;
        }
        // It was ended by the start of a line, or by the end of the document.
        line.unwrap_or(self.range.end)
    }

    fn open(
        &mut self,
        open: &mut Vec<Open>,
        at: usize,
        owner: Option<Id>,
        is_mapping: bool,
    ) -> usize {
        let owner = match open.last() {
            None => owner,
            Some(outer) if outer.is_mapping => self.pending(outer),
            Some(outer) => Some(self.item(outer, at)),
        };
        self.brackets.push(Brackets {
            owner,
            is_mapping,
            inside: at + 1..at + 1,
        });
        open.push(Open {
            brackets: self.brackets.len() - 1,
            owner,
            is_mapping,
        });
        at + 1
    }

    /// The field whose value is in the brackets.
    fn pending(&mut self, outer: &Open) -> Option<Id> {
        let id = self.entries.len().checked_sub(1)?;
        let entry = &mut self.entries[id];
        let is_waiting = entry.parent == outer.owner && entry.kind == Kind::Open;
        is_waiting.then(|| {
            entry.kind = Kind::Flow;
            id
        })
    }

    fn item(&mut self, outer: &Open, at: usize) -> Id {
        self.add(Entry {
            parent: outer.owner,
            name: Name::Item,
            key: at..at,
            value: Some(at..at),
            kind: Kind::Flow,
            indent: None,
        })
    }

    /// Reads a name with its colon and scalar, or an item; returns its end.
    fn read_entry(&mut self, open: Option<&Open>, at: usize, left: usize) -> usize {
        let rest = self.rest(at, at + left);
        let length = scalar::in_flow(rest).len().max(1);
        let text = rest.get(..length).unwrap_or_default();
        let text = text.trim_matches(['"', '\'']).to_owned();
        let end = at + length;
        let Some(open) = open else { return end };
        let after = self.rest(end, self.range.end);
        let spaces = after.len() - after.trim_start_matches(' ').len();
        if !open.is_mapping {
            let id = self.item(open, at);
            self.set(id, at..end, Kind::Scalar);
            return end;
        }
        let has_colon = after.trim_start_matches(' ').starts_with(':');
        let colon = end + spaces + 1;
        let id = self.add(Entry {
            parent: open.owner,
            name: Name::Field(text),
            key: at..end,
            value: has_colon.then_some(colon..colon),
            kind: if has_colon { Kind::Open } else { Kind::Scalar },
            indent: None,
        });
        if !has_colon {
            return end;
        }
        let (value, line) = self.skip(colon);
        let rest = self.rest(value, self.range.end);
        if rest.starts_with(['{', '[', '}', ']', ',']) || rest.is_empty() || line.is_some() {
            return colon;
        }
        let length = scalar::in_flow(rest).len();
        self.set(id, value..value + length, Kind::Scalar);
        value + length.max(1)
    }

    /// Skips spaces, line ends and comments; returns the new position, and the start of the last
    /// line on the way.
    fn skip(&self, mut at: usize) -> (usize, Option<usize>) {
        let mut line = None;
        loop {
            let rest = self.rest(at, self.range.end);
            let content = rest.trim_start();
            let spaces = rest.get(..rest.len() - content.len()).unwrap_or_default();
            if let Some(newline) = spaces.rfind('\n') {
                line = Some(at + newline + 1);
            }
            at += spaces.len();
            if !content.starts_with('#') {
                return (at, line);
            }
            at = self.line_end(at);
            line = Some(at);
        }
    }

    /// Whether the content of a line is outside the brackets.
    fn is_abandoned(&self, line: usize, at: usize, floor: Option<usize>) -> bool {
        let closes = self.rest(at, self.range.end).starts_with(['}', ']', ',']);
        floor.is_some_and(|floor| self.rest(line, at).chars().count() <= floor) && !closes
    }
}
