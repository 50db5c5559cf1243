//! The structure of a document: a tree of nodes.

use std::collections::BTreeMap;

use granit_parser::{Event, Parser, ScalarStyle, Span, Tag, YamlVersion, options};

use super::{Fault, ReadError};

/// The only version that a document may declare.
const LANGUAGE: YamlVersion = YamlVersion::new(1, 1);

const YAML_TAGS: &str = "tag:yaml.org,2002:";

/// The place of a node in its tree.
pub(super) type NodeId = usize;

pub(super) struct Node {
    /// The tag, `!!` standing for YAML's own. None if the content decides.
    pub(super) tag: Option<String>,
    pub(super) content: Content,
    /// Line and column, both from 1.
    pub(super) place: (usize, usize),
}

pub(super) enum Content {
    Scalar {
        text: String,
        plain: bool,
    },
    List(Vec<NodeId>),
    /// Keys and values in turn.
    Map(Vec<NodeId>),
    Alias(NodeId),
}

/// The nodes of the first document of a text.
#[derive(Default)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    root: Option<NodeId>,
    /// The collections that are not closed yet, the innermost last.
    open: Vec<NodeId>,
    anchors: BTreeMap<usize, NodeId>,
}

impl Tree {
    pub(super) fn parse(text: &str) -> Result<Self, ReadError> {
        // As libyaml and its kin read.
        let options = options! {
            bom_inside_document_as_content: true,
            block_scalar_eof_without_line_feed: true,
            emit_comments: false,
        };
        let mut tree = Self::default();
        for event in Parser::new_from_str_with_options(text, options) {
            let (event, span) = event.map_err(|error| {
                ReadError::at(
                    Fault::Syntax,
                    (error.marker().line(), error.marker().col() + 1),
                )
            })?;
            if matches!(event, Event::DocumentEnd) {
                break;
            }
            tree.take(event, span)?;
        }
        Ok(tree)
    }

    pub(super) const fn root(&self) -> Option<NodeId> {
        self.root
    }

    /// A node, by an identifier that this tree gave.
    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id]
    }

    /// What an alias stands for; other nodes stand for themselves.
    pub(super) fn target(&self, id: NodeId) -> &Node {
        match self.node(id).content {
            Content::Alias(target) => self.node(target),
            _ => self.node(id),
        }
    }

    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), ReadError> {
        let place = (span.start.line(), span.start.col() + 1);
        let (content, anchor, tag) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let plain = matches!(style, ScalarStyle::Plain);
                let nothing = plain && anchor == 0 && tag.is_none() && span.is_empty();
                if nothing && self.expects_key() {
                    return Err(ReadError::at(Fault::Syntax, place));
                }
                let text = text.into_owned();
                (Content::Scalar { text, plain }, anchor, tag)
            }
            Event::SequenceStart(_, anchor, tag) => (Content::List(Vec::new()), anchor, tag),
            Event::MappingStart(_, anchor, tag) => (Content::Map(Vec::new()), anchor, tag),
            Event::Alias(anchor) => match self.anchors.get(&anchor) {
                Some(target) => (Content::Alias(*target), 0, None),
                None => return Err(ReadError::at(Fault::Syntax, place)),
            },
            Event::SequenceEnd | Event::MappingEnd => {
                self.open.pop();
                return Ok(());
            }
            Event::DocumentStart(_, Some(version)) if version != LANGUAGE => {
                return Err(ReadError::at(Fault::Syntax, place));
            }
            _ => return Ok(()),
        };
        let opens = matches!(content, Content::List(_) | Content::Map(_));
        let tag = tag.as_deref().and_then(short);
        let id = self.add(Node {
            tag,
            content,
            place,
        });
        if anchor != 0 {
            self.anchors.insert(anchor, id);
        }
        if opens {
            self.open.push(id);
        }
        Ok(())
    }

    /// Whether the next node is the key of a mapping.
    fn expects_key(&self) -> bool {
        let parent = self.open.last().and_then(|parent| self.nodes.get(*parent));
        matches!(parent, Some(Node { content: Content::Map(children), .. }) if children.len() % 2 == 0)
    }

    fn add(&mut self, node: Node) -> NodeId {
        let id = self.nodes.len();
        self.nodes.push(node);
        let parent = self
            .open
            .last()
            .and_then(|parent| self.nodes.get_mut(*parent));
        match parent.map(|parent| &mut parent.content) {
            Some(Content::List(children) | Content::Map(children)) => children.push(id),
            _ => self.root = Some(id),
        }
        id
    }
}

/// The tag as it is compared. The non-specific tag `!` says nothing.
fn short(tag: &Tag) -> Option<String> {
    if let Some(name) = tag.suffix_in_namespace(YAML_TAGS) {
        return Some(format!("!!{name}"));
    }
    let tag = format!("{}{}", tag.handle(), tag.suffix());
    (tag != "!").then_some(tag)
}
