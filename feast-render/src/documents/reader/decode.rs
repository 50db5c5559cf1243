//! From nodes to data.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::nodes::{Content, Node, NodeId, Tree};
use super::scalar::resolve;
use super::{Fault, ReadError, Scalars};
use crate::documents::value::{Float, Mapping, Value};

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

/// A mapping that is being made.
struct Draft {
    keys: Keys,
    entries: BTreeMap<Value, Value>,
    /// Once something is merged: the keys that are there already, which win.
    taken: Option<BTreeSet<Value>>,
}

impl Draft {
    /// Whether the key is new.
    fn take(&mut self, key: &Value) -> bool {
        self.taken
            .as_mut()
            .is_none_or(|taken| taken.insert(key.clone()))
    }
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
            return self.mapping(children, Keys::Text);
        }
        match self.value(root)? {
            Value::Null => Ok(Mapping::default()),
            _ => Err(ReadError::at(Fault::NotAMapping, node.place)),
        }
    }

    fn value(&mut self, id: NodeId) -> Result<Value, ReadError> {
        let node = self.tree.node(id);
        self.within(id, |decoder| match &node.content {
            Content::Scalar { text, plain } => decoder.scalar(node, text, *plain),
            Content::List(items) => {
                let items = items.iter().map(|item| decoder.value(*item));
                Ok(Value::List(items.collect::<Result<_, _>>()?))
            }
            Content::Map(children) => {
                let keys = decoder.keys(children);
                Ok(Value::Map(decoder.mapping(children, keys)?))
            }
            Content::Alias(target) => decoder.value(*target),
        })
    }

    /// Decodes what is in a node, and refuses what would never end.
    fn within<T>(
        &mut self,
        id: NodeId,
        decode: impl FnOnce(&mut Self) -> Result<T, ReadError>,
    ) -> Result<T, ReadError> {
        let node = self.tree.node(id);
        let is_alias = matches!(node.content, Content::Alias(_));
        self.decoded += 1;
        self.aliased += u64::from(!self.open_aliases.is_empty());
        if self.aliased > 100
            && self.decoded > 1_000
            && self.aliased > allowed_aliased(self.decoded)
        {
            return Err(ReadError::at(Fault::TooManyAliases, node.place));
        }
        if self.depth == MAX_DEPTH {
            return Err(ReadError::at(Fault::TooDeep, node.place));
        }
        if is_alias && self.open_aliases.contains(&id) {
            return Err(ReadError::at(Fault::AliasLoop, node.place));
        }
        self.depth += 1;
        if is_alias {
            self.open_aliases.push(id);
        }
        let decoded = decode(self)?;
        if is_alias {
            self.open_aliases.pop();
        }
        self.depth -= 1;
        Ok(decoded)
    }

    fn scalar(&self, node: &Node, text: &str, plain: bool) -> Result<Value, ReadError> {
        Ok(self.scalars.choose(scalar(node, text, plain)?, text))
    }

    /// A mapping whose own keys are strings takes those that it merges as strings too.
    fn keys(&self, children: &[NodeId]) -> Keys {
        let are_text = pairs(children).all(|(key, _)| is_text(self.tree.target(key)));
        if are_text { Keys::Text } else { Keys::Resolved }
    }

    fn mapping(&mut self, children: &[NodeId], keys: Keys) -> Result<Mapping, ReadError> {
        let mut draft = Draft {
            keys,
            entries: BTreeMap::new(),
            taken: None,
        };
        self.entries(children, &mut draft)?;
        Ok(draft.entries.into_iter().collect())
    }

    /// Adds what stands in a mapping, and then what it merges.
    fn entries(&mut self, children: &[NodeId], draft: &mut Draft) -> Result<(), ReadError> {
        self.refuse_duplicates(children)?;
        let mut merged = None;
        for (key, value) in pairs(children) {
            if is_merge(self.tree.node(key)) {
                merged = Some(value);
            } else if let Some(key) = self.key(key, draft.keys)?.filter(|key| draft.take(key)) {
                let value = self.value(value)?;
                draft.entries.insert(key, value);
            }
        }
        let Some(merged) = merged else {
            return Ok(());
        };
        if draft.taken.is_none() {
            let own = pairs(children).map(|(key, _)| self.value(key));
            draft.taken = Some(own.collect::<Result<_, _>>()?);
        }
        match &self.tree.node(merged).content {
            Content::List(items) => items.iter().try_for_each(|item| self.merge(*item, draft)),
            _ => self.merge(merged, draft),
        }
    }

    fn merge(&mut self, id: NodeId, draft: &mut Draft) -> Result<(), ReadError> {
        let Content::Map(children) = &self.tree.target(id).content else {
            return Err(ReadError::at(Fault::Merge, self.tree.node(id).place));
        };
        self.within(id, |decoder| decoder.entries(children, draft))
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
    let Content::Scalar { text, plain } = &node.content else {
        return false;
    };
    text == "<<" && node.tag.as_deref().map_or(*plain, |tag| tag == "!!merge")
}

/// Whether a key is a string, or `<<`.
fn is_text(key: &Node) -> bool {
    match (&key.content, key.tag.as_deref()) {
        (Content::Scalar { text, plain }, None) => {
            !plain || matches!(resolve(text), Value::Text(_))
        }
        (Content::Scalar { .. }, Some(tag)) => matches!(tag, "!!str" | "!!merge"),
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

#[cfg(test)]
mod tests {
    use super::allowed_aliased;

    #[test]
    fn the_larger_a_document_the_fewer_of_its_nodes_may_be_aliased() {
        for (decoded, allowed) in [
            (100, 99),
            (400_000, 396_000),
            (2_200_000, 1_210_000),
            (4_000_000, 400_000),
            (8_000_000, 800_000),
        ] {
            assert_eq!(allowed_aliased(decoded), allowed, "{decoded}");
        }
    }
}
