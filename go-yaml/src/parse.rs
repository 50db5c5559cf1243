//! Parses tokens to nodes, with libyaml's grammar.

use std::collections::BTreeMap;

use crate::error::{Error, Fault};
use crate::position::Mark;
use crate::scan::{Kind, Scanner, Token};
use crate::tag::Tag;
use crate::tree::{Content, Node, NodeId, Tree};
use crate::{MAX_DEPTH, Version};

/// The nodes of the first document of a text. The rest is not read.
pub(crate) fn parse(text: &str, version: Version) -> Result<Tree<'_>, Error> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let readable = readable(text);
    let mut parser = Parser {
        version,
        scanner: Scanner::new(text.get(..readable).unwrap_or(text), version),
        directives: Vec::new(),
        anchors: BTreeMap::new(),
        tree: Tree::default(),
        open: Vec::new(),
        depth: 0,
        flow: None,
    };
    let parsed = parser.document();
    if readable < text.len() && readable < (parser.scanner.reach() + AHEAD).next_multiple_of(CHUNK)
    {
        return Err(Error::encoding("control characters are not allowed"));
    }
    parsed.map(|()| parser.tree)
}

/// go-yaml checks the characters of this many bytes before it scans the first of them.
const CHUNK: usize = 512;

/// It requires this many bytes before it looks for the next token.
const AHEAD: usize = 4;

/// The number of bytes before the first character that YAML forbids.
fn readable(text: &str) -> usize {
    let is_suspect =
        |byte: u8| matches!(byte, 0..=0x08 | 0x0B | 0x0C | 0x0E..=0x1F | 0x7F | 0xC2 | 0xEF);
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(next) = bytes
        .get(at..)
        .and_then(|rest| rest.iter().position(|byte| is_suspect(*byte)))
    {
        at += next;
        let suspect = text.get(at..).and_then(|rest| rest.chars().next());
        match suspect {
            Some('\u{85}' | '\u{A0}'..='\u{BF}' | '\u{F000}'..='\u{FFFD}') => at += 2,
            _ => return at,
        }
    }
    text.len()
}

/// The properties of a node: its anchor, its tag and their positions.
struct Properties<'t> {
    anchor: Option<&'t str>,
    /// Handle, suffix and position of the tag.
    tag: Option<(&'t str, String, Mark)>,
    span: Option<(Mark, Mark)>,
}

/// The kind and end of a parsed collection.
struct Collection {
    is_mapping: bool,
    /// Its end, unless that is the end of its last child.
    end: Option<Mark>,
}

impl Collection {
    const SEQUENCE: Self = Self {
        is_mapping: false,
        end: None,
    };
    const MAPPING: Self = Self {
        is_mapping: true,
        end: None,
    };
}

/// A position where a node may be.
struct Position {
    in_block: bool,
    may_be_indentless: bool,
    /// The tokens that follow if there is none.
    ends: &'static [Kind<'static>],
}

impl Position {
    const BLOCK_ITEM: Self = Self {
        in_block: true,
        may_be_indentless: false,
        ends: &[Kind::BlockEntry, Kind::BlockEnd],
    };
    const INDENTLESS_ITEM: Self = Self {
        in_block: true,
        may_be_indentless: false,
        ends: &[Kind::BlockEntry, Kind::Key, Kind::Value, Kind::BlockEnd],
    };
    const BLOCK_FIELD: Self = Self {
        in_block: true,
        may_be_indentless: true,
        ends: &[Kind::Key, Kind::Value, Kind::BlockEnd],
    };
    const FLOW_ITEM: Self = Self::in_flow(&[Kind::Value, Kind::FlowEntry, Kind::FlowSequenceEnd]);
    const FLOW_VALUE_OF_ITEM: Self = Self::in_flow(&[Kind::FlowEntry, Kind::FlowSequenceEnd]);
    const FLOW_KEY: Self = Self::in_flow(&[Kind::Value, Kind::FlowEntry, Kind::FlowMappingEnd]);
    const FLOW_VALUE: Self = Self::in_flow(&[Kind::FlowEntry, Kind::FlowMappingEnd]);

    const fn in_flow(ends: &'static [Kind<'static>]) -> Self {
        Self {
            in_block: false,
            may_be_indentless: false,
            ends,
        }
    }
}

