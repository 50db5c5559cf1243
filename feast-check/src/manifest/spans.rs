//! Where the fields of a document stand in its text.
//!
//! A document is read by serde without positions, which is fast; once there is something to say
//! about it, its text is parsed again for them.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use granit_parser::{Event, Marker, Options, Parser};

use super::Document;

/// A position in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// Its first character.
    pub start: Position,
    /// The character after its last.
    pub end: Position,
    /// The part in bytes, counted from the start of the document.
    pub bytes: Range<usize>,
}

/// Where a field stands, or would stand.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// Its name, if it is a field of a mapping.
    pub key: Option<Span>,
    /// Its value.
    pub value: Span,
    /// Whether its value is a mapping or a list.
    pub is_collection: bool,
    /// Whether the field is there. Otherwise this is the place of the nearest parent that is.
    pub exists: bool,
    /// The aliases (`*name`) that lead to it. It stands where the anchor is.
    pub aliases: Vec<Span>,
    /// The first line of its value.
    head: Span,
}

impl Place {
    /// The part to point at: the value, but the name where the value is empty or a collection, and
    /// of several lines the first.
    pub fn mark(&self) -> &Span {
        match &self.key {
            Some(key) if self.is_collection || self.value.bytes.is_empty() => key,
            _ => &self.head,
        }
    }
}

/// The places of a document's fields.
///
/// ```
/// use feast_check::manifest::{self, Spans};
///
/// let text = "kind: A\nspec:\n  ports: [{name: http}]\n";
/// let document = manifest::read(text).remove(0)?;
/// let spans = Spans::of(text, &document);
///
/// let name = spans.find("spec.ports[0].name");
/// assert_eq!((name.mark().start.line, name.mark().start.column), (3, 18));
///
/// let missing = spans.find("spec.replicas");
/// assert!(!missing.exists);
/// assert_eq!(missing.mark().start.line, 2);
/// # Ok::<(), manifest::DocumentError>(())
/// ```
///
/// A copy is cheap.
#[derive(Clone, Debug)]
pub struct Spans {
    source: Arc<str>,
    nodes: Arc<[Node]>,
    root: usize,
}

#[derive(Clone, Debug)]
struct Node {
    span: Span,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    Scalar,
    Mapping(Vec<(Key, usize)>),
    Sequence(Vec<usize>),
    Alias(usize),
}

#[derive(Clone, Debug)]
struct Key {
    text: String,
    span: Span,
}

/// The node of the whole text.
const WHOLE: usize = 0;

/// How deep merge keys may refer to each other.
const MERGES: usize = 16;

impl Spans {
    /// Finds the places of a document's fields in the text that it was read from.
    pub fn of(text: &str, document: &Document) -> Self {
        let source = text.get(document.source.clone()).unwrap_or("");
        let before = text.get(..document.source.start).unwrap_or("");
        let line = before.rsplit('\n').next().unwrap_or("");
        let start = Position {
            line: document.line,
            column: line.trim_start_matches('\u{feff}').chars().count() + 1,
        };
        let spans = Builder::new(source, start).build();
        match document.item {
            Some(item) => spans.item(item),
            None => spans,
        }
    }

    /// The places of an item of the list that the document is; its own if it is none.
    ///
    /// The items of a list share a text, which has to be looked through only once.
    #[must_use]
    pub fn item(&self, item: usize) -> Self {
        let items = self.field(WHOLE, "items", MERGES);
        let items = items.map(|items| &self.nodes[self.anchored(items.node)].content);
        let root = match items {
            Some(Content::Sequence(items)) => items.get(item).copied(),
            _ => None,
        };
        Self {
            root: root.unwrap_or(WHOLE),
            ..self.clone()
        }
    }

    /// The place of a field, named as Kubernetes does: `spec.services.volumes[0].name`, keys of maps
    /// after a dot or in brackets. The document itself is `<nil>` or empty.
    ///
    /// A key may have dots in it: of the keys that are there the longest that fits is taken.
    pub fn find(&self, path: &str) -> Place {
        let path = if path == "<nil>" { "" } else { path };
        self.walk(path, |node, rest| self.step(node, rest))
    }

