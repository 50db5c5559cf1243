//! An object as two lists: its values, and the texts in them. Making and dropping one allocates a few
//! times, where a `serde_json::Value` allocates for every text, list and map.

use std::fmt;
use std::ops::Range;

use serde::ser::{
    self, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer,
};
use serde_json::Number;

/// Deeper values are null. No field of a validated kind is that deep.
const DEPTH: usize = 100;

/// A typed object with a part that no object of Kubernetes has: a tuple, an enum's variant with data,
/// or a map whose keys are no texts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an object of Kubernetes: it has {0}")]
pub struct NotSerializable(String);

impl NotSerializable {
    fn of(what: &str) -> Self {
        Self(what.to_owned())
    }
}

impl ser::Error for NotSerializable {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// An object.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    entries: Vec<Entry>,
    texts: String,
    root: Item,
    /// While the tree is made, the entries of unfinished lists and maps, each above those of the one
    /// around it. They move to `entries` together.
    open: Vec<Entry>,
}

/// An entry of a map, or an item of a list, whose key is empty.
#[derive(Clone, Copy, Debug)]
struct Entry {
    key: Key,
    item: Item,
}

#[derive(Clone, Copy, Debug)]
enum Key {
    /// A field of a type: not copied.
    Field(&'static str),
    Text(Span),
}

/// The place of a text in `Tree::texts`, or of items in `Tree::entries`.
#[derive(Clone, Copy, Debug, Default)]
struct Span {
    start: usize,
    end: usize,
}

#[derive(Clone, Copy, Debug, Default)]
enum Item {
    #[default]
    Null,
    Bool(bool),
    Integer(i64),
    Unsigned(u64),
    Float(f64),
    Text(Span),
    List(Span),
    Map(Span, Keys),
}

/// One bit for each class of keys in a map. Most fields that rules ask for are absent, and most of
/// them have a class of which the map has no key: no entry is compared then.
#[derive(Clone, Copy, Debug, Default)]
struct Keys(u64);

impl Keys {
    fn of(key: &str) -> Self {
        let (first, last) = (key.as_bytes().first(), key.as_bytes().last());
        let byte = |byte: Option<&u8>| usize::from(byte.copied().unwrap_or_default());
        Self(1 << ((key.len() * 7 + byte(first) + byte(last) * 5) % 64))
    }

    fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// A value in a tree.
#[derive(Clone, Copy)]
pub(crate) struct Value<'t> {
    tree: &'t Tree,
    item: Item,
}

impl Tree {
    pub(crate) fn of(object: &(impl Serialize + ?Sized)) -> Result<Self, NotSerializable> {
        let mut tree = Self::default();
        tree.fill(object)?;
        Ok(tree)
    }

    /// Becomes the tree of another object, in the same memory.
    pub(crate) fn fill(
        &mut self,
        object: &(impl Serialize + ?Sized),
    ) -> Result<(), NotSerializable> {
        self.entries.clear();
        self.texts.clear();
        self.open.clear();
        let mut builder = Builder {
            tree: self,
            depth: 0,
        };
        self.root = object.serialize(&mut builder)?;
        Ok(())
    }

    pub(crate) fn root(&self) -> Value<'_> {
        Value {
            tree: self,
            item: self.root,
        }
    }

    fn text(&self, span: Span) -> &str {
        self.texts.get(span.range()).unwrap_or_default()
    }

    fn key(&self, key: Key) -> &str {
        match key {
            Key::Field(name) => name,
            Key::Text(span) => self.text(span),
        }
    }
}

impl Key {
    fn len(self) -> usize {
        match self {
            Self::Field(name) => name.len(),
            Self::Text(span) => span.len(),
        }
    }
}

impl Span {
    fn range(self) -> Range<usize> {
        self.start..self.end
    }

    fn len(self) -> usize {
        self.end - self.start
    }
}

