//! From nodes to data.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::nodes::{Content, Node, NodeId, Tree};
use super::scalar::resolve;
use super::{Fault, ReadError, Scalars};
use crate::store_yaml::value::{Float, Mapping, Value};

/// How deep data may nest once aliases are resolved. The parser stops at 255 without them.
const MAX_DEPTH: usize = 300;

/// How keys are taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keys {
    /// By what they stand for.
    Resolved,
    /// As they are written. A key that stands for null is left out.
    Text,
}

/// Makes data of one tree.
pub(super) struct Decoder<'a> {
    tree: &'a Tree,
    scalars: Scalars,
    depth: usize,
    /// Aliases that are being resolved.
    open_aliases: Vec<NodeId>,
    /// Nodes decoded so far, and how many of them by way of an alias.
    decoded: u64,
    aliased: u64,
}

impl<'a> Decoder<'a> {
    pub(super) const fn new(tree: &'a Tree, scalars: Scalars) -> Self {
        Self {
            tree,
            scalars,
            depth: 0,
            open_aliases: Vec::new(),
            decoded: 0,
            aliased: 0,
        }
    }

    pub(super) fn root(mut self) -> Result<Value, ReadError> {
        self.tree
            .root()
            .map_or(Ok(Value::Null), |root| self.value(root))
    }

    pub(super) fn root_mapping(mut self) -> Result<Mapping, ReadError> {
        let Some(root) = self.tree.root() else {
            return Ok(Mapping::default());
        };
        let node = self.tree.node(root);
        if let Content::Map(children) = &node.content {
            return self.mapping(node, children, Keys::Text);
        }
        match self.value(root)? {
            Value::Null => Ok(Mapping::default()),
            _ => Err(ReadError::at(Fault::NotAMapping, node.place)),
        }
    }

    fn value(&mut self, id: NodeId) -> Result<Value, ReadError> {
        let node = self.tree.node(id);
        self.enter(node)?;
        let value = match &node.content {
            Content::Scalar { text, plain } => match scalar(node, text, *plain)? {
                value @ (Value::Null | Value::Text(_) | Value::Bytes(_)) => value,
                value if self.scalars == Scalars::Resolved => value,
                _ => text.as_str().into(),
            },
            Content::List(items) => Value::List(
                items
                    .iter()
                    .map(|item| self.value(*item))
                    .collect::<Result<_, _>>()?,
            ),
            Content::Map(children) => Value::Map(self.mapping(node, children, Keys::Resolved)?),
            Content::Alias(target) => self.through_alias(id, |decoder| decoder.value(*target))?,
        };
        self.depth -= 1;
        Ok(value)
    }

    /// Counts a node and refuses what would never end. [`Self::depth`] is the caller's to take
    /// back.
    fn enter(&mut self, node: &Node) -> Result<(), ReadError> {
        self.depth += 1;
        self.decoded += 1;
        self.aliased += u64::from(!self.open_aliases.is_empty());
        if self.depth > MAX_DEPTH {
            return Err(ReadError::at(Fault::TooDeep, node.place));
        }
        if self.aliased > 100
            && self.decoded > 1_000
            && self.aliased > allowed_aliased(self.decoded)
        {
            return Err(ReadError::at(Fault::TooManyAliases, node.place));
        }
        Ok(())
    }

    fn through_alias<T>(
        &mut self,
        alias: NodeId,
        decode: impl FnOnce(&mut Self) -> Result<T, ReadError>,
    ) -> Result<T, ReadError> {
        if self.open_aliases.contains(&alias) {
            return Err(ReadError::at(Fault::AliasLoop, self.tree.node(alias).place));
        }
        self.open_aliases.push(alias);
        let value = decode(self)?;
        self.open_aliases.pop();
        Ok(value)
    }

    fn mapping(
        &mut self,
        node: &Node,
        children: &[NodeId],
        keys: Keys,
    ) -> Result<Mapping, ReadError> {
        let mut entries = BTreeMap::new();
        self.entries(node, children, keys, None, &mut entries)?;
        Ok(entries.into_iter().collect())
    }

    /// Adds what stands in a mapping, and then what it merges. `taken` holds the keys that a
    /// mapping further out has already, if this one is merged into it.
    fn entries(
        &mut self,
        node: &Node,
        children: &[NodeId],
        keys: Keys,
        mut taken: Option<&mut BTreeSet<Value>>,
        entries: &mut BTreeMap<Value, Value>,
    ) -> Result<(), ReadError> {
        self.refuse_duplicates(children)?;
        let mut merged = None;
        for (key, value) in pairs(children) {
            if is_merge(self.tree.node(key)) {
                merged = Some(value);
                continue;
            }
            let Some(key) = self.key(key, keys)? else {
                continue;
            };
            if taken
                .as_mut()
                .is_some_and(|taken| !taken.insert(key.clone()))
            {
                continue;
            }
            let value = self.value(value)?;
            entries.insert(key, value);
        }
        let Some(merged) = merged else { return Ok(()) };
        match taken {
            Some(taken) => self.merge(merged, keys, taken, entries),
            None => {
                let mut own = self.own_keys(children)?;
                self.merge(merged, keys, &mut own, entries)
            }
        }
        .map_err(|error| ReadError {
            place: error.place.or(Some(node.place)),
            ..error
        })
    }

