//! Where the fields of a document stand in its text.
//!
//! A document is read without positions, which is fast; once there is something to say about it,
//! its text is parsed again for them.

use std::sync::Arc;

use crate::position::{Mark, Position, Span};
use crate::tree::{Content, NodeId, Tree};
use crate::{Version, json_tree, parse};

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
/// use go_yaml::{Position, Spans};
///
/// let text = "kind: A\nspec:\n  ports: [{name: http}]\n";
/// let spans = Spans::of(text, Position { line: 1, column: 1 });
///
/// let name = spans.find("spec.ports[0].name");
/// assert_eq!((name.mark().start.line, name.mark().start.column), (3, 18));
///
/// let missing = spans.find("spec.replicas");
/// assert!(!missing.exists);
/// assert_eq!(missing.mark().start.line, 2);
/// ```
///
/// A copy is cheap.
#[derive(Clone, Debug)]
pub struct Spans {
    source: Arc<str>,
    nodes: Arc<[Node]>,
    root: NodeId,
}

#[derive(Clone, Debug)]
struct Node {
    span: Span,
    children: Children,
}

#[derive(Clone, Debug)]
enum Children {
    None,
    Fields(Vec<(Key, NodeId)>),
    Items(Vec<NodeId>),
    /// Those of the node that an alias stands for.
    Of(NodeId),
}

#[derive(Clone, Debug)]
struct Key {
    text: String,
    span: Span,
}

/// The node of the whole text: what contains others goes before them.
const WHOLE: NodeId = 0;

/// How deep merge keys may refer to each other.
const MERGES: usize = 16;

impl Spans {
    /// Finds the places of the fields of a document, by its text and the place where that starts.
    ///
    /// A text that cannot be parsed has its first line as its only place.
    pub fn of(source: &str, start: Position) -> Self {
        let content = source.trim_start_matches('\u{feff}');
        let origin = Origin {
            start,
            byte: source.len() - content.len(),
        };
        let tree = json_tree::parse(content).or_else(|| parse::parse(content, Version::V2).ok());
        let nodes = match tree.filter(|tree| tree.root.is_some()) {
            Some(tree) => nodes(&tree, origin),
            None => vec![Node {
                span: origin.first_line(content),
                children: Children::None,
            }],
        };
        Self {
            source: source.into(),
            nodes: nodes.into(),
            root: WHOLE,
        }
    }