impl<'t> Value<'t> {
    fn entries_at(self, span: Span) -> &'t [Entry] {
        let entries = self.tree.entries.get(span.range());
        entries.unwrap_or_default()
    }

    fn at(self, item: Item) -> Self {
        Self { item, ..self }
    }

    pub(crate) fn is_null(self) -> bool {
        matches!(self.item, Item::Null)
    }

    pub(crate) fn is_true(self) -> bool {
        matches!(self.item, Item::Bool(true))
    }

    /// The value of a key of a map; of two equal keys, the last.
    pub(crate) fn get(self, name: &str) -> Option<Self> {
        let Item::Map(span, keys) = self.item else {
            return None;
        };
        if !keys.has(Keys::of(name)) {
            return None;
        }
        // Most keys differ in their length, which is compared first.
        let is_named =
            |entry: &&Entry| entry.key.len() == name.len() && self.tree.key(entry.key) == name;
        let found = self.entries_at(span).iter().rfind(is_named)?;
        Some(self.at(found.item))
    }

    /// The items of a list; nothing otherwise.
    pub(crate) fn items(self) -> impl Iterator<Item = Self> + use<'t> {
        let entries = match self.item {
            Item::List(span) => self.entries_at(span),
            _ => &[],
        };
        entries.iter().map(move |entry| self.at(entry.item))
    }

    /// The entries of a map; nothing otherwise.
    pub(crate) fn entries(self) -> impl Iterator<Item = (&'t str, Self)> + use<'t> {
        let entries = match self.item {
            Item::Map(span, _) => self.entries_at(span),
            _ => &[],
        };
        let entries = entries.iter();
        entries.map(move |entry| (self.tree.key(entry.key), self.at(entry.item)))
    }

    pub(crate) fn text(self) -> Option<&'t str> {
        match self.item {
            Item::Text(span) => Some(self.tree.text(span)),
            _ => None,
        }
    }

    pub(crate) fn integer(self) -> Option<i64> {
        match self.item {
            Item::Integer(number) => Some(number),
            _ => None,
        }
    }

    pub(crate) fn number(self) -> Option<Number> {
        match self.item {
            Item::Integer(number) => Some(number.into()),
            Item::Unsigned(number) => Some(number.into()),
            Item::Float(number) => Number::from_f64(number),
            _ => None,
        }
    }

    /// The number of items, entries or bytes.
    pub(crate) fn len(self) -> usize {
        match self.item {
            Item::Text(span) | Item::List(span) | Item::Map(span, _) => span.len(),
            _ => 0,
        }
    }

    fn to_json(self) -> serde_json::Value {
        match self.item {
            Item::Null => serde_json::Value::Null,
            Item::Bool(value) => value.into(),
            Item::Integer(_) | Item::Unsigned(_) | Item::Float(_) => {
                self.number().map_or(serde_json::Value::Null, Into::into)
            }
            Item::Text(_) => self.text().unwrap_or_default().into(),
            Item::List(_) => self.items().map(Self::to_json).collect(),
            Item::Map(..) => {
                let entries = self.entries();
                entries.map(|(key, value)| (key, value.to_json())).collect()
            }
        }
    }
}

/// As JSON.
impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.to_json(), f)
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.to_json() == other.to_json()
    }
}

struct Builder<'t> {
    tree: &'t mut Tree,
    depth: usize,
}

impl<'t> Builder<'t> {
    fn write(&mut self, text: &str) -> Span {
        let start = self.tree.texts.len();
        self.tree.texts.push_str(text);
        Span {
            start,
            end: self.tree.texts.len(),
        }
    }

    fn add(&mut self, key: Key, value: &(impl Serialize + ?Sized)) -> Result<(), NotSerializable> {
        let item = if self.depth < DEPTH {
            value.serialize(&mut *self)?
        } else {
            Item::Null
        };
        self.tree.open.push(Entry { key, item });
        Ok(())
    }

    fn begin(&mut self) -> Open<'_, 't> {
        self.depth += 1;
        Open {
            first: self.tree.open.len(),
            key: Span::default(),
            keys: Keys::default(),
            builder: self,
        }
    }

    /// Moves entries to the tree.
    fn close(&mut self, first: usize) -> Span {
        let Tree { entries, open, .. } = &mut *self.tree;
        let start = entries.len();
        entries.extend_from_slice(open.get(first..).unwrap_or_default());
        open.truncate(first);
        Span {
            start,
            end: entries.len(),
        }
    }
}

/// An unfinished list or map.
struct Open<'b, 't> {
    builder: &'b mut Builder<'t>,
    first: usize,
    /// The key of the next value.
    key: Span,
    keys: Keys,
}

impl Open<'_, '_> {
    fn finish(self) -> (Span, Keys) {
        self.builder.depth -= 1;
        (self.builder.close(self.first), self.keys)
    }

    fn finish_map(self) -> Item {
        let (span, keys) = self.finish();
        Item::Map(span, keys)
    }
}

/// Numbers that an `i64` holds.
macro_rules! integers {
    ($($method:ident($type:ty))+) => {$(
        fn $method(self, value: $type) -> Result<Item, NotSerializable> {
            Ok(Item::Integer(value.into()))
        }
    )+};
}

impl<'b, 't> Serializer for &'b mut Builder<'t> {
    type Ok = Item;
    type Error = NotSerializable;
    type SerializeSeq = Open<'b, 't>;
    type SerializeTuple = Impossible<Item, NotSerializable>;
    type SerializeTupleStruct = Impossible<Item, NotSerializable>;
    type SerializeTupleVariant = Impossible<Item, NotSerializable>;
    type SerializeMap = Open<'b, 't>;
    type SerializeStruct = Open<'b, 't>;
    type SerializeStructVariant = Impossible<Item, NotSerializable>;

    fn serialize_bool(self, value: bool) -> Result<Item, NotSerializable> {
        Ok(Item::Bool(value))
    }

