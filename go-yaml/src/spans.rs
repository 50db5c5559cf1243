//! Positions of a document's fields in its text.
//!
//! A document is decoded without positions, which is fast; to report something, its text is parsed
//! again with positions.

mod index;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use self::index::Index;
use crate::position::{Mark, Position, Span};
use crate::tree::{Content, NodeId, Tree};
use crate::{Version, json_tree, nodes};

/// The position of a field, existing or not.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// Its name, if it is a field of a mapping.
    pub key: Option<Span>,
    /// Its value.
    pub value: Span,
    /// Whether its value is a mapping or a list.
    pub is_collection: bool,
    /// Whether the field exists. Otherwise this is the position of its nearest existing parent.
    pub exists: bool,
    /// The aliases (`*name`) that lead to it. The position is that of the anchor.
    pub aliases: Vec<Span>,
    /// Its JSON pointer, or that of its nearest existing parent.
    pub pointer: String,
    /// The first line of its value.
    head: Span,
}

impl Place {
    /// The part to point at: the value, but the name if the value is empty or a collection, and the
    /// first line of several.
    pub fn mark(&self) -> &Span {
        match &self.key {
            Some(key) if self.is_collection || self.value.bytes.is_empty() => key,
            _ => &self.head,
        }
    }
}

/// The positions of a document's fields.
///
/// ```
/// use go_yaml::{Position, Spans};
///
/// let text = "kind: A\nspec:\n  ports: [{name: http}]\n";
/// let spans = Spans::of(text, Position { line: 1, column: 1 });
///
/// let name = spans.find("spec.ports[0].name");
/// assert_eq!((name.mark().start.line, name.mark().start.column), (3, 18));
/// assert_eq!(name.pointer, "/spec/ports/0/name");
///
/// let missing = spans.find("spec.replicas");
/// assert!(!missing.exists);
/// assert_eq!(missing.mark().start.line, 2);
/// ```
///
/// Cheap to clone.
#[derive(Clone, Debug)]
pub struct Spans {
    parts: Arc<Parts>,
    root: NodeId,
}

/// A text and the positions in it.
#[derive(Debug)]
struct Parts {
    source: String,
    nodes: Vec<Node>,
    /// The fields of all mappings.
    fields: Vec<Field>,
}

#[derive(Clone, Debug)]
struct Node {
    span: Span,
    children: Children,
}

impl From<Span> for Node {
    /// A node without children.
    fn from(span: Span) -> Self {
        let children = Children::None;
        Self { span, children }
    }
}

#[derive(Clone, Debug)]
enum Children {
    None,
    Fields(Fields),
    Items(Vec<NodeId>),
    /// The children of the node that an alias refers to.
    Of(NodeId),
}

/// The fields of a mapping.
#[derive(Clone, Debug)]
struct Fields {
    /// Its own fields.
    written: Range<FieldId>,
    /// Created on the first look-up.
    index: OnceLock<Index>,
}

/// The index of a field among those of all mappings.
type FieldId = usize;

#[derive(Clone, Debug)]
struct Field {
    name: String,
    key: Span,
    value: NodeId,
}

/// With so few fields, a mapping needs no index.
const FEW: usize = 16;

/// The name of a field that merges other mappings.
const MERGE: &str = "<<";

/// The root node: parents precede their children.
const WHOLE: NodeId = 0;

impl Spans {
    /// Finds the positions of a document's fields, given its text and the position of its start.
    ///
    /// A text that cannot be parsed has only the position of its first line.
    pub fn of(source: &str, start: Position) -> Self {
        let content = source.trim_start_matches('\u{feff}');
        let origin = Origin {
            start,
            byte: source.len() - content.len(),
        };
        let tree = json_tree::parse(content).or_else(|| nodes(content, Version::V2).ok());
        let (nodes, fields) = match tree.filter(|tree| tree.root.is_some()) {
            Some(tree) => nodes_and_fields(&tree, origin),
            None => (vec![origin.first_line(content).into()], vec![]),
        };
        let parts = Parts {
            source: source.to_owned(),
            nodes,
            fields,
        };
        Self {
            parts: Arc::new(parts),
            root: WHOLE,
        }
    }

