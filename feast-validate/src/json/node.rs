//! A value to look at, wherever it comes from.

use serde_json::Value;

use super::decode::{Token, Tree};

/// A JSON value of a decoded body or of a [`Value`].
#[derive(Clone, Copy, Debug)]
pub(crate) enum Node<'a> {
    Tree(&'a Tree<'a>, u32),
    Value(&'a Value),
}

impl Tree<'_> {
    /// The fields of the root, those that are given again included.
    pub(crate) fn root_entries(&self) -> impl Iterator<Item = (&str, Node<'_>)> {
        self.keys(0).filter_map(|key| match self.token(key) {
            Token::String(name) => Some((name.as_ref(), Node::Tree(self, key + 1))),
            _ => None,
        })
    }

    /// The place of the value of a field of the object at `at`.
    fn field(&self, at: u32, name: &str) -> Option<u32> {
        let is_wanted = |key: &u32| {
            matches!(self.token(*key), Token::String(text) if text == name)
                && !self.is_superseded(*key)
        };
        self.keys(at).find(is_wanted).map(|key| key + 1)
    }

    /// The field at `at`, or the next one that counts, before `end`; goes behind it.
    fn next_field(&self, at: &mut u32, end: u32) -> Option<(&str, Node<'_>)> {
        while *at < end {
            let key = *at;
            let value = key + 1;
            *at = self.after(value);
            if let Token::String(name) = self.token(key)
                && !self.is_superseded(key)
            {
                return Some((name, Node::Tree(self, value)));
            }
        }
        None
    }

    /// The places of the keys of the object at `at`; none of anything else.
    fn keys(&self, at: u32) -> impl Iterator<Item = u32> {
        let end = match *self.token(at) {
            Token::Object { end } => end,
            _ => at,
        };
        let mut next = at + 1;
        std::iter::from_fn(move || {
            let key = next;
            if key >= end {
                return None;
            }
            next = self.after(key + 1);
            Some(key)
        })
    }
}

/// What a [`Node`] is.
#[derive(Clone, Debug)]
pub(crate) enum Data<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    String(&'a str),
    Array(Items<'a>),
    Object(Fields<'a>),
}

impl<'a> From<&'a Tree<'a>> for Node<'a> {
    fn from(tree: &'a Tree<'a>) -> Self {
        Self::Tree(tree, 0)
    }
}

impl<'a> From<&'a Value> for Node<'a> {
    fn from(value: &'a Value) -> Self {
        Self::Value(value)
    }
}

impl<'a> Node<'a> {
    pub(crate) fn data(self) -> Data<'a> {
        match self {
            Self::Tree(tree, at) => match tree.token(at) {
                Token::Bool(value) => Data::Bool(*value),
                Token::Int(number) => Data::Int(*number),
                Token::Float(number) => Data::Float(*number),
                Token::String(text) => Data::String(text),
                Token::Array { end } => Data::Array(Items::Tree(tree, at + 1, *end)),
                Token::Object { end } => Data::Object(Fields::Tree(tree, at + 1, *end)),
                Token::Null => Data::Null,
            },
            Self::Value(value) => match value {
                Value::Null => Data::Null,
                Value::Bool(value) => Data::Bool(*value),
                Value::Number(number) => number_data(number),
                Value::String(text) => Data::String(text),
                Value::Array(items) => Data::Array(Items::Value(items.iter())),
                Value::Object(fields) => Data::Object(Fields::Value(fields.iter())),
            },
        }
    }

    pub(crate) fn is_null(self) -> bool {
        match self {
            Self::Tree(tree, at) => matches!(tree.token(at), Token::Null),
            Self::Value(value) => value.is_null(),
        }
    }

    pub(crate) fn is_object(self) -> bool {
        match self {
            Self::Tree(tree, at) => matches!(tree.token(at), Token::Object { .. }),
            Self::Value(value) => value.is_object(),
        }
    }

    pub(crate) fn as_str(self) -> Option<&'a str> {
        match self.data() {
            Data::String(text) => Some(text),
            _ => None,
        }
    }

    /// The fields of an object; none of anything else.
    pub(crate) fn fields(self) -> Fields<'a> {
        match self.data() {
            Data::Object(fields) => fields,
            _ => Fields::none(),
        }
    }

    /// A field of an object.
    pub(crate) fn get(self, name: &str) -> Option<Self> {
        match self {
            Self::Value(value) => value.get(name).map(Self::Value),
            Self::Tree(tree, at) => tree.field(at, name).map(|at| Self::Tree(tree, at)),
        }
    }

    /// A copy, as it is.
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

/// The API server knows `i64` and doubles, nothing between.
fn number_data<'a>(number: &serde_json::Number) -> Data<'a> {
    match (number.as_i64(), number.as_f64()) {
        (Some(integer), _) => Data::Int(integer),
        (None, Some(float)) => Data::Float(float),
        (None, None) => Data::Null,
    }
}

/// The items of an array.
#[derive(Clone, Debug)]
pub(crate) enum Items<'a> {
    Tree(&'a Tree<'a>, u32, u32),
    Value(std::slice::Iter<'a, Value>),
}

impl<'a> Iterator for Items<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        match self {
            Self::Value(items) => items.next().map(Node::Value),
            Self::Tree(tree, at, end) => {
                if *at >= *end {
                    return None;
                }
                let item = *at;
                *at = tree.after(item);
                Some(Node::Tree(tree, item))
            }
        }
    }
}

/// The fields of an object, each name once.
#[derive(Clone, Debug)]
pub(crate) enum Fields<'a> {
    None,
    Tree(&'a Tree<'a>, u32, u32),
    Value(serde_json::map::Iter<'a>),
}

impl Fields<'_> {
    pub(crate) const fn none() -> Self {
        Self::None
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = (&'a str, Node<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::None => None,
            Self::Value(fields) => {
                let (name, value) = fields.next()?;
                Some((name, Node::Value(value)))
            }
            Self::Tree(tree, at, end) => tree.next_field(at, *end),
        }
    }

    /// As usual, but what the fields come from is looked at once.
    fn all<F>(&mut self, mut test: F) -> bool
    where
        F: FnMut(Self::Item) -> bool,
    {
        match self {
            Self::Value(fields) => fields.all(|(name, value)| test((name, Node::Value(value)))),
            Self::Tree(tree, at, end) => {
                while let Some(field) = tree.next_field(at, *end) {
                    if !test(field) {
                        return false;
                    }
                }
                true
            }
            Self::None => true,
        }
    }
}