    integers! {
        serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32)
    }

    fn serialize_u64(self, value: u64) -> Result<Item, NotSerializable> {
        Ok(i64::try_from(value).map_or(Item::Unsigned(value), Item::Integer))
    }

    fn serialize_f32(self, value: f32) -> Result<Item, NotSerializable> {
        Ok(Item::Float(value.into()))
    }

    fn serialize_f64(self, value: f64) -> Result<Item, NotSerializable> {
        Ok(Item::Float(value))
    }

    fn serialize_char(self, value: char) -> Result<Item, NotSerializable> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<Item, NotSerializable> {
        Ok(Item::Text(self.write(value)))
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<Item, NotSerializable> {
        value.serialize(self)
    }

    fn serialize_none(self) -> Result<Item, NotSerializable> {
        Ok(Item::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Item, NotSerializable> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Item, NotSerializable> {
        Ok(Item::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Item, NotSerializable> {
        Ok(Item::Null)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Item, NotSerializable> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Item, NotSerializable> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Item, NotSerializable> {
        Err(NotSerializable::of(name))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Open<'b, 't>, NotSerializable> {
        Ok(self.begin())
    }

    fn serialize_tuple(
        self,
        _: usize,
    ) -> Result<Impossible<Item, NotSerializable>, NotSerializable> {
        Err(NotSerializable::of("a tuple"))
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        _: usize,
    ) -> Result<Impossible<Item, NotSerializable>, NotSerializable> {
        Err(NotSerializable::of(name))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Impossible<Item, NotSerializable>, NotSerializable> {
        Err(NotSerializable::of(name))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Open<'b, 't>, NotSerializable> {
        Ok(self.begin())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Open<'b, 't>, NotSerializable> {
        Ok(self.begin())
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Impossible<Item, NotSerializable>, NotSerializable> {
        Err(NotSerializable::of(name))
    }
}

impl SerializeSeq for Open<'_, '_> {
    type Ok = Item;
    type Error = NotSerializable;

    fn serialize_element<T: Serialize + ?Sized>(
        &mut self,
        value: &T,
    ) -> Result<(), NotSerializable> {
        self.builder.add(Key::Field(""), value)
    }

    fn end(self) -> Result<Item, NotSerializable> {
        Ok(Item::List(self.finish().0))
    }
}

impl SerializeMap for Open<'_, '_> {
    type Ok = Item;
    type Error = NotSerializable;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), NotSerializable> {
        match key.serialize(&mut *self.builder)? {
            Item::Text(key) => {
                self.keys.add(Keys::of(self.builder.tree.text(key)));
                self.key = key;
                Ok(())
            }
            _ => Err(NotSerializable::of("a key that is no text")),
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotSerializable> {
        self.builder.add(Key::Text(self.key), value)
    }

    fn end(self) -> Result<Item, NotSerializable> {
        Ok(self.finish_map())
    }
}

impl SerializeStruct for Open<'_, '_> {
    type Ok = Item;
    type Error = NotSerializable;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), NotSerializable> {
        self.keys.add(Keys::of(key));
        self.builder.add(Key::Field(key), value)
    }

    fn end(self) -> Result<Item, NotSerializable> {
        Ok(self.finish_map())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<u64>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            "\\PC{0,5}".prop_map(Into::into),
        ];
        leaf.prop_recursive(6, 60, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
                prop::collection::btree_map("\\PC{0,3}", inner, 0..5)
                    .prop_map(|map| map.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_tree_has_what_the_json_has(json in any_json()) {
            let tree = Tree::of(&json).unwrap();
            prop_assert_eq!(tree.root().to_json(), json);
        }

        /// Keys of one class, and of none in the map, included.
        #[test]
        fn a_map_has_a_key_or_not(
            json in prop::collection::btree_map("[ab]{0,3}|\\PC{0,2}", any::<u8>(), 0..8),
            name in "[ab]{0,3}|\\PC{0,2}",
        ) {
            let tree = Tree::of(&json).unwrap();
            for name in json.keys().chain([&name]) {
                let found = tree.root().get(name).and_then(Value::integer);
                prop_assert_eq!(found, json.get(name).copied().map(i64::from));
            }
        }

        #[test]
        fn nothing_of_an_earlier_object_is_left(before in any_json(), json in any_json()) {
            let mut tree = Tree::of(&before).unwrap();
            tree.fill(&(1, 2)).unwrap_err();
            tree.fill(&json).unwrap();
            prop_assert_eq!(tree.root().to_json(), json);
        }
    }

    #[test]
    fn what_no_object_has_is_an_error() {
        let map = std::collections::BTreeMap::from([(1, 2)]);
        for error in [Tree::of(&map).err(), Tree::of(&(1, 2)).err()] {
            let error = error.unwrap().to_string();
            assert!(
                error.starts_with("not an object of Kubernetes: it has a "),
                "{error}"
            );
        }
    }

    #[test]
    fn what_is_too_deep_is_null() {
        let mut json = json!("deep");
        for _ in 0..10_000 {
            json = serde_json::Value::Array(vec![json]);
        }
        let tree = Tree::of(&json).unwrap();
        let mut value = tree.root();
        for _ in 0..DEPTH {
            value = value.items().next().unwrap();
        }
        assert!(value.is_null());
        // Dropping it would need as many calls as it is deep.
        std::mem::forget(json);
    }
}