    /// The positions in an item of a document that is a list; otherwise the document's own.
    ///
    /// The items of a list share a text, which is parsed only once.
    #[must_use]
    pub fn item(&self, item: usize) -> Self {
        let items = self
            .index(WHOLE)
            .and_then(|index| index.named(self, "items"));
        let items = items.map(|items| &self.parts.nodes[self.anchored(items.value)].children);
        let root = match items {
            Some(Children::Items(items)) => items.get(item).copied(),
            _ => None,
        };
        Self {
            root: root.unwrap_or(WHOLE),
            ..self.clone()
        }
    }

    /// Whether the document has aliases (`*name`): then a field may be part of others.
    ///
    /// ```
    /// use go_yaml::{Position, Spans};
    ///
    /// let start = Position { line: 1, column: 1 };
    /// assert!(Spans::of("a: &x 1\nb: *x\n", start).has_aliases());
    /// assert!(!Spans::of("a: &x 1\nb: '*x'\n", start).has_aliases());
    /// ```
    pub fn has_aliases(&self) -> bool {
        let mut nodes = self.parts.nodes.iter();
        nodes.any(|node| matches!(node.children, Children::Of(_)))
    }

    /// The position of a field, in Kubernetes' syntax: `spec.services.volumes[0].name`, with map
    /// keys after a dot or in brackets. The document itself is `<nil>` or empty.
    ///
    /// Keys may contain dots: the longest matching key wins.
    pub fn find(&self, path: &str) -> Place {
        let path = if path == "<nil>" { "" } else { path };
        self.walk(path, |node, rest| self.step(node, rest))
    }

    /// The position of a field, by its JSON pointer: `/spec/services/volumes/0/name`.
    pub fn pointer(&self, pointer: &str) -> Place {
        self.walk(pointer, |node, rest| {
            let rest = rest.strip_prefix('/').unwrap_or(rest);
            let end = rest.find('/').unwrap_or(rest.len());
            let (token, rest) = rest.split_at(end);
            let token = token.replace("~1", "/").replace("~0", "~");
            let child = match &self.parts.nodes[node].children {
                Children::Fields(fields) => self.named(node, fields, &token).map(Child::field),
                Children::Items(items) => Child::item(items, &token),
                Children::None | Children::Of(_) => None,
            };
            child.map(|child| (child, rest))
        })
    }

    /// Follows a path as far as it exists.
    fn walk<'p>(
        &self,
        path: &'p str,
        step: impl Fn(usize, &'p str) -> Option<(Child<'_>, &'p str)>,
    ) -> Place {
        let (mut node, mut key, mut rest) = (self.root, None, path);
        let mut aliases = Vec::new();
        let mut pointer = String::new();
        loop {
            if let Children::Of(anchored) = self.parts.nodes[node].children {
                aliases.push(self.parts.nodes[node].span.clone());
                // An anchor precedes its aliases, so this ends.
                node = anchored;
                continue;
            }
            let next = if rest.is_empty() {
                None
            } else {
                step(node, rest)
            };
            let Some((child, after)) = next else { break };
            pointer.push('/');
            pointer.push_str(&child.name.replace('~', "~0").replace('/', "~1"));
            (node, key, rest) = (child.node, child.key, after);
        }
        let Node { span, children } = &self.parts.nodes[node];
        Place {
            key: key.cloned(),
            value: span.clone(),
            is_collection: !matches!(children, Children::None),
            exists: rest.is_empty(),
            aliases,
            pointer,
            head: self.head(span),
        }
    }

    /// The first line of a part.
    fn head(&self, span: &Span) -> Span {
        let text = self.parts.source.get(span.bytes.clone()).unwrap_or("");
        let line = text.lines().next().unwrap_or("").trim_end();
        if line.len() == text.len() {
            return span.clone();
        }
        Span {
            start: span.start,
            end: Position {
                line: span.start.line,
                column: span.start.column + line.chars().count(),
            },
            bytes: span.bytes.start..span.bytes.start + line.len(),
        }
    }