    /// The place of a field, named by a JSON pointer: `/spec/services/volumes/0/name`.
    pub fn pointer(&self, pointer: &str) -> Place {
        self.walk(pointer, |node, rest| {
            let rest = rest.strip_prefix('/').unwrap_or(rest);
            let end = rest.find('/').unwrap_or(rest.len());
            let (token, rest) = rest.split_at(end);
            let token = token.replace("~1", "/").replace("~0", "~");
            let child = match &self.nodes[node].content {
                Content::Mapping(_) => self.field(node, &token, MERGES),
                Content::Sequence(items) => Child::item(items, &token),
                Content::Scalar | Content::Alias(_) => None,
            };
            child.map(|child| (child, rest))
        })
    }

    /// Follows a path as far as the document goes.
    fn walk<'p>(
        &self,
        path: &'p str,
        step: impl Fn(usize, &'p str) -> Option<(Child<'_>, &'p str)>,
    ) -> Place {
        let (mut node, mut key, mut rest) = (self.root, None, path);
        let mut aliases = Vec::new();
        loop {
            if let Content::Alias(anchored) = self.nodes[node].content {
                aliases.push(self.nodes[node].span.clone());
                // An anchor comes before its aliases, so this ends.
                node = anchored;
                continue;
            }
            let next = if rest.is_empty() {
                None
            } else {
                step(node, rest)
            };
            let Some((child, after)) = next else { break };
            (node, key, rest) = (child.node, child.key, after);
        }
        let Node { span, content } = &self.nodes[node];
        Place {
            key: key.cloned(),
            value: span.clone(),
            is_collection: !matches!(content, Content::Scalar),
            exists: rest.is_empty(),
            aliases,
            head: self.head(span),
        }
    }

    /// The first line of a part.
    fn head(&self, span: &Span) -> Span {
        let text = self.source.get(span.bytes.clone()).unwrap_or("");
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

    /// The child of a node that a path starts with, and the rest of the path.
    fn step<'p>(&self, node: usize, path: &'p str) -> Option<(Child<'_>, &'p str)> {
        match &self.nodes[node].content {
            Content::Sequence(items) => {
                let (index, rest) = path.strip_prefix('[')?.split_once(']')?;
                Some((Child::item(items, index)?, rest))
            }
            Content::Mapping(_) => {
                let keys = self.keys(node, MERGES).into_iter();
                let keys = keys.filter(|key| after_key(path, key).is_some());
                let key = keys.max_by_key(|key| key.len())?;
                Some((self.field(node, key, MERGES)?, after_key(path, key)?))
            }
            Content::Scalar | Content::Alias(_) => None,
        }
    }

    /// The keys of a mapping, merged ones included.
    fn keys(&self, node: usize, depth: usize) -> Vec<&str> {
        let Content::Mapping(fields) = &self.nodes[node].content else {
            return vec![];
        };
        let own = fields.iter().map(|(key, _)| key.text.as_str());
        let merged = self.merged(node, depth).into_iter();
        own.chain(merged.flat_map(|(node, depth)| self.keys(node, depth)))
            .collect()
    }

    /// A field of a mapping: its own ones win over merged ones, and later ones over earlier ones.
    fn field(&self, node: usize, name: &str, depth: usize) -> Option<Child<'_>> {
        let Content::Mapping(fields) = &self.nodes[node].content else {
            return None;
        };
        if let Some((key, node)) = fields.iter().rev().find(|(key, _)| key.text == name) {
            return Some(Child {
                key: Some(&key.span),
                node: *node,
            });
        }
        let mut merged = self.merged(node, depth).into_iter();
        merged.find_map(|(node, depth)| self.field(node, name, depth))
    }

    /// The mappings that a mapping takes in by `<<`, and how deep they may do so.
    fn merged(&self, node: usize, depth: usize) -> Vec<(usize, usize)> {
        let (Content::Mapping(fields), Some(depth)) =
            (&self.nodes[node].content, depth.checked_sub(1))
        else {
            return vec![];
        };
        let values = fields.iter().filter(|(key, _)| key.text == "<<");
        let mappings = values.flat_map(|(_, value)| {
            let value = self.anchored(*value);
            match &self.nodes[value].content {
                Content::Sequence(items) => items.iter().map(|item| self.anchored(*item)).collect(),
                _ => vec![value],
            }
        });
        mappings.map(|mapping| (mapping, depth)).collect()
    }

    fn anchored(&self, node: usize) -> usize {
        match self.nodes[node].content {
            Content::Alias(anchored) => anchored,
            _ => node,
        }
    }
}

