//! Decodes nodes to data, like go-yaml v3.

use std::collections::{BTreeMap, BTreeSet};

use crate::budget::Budget;
use crate::error::{Error, Fault};
use crate::resolve::{self, Resolved};
use crate::tag::Tag;
use crate::tree::{Content, Node, NodeId, Tree};
use crate::value::{Float, Mapping, Value};
use crate::{Scalars, Version};

/// How keys are decoded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keys {
    /// To the value that they represent.
    Resolved,
    /// To their text. Null keys are omitted.
    Text,
}

/// A mapping under construction.
struct Draft {
    keys: Keys,
    entries: BTreeMap<Value, Value>,
    /// After a merge: the existing keys, which take precedence.
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

/// Any value.
pub(crate) fn value(tree: &Tree<'_>, scalars: Scalars) -> Result<Value, Error> {
    let mut decoder = Decoder::new(tree, scalars);
    let value = tree
        .root
        .map_or(Ok(Value::Null), |root| decoder.value(root))?;
    decoder.finish(value)
}

/// A mapping with string keys, whatever they look like. An empty document is an empty mapping.
pub(crate) fn mapping(tree: &Tree<'_>, scalars: Scalars) -> Result<Mapping, Error> {
    let mut decoder = Decoder::new(tree, scalars);
    let mapping = decoder.root_mapping()?;
    decoder.finish(mapping)
}

/// Decodes a tree.
struct Decoder<'a> {
    tree: &'a Tree<'a>,
    scalars: Scalars,
    budget: Budget,
    /// An error reported at the end: a duplicate key, or one that is not a string.
    late: Option<Error>,
}

impl<'a> Decoder<'a> {
    const fn new(tree: &'a Tree<'a>, scalars: Scalars) -> Self {
        Self {
            tree,
            scalars,
            budget: Budget::new(),
            late: None,
        }
    }

    fn finish<T>(self, decoded: T) -> Result<T, Error> {
        self.late.map_or(Ok(decoded), Err)
    }

    fn root_mapping(&mut self) -> Result<Mapping, Error> {
        let Some(root) = self.tree.root else {
            return Ok(Mapping::default());
        };
        let node = self.tree.node(root);
        let is_nothing = match node.content {
            Content::Mapping(_) => {
                return self.within(root, |decoder| decoder.mapping(root, Keys::Text));
            }
            Content::Scalar { .. } => self.value(root)? == Value::Null,
            Content::Sequence(_) | Content::Alias(_) => false,
        };
        if is_nothing {
            return Ok(Mapping::default());
        }
        Err(Error::of(Fault::NotAMapping, node.start))
    }

    fn value(&mut self, id: NodeId) -> Result<Value, Error> {
        let node = self.tree.node(id);
        self.within(id, |decoder| match &node.content {
            Content::Scalar { text, is_plain } => decoder.scalar(node, text, *is_plain),
            Content::Sequence(items) => {
                let items = decoder.tree.items(items).iter();
                let items = items.map(|item| decoder.value(*item));
                Ok(Value::List(items.collect::<Result<_, _>>()?))
            }
            Content::Mapping(_) => {
                let keys = decoder.keys(id);
                Ok(Value::Map(decoder.mapping(id, keys)?))
            }
            Content::Alias(target) => decoder.value(*target),
        })
    }

    /// Decodes the content of a node; fails if that would not end.
    fn within<T>(
        &mut self,
        id: NodeId,
        decode: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.budget.enter(self.tree, id)?;
        let decoded = decode(self)?;
        self.budget.leave(self.tree, id);
        Ok(decoded)
    }

    fn scalar(&self, node: &Node<'_>, text: &str, is_plain: bool) -> Result<Value, Error> {
        let value = match resolve::scalar(node, text, is_plain, Version::V3)? {
            Resolved::Null => Value::Null,
            Resolved::Binary(bytes) => String::from_utf8(bytes)
                .map_or_else(|error| Value::Bytes(error.into_bytes()), Value::Text),
            Resolved::Text => text.into(),
            _ if self.scalars == Scalars::Strings => text.into(),
            Resolved::Bool(value) => Value::Bool(value),
            Resolved::Int(value) => Value::Int(value),
            Resolved::Float(value) => Value::Float(Float(value)),
            Resolved::Timestamp(value) => Value::Timestamp(value),
        };
        Ok(value)
    }

