//! A value in an object, with its path: a linked list on the stack, text only for a refusal.

use serde_json::{Map, Value};

use crate::path::{FieldPath, Segment};

/// A value that may be missing. Null is missing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node<'v, 'p> {
    value: Option<&'v Value>,
    step: Option<(&'p Node<'v, 'p>, Step<'v>)>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'v> {
    Field(&'static str),
    Key(&'v str),
    Index(usize),
}

impl<'v, 'p> Node<'v, 'p> {
    pub(super) fn root(value: &'v Value) -> Self {
        Self {
            value: Some(value),
            step: None,
        }
    }

    /// A field of an object.
    pub(super) fn get(&'p self, name: &'static str) -> Self {
        self.step(
            Step::Field(name),
            self.value.and_then(|value| value.get(name)),
        )
    }

    /// The items of a list.
    pub(super) fn items(&'p self) -> impl Iterator<Item = Self> {
        let items = self.value.and_then(Value::as_array).into_iter().flatten();
        let node = |(index, item)| self.step(Step::Index(index), Some(item));
        items.enumerate().map(node)
    }

    /// The entries of a map.
    pub(super) fn entries(&'p self) -> impl Iterator<Item = (&'v str, Self)> {
        let entries = self.map().into_iter().flatten();
        entries.map(|(key, value)| {
            let key = key.as_str();
            (key, self.step(Step::Key(key), Some(value)))
        })
    }

    fn step(&'p self, step: Step<'v>, value: Option<&'v Value>) -> Self {
        Self {
            value: value.filter(|value| !value.is_null()),
            step: Some((self, step)),
        }
    }

    pub(super) fn exists(&self) -> bool {
        self.value.is_some()
    }

    pub(super) fn value(&self) -> Option<&'v Value> {
        self.value
    }

    fn map(&self) -> Option<&'v Map<String, Value>> {
        self.value.and_then(Value::as_object)
    }

    pub(super) fn text(&self) -> Option<&'v str> {
        self.value.and_then(Value::as_str)
    }

    /// The text, which Go has as empty if it is missing.
    pub(super) fn text_or_empty(&self) -> &'v str {
        self.text().unwrap_or_default()
    }

    pub(super) fn integer(&self) -> Option<i64> {
        self.value.and_then(Value::as_i64)
    }

    pub(super) fn is_true(&self) -> bool {
        self.value == Some(&Value::Bool(true))
    }

    pub(super) fn len(&self) -> usize {
        match self.value {
            Some(Value::Array(items)) => items.len(),
            Some(Value::Object(fields)) => fields.len(),
            _ => 0,
        }
    }

    pub(super) fn path(&self) -> FieldPath {
        let mut segments = Vec::new();
        let mut at = self;
        while let Some((parent, step)) = at.step {
            segments.push(match step {
                Step::Field(name) => Segment::Field(name.into()),
                Step::Key(key) => Segment::Key(key.to_owned()),
                Step::Index(index) => Segment::Index(index),
            });
            at = parent;
        }
        segments.reverse();
        segments.into()
    }
}
