//! The semantics of CEL as the API server runs it: one place for its oddities.
//!
//! An expression has a value or a [`Fault`]. `||` and `&&` look at both sides and forget a fault if
//! the other side decides. A value of the wrong type is a fault where it is read, and `has()` reads
//! it; this happens to objects that the schema has not judged (another kind, a part that an update
//! left alone) and to whole floats, which the schema takes for integers.

use std::collections::BTreeMap;
use std::fmt;

use crate::json::Data;
use crate::schema::Types;
use crate::view::View;

/// Why an expression has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// A field that is read is not there.
    NoSuchKey(&'static str),
    /// A value is of another type than the schema says.
    WrongType {
        /// What the schema says.
        expected: &'static str,
        /// Go's name for what is there.
        found: &'static str,
    },
    /// A value that the schema wants to be an object is none.
    NotAnObject,
    /// A value that the schema wants to be an array is none.
    NotAnArray,
    /// A value is neither an integer nor a string.
    NotIntOrString,
    /// A null where the schema wants a value.
    Null,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchKey(key) => write!(f, "no such key: {key}"),
            Self::WrongType { expected, found } => {
                write!(f, "invalid data, expected {expected}, got {found}")
            }
            Self::NotAnObject => {
                f.write_str("invalid data, expected a map for the provided schema with type=object")
            }
            Self::NotAnArray => f.write_str(
                "invalid data, expected an array for the provided schema with type=array",
            ),
            Self::NotIntOrString => f.write_str(
                "invalid data, expected XIntOrString value to be either a string or integer",
            ),
            Self::Null => f.write_str("invalid data, got null for schema with nullable=false"),
        }
    }
}

impl std::error::Error for Fault {}

/// What an expression evaluates to.
pub type Eval<T> = Result<T, Fault>;

/// A fault of those who look at values that have the types of their schema: all that can happen is
/// that a field is not there.
pub trait Missing: Copy {
    /// A field that is read is not there.
    fn no_such_key(name: &'static str) -> Self;
}

impl Missing for Fault {
    fn no_such_key(name: &'static str) -> Self {
        Self::NoSuchKey(name)
    }
}

/// For those who ask whether there is a fault, and not which.
impl Missing for () {
    fn no_such_key(_: &'static str) -> Self {}
}

/// `!a`
pub fn not<F>(value: Result<bool, F>) -> Result<bool, F> {
    value.map(|value| !value)
}

/// `a || b`
#[inline]
pub fn or<F: Missing>(a: Result<bool, F>, b: impl FnOnce() -> Result<bool, F>) -> Result<bool, F> {
    decide(a, b, true)
}

/// `a && b`
#[inline]
pub fn and<F: Missing>(a: Result<bool, F>, b: impl FnOnce() -> Result<bool, F>) -> Result<bool, F> {
    decide(a, b, false)
}

/// The side that is `decisive`, else the first fault, else the opposite.
#[inline]
fn decide<F: Missing>(
    a: Result<bool, F>,
    b: impl FnOnce() -> Result<bool, F>,
    decisive: bool,
) -> Result<bool, F> {
    match a {
        Ok(value) if value == decisive => a,
        Ok(_) => b(),
        Err(_) if matches!(b(), Ok(value) if value == decisive) => Ok(decisive),
        Err(_) => a,
    }
}

/// `condition ? then : otherwise`
///
/// # Errors
///
/// The fault of the condition, or of the side that it chooses.
pub fn choose<T, F>(
    condition: Result<bool, F>,
    then: impl FnOnce() -> Result<T, F>,
    otherwise: impl FnOnce() -> Result<T, F>,
) -> Result<T, F> {
    if condition? { then() } else { otherwise() }
}

/// `a == b` and its like.
///
/// # Errors
///
/// The fault of either value, the first of two.
pub fn compare<T, F>(
    a: Result<T, F>,
    b: Result<T, F>,
    holds: impl FnOnce(&T, &T) -> bool,
) -> Result<bool, F> {
    Ok(holds(&a?, &b?))
}

/// `[a, b, ...].exists_one(c, c)`
///
/// # Errors
///
/// The first fault.
pub fn exactly_one<F, const N: usize>(terms: [Result<bool, F>; N]) -> Result<bool, F> {
    let mut count = 0;
    for term in terms {
        count += usize::from(term?);
    }
    Ok(count == 1)
}

/// A field that may be missing, under the name that its fault has.
#[derive(Clone, Copy, Debug)]
pub struct Field<T, F = Fault> {
    name: &'static str,
    value: Result<Option<T>, F>,
}

impl<T: Copy, F: Missing> Field<T, F> {
    /// What is there for certain, as `self` is.
    pub const fn of(value: T) -> Self {
        let (name, value) = ("self", Ok(Some(value)));
        Self { name, value }
    }