struct Child<'s> {
    key: Option<&'s Span>,
    node: usize,
}

impl Child<'_> {
    fn item(items: &[usize], index: &str) -> Option<Self> {
        let node = *items.get(index.parse::<usize>().ok()?)?;
        Some(Self { key: None, node })
    }
}

/// What follows a key that a path starts with.
fn after_key<'p>(path: &'p str, key: &str) -> Option<&'p str> {
    if let Some(rest) = path.strip_prefix('[') {
        return rest.strip_prefix(key)?.strip_prefix(']');
    }
    let rest = path.strip_prefix('.').unwrap_or(path).strip_prefix(key)?;
    (rest.is_empty() || rest.starts_with(['.', '['])).then_some(rest)
}

/// Makes the tree of a document out of parser events.
struct Builder<'t> {
    text: &'t str,
    start: Position,
    nodes: Vec<Node>,
    anchors: HashMap<usize, usize>,
    /// The collections that are open, each with the key that waits for its value.
    open: Vec<(usize, Option<Key>)>,
}

impl<'t> Builder<'t> {
    fn new(text: &'t str, start: Position) -> Self {
        Self {
            text,
            start,
            nodes: Vec::new(),
            anchors: HashMap::new(),
            open: Vec::new(),
        }
    }

    /// A text that cannot be parsed has its first line as its only node.
    fn build(mut self) -> Spans {
        let mut options = Options::default();
        // JSON keys may be of any length.
        options.simple_key_max_lookahead = usize::MAX;
        for event in Parser::new_from_str_with_options(self.text, options) {
            let Ok((event, span)) = event else {
                self.nodes.clear();
                break;
            };
            self.take(&event, span);
        }
        if self.nodes.is_empty() {
            let span = self.first_line();
            self.nodes.push(Node {
                span,
                content: Content::Scalar,
            });
        }
        Spans {
            source: self.text.into(),
            nodes: self.nodes.into(),
            root: WHOLE,
        }
    }

    fn take(&mut self, event: &Event<'_>, span: granit_parser::Span) {
        let span = self.span(span);
        match event {
            Event::Scalar(text, _, anchor, _) => {
                if let Some((collection, key @ None)) = self.open.last_mut()
                    && matches!(self.nodes[*collection].content, Content::Mapping(_))
                {
                    let text = text.to_string();
                    *key = Some(Key { text, span });
                    return;
                }
                self.add(*anchor, span, Content::Scalar);
            }
            Event::Alias(anchor) => {
                // An alias of a node that is not there cannot be: the parser refuses it.
                let anchored = self.anchors.get(anchor).copied();
                let content = anchored.map_or(Content::Scalar, Content::Alias);
                self.add(0, span, content);
            }
            Event::SequenceStart(_, anchor, _) => {
                let node = self.add(*anchor, span, Content::Sequence(vec![]));
                self.open.push((node, None));
            }
            Event::MappingStart(_, anchor, _) => {
                let node = self.add(*anchor, span, Content::Mapping(vec![]));
                self.open.push((node, None));
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some((node, _)) = self.open.pop() {
                    let start = self.nodes[node].span.clone();
                    self.nodes[node].span = Span {
                        end: span.end,
                        bytes: start.bytes.start..span.bytes.end.max(start.bytes.end),
                        start: start.start,
                    };
                }
            }
            _ => {}
        }
    }

