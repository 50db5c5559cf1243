//! A value in an object, with its path: a linked list on the stack, turned into text only for a
//! rejection.

use std::fmt::Write as _;

use apimachinery::{FieldPath, Quantity, Segment};

use crate::tree::Value;

/// A value that may be missing. Null is missing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'v, 'p> {
    value: Option<Value<'v>>,
    step: Option<(&'p Node<'v, 'p>, Step<'v>)>,
}

#[derive(Clone, Copy, Debug)]
struct Step<'v> {
    to: To<'v>,
    /// Its name in the API server's messages.
    shown: Shown,
}

#[derive(Clone, Copy, Debug)]
enum To<'v> {
    Field(&'static str),
    Key(&'v str),
    Index(usize),
}

#[derive(Clone, Copy, Debug)]
enum Shown {
    AsIs,
    Not,
    As(&'static str),
    /// A field as if it were a key.
    Bracketed,
}

impl<'v, 'p> Node<'v, 'p> {
    pub(crate) fn root(value: Value<'v>) -> Self {
        Self {
            value: Some(value),
            step: None,
        }
    }

    /// A field of an object.
    pub(crate) fn get(&'p self, name: &'static str) -> Self {
        let value = self.value.and_then(|value| value.get(name));
        self.step(To::Field(name), value)
    }

    /// A field with another name in the API server's messages.
    pub(crate) fn get_as(&'p self, name: &'static str, shown: &'static str) -> Self {
        self.get(name).shown(Shown::As(shown))
    }

    /// The same value, without the last step in the API server's path.
    pub(crate) fn hidden(self) -> Self {
        self.shown(Shown::Not)
    }

    /// The same value, with the last step of the API server's path in brackets.
    pub(crate) fn bracketed(self) -> Self {
        self.shown(Shown::Bracketed)
    }

    fn shown(self, shown: Shown) -> Self {
        let step = self
            .step
            .map(|(parent, step)| (parent, Step { shown, ..step }));
        Self { step, ..self }
    }

    /// The items of a list.
    pub(crate) fn items(&'p self) -> impl Iterator<Item = Self> {
        let items = self.value.into_iter().flat_map(Value::items);
        items
            .enumerate()
            .map(|(index, item)| self.step(To::Index(index), Some(item)))
    }

    /// The entries of a map.
    pub(crate) fn entries(&'p self) -> impl Iterator<Item = (&'v str, Self)> {
        let entries = self.value.into_iter().flat_map(Value::entries);
        entries.map(|(key, value)| (key, self.step(To::Key(key), Some(value))))
    }

    fn step(&'p self, to: To<'v>, value: Option<Value<'v>>) -> Self {
        let shown = Shown::AsIs;
        Self {
            value: value.filter(|value| !value.is_null()),
            step: Some((self, Step { to, shown })),
        }
    }

    pub(crate) fn exists(&self) -> bool {
        self.value.is_some()
    }

    pub(crate) fn value(&self) -> Option<Value<'v>> {
        self.value
    }

    /// The value of a key of this map.
    pub(crate) fn entry(&self, key: &str) -> Option<Value<'v>> {
        self.value?.get(key).filter(|value| !value.is_null())
    }

    pub(crate) fn text(&self) -> Option<&'v str> {
        self.value.and_then(Value::text)
    }

    /// The string; a missing one is empty, as in Go.
    pub(crate) fn text_or_empty(&self) -> &'v str {
        self.text().unwrap_or_default()
    }

    /// The strings of a list.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &'v str> {
        let items = self.value.into_iter().flat_map(Value::items);
        items.filter_map(Value::text)
    }

    pub(crate) fn integer(&self) -> Option<i64> {
        self.value.and_then(Value::integer)
    }

    /// The quantity, if it is one.
    pub(crate) fn quantity(&self) -> Option<Quantity> {
        self.value.and_then(as_quantity)
    }

    pub(crate) fn is_true(&self) -> bool {
        self.value.is_some_and(Value::is_true)
    }

    /// The number of items, entries or bytes.
    pub(crate) fn len(&self) -> usize {
        self.value.map_or(0, Value::len)
    }

    /// Whether it is missing, or an empty list, map or string.
    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn steps(&self) -> Vec<Step<'v>> {
        let mut steps = Vec::new();
        let mut at = self;
        while let Some((parent, step)) = at.step {
            steps.push(step);
            at = parent;
        }
        steps.reverse();
        steps
    }

    pub(crate) fn path(&self) -> FieldPath {
        let segment = |step: &Step<'_>| match step.to {
            To::Field(name) => Segment::Field(name.into()),
            To::Key(key) => Segment::Key(key.to_owned()),
            To::Index(index) => Segment::Index(index),
        };
        self.steps().iter().map(segment).collect::<Vec<_>>().into()
    }

    /// The path as the API server writes it.
    pub(crate) fn field(&self) -> String {
        let mut text = String::new();
        for Step { to, shown } in self.steps() {
            let name = match (shown, to) {
                (Shown::Not, _) => continue,
                (Shown::As(name), _) | (Shown::AsIs, To::Field(name)) => name,
                (Shown::Bracketed, To::Field(key))
                | (Shown::AsIs | Shown::Bracketed, To::Key(key)) => {
                    // Writing to a string cannot fail.
                    let _ = write!(text, "[{key}]");
                    continue;
                }
                (Shown::AsIs | Shown::Bracketed, To::Index(index)) => {
                    let _ = write!(text, "[{index}]");
                    continue;
                }
            };
            if !text.is_empty() {
                text.push('.');
            }
            text.push_str(name);
        }
        text
    }
}

/// The quantity of a string such as `500m`, or of a number.
pub(crate) fn as_quantity(value: Value<'_>) -> Option<Quantity> {
    match value.text() {
        Some(text) => text.trim().parse().ok(),
        None => value.number()?.to_string().parse().ok(),
    }
}