    /// The keys and values of a mapping.
    fn pairs(&self, id: NodeId) -> impl Iterator<Item = (NodeId, NodeId)> + use<'a> {
        let children = match &self.tree.node(id).content {
            Content::Mapping(children) => children.clone(),
            _ => 0..0,
        };
        self.tree.pairs(children)
    }

    /// A mapping whose own keys are strings also merges keys as strings.
    fn keys(&self, id: NodeId) -> Keys {
        let are_text = self
            .pairs(id)
            .all(|(key, _)| is_text(self.tree.target(key)));
        if are_text { Keys::Text } else { Keys::Resolved }
    }

    fn mapping(&mut self, id: NodeId, keys: Keys) -> Result<Mapping, Error> {
        let mut draft = Draft {
            keys,
            entries: BTreeMap::new(),
            taken: None,
        };
        self.fill(id, &mut draft)?;
        Ok(draft.entries.into_iter().collect())
    }

    /// Adds the fields of a mapping, and then those it merges.
    fn fill(&mut self, id: NodeId, draft: &mut Draft) -> Result<(), Error> {
        if let Some(error) = self.find_duplicate(id) {
            self.late.get_or_insert(error);
            return Ok(());
        }
        let mut merged = None;
        for (key, value) in self.pairs(id) {
            if self.is_merge(key) {
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
            let own = self.pairs(id).map(|(key, _)| self.value(key));
            draft.taken = Some(own.collect::<Result<_, _>>()?);
        }
        match &self.tree.node(merged).content {
            Content::Sequence(items) => {
                let mut items = self.tree.items(items).iter();
                items.try_for_each(|item| self.merge(*item, draft))
            }
            _ => self.merge(merged, draft),
        }
    }

    fn merge(&mut self, id: NodeId, draft: &mut Draft) -> Result<(), Error> {
        if !matches!(self.tree.target(id).content, Content::Mapping(_)) {
            return Err(Error::of(Fault::InvalidMerge, self.tree.node(id).start));
        }
        self.within(id, |decoder| match decoder.tree.node(id).content {
            Content::Alias(target) => decoder.merge(target, draft),
            _ => decoder.fill(id, draft),
        })
    }

    fn is_merge(&self, key: NodeId) -> bool {
        let node = self.tree.node(key);
        match &node.content {
            Content::Scalar { text, is_plain } => {
                resolve::is_merge(node, text, *is_plain, Version::V3)
            }
            _ => false,
        }
    }

    fn key(&mut self, id: NodeId, keys: Keys) -> Result<Option<Value>, Error> {
        let is_scalar = matches!(self.tree.target(id).content, Content::Scalar { .. });
        if !is_scalar && keys == Keys::Text {
            let error = Error::of(Fault::CollectionAsKey, self.tree.node(id).start);
            self.late.get_or_insert(error);
            return Ok(None);
        }
        let value = self.value(id)?;
        match (&self.tree.target(id).content, keys) {
            (Content::Scalar { text, .. }, Keys::Text) => Ok(match value {
                Value::Null => None,
                Value::Text(_) | Value::Bytes(_) => Some(value),
                _ => Some(text.as_ref().into()),
            }),
            (Content::Scalar { .. }, Keys::Resolved) => Ok(Some(value)),
            _ => Err(Error::of(Fault::CollectionAsKey, self.tree.node(id).start)),
        }
    }

    /// Keys are compared by their text: `1` and `"1"` are duplicates here. Collections have no
    /// text, so all of them are duplicates.
    fn find_duplicate(&self, id: NodeId) -> Option<Error> {
        let mut firsts = BTreeMap::new();
        let starts = self.pairs(id).filter_map(|(key, _)| {
            let node = self.tree.node(key);
            let identity = match &node.content {
                Content::Scalar { text, .. } => (0, 0, text.as_ref()),
                Content::Alias(target) => (1, *target, ""),
                Content::Sequence(_) => (2, 0, ""),
                Content::Mapping(_) => (3, 0, ""),
            };
            let first = *firsts.entry(identity).or_insert(node.start);
            (first != node.start).then_some((first, node.start))
        });
        // Reports the key that comes first, and its duplicate.
        let (first, again) = starts.min_by_key(|(first, _)| (first.line, first.column))?;
        Some(Error::duplicate(first, again, again.line + 1))
    }
}

/// Whether a key is a string, or `<<`.
fn is_text(key: &Node<'_>) -> bool {
    let Content::Scalar { text, is_plain } = &key.content else {
        return false;
    };
    match key.tag {
        Some(Tag::Str | Tag::Merge) => true,
        None | Some(Tag::NonSpecific) => {
            !is_plain || matches!(resolve::plain(text, Version::V3), Resolved::Text)
        }
        Some(_) => false,
    }
}
