//! JSON values from any source.

use serde_json::Value;

use super::decode::{Token, Tree};
use super::index::{FEW, Keys};

/// A JSON value. Hot paths are generic over its source; the rest uses [`Node`].
pub(crate) trait Json<'a>: Copy + Into<Node<'a>> {
    type Items: Iterator<Item = Self>;
    type Fields: Iterator<Item = (&'a str, Self)>;

    fn data(self) -> Data<'a, Self::Items, Self::Fields>;
}

/// A value of a decoded body or of a [`Value`].
#[derive(Clone, Copy, Debug)]
pub(crate) enum Node<'a> {
    Tree(Place<'a>),
    Value(&'a Value),
}

/// A value of a decoded body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    tree: &'a Tree<'a>,
    at: u32,
}

impl Tree<'_> {
    /// The fields of the root, including superseded duplicates.
    pub(crate) fn root_entries(&self) -> impl Iterator<Item = (&str, Node<'_>)> {
        self.keys(0)
            .map(|key| (self.name(key), Node::at(self, key + 1)))
    }

    /// The position of a field's value in the object at `at`.
    fn field(&self, at: u32, name: &str) -> Option<u32> {
        for (passed, key) in self.fields(at).enumerate() {
            if passed == FEW {
                let key = self.indexes().keys(at)?.find(self, name)?;
                return Some(key + 1);
            }
            if self.name(key) == name {
                return Some(key + 1);
            }
        }
        None
    }

    /// The keys of the object at `at`, if it is large.
    fn large_object(&self, at: u32) -> Option<&Keys> {
        self.fields(at).nth(FEW)?;
        self.indexes().keys(at)
    }
}

/// The content of a value.
#[derive(Clone, Debug)]
pub(crate) enum Data<'a, I = Items<'a>, F = Fields<'a>> {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    String(&'a str),
    Array(I),
    Object(F),
}

impl<'a> Json<'a> for Place<'a> {
    type Items = PlaceItems<'a>;
    type Fields = PlaceFields<'a>;

    fn data(self) -> Data<'a, Self::Items, Self::Fields> {
        let Self { tree, at } = self;
        match *tree.token(at) {
            Token::Bool(value) => Data::Bool(value),
            Token::Int(number) => Data::Int(number),
            Token::Float(number) => Data::Float(number),
            Token::String(ref text) => Data::String(text),
            Token::Array { end } => Data::Array(PlaceItems {
                tree,
                at: at + 1,
                end,
            }),
            Token::Object { end } => Data::Object(PlaceFields {
                tree,
                at: at + 1,
                end,
            }),
            Token::Null => Data::Null,
        }
    }
}

impl<'a> Json<'a> for &'a Value {
    type Items = std::slice::Iter<'a, Value>;
    type Fields = ValueFields<'a>;

    fn data(self) -> Data<'a, Self::Items, Self::Fields> {
        match self {
            Value::Null => Data::Null,
            Value::Bool(value) => Data::Bool(*value),
            Value::Number(number) => number_data(number),
            Value::String(text) => Data::String(text),
            Value::Array(items) => Data::Array(items.iter()),
            Value::Object(fields) => Data::Object(ValueFields(fields.iter())),
        }
    }
}

impl<'a> From<Place<'a>> for Node<'a> {
    fn from(place: Place<'a>) -> Self {
        Self::Tree(place)
    }
}

impl<'a> From<&'a Tree<'a>> for Node<'a> {
    fn from(tree: &'a Tree<'a>) -> Self {
        Self::at(tree, 0)
    }
}

impl<'a> From<&'a Value> for Node<'a> {
    fn from(value: &'a Value) -> Self {
        Self::Value(value)
    }
}

impl<'a> Node<'a> {
    const fn at(tree: &'a Tree<'a>, at: u32) -> Self {
        Self::Tree(Place { tree, at })
    }