    /// `self.field.name`, as a function reads it of `self.field`. To read on from a field that is
    /// missing is a fault.
    pub fn then<U>(&self, name: &'static str, read: impl FnOnce(T) -> Option<U>) -> Field<U, F> {
        let value = self.get().map(read);
        Field { name, value }
    }

    /// `has(self.field)`
    ///
    /// # Errors
    ///
    /// What it is a field of is missing or of the wrong type, or it is of the wrong type.
    pub fn has(&self) -> Result<bool, F> {
        self.value.map(|value| value.is_some())
    }

    /// `self.field`
    ///
    /// # Errors
    ///
    /// As for [`has`](Self::has), and if it is missing.
    pub fn get(&self) -> Result<T, F> {
        self.value?.ok_or_else(|| F::no_such_key(self.name))
    }
}

impl<V, F: Missing> Field<&BTreeMap<String, V>, F> {
    /// `key in self.field`
    ///
    /// # Errors
    ///
    /// As for [`get`](Self::get).
    pub fn contains(&self, key: &str) -> Result<bool, F> {
        self.get().map(|map| map.contains_key(key))
    }
}

/// An object that a rule looks at.
#[derive(Clone, Copy, Debug)]
pub struct Object<'a> {
    view: View<'a>,
}

impl<'a> Object<'a> {
    /// `self`, if it is what the schema says.
    pub(crate) fn new(view: View<'a>) -> Eval<Self> {
        typed(view)?;
        Ok(Self { view })
    }

    /// `self == other`
    ///
    /// # Errors
    ///
    /// A part of either is of another type than the schema says.
    pub fn equals(self, other: Self) -> Eval<bool> {
        equal(self.view, other.view)
    }
}

impl<'a> Field<Object<'a>, Fault> {
    /// A field of it of which no more is asked than whether it is there.
    pub fn any(&self, name: &'static str) -> Field<()> {
        self.read(name, |_| Some(()))
    }

    /// A field of it that is an object.
    #[must_use]
    pub fn object(&self, name: &'static str) -> Self {
        self.read(name, |view| Some(Object { view }))
    }

    /// A field of it that is a text.
    pub fn text(&self, name: &'static str) -> Field<&'a str> {
        self.read(name, |view| match view.node.data() {
            Data::String(text) => Some(text),
            _ => None,
        })
    }

    /// A field of it that is a boolean.
    pub fn boolean(&self, name: &'static str) -> Field<bool> {
        self.read(name, |view| match view.node.data() {
            Data::Bool(value) => Some(value),
            _ => None,
        })
    }

    /// A field of it that is an integer.
    pub fn integer(&self, name: &'static str) -> Field<i64> {
        self.read(name, |view| match view.node.data() {
            Data::Int(number) => Some(number),
            _ => None,
        })
    }

    /// `key in self.field`
    ///
    /// # Errors
    ///
    /// As for [`get`](Self::get), and if what the key has is of the wrong type.
    pub fn contains(&self, key: &str) -> Eval<bool> {
        lookup(self.get()?.view, key).map(|field| field.is_some())
    }

    fn read<T>(&self, name: &'static str, read: impl FnOnce(View<'a>) -> Option<T>) -> Field<T> {
        let field = self.get().and_then(|object| lookup(object.view, name));
        let value = field.map(|field| field.and_then(read));
        Field { name, value }
    }
}

/// A field of an object, of the type that the schema says.
fn lookup<'a>(object: View<'a>, name: &str) -> Eval<Option<View<'a>>> {
    let Some(field) = object.get(name).filter(|field| is_found(object, *field)) else {
        return Ok(None);
    };
    typed(field).map(|()| Some(field))
}