struct Parser<'t> {
    version: Version,
    scanner: Scanner<'t>,
    /// Handles of tags and their prefixes.
    directives: Vec<(&'t str, String)>,
    anchors: BTreeMap<&'t str, NodeId>,
    tree: Tree<'t>,
    /// The children so far of all open collections.
    open: Vec<NodeId>,
    depth: usize,
    /// The start of the open flow collection.
    flow: Option<Mark>,
}

impl<'t> Parser<'t> {
    fn peek(&mut self) -> Result<&Token<'t>, Error> {
        self.scanner.peek()
    }

    /// Takes the next token, if it has this kind.
    fn accept(&mut self, kind: &Kind<'_>) -> Result<Option<Token<'t>>, Error> {
        if self.peek()?.kind == *kind {
            Ok(self.scanner.take())
        } else {
            Ok(None)
        }
    }

    #[cold]
    fn error(&self, problem: &'static str, at: Mark, context: Option<Mark>) -> Error {
        let start = self.flow.or(context);
        let place = start.filter(|_| self.scanner.is_end()).unwrap_or(at);
        Error::parser(self.version, problem, at, context).at(place)
    }

    fn document(&mut self) -> Result<(), Error> {
        self.accept(&Kind::StreamStart)?;
        if self.peek()?.kind == Kind::StreamEnd {
            return Ok(());
        }
        let is_explicit = matches!(
            self.peek()?.kind,
            Kind::VersionDirective(_) | Kind::TagDirective(..) | Kind::DocumentStart
        );
        self.process_directives()?;
        if is_explicit && self.accept(&Kind::DocumentStart)?.is_none() {
            let at = self.peek()?.start;
            return Err(self.error("did not find expected <document start>", at, None));
        }
        let token = self.peek()?;
        let start = token.start;
        let is_empty = matches!(
            token.kind,
            Kind::VersionDirective(_)
                | Kind::TagDirective(..)
                | Kind::DocumentStart
                | Kind::DocumentEnd
                | Kind::StreamEnd
        );
        self.tree.root = Some(if is_empty && is_explicit {
            self.nothing(start)
        } else {
            self.node(true, false)?
        });
        self.peek()?;
        Ok(())
    }

    fn process_directives(&mut self) -> Result<(), Error> {
        let mut has_version = false;
        loop {
            let token = self.peek()?;
            let at = token.start;
            match token.kind {
                Kind::VersionDirective(_) if has_version => {
                    return Err(self.error("found duplicate %YAML directive", at, None));
                }
                Kind::VersionDirective(false) => {
                    return Err(self.error("found incompatible YAML document", at, None));
                }
                Kind::VersionDirective(true) => has_version = true,
                Kind::TagDirective(..) => {}
                _ => break,
            }
            let Some(Kind::TagDirective(handle, prefix)) =
                self.scanner.take().map(|token| token.kind)
            else {
                continue;
            };
            if self.prefix(handle).is_some() {
                return Err(self.error("found duplicate %TAG directive", at, None));
            }
            self.directives.push((handle, prefix));
        }
        for (handle, prefix) in [("!", "!"), ("!!", "tag:yaml.org,2002:")] {
            if self.prefix(handle).is_none() {
                self.directives.push((handle, prefix.to_owned()));
            }
        }
        Ok(())
    }

    fn prefix(&self, handle: &str) -> Option<&str> {
        let mut directives = self.directives.iter();
        let found = directives.find(|(known, _)| *known == handle);
        found.map(|(_, prefix)| prefix.as_str())
    }

    /// A node. In a block mapping, a sequence may have the indentation of its key.
    fn node(&mut self, in_block: bool, may_be_indentless: bool) -> Result<NodeId, Error> {
        if let Kind::Alias(name) = self.peek()?.kind {
            return self.alias(name);
        }
        let Properties { anchor, tag, span } = self.properties()?;
        let here = self.peek()?.start;
        let (start, end) = span.unwrap_or((here, here));
        let tag = match tag {
            Some((handle, suffix, at)) => Some(self.tag(handle, &suffix, at, start)?),
            None => None,
        };
        let node = Node {
            content: Content::NOTHING,
            tag,
            start,
            content_start: here,
            end,
        };
        let read = match self.peek()?.kind {
            Kind::Scalar { .. } => return Ok(self.scalar(anchor, node)),
            Kind::BlockEntry if may_be_indentless => Self::indentless_sequence,
            Kind::FlowSequenceStart => Self::flow_sequence,
            Kind::FlowMappingStart => Self::flow_mapping,
            Kind::BlockSequenceStart if in_block => Self::block_sequence,
            Kind::BlockMappingStart if in_block => Self::block_mapping,
            _ if anchor.is_some() || node.tag.is_some() => {
                let content_start = start;
                return Ok(self.add(
                    anchor,
                    Node {
                        content_start,
                        ..node
                    },
                ));
            }
            _ => {
                let problem = "did not find expected node content";
                return Err(self.error(problem, here, Some(start)));
            }
        };
        self.collection(anchor, node, read)
    }

    fn alias(&mut self, name: &str) -> Result<NodeId, Error> {
        let (start, end) = self.peek().map(|token| (token.start, token.end))?;
        self.scanner.take();
        let target = self.anchors.get(name).copied();
        let target = target.ok_or_else(|| Error::of(Fault::UnknownAnchor, start))?;
        let node = Node {
            content: Content::Alias(target),
            tag: None,
            start,
            content_start: start,
            end,
        };
        Ok(self.add(None, node))
    }

    /// An anchor and a tag, in any order.
    fn properties(&mut self) -> Result<Properties<'t>, Error> {
        let mut properties = Properties {
            anchor: None,
            tag: None,
            span: None,
        };
        loop {
            let token = self.peek()?;
            let (at, end) = (token.start, token.end);
            match token.kind {
                Kind::Anchor(name) if properties.anchor.is_none() => {
                    properties.anchor = Some(name);
                    self.scanner.take();
                }
                Kind::Tag(..) if properties.tag.is_none() => {
                    if let Some(Kind::Tag(handle, suffix)) = self.scanner.take().map(|tag| tag.kind)
                    {
                        properties.tag = Some((handle, suffix, at));
                    }
                }
                _ => return Ok(properties),
            }
            let start = properties.span.map_or(at, |(start, _)| start);
            properties.span = Some((start, end));
        }
    }

    fn tag(&self, handle: &str, suffix: &str, at: Mark, start: Mark) -> Result<Tag, Error> {
        if handle.is_empty() {
            return Ok(Tag::of(suffix, self.version));
        }
        match self.prefix(handle) {
            Some(prefix) => Ok(Tag::of(&format!("{prefix}{suffix}"), self.version)),
            None => Err(self.error("found undefined tag handle", at, Some(start))),
        }
    }

    /// A scalar whose token was peeked at.
    fn scalar(&mut self, anchor: Option<&'t str>, mut node: Node<'t>) -> NodeId {
        if let Some(Token {
            kind: Kind::Scalar { text, is_plain },
            end,
            ..
        }) = self.scanner.take()
        {
            node.content = Content::Scalar { text, is_plain };
            node.end = end;
        }
        self.add(anchor, node)
    }

    /// A missing scalar.
    fn nothing(&mut self, at: Mark) -> NodeId {
        let node = Node {
            content: Content::NOTHING,
            tag: None,
            start: at,
            content_start: at,
            end: at,
        };
        self.add(None, node)
    }

    fn add(&mut self, anchor: Option<&'t str>, node: Node<'t>) -> NodeId {
        let id = self.tree.nodes.len();
        self.tree.nodes.push(node);
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor, id);
        }
        id
    }

    /// A collection, with a function that parses its children.
    fn collection(
        &mut self,
        anchor: Option<&'t str>,
        node: Node<'t>,
        read: impl FnOnce(&mut Self) -> Result<Collection, Error>,
    ) -> Result<NodeId, Error> {
        if self.depth == MAX_DEPTH {
            return Err(Error::of(Fault::TooDeep, node.start));
        }
        self.depth += 1;
        // It is added before its children, which may be aliases of it.
        let id = self.add(anchor, node);
        let first = self.open.len();
        let Collection { is_mapping, end } = read(self)?;
        self.tree.close(id, is_mapping, &mut self.open, first, end);
        self.depth -= 1;
        Ok(id)
    }

    /// Adds a child to the open collection.
    fn child(&mut self, position: &Position, nothing: Mark) -> Result<(), Error> {
        let id = if position.ends.contains(&self.peek()?.kind) {
            self.nothing(nothing)
        } else {
            self.node(position.in_block, position.may_be_indentless)?
        };
        self.open.push(id);
        Ok(())
    }

    /// Adds a missing child.
    fn no_child(&mut self, at: Mark) {
        let id = self.nothing(at);
        self.open.push(id);
    }

    fn expect_block_end(&mut self, problem: &'static str, start: Mark) -> Result<(), Error> {
        let at = self.peek()?.start;
        match self.accept(&Kind::BlockEnd)? {
            Some(_) => Ok(()),
            None => Err(self.error(problem, at, Some(start))),
        }
    }

    fn block_sequence(&mut self) -> Result<Collection, Error> {
        let start = self.peek()?.start;
        self.scanner.take();
        while let Some(entry) = self.accept(&Kind::BlockEntry)? {
            self.child(&Position::BLOCK_ITEM, entry.end)?;
        }
        self.expect_block_end("did not find expected '-' indicator", start)?;
        Ok(Collection::SEQUENCE)
    }

    fn indentless_sequence(&mut self) -> Result<Collection, Error> {
        while let Some(entry) = self.accept(&Kind::BlockEntry)? {
            self.child(&Position::INDENTLESS_ITEM, entry.end)?;
        }
        Ok(Collection::SEQUENCE)
    }

    fn block_mapping(&mut self) -> Result<Collection, Error> {
        let start = self.peek()?.start;
        self.scanner.take();
        while let Some(key) = self.accept(&Kind::Key)? {
            self.child(&Position::BLOCK_FIELD, key.end)?;
            let here = self.peek()?.start;
            match self.accept(&Kind::Value)? {
                Some(value) => self.child(&Position::BLOCK_FIELD, value.end)?,
                None => self.no_child(here),
            }
        }
        self.expect_block_end("did not find expected key", start)?;
        Ok(Collection::MAPPING)
    }

    /// Parses entries up to the end of a flow collection.
    fn flow_entries(
        &mut self,
        end: &Kind<'_>,
        problem: &'static str,
        mut entry: impl FnMut(&mut Self) -> Result<(), Error>,
    ) -> Result<Option<Mark>, Error> {
        let start = self.peek()?.start;
        self.scanner.take();
        let outer = self.flow.replace(start);
        let mut is_first = true;
        while self.peek()?.kind != *end {
            let at = self.peek()?.start;
            if !is_first && self.accept(&Kind::FlowEntry)?.is_none() {
                return Err(self.error(problem, at, Some(start)));
            }
            is_first = false;
            if self.peek()?.kind != *end {
                entry(self)?;
            }
        }
        self.flow = outer;
        Ok(self.scanner.take().map(|end| end.end))
    }

    fn flow_sequence(&mut self) -> Result<Collection, Error> {
        let problem = "did not find expected ',' or ']'";
        let end = self.flow_entries(&Kind::FlowSequenceEnd, problem, |parser| {
            let key = parser.peek()?.start;
            let id = if parser.accept(&Kind::Key)?.is_some() {
                let node = Node {
                    content: Content::NOTHING,
                    tag: None,
                    start: key,
                    content_start: key,
                    end: key,
                };
                parser.collection(None, node, Self::flow_pair)?
            } else {
                parser.node(false, false)?
            };
            parser.open.push(id);
            Ok(())
        })?;
        Ok(Collection {
            end,
            ..Collection::SEQUENCE
        })
    }

    /// The only field of a mapping without braces, after its key's sign: `[a: b]`.
    fn flow_pair(&mut self) -> Result<Collection, Error> {
        let token = self.peek()?;
        let end = token.end;
        if Position::FLOW_ITEM.ends.contains(&token.kind) {
            // The token is lost, as in libyaml.
            self.scanner.take();
            self.no_child(end);
        } else {
            let key = self.node(false, false)?;
            self.open.push(key);
        }
        let here = self.peek()?.start;
        match self.accept(&Kind::Value)? {
            Some(_) => {
                let here = self.peek()?.start;
                self.child(&Position::FLOW_VALUE_OF_ITEM, here)?;
            }
            None => self.no_child(here),
        }
        Ok(Collection::MAPPING)
    }

    fn flow_mapping(&mut self) -> Result<Collection, Error> {
        let problem = "did not find expected ',' or '}'";
        let end = self.flow_entries(&Kind::FlowMappingEnd, problem, |parser| {
            if parser.accept(&Kind::Key)?.is_none() {
                let key = parser.node(false, false)?;
                parser.open.push(key);
                let here = parser.peek()?.start;
                parser.no_child(here);
                return Ok(());
            }
            let here = parser.peek()?.start;
            parser.child(&Position::FLOW_KEY, here)?;
            let mut here = parser.peek()?.start;
            if parser.accept(&Kind::Value)?.is_some() {
                here = parser.peek()?.start;
                return parser.child(&Position::FLOW_VALUE, here);
            }
            parser.no_child(here);
            Ok(())
        })?;
        Ok(Collection {
            end,
            ..Collection::MAPPING
        })
    }
}