    pub(crate) fn data(self) -> Data<'a> {
        match self {
            Self::Tree(place) => place.data().convert(Items::Tree, Fields::Tree),
            Self::Value(value) => value.data().convert(Items::Value, Fields::Value),
        }
    }

    pub(crate) fn is_null(self) -> bool {
        match self {
            Self::Tree(Place { tree, at }) => matches!(tree.token(at), Token::Null),
            Self::Value(value) => value.is_null(),
        }
    }

    pub(crate) fn is_object(self) -> bool {
        match self {
            Self::Tree(Place { tree, at }) => matches!(tree.token(at), Token::Object { .. }),
            Self::Value(value) => value.is_object(),
        }
    }

    pub(crate) fn as_str(self) -> Option<&'a str> {
        match self.data() {
            Data::String(text) => Some(text),
            _ => None,
        }
    }

    /// The fields of an object; empty for other values.
    pub(crate) fn fields(self) -> Fields<'a> {
        match self.data() {
            Data::Object(fields) => fields,
            _ => Fields::None,
        }
    }

    /// A field of an object.
    pub(crate) fn get(self, name: &str) -> Option<Self> {
        match self {
            Self::Value(value) => value.get(name).map(Self::Value),
            Self::Tree(Place { tree, at }) => {
                let at = tree.field(at, name)?;
                Some(Self::at(tree, at))
            }
        }
    }

    /// The number of fields; zero for other values.
    pub(crate) fn field_count(self) -> usize {
        match self {
            Self::Value(value) => value.as_object().map_or(0, serde_json::Map::len),
            Self::Tree(Place { tree, at }) => match tree.large_object(at) {
                Some(keys) => keys.places.len(),
                None => tree.fields(at).count(),
            },
        }
    }

    /// The number of null fields.
    pub(crate) fn null_count(self) -> usize {
        if let Self::Tree(Place { tree, at }) = self
            && let Some(keys) = tree.large_object(at)
        {
            return keys.nulls;
        }
        self.fields().filter(|(_, field)| field.is_null()).count()
    }

    /// The number of items; zero for other values.
    pub(crate) fn item_count(self) -> usize {
        match self {
            Self::Value(value) => value.as_array().map_or(0, Vec::len),
            Self::Tree(Place { tree, at }) => match tree.items(at).nth(FEW) {
                Some(_) => tree.indexes().items(at).map_or(0, <[u32]>::len),
                None => tree.items(at).count(),
            },
        }
    }

    /// An item of an array.
    pub(crate) fn item(self, index: usize) -> Option<Self> {
        match self {
            Self::Value(value) => value.get(index).map(Self::Value),
            Self::Tree(Place { tree, at }) => {
                let item = if index < FEW {
                    tree.items(at).nth(index)?
                } else {
                    tree.indexes().items(at)?.get(index).copied()?
                };
                Some(Self::at(tree, item))
            }
        }
    }

    /// A copy, unchanged.
    pub(crate) fn to_value(self) -> Value {
        match self.data() {
            Data::Null => Value::Null,
            Data::Bool(value) => value.into(),
            Data::Int(number) => number.into(),
            Data::Float(number) => number.into(),
            Data::String(text) => text.into(),
            Data::Array(items) => items.map(Self::to_value).collect(),
            Data::Object(fields) => fields
                .map(|(name, value)| (name.to_owned(), value.to_value()))
                .collect(),
        }
    }
}

impl<'a, I, F> Data<'a, I, F> {
    /// The same data with other iterators.
    #[inline]
    fn convert(self, items: fn(I) -> Items<'a>, fields: fn(F) -> Fields<'a>) -> Data<'a> {
        match self {
            Self::Null => Data::Null,
            Self::Bool(value) => Data::Bool(value),
            Self::Int(number) => Data::Int(number),
            Self::Float(number) => Data::Float(number),
            Self::String(text) => Data::String(text),
            Self::Array(of) => Data::Array(items(of)),
            Self::Object(of) => Data::Object(fields(of)),
        }
    }
}

/// The API server has `i64` and doubles, and nothing else.
fn number_data<'a, I, F>(number: &serde_json::Number) -> Data<'a, I, F> {
    match (number.as_i64(), number.as_f64()) {
        (Some(integer), _) => Data::Int(integer),
        (None, Some(float)) => Data::Float(float),
        (None, None) => Data::Null,
    }
}

/// The items of an array of a decoded body.
#[derive(Clone, Debug)]
pub(crate) struct PlaceItems<'a> {
    tree: &'a Tree<'a>,
    at: u32,
    end: u32,
}

impl<'a> Iterator for PlaceItems<'a> {
    type Item = Place<'a>;

    fn next(&mut self) -> Option<Place<'a>> {
        let Self { tree, at, end } = *self;
        if at >= end {
            return None;
        }
        self.at = tree.after(at);
        Some(Place { tree, at })
    }
}

/// The fields of an object of a decoded body, each name once.
#[derive(Clone, Debug)]
pub(crate) struct PlaceFields<'a> {
    tree: &'a Tree<'a>,
    at: u32,
    end: u32,
}

impl<'a> Iterator for PlaceFields<'a> {
    type Item = (&'a str, Place<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let tree = self.tree;
        while self.at < self.end {
            let key = self.at;
            let at = key + 1;
            self.at = tree.after(at);
            if let Token::String(name) = tree.token(key)
                && !tree.is_superseded(key)
            {
                return Some((name, Place { tree, at }));
            }
        }
        None
    }
}

/// The fields of an object of a [`Value`].
#[derive(Clone, Debug)]
pub(crate) struct ValueFields<'a>(serde_json::map::Iter<'a>);

impl<'a> Iterator for ValueFields<'a> {
    type Item = (&'a str, &'a Value);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, value) = self.0.next()?;
        Some((name, value))
    }
}

/// The items of an array.
#[derive(Clone, Debug)]
pub(crate) enum Items<'a> {
    None,
    Tree(PlaceItems<'a>),
    Value(std::slice::Iter<'a, Value>),
}

impl<'a> Iterator for Items<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        match self {
            Self::None => None,
            Self::Tree(items) => items.next().map(Node::Tree),
            Self::Value(items) => items.next().map(Node::Value),
        }
    }
}

/// The fields of an object, each name once.
#[derive(Clone, Debug)]
pub(crate) enum Fields<'a> {
    None,
    Tree(PlaceFields<'a>),
    Value(ValueFields<'a>),
}

impl<'a> Iterator for Fields<'a> {
    type Item = (&'a str, Node<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::None => None,
            Self::Tree(fields) => fields.next().map(|(name, place)| (name, place.into())),
            Self::Value(fields) => fields.next().map(|(name, value)| (name, value.into())),
        }
    }
}