    /// Adds a node to the collection that is open.
    fn add(&mut self, anchor: usize, span: Span, content: Content) -> usize {
        let node = self.nodes.len();
        if anchor > 0 {
            self.anchors.insert(anchor, node);
        }
        if let Some((parent, key)) = self.open.last_mut() {
            match &mut self.nodes[*parent].content {
                Content::Sequence(items) => items.push(node),
                Content::Mapping(fields) => {
                    // A key that is no scalar has no text; no object has one.
                    let key = key.take().unwrap_or_else(|| Key {
                        text: String::new(),
                        span: span.clone(),
                    });
                    fields.push((key, node));
                }
                Content::Scalar | Content::Alias(_) => {}
            }
        }
        self.nodes.push(Node { span, content });
        node
    }

    fn span(&self, span: granit_parser::Span) -> Span {
        let end = span.byte_range().unwrap_or_default();
        Span {
            start: self.position(span.start),
            end: self.position(span.end),
            bytes: end,
        }
    }

    fn position(&self, marker: Marker) -> Position {
        let first = marker.line() <= 1;
        Position {
            line: self.start.line + marker.line().max(1) - 1,
            column: marker.col() + if first { self.start.column } else { 1 },
        }
    }

    fn first_line(&self) -> Span {
        let line = self.text.lines().next().unwrap_or("");
        Span {
            start: self.start,
            end: Position {
                column: self.start.column + line.chars().count(),
                ..self.start
            },
            bytes: 0..line.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::{btree_map, vec};
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::manifest;

    /// What is pointed at, as `line:column text`; a `?` after what is not there.
    fn marks(text: &str, paths: &[&str]) -> Vec<String> {
        let document = manifest::read(text).pop().unwrap().unwrap();
        let spans = Spans::of(text, &document);
        let source = &text[document.source.clone()];
        let mark = |path: &&str| {
            let place = spans.find(path);
            let mark = place.mark();
            let missing = if place.exists { "" } else { "?" };
            let Position { line, column } = mark.start;
            format!("{line}:{column} {}{missing}", &source[mark.bytes.clone()])
        };
        paths.iter().map(mark).collect()
    }

    #[test]
    fn values_and_names_are_pointed_at() {
        let text = "kind: A\n---\n# b\nspec:\n  a: [1, {b: two}]\n  c:\n  - d: e\n  f:\n";
        assert_eq!(
            marks(
                text,
                &[
                    "spec.a[1].b",
                    "spec.a",
                    "spec.c[0].d",
                    "spec.c[0].x",
                    "spec.f",
                    "x"
                ]
            ),
            [
                "5:14 two",
                "5:3 a",
                "7:8 e",
                "7:5 d: e?",
                "8:3 f",
                "4:1 spec:?"
            ],
        );
    }

    #[test]
    fn keys_with_dots_are_found() {
        let text = "m: {a.b/c: 1, a: {b/c: 2}, 'q[0]': 3}\n";
        assert_eq!(
            marks(text, &["m.a.b/c", "m[a.b/c]", "m.a.b", "m.q[0]"]),
            ["1:12 1", "1:12 1", "1:15 a?", "1:36 3"],
        );
    }

    #[test]
    fn aliases_lead_to_their_anchors() {
        let text = "base: &b\n  x: 1\n  y: 2\nspec:\n  <<: *b\n  y: 3\nother: *b\n";
        assert_eq!(
            marks(text, &["spec.x", "spec.y", "other.y", "other.z"]),
            ["2:6 1", "6:6 3", "3:6 2", "7:1 other?"],
        );
        let document = manifest::read(text).remove(0).unwrap();
        let place = Spans::of(text, &document).find("other.y");
        assert_eq!(place.aliases[0].start, Position { line: 7, column: 8 });
    }

    #[test]
    fn merges_may_come_in_lists() {
        let text = "a: &a {x: 1}\nb: &b {x: 2, y: 3}\nc:\n  <<: [*a, *b]\n";
        assert_eq!(marks(text, &["c.x", "c.y"]), ["1:11 1", "2:17 3"]);
    }

    #[test]
    fn json_has_places_too() {
        let text = "{\"a\":1} {\n\t\"spec\":{\"a b\":[\"\\u00e9\",true]}}";
        assert_eq!(
            marks(text, &["spec.a b[0]", "spec.a b[1]", "spec.c"]),
            ["2:17 \"\\u00e9\"", "2:26 true", "2:2 \"spec\"?"],
        );
        assert_eq!(marks("{\"a\":1} {\"b\":2}", &["b"]), ["1:14 2"]);
    }

    #[test]
    fn columns_are_characters_and_a_mark_is_none() {
        let text = "\u{feff}é: {ü: [x, y]}\n";
        assert_eq!(marks(text, &["é.ü[1]"]), ["1:12 y"]);
        assert_eq!(marks("--- {a: {b: 1}}\n", &["a.b"]), ["1:13 1"]);
    }

    #[test]
    fn the_items_of_a_list_have_their_own() {
        let text = "apiVersion: v1\nkind: List\nitems:\n- kind: A\n- kind: B\n  spec: 1\n";
        assert_eq!(marks(text, &["spec", "x"]), ["6:9 1", "5:3 kind: B?"]);
        let [first, second] = [0, 1].map(|item| manifest::read(text).remove(item).unwrap());
        let second = Spans::of(text, &second);
        assert_eq!(
            Spans::of(text, &first).item(1).find("spec"),
            second.find("spec")
        );
    }

    #[test]
    fn pointers_lead_to_the_same_places() {
        let text = "spec:\n  a/b: [x, {c~d: y}]\n";
        let document = manifest::read(text).remove(0).unwrap();
        let spans = Spans::of(text, &document);
        assert_eq!(
            spans.pointer("/spec/a~1b/1/c~0d"),
            spans.find("spec.a/b[1].c~d")
        );
        assert!(spans.pointer("/spec/a~1b/0").exists);
        assert!(!spans.pointer("/spec/a~1b/2").exists);
    }

    /// Objects as manifests have them; keys and texts need quotes and escapes at times.
    fn object() -> impl Strategy<Value = Value> {
        let key = || r#"[a-zé]{1,3}([./ ~:#][a-z"]{1,2})?"#;
        let leaf = prop_oneof![
            any::<i32>().prop_map(Value::from),
            any::<bool>().prop_map(Value::from),
            "[ -~é]{1,12}".prop_map(Value::from),
        ];
        let value = leaf.prop_recursive(4, 24, 4, move |inner| {
            prop_oneof![
                vec(inner.clone(), 1..4).prop_map(Value::from),
                btree_map(key(), inner, 1..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        });
        btree_map(key(), value, 1..4).prop_map(|map| Value::Object(map.into_iter().collect()))
    }

    /// The pointers to everything that is neither mapping nor list, each with its value.
    fn leaves(value: &Value, pointer: String, found: &mut Vec<(String, Value)>) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    let key = key.replace('~', "~0").replace('/', "~1");
                    leaves(value, format!("{pointer}/{key}"), found);
                }
            }
            Value::Array(items) => {
                for (index, value) in items.iter().enumerate() {
                    leaves(value, format!("{pointer}/{index}"), found);
                }
            }
            leaf => found.push((pointer, leaf.clone())),
        }
    }

    proptest! {
        #[test]
        fn every_value_stands_where_it_is_said_to_stand(object in object(), lines in 0_usize..3) {
            let mut expected = Vec::new();
            leaves(&object, String::new(), &mut expected);
            let texts = [
                object.to_string(),
                format!("{object:#}"),
                serde_saphyr::to_string(&object).unwrap(),
            ];
            for text in texts {
                let text = "\n".repeat(lines) + &text;
                let document = manifest::read(&text).remove(0).unwrap();
                let spans = Spans::of(&text, &document);
                for (pointer, value) in &expected {
                    let place = spans.pointer(pointer);
                    prop_assert!(place.exists, "{pointer} in {text}");
                    let source = &text[document.source.clone()][place.value.bytes.clone()];
                    let read: Value = serde_saphyr::from_str(source).unwrap();
                    prop_assert_eq!(&read, value, "{} in {}", pointer, text);
                    let line = text.lines().nth(place.value.start.line - 1).unwrap();
                    let rest: String = line.chars().skip(place.value.start.column - 1).collect();
                    prop_assert!(rest.starts_with(source.lines().next().unwrap()), "{rest} {source}");
                }
            }
        }
    }
}