    /// The child of a node at the start of a path, and the rest of the path.
    fn step<'p>(&self, node: usize, path: &'p str) -> Option<(Child<'_>, &'p str)> {
        if let Children::Items(items) = &self.parts.nodes[node].children {
            let (index, rest) = path.strip_prefix('[')?.split_once(']')?;
            return Some((Child::item(items, index)?, rest));
        }
        let (field, rest) = self.index(node)?.longest(self, path)?;
        Some((Child::field(field), rest))
    }

    /// The field `wanted` of a mapping.
    fn named(&self, node: NodeId, fields: &Fields, wanted: &str) -> Option<&Field> {
        let written = self.parts.fields.get(fields.written.clone())?;
        if written.len() > FEW || written.iter().any(|field| field.name == MERGE) {
            return self.index(node)?.named(self, wanted);
        }
        written.iter().rfind(|field| field.name == wanted)
    }

    /// The fields of a node by name, if it is a mapping.
    fn index(&self, node: NodeId) -> Option<&Index> {
        match &self.parts.nodes[node].children {
            Children::Fields(fields) => Some(fields.index.get_or_init(|| Index::of(self, node))),
            _ => None,
        }
    }

    fn anchored(&self, node: usize) -> usize {
        match self.parts.nodes[node].children {
            Children::Of(anchored) => anchored,
            _ => node,
        }
    }
}

struct Child<'s> {
    /// Its name, or its index in a list.
    name: Cow<'s, str>,
    key: Option<&'s Span>,
    node: usize,
}

impl<'s> Child<'s> {
    fn field(field: &'s Field) -> Self {
        Self {
            name: Cow::Borrowed(field.name.as_str()),
            key: Some(&field.key),
            node: field.value,
        }
    }

    fn item(items: &[usize], index: &str) -> Option<Self> {
        let index = index.parse::<usize>().ok()?;
        Some(Self {
            name: Cow::Owned(index.to_string()),
            key: None,
            node: *items.get(index)?,
        })
    }
}

/// The start of a text.
#[derive(Clone, Copy)]
struct Origin {
    start: Position,
    /// The number of bytes before the parsed text.
    byte: usize,
}

impl Origin {
    fn span(self, start: Mark, end: Mark) -> Span {
        Span {
            start: self.position(start),
            end: self.position(end),
            bytes: start.byte + self.byte..end.byte + self.byte,
        }
    }

    fn position(self, mark: Mark) -> Position {
        let first_column = if mark.line == 0 { self.start.column } else { 1 };
        Position {
            line: self.start.line + mark.line,
            column: mark.column + first_column,
        }
    }

    fn first_line(self, text: &str) -> Span {
        let line = text.lines().next().unwrap_or("");
        let end = Mark {
            byte: line.len(),
            line: 0,
            column: line.chars().count(),
        };
        self.span(Mark::default(), end)
    }
}

/// The nodes of a tree, with the fields of its mappings.
fn nodes_and_fields(tree: &Tree<'_>, origin: Origin) -> (Vec<Node>, Vec<Field>) {
    let mut fields = Vec::new();
    let mut children = |content: &Content<'_>| match content {
        Content::Scalar { .. } => Children::None,
        Content::Sequence(items) => Children::Items(tree.items(items).to_vec()),
        Content::Mapping(pairs) => {
            let first = fields.len();
            let pairs = tree.pairs(pairs.clone());
            fields.extend(pairs.map(|(key, value)| field(tree, key, value, origin)));
            Children::Fields(Fields {
                written: first..fields.len(),
                index: OnceLock::new(),
            })
        }
        Content::Alias(target) => Children::Of(*target),
    };
    let nodes = tree.nodes.iter().map(|node| Node {
        span: origin.span(node.content_start, node.end),
        children: children(&node.content),
    });
    (nodes.collect(), fields)
}

/// A field. A key that is not a scalar has no name; objects have no such keys.
fn field(tree: &Tree<'_>, key: NodeId, value: NodeId, origin: Origin) -> Field {
    let name = match &tree.target(key).content {
        Content::Scalar { text, .. } => text.as_ref().to_owned(),
        _ => String::new(),
    };
    let key = tree.node(key);
    let key = origin.span(key.content_start, key.end);
    Field { name, key, value }
}

#[cfg(test)]
mod tests;
