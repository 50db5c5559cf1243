//! The nodes of a document.

use std::borrow::Cow;

use super::Output;
use crate::position::Mark;
use crate::tree::{Content, Node, NodeId, Tree};

#[derive(Default)]
pub(super) struct Nodes<'t> {
    tree: Tree<'t>,
    /// The open collections, each with the number of children of those around it.
    open: Vec<(NodeId, usize)>,
    /// The children so far of all open collections.
    children: Vec<NodeId>,
}

impl<'t> Nodes<'t> {
    pub(super) fn into_tree(self) -> Tree<'t> {
        self.tree
    }

    fn add(&mut self, content: Content<'t>, start: Mark, end: Mark) -> NodeId {
        let id = self.tree.nodes.len();
        self.tree.nodes.push(Node {
            content,
            tag: None,
            start,
            content_start: start,
            end,
        });
        id
    }

    fn scalar(&mut self, text: &'t str, is_plain: bool, start: Mark, size: usize) {
        let text = Cow::Borrowed(text);
        let end = after(start, size);
        let id = self.add(Content::Scalar { text, is_plain }, start, end);
        self.children.push(id);
    }
}

impl<'t> Output<'t> for Nodes<'t> {
    fn open(&mut self, _: bool, start: Mark) {
        let id = self.add(Content::NOTHING, start, start);
        self.tree.root.get_or_insert(id);
        self.open.push((id, self.children.len()));
    }

    fn close(&mut self, is_mapping: bool, end: Option<Mark>) {
        let Some((id, first)) = self.open.pop() else {
            return;
        };
        let children = &mut self.children;
        self.tree.close(id, is_mapping, children, first, end);
        self.children.push(id);
    }

    fn key(&mut self, name: &'t str, start: Mark) {
        self.scalar(name, true, start, name.len());
    }

    fn plain(&mut self, text: &'t str, start: Mark) -> Option<()> {
        self.scalar(text, true, start, text.len());
        Some(())
    }

    fn quoted(&mut self, text: &'t str, start: Mark) {
        let quotes = 2;
        self.scalar(text, false, start, text.len() + quotes);
    }

    fn nothing(&mut self, at: Mark) {
        let id = self.add(Content::NOTHING, at, at);
        self.children.push(id);
    }
}

/// The position so many ASCII characters later on its line.
fn after(mark: Mark, size: usize) -> Mark {
    Mark {
        byte: mark.byte + size,
        line: mark.line,
        column: mark.column + size,
    }
}
