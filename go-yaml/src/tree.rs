//! The nodes of a document.

use std::borrow::Cow;
use std::ops::Range;

use crate::position::Mark;
use crate::tag::Tag;

/// The index of a node in its tree.
pub(crate) type NodeId = usize;

#[derive(Debug)]
pub(crate) struct Node<'t> {
    pub(crate) content: Content<'t>,
    /// `None` if the content decides.
    pub(crate) tag: Option<Tag>,
    pub(crate) start: Mark,
    /// Its start without anchor and tag.
    pub(crate) content_start: Mark,
    pub(crate) end: Mark,
}

#[derive(Debug)]
pub(crate) enum Content<'t> {
    Scalar {
        text: Cow<'t, str>,
        is_plain: bool,
    },
    /// The range of its items in the tree's list of children.
    Sequence(Range<usize>),
    /// The range of its keys and values, alternating.
    Mapping(Range<usize>),
    Alias(NodeId),
}

impl Content<'_> {
    /// A missing scalar.
    pub(crate) const NOTHING: Self = Self::Scalar {
        text: Cow::Borrowed(""),
        is_plain: true,
    };
}

/// The nodes of a document, each before its content.
#[derive(Debug, Default)]
pub(crate) struct Tree<'t> {
    pub(crate) nodes: Vec<Node<'t>>,
    pub(crate) children: Vec<NodeId>,
    pub(crate) root: Option<NodeId>,
}

impl<'t> Tree<'t> {
    /// The node with an identifier of this tree.
    pub(crate) fn node(&self, id: NodeId) -> &Node<'t> {
        &self.nodes[id]
    }

    /// The node that an alias refers to; other nodes refer to themselves.
    pub(crate) fn target(&self, id: NodeId) -> &Node<'t> {
        match self.node(id).content {
            Content::Alias(target) => self.node(target),
            _ => self.node(id),
        }
    }

    /// Ends a collection, whose children are those in `open` from `first` on. It ends with the last of
    /// them, unless `end` says where.
    pub(crate) fn close(
        &mut self,
        id: NodeId,
        is_mapping: bool,
        open: &mut Vec<NodeId>,
        first: usize,
        end: Option<Mark>,
    ) {
        let last = open.get(first..).and_then(<[_]>::last);
        let end = end.or_else(|| last.map(|last| self.node(*last).end));
        let from = self.children.len();
        self.children.extend(open.drain(first..));
        let children = from..self.children.len();
        let node = &mut self.nodes[id];
        node.end = end.unwrap_or(node.end);
        node.content = if is_mapping {
            Content::Mapping(children)
        } else {
            Content::Sequence(children)
        };
    }

    pub(crate) fn items(&self, children: &Range<usize>) -> &[NodeId] {
        self.children.get(children.clone()).unwrap_or_default()
    }

    /// The keys and values of a mapping.
    pub(crate) fn pairs(&self, children: Range<usize>) -> impl Iterator<Item = (NodeId, NodeId)> {
        let (pairs, _) = self.items(&children).as_chunks();
        pairs.iter().map(|[key, value]| (*key, *value))
    }
}
