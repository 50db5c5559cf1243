//! The values of CEL.
//!
//! Scalars, lists and maps of the request are borrowed; what an expression makes is shared.

use std::borrow::Borrow;
use std::ops::Deref;
use std::sync::Arc;

use super::data::{Fields, Items};
use super::fault::Fault;
use super::time::{Duration, Timestamp};
use super::types::Type;

/// A value of an expression.
#[derive(Clone, Debug)]
pub(crate) enum Value<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    String(Shared<'a, str>),
    Bytes(Shared<'a, [u8]>),
    Timestamp(Timestamp),
    Duration(Duration),
    Type(Type),
    Optional(Option<Arc<Self>>),
    List(List<'a>),
    Map(Map<'a>),
}

/// Text or bytes: of the request or of the expression, or made by it.
#[derive(Debug)]
pub(crate) enum Shared<'a, T: ?Sized> {
    Borrowed(&'a T),
    Made(Arc<T>),
}

/// A list of the request, or one that the expression makes.
#[derive(Clone, Debug)]
pub(crate) enum List<'a> {
    Data(Items<'a>),
    Made(Arc<[Value<'a>]>),
}

/// A map or an object of the request, or a map that the expression makes.
#[derive(Clone, Debug)]
pub(crate) enum Map<'a> {
    Data(Fields<'a>),
    Made(Arc<[(Value<'a>, Value<'a>)]>),
}

impl Value<'_> {
    /// The type at run time: lists and maps say nothing of what is in them.
    pub(crate) fn ty(&self) -> Type {
        match self {
            Self::Null => Type::Null,
            Self::Bool(_) => Type::Bool,
            Self::Int(_) => Type::Int,
            Self::Uint(_) => Type::Uint,
            Self::Double(_) => Type::Double,
            Self::String(_) => Type::String,
            Self::Bytes(_) => Type::Bytes,
            Self::Timestamp(_) => Type::Timestamp,
            Self::Duration(_) => Type::Duration,
            Self::Type(_) => Type::Meta(None),
            Self::Optional(_) => Type::optional(Type::Dyn),
            Self::List(_) => Type::list(Type::Dyn),
            Self::Map(_) => Type::map(Type::Dyn, Type::Dyn),
        }
    }
}

impl<T: ?Sized> Clone for Shared<'_, T> {
    fn clone(&self) -> Self {
        match self {
            Self::Borrowed(value) => Self::Borrowed(value),
            Self::Made(value) => Self::Made(Arc::clone(value)),
        }
    }
}

impl<T: ?Sized> Deref for Shared<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self {
            Self::Borrowed(value) => value,
            Self::Made(value) => value,
        }
    }
}

impl<T: ?Sized> Borrow<T> for Shared<'_, T> {
    fn borrow(&self) -> &T {
        self
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::String(Shared::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::String(Shared::Made(text.into()))
    }
}

impl From<Vec<u8>> for Value<'_> {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(Shared::Made(bytes.into()))
    }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<Vec<Self>> for Value<'_> {
    fn from(items: Vec<Self>) -> Self {
        Self::List(List::Made(items.into()))
    }
}

impl<'a> From<Items<'a>> for List<'a> {
    fn from(items: Items<'a>) -> Self {
        Self::Data(items)
    }
}

impl<'a> From<Fields<'a>> for Map<'a> {
    fn from(fields: Fields<'a>) -> Self {
        Self::Data(fields)
    }
}

impl<'a> List<'a> {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Data(items) => items.len(),
            Self::Made(items) => items.len(),
        }
    }

    pub(crate) fn get(&self, index: usize) -> Option<Result<Value<'a>, Fault>> {
        match self {
            Self::Data(items) => items.get(index),
            Self::Made(items) => items.get(index).cloned().map(Ok),
        }
    }
}

impl Map<'_> {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Data(fields) => fields.len(),
            Self::Made(entries) => entries.len(),
        }
    }
}