/// Whether CEL finds a field: not if the schema does not know it, nor a null of an object with
/// properties. In a map a null is found.
fn is_found(object: View<'_>, field: View<'_>) -> bool {
    let is_map = object
        .schema
        .is_some_and(|schema| schema.additional.is_some());
    field.schema.is_some() && (is_map || !field.node.is_null())
}

/// Whether a value is what its schema says, without a look inside.
fn typed(view: View<'_>) -> Eval<()> {
    let Some(schema) = view.schema else {
        return Ok(());
    };
    let data = view.node.data();
    if let Data::Null = data {
        return if schema.nullable {
            Ok(())
        } else {
            Err(Fault::Null)
        };
    }
    // A whole float passes the schema as an integer, but is none here.
    let is_float = matches!(data, Data::Float(_)) && schema.types != Types::Number;
    if schema.types == Types::Any || schema.types.admits(&data) && !is_float {
        Ok(())
    } else {
        Err(Fault::of(schema.types, view))
    }
}

impl Fault {
    /// A value that is not of the types.
    #[cold]
    fn of(types: Types, view: View<'_>) -> Self {
        match types {
            Types::Object => Self::NotAnObject,
            Types::Array => Self::NotAnArray,
            Types::IntOrString { .. } => Self::NotIntOrString,
            Types::String => Self::wrong("string", view),
            Types::Boolean => Self::wrong("bool", view),
            Types::Integer => Self::wrong("int", view),
            Types::Number | Types::Any | Types::Nothing => Self::wrong("float", view),
        }
    }

    fn wrong(expected: &'static str, view: View<'_>) -> Self {
        let found = view.go_type();
        Self::WrongType { expected, found }
    }
}

/// `a == b` of two values with one schema. A scalar differs from a value that is a fault; a
/// container becomes that fault.
fn equal(a: View<'_>, b: View<'_>) -> Eval<bool> {
    typed(a)?;
    let is_container = matches!(a.node.data(), Data::Array(_) | Data::Object(_));
    if let Err(fault) = typed(b) {
        return if is_container { Err(fault) } else { Ok(false) };
    }
    match (a.node.data(), b.node.data()) {
        (Data::Array(_), Data::Array(_)) => equal_items(a, b),
        (Data::Object(_), Data::Object(_)) => equal_fields(a, b),
        _ => Ok(a.is_identical(b)),
    }
}

fn equal_items(a: View<'_>, b: View<'_>) -> Eval<bool> {
    if a.items().count() != b.items().count() {
        return Ok(false);
    }
    for (a, b) in a.items().zip(b.items()) {
        if !equal(a, b)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Objects with as many fields are equal if those of the first are: fields that CEL does not find
/// count, but only if the schema knows them does the other object have to have them, too.
fn equal_fields(a: View<'_>, b: View<'_>) -> Eval<bool> {
    let others = b.sorted_fields();
    if a.fields().count() != others.len() {
        return Ok(false);
    }
    for (name, field) in a.sorted_fields() {
        let other = others.binary_search_by_key(&name, |(name, _)| name);
        let other = other
            .ok()
            .and_then(|at| others.get(at))
            .map(|(_, other)| *other);
        let equal = if field.schema.is_none() {
            other.is_none_or(|other| field.is_identical(other))
        } else {
            let field = Some(field).filter(|field| is_found(a, *field));
            let other = other.filter(|other| is_found(b, *other));
            match (field, other) {
                (Some(field), Some(other)) => equal(field, other)?,
                (None, None) => true,
                _ => false,
            }
        };
        if !equal {
            return Ok(false);
        }
    }
    Ok(true)
}