    fn own_keys(&mut self, children: &[NodeId]) -> Result<BTreeSet<Value>, ReadError> {
        pairs(children).map(|(key, _)| self.value(key)).collect()
    }

    fn merge(
        &mut self,
        merged: NodeId,
        keys: Keys,
        taken: &mut BTreeSet<Value>,
        entries: &mut BTreeMap<Value, Value>,
    ) -> Result<(), ReadError> {
        if let Content::List(items) = &self.tree.node(merged).content {
            return items
                .iter()
                .try_for_each(|item| self.merge_one(*item, keys, taken, entries));
        }
        self.merge_one(merged, keys, taken, entries)
    }

    fn merge_one(
        &mut self,
        id: NodeId,
        keys: Keys,
        taken: &mut BTreeSet<Value>,
        entries: &mut BTreeMap<Value, Value>,
    ) -> Result<(), ReadError> {
        let tree = self.tree;
        let node = tree.target(id);
        let Content::Map(children) = &node.content else {
            return Err(ReadError::at(Fault::Merge, tree.node(id).place));
        };
        self.enter(node)?;
        match tree.node(id).content {
            Content::Alias(_) => self.through_alias(id, |decoder| {
                decoder.entries(node, children, keys, Some(taken), entries)
            })?,
            _ => self.entries(node, children, keys, Some(taken), entries)?,
        }
        self.depth -= 1;
        Ok(())
    }

    fn key(&mut self, id: NodeId, keys: Keys) -> Result<Option<Value>, ReadError> {
        let value = self.value(id)?;
        match (&self.tree.target(id).content, keys) {
            (Content::Scalar { text, .. }, Keys::Text) => Ok(match value {
                Value::Null => None,
                Value::Text(_) | Value::Bytes(_) => Some(value),
                _ => Some(text.as_str().into()),
            }),
            (Content::Scalar { .. }, Keys::Resolved) => Ok(Some(value)),
            _ => Err(ReadError::at(
                Fault::KeyIsACollection,
                self.tree.node(id).place,
            )),
        }
    }

    /// Keys are told apart by their text: `1` and `"1"` are the same key here.
    fn refuse_duplicates(&self, children: &[NodeId]) -> Result<(), ReadError> {
        let mut texts = BTreeSet::new();
        let mut aliases = BTreeSet::new();
        for (key, _) in pairs(children) {
            let node = self.tree.node(key);
            let new = match &node.content {
                Content::Scalar { text, .. } => texts.insert(text),
                Content::Alias(target) => aliases.insert(target),
                // Refused as a key in any case.
                Content::List(_) | Content::Map(_) => true,
            };
            if !new {
                return Err(ReadError::at(Fault::DuplicateKey, node.place));
            }
        }
        Ok(())
    }
}

fn pairs(children: &[NodeId]) -> impl Iterator<Item = (NodeId, NodeId)> {
    children
        .as_chunks()
        .0
        .iter()
        .map(|[key, value]| (*key, *value))
}

fn is_merge(node: &Node) -> bool {
    match (&node.content, node.tag.as_deref()) {
        (Content::Scalar { text, plain: true }, None) => text == "<<",
        (Content::Scalar { text, .. }, Some("!!merge")) => text == "<<",
        _ => false,
    }
}

/// How many of so many nodes may come from aliases: nearly all of a small document, a tenth of a
/// large one.
fn allowed_aliased(decoded: u64) -> u64 {
    const SMALL: u64 = 400_000;
    const LARGE: u64 = 4_000_000;
    let percent = match decoded {
        ..=SMALL => 99,
        LARGE.. => 10,
        _ => 99 - 89 * (decoded - SMALL) / (LARGE - SMALL),
    };
    decoded * percent / 100
}

fn scalar(node: &Node, text: &str, plain: bool) -> Result<Value, ReadError> {
    let mismatch = || ReadError::at(Fault::TagMismatch, node.place);
    let Some(tag) = node.tag.as_deref() else {
        return Ok(if plain { resolve(text) } else { text.into() });
    };
    match (tag, resolve(text)) {
        ("!!null", value @ Value::Null)
        | ("!!bool", value @ Value::Bool(_))
        | ("!!int", value @ Value::Int(_))
        | ("!!float", value @ Value::Float(_))
        | ("!!timestamp", value @ Value::Timestamp(_)) => Ok(value),
        ("!!float", Value::Int(value)) => {
            let value = i64::try_from(value).map_err(|_| mismatch())?;
            #[expect(
                clippy::cast_precision_loss,
                reason = "what a float cannot hold is rounded"
            )]
            let value = value as f64;
            Ok(Value::Float(Float(value)))
        }
        ("!!null" | "!!bool" | "!!int" | "!!float" | "!!timestamp", _) => Err(mismatch()),
        ("!!binary", _) => binary(text).ok_or_else(mismatch),
        _ => Ok(text.into()),
    }
}

fn binary(text: &str) -> Option<Value> {
    let text: String = text
        .chars()
        .filter(|char| !matches!(char, '\r' | '\n'))
        .collect();
    let bytes = STANDARD.decode(text).ok()?;
    Some(
        String::from_utf8(bytes).map_or_else(|error| Value::Bytes(error.into_bytes()), Value::Text),
    )
}