    /// The places of an item of the list that the document is; its own if it is none.
    ///
    /// The items of a list share a text, which has to be looked through only once.
    #[must_use]
    pub fn item(&self, item: usize) -> Self {
        let items = self.field(WHOLE, "items", MERGES);
        let items = items.map(|items| &self.nodes[self.anchored(items.node)].children);
        let root = match items {
            Some(Children::Items(items)) => items.get(item).copied(),
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
            let child = match &self.nodes[node].children {
                Children::Fields(_) => self.field(node, &token, MERGES),
                Children::Items(items) => Child::item(items, &token),
                Children::None | Children::Of(_) => None,
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
            if let Children::Of(anchored) = self.nodes[node].children {
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
        let Node { span, children } = &self.nodes[node];
        Place {
            key: key.cloned(),
            value: span.clone(),
            is_collection: !matches!(children, Children::None),
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
        match &self.nodes[node].children {
            Children::Items(items) => {
                let (index, rest) = path.strip_prefix('[')?.split_once(']')?;
                Some((Child::item(items, index)?, rest))
            }
            Children::Fields(_) => {
                let keys = self.keys(node, MERGES).into_iter();
                let keys = keys.filter(|key| after_key(path, key).is_some());
                let key = keys.max_by_key(|key| key.len())?;
                Some((self.field(node, key, MERGES)?, after_key(path, key)?))
            }
            Children::None | Children::Of(_) => None,
        }
    }

    /// The keys of a mapping, merged ones included.
    fn keys(&self, node: usize, depth: usize) -> Vec<&str> {
        let Children::Fields(fields) = &self.nodes[node].children else {
            return vec![];
        };
        let own = fields.iter().map(|(key, _)| key.text.as_str());
        let merged = self.merged(node, depth).into_iter();
        own.chain(merged.flat_map(|(node, depth)| self.keys(node, depth)))
            .collect()
    }

    /// A field of a mapping: its own ones win over merged ones, and later ones over earlier ones.
    fn field(&self, node: usize, name: &str, depth: usize) -> Option<Child<'_>> {
        let Children::Fields(fields) = &self.nodes[node].children else {
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
        let (Children::Fields(fields), Some(depth)) =
            (&self.nodes[node].children, depth.checked_sub(1))
        else {
            return vec![];
        };
        let values = fields.iter().filter(|(key, _)| key.text == "<<");
        let mappings = values.flat_map(|(_, value)| {
            let value = self.anchored(*value);
            match &self.nodes[value].children {
                Children::Items(items) => items.iter().map(|item| self.anchored(*item)).collect(),
                _ => vec![value],
            }
        });
        mappings.map(|mapping| (mapping, depth)).collect()
    }

    fn anchored(&self, node: usize) -> usize {
        match self.nodes[node].children {
            Children::Of(anchored) => anchored,
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

/// Where a text starts.
#[derive(Clone, Copy)]
struct Origin {
    start: Position,
    /// Bytes that go before what is parsed.
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

fn nodes(tree: &Tree<'_>, origin: Origin) -> Vec<Node> {
    let node = |node: &crate::tree::Node<'_>| Node {
        span: origin.span(node.content_start, node.end),
        children: match &node.content {
            Content::Scalar { .. } => Children::None,
            Content::Sequence(items) => Children::Items(tree.items(items).to_vec()),
            Content::Mapping(fields) => {
                let fields = tree.pairs(fields.clone());
                Children::Fields(
                    fields
                        .map(|(id, value)| (key(tree, id, origin), value))
                        .collect(),
                )
            }
            Content::Alias(target) => Children::Of(*target),
        },
    };
    tree.nodes.iter().map(node).collect()
}

/// A key. One that is no scalar has no text; no object has one.
fn key(tree: &Tree<'_>, id: NodeId, origin: Origin) -> Key {
    let text = match &tree.target(id).content {
        Content::Scalar { text, .. } => text.as_ref().to_owned(),
        _ => String::new(),
    };
    let node = tree.node(id);
    let span = origin.span(node.content_start, node.end);
    Key { text, span }
}

#[cfg(test)]
mod tests {
    use proptest::collection::{btree_map, vec};
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::{Duplicates, documents, to_json};

    /// The text of the last document, and the places in it.
    fn last(text: &str) -> (&str, Spans) {
        let document = documents(text, Duplicates::LastWins).pop().unwrap();
        assert!(document.json.is_ok(), "{document:?}");
        let before = &text[..document.source.start];
        let line = before.rsplit('\n').next().unwrap();
        let start = Position {
            line: document.line,
            column: line.chars().count() + 1,
        };
        let source = &text[document.source];
        (source, Spans::of(source, start))
    }

    /// What is pointed at, as `line:column text`; a `?` after what is not there.
    fn marks(text: &str, paths: &[&str]) -> Vec<String> {
        let (source, spans) = last(text);
        marks_of(source, &spans, paths)
    }

    fn marks_of(source: &str, spans: &Spans, paths: &[&str]) -> Vec<String> {
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
        let place = last(text).1.find("other.y");
        assert_eq!(place.aliases[0].start, Position { line: 7, column: 8 });
    }

    #[test]
    fn values_stand_behind_their_anchors_and_tags() {
        let text = "a: &a x\nb: !!str &b 'y'\nc: &c\n";
        assert_eq!(
            marks(text, &["a", "b", "c"]),
            ["1:7 x", "2:13 'y'", "3:4 &c"],
        );
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
    }

    #[test]
    fn the_items_of_a_list_have_their_own() {
        let text = "apiVersion: v1\nkind: List\nitems:\n- kind: A\n- kind: B\n  spec: 1\n";
        let (source, spans) = last(text);
        let second = marks_of(source, &spans.item(1), &["spec", "x"]);
        assert_eq!(second, ["6:9 1", "5:3 kind: B?"]);
        let first = marks_of(source, &spans.item(1).item(0), &["kind"]);
        assert_eq!(first, ["4:9 A"]);
    }

    #[test]
    fn pointers_lead_to_the_same_places() {
        let text = "spec:\n  a/b: [x, {c~d: y}]\n";
        let (_, spans) = last(text);
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

    /// A value as a block, in lines that follow a key or a dash.
    fn block(value: &Value, indent: usize) -> String {
        let margin = " ".repeat(indent);
        match value {
            Value::Object(fields) => {
                let fields = fields.iter().map(|(key, value)| {
                    let key = Value::from(key.as_str());
                    format!("\n{margin}{key}:{}", block(value, indent + 2))
                });
                fields.collect()
            }
            Value::Array(items) => {
                let items = items.iter();
                let items = items.map(|item| format!("\n{margin}-{}", block(item, indent + 2)));
                items.collect()
            }
            leaf => format!(" {leaf}"),
        }
    }

    proptest! {
        #[test]
        fn every_value_stands_where_it_is_said_to_stand(object in object(), lines in 0_usize..3) {
            let mut expected = Vec::new();
            leaves(&object, String::new(), &mut expected);
            for text in [object.to_string(), format!("{object:#}"), block(&object, 0)] {
                let text = "\n".repeat(lines) + &text;
                let (source, spans) = last(&text);
                for (pointer, value) in &expected {
                    let place = spans.pointer(pointer);
                    prop_assert!(place.exists, "{pointer} in {text}");
                    let stands = &source[place.value.bytes.clone()];
                    let read: Value = serde_json::from_str(&to_json(stands).unwrap()).unwrap();
                    prop_assert_eq!(&read, value, "{} in {}", pointer, text);
                    let line = text.lines().nth(place.value.start.line - 1).unwrap();
                    let rest: String = line.chars().skip(place.value.start.column - 1).collect();
                    prop_assert!(rest.starts_with(stands), "{rest} {stands}");
                }
            }
        }
    }
}
