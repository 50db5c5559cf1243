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
    pub(crate) fn root_entries(&self) -> Vec<(&str, Node<'_>)> {
        let Token::Object { end } = *self.token(0) else {
            return Vec::new();
        };
        let mut entries = Vec::new();
        let mut at = 1;
        while at < end {
            if let Token::String(key) | Token::Superseded(key) = self.token(at) {
                entries.push((key.as_ref(), Node::Tree(self, at + 1)));
            }
            at = self.after(at + 1);
        }
        entries
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
                Token::Null | Token::Superseded(_) => Data::Null,
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
            Self::Tree(..) => self.fields().find(|(key, _)| *key == name).map(|(_, v)| v),
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
            Self::Tree(tree, at, end) => {
                while *at < *end {
                    let key = tree.token(*at);
                    let value = *at + 1;
                    *at = tree.after(value);
                    if let Token::String(name) = key {
                        return Some((name, Node::Tree(tree, value)));
                    }
                }
                None
            }
        }
    }
}
