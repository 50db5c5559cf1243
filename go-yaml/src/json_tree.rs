//! The nodes of a JSON text, some forms of which YAML's scanner rejects.

use std::borrow::Cow;

use crate::MAX_DEPTH;
use crate::cursor::Cursor;
use crate::position::Mark;
use crate::tree::{Content, Node, NodeId, Tree};

/// The nodes of a JSON text; `None` if the text is something else.
pub(crate) fn parse(text: &str) -> Option<Tree<'_>> {
    let mut parser = Parser {
        cursor: Cursor::new(text),
        tree: Tree::default(),
        open: Vec::new(),
    };
    parser.skip_space();
    let root = parser.value(MAX_DEPTH)?;
    parser.skip_space();
    parser.tree.root = Some(root);
    parser.cursor.is_end().then_some(parser.tree)
}

struct Parser<'t> {
    cursor: Cursor<'t>,
    tree: Tree<'t>,
    /// The children so far of all open collections.
    open: Vec<NodeId>,
}

impl<'t> Parser<'t> {
    fn skip_space(&mut self) {
        loop {
            match self.cursor.byte(0) {
                b' ' | b'\t' => self.cursor.skip_bytes(1),
                b'\n' | b'\r' => match self.cursor.break_at(0) {
                    Some(found) => self.cursor.skip_break(found),
                    None => return,
                },
                _ => return,
            }
        }
    }

    /// Skips a sign and the space after it, if it is next.
    fn accept(&mut self, sign: u8) -> bool {
        let is_here = self.cursor.byte(0) == sign;
        if is_here {
            self.cursor.skip_bytes(1);
            self.skip_space();
        }
        is_here
    }

    fn value(&mut self, depth: usize) -> Option<NodeId> {
        match self.cursor.byte(0) {
            b'{' => self.collection(depth.checked_sub(1)?, b'}'),
            b'[' => self.collection(depth.checked_sub(1)?, b']'),
            b'"' => self.string(),
            _ => self.word(),
        }
    }

    fn collection(&mut self, depth: usize, close: u8) -> Option<NodeId> {
        let is_mapping = close == b'}';
        let start = self.cursor.mark();
        let id = self.tree.nodes.len();
        self.tree.nodes.push(Node {
            content: Content::NOTHING,
            tag: None,
            start,
            content_start: start,
            end: start,
        });
        let first = self.open.len();
        self.cursor.skip_bytes(1);
        self.skip_space();
        while self.cursor.byte(0) != close {
            if self.open.len() > first && !self.accept(b',') {
                return None;
            }
            if is_mapping {
                let key = self.string()?;
                self.open.push(key);
                self.skip_space();
                self.accept(b':').then_some(())?;
            }
            let value = self.value(depth)?;
            self.open.push(value);
            self.skip_space();
        }
        self.cursor.skip_bytes(1);
        let end = Some(self.cursor.mark());
        self.tree.close(id, is_mapping, &mut self.open, first, end);
        Some(id)
    }

    fn string(&mut self) -> Option<NodeId> {
        let start = self.cursor.mark();
        if self.cursor.byte(0) != b'"' {
            return None;
        }
        self.cursor.skip_bytes(1);
        loop {
            match self.cursor.byte(0) {
                b'"' => break,
                b'\\' => {
                    self.cursor.skip_bytes(1);
                    self.cursor.skip();
                }
                _ if self.cursor.is_end() => return None,
                _ => self.cursor.skip(),
            }
        }
        self.cursor.skip_bytes(1);
        let quoted = self.cursor.since(start.byte);
        let text = quoted.get(1..quoted.len().checked_sub(1)?)?;
        let text = if text.contains('\\') {
            Cow::Owned(serde_json::from_str(quoted).ok()?)
        } else {
            Cow::Borrowed(text)
        };
        Some(self.scalar(text, false, start))
    }

    /// A number, a boolean or null.
    fn word(&mut self) -> Option<NodeId> {
        let start = self.cursor.mark();
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
        let text = self.cursor.skip_while(is_part);
        (!text.is_empty()).then(|| self.scalar(Cow::Borrowed(text), true, start))
    }

    fn scalar(&mut self, text: Cow<'t, str>, is_plain: bool, start: Mark) -> NodeId {
        self.tree.nodes.push(Node {
            content: Content::Scalar { text, is_plain },
            tag: None,
            start,
            content_start: start,
            end: self.cursor.mark(),
        });
        self.tree.nodes.len() - 1
    }
}
