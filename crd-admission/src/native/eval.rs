//! CEL's semantics in the API server, with their oddities.
//!
//! An expression has a value or a [`Fault`]. `||` and `&&` evaluate both sides, and ignore a fault
//! if the other side decides. A value of the wrong type is a fault when it is read, and `has()`
//! reads it. That happens to objects that the schema has not validated (another kind, a part that
//! an update does not touch) and to whole floats, which the schema accepts as integers.

use std::collections::BTreeMap;
use std::fmt;

use crate::json::Data;
use crate::schema::Types;
use crate::view::View;

/// Why an expression has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The field is missing.
    NoSuchKey(&'static str),
    /// The value has another type than its schema.
    WrongType {
        /// The type in the schema.
        expected: &'static str,
        /// The value's Go type.
        found: &'static str,
    },
    /// The value should be an object.
    NotAnObject,
    /// The value should be an array.
    NotAnArray,
    /// The value should be an integer or a string.
    NotIntOrString,
    /// The value is null but should not be.
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

/// The result of an expression.
pub type Eval<T> = Result<T, Fault>;

/// A fault of values that have the types of their schema: only a field can be missing.
pub trait Missing: Copy {
    /// The field is missing.
    fn no_such_key(name: &'static str) -> Self;
}

impl Missing for Fault {
    fn no_such_key(name: &'static str) -> Self {
        Self::NoSuchKey(name)
    }
}

/// For callers that only need to know whether there is a fault.
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

/// The `decisive` value if a side has it, else the first fault, else the opposite.
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
/// The fault of the condition, or of the branch that it selects.
pub fn choose<T, F>(
    condition: Result<bool, F>,
    then: impl FnOnce() -> Result<T, F>,
    otherwise: impl FnOnce() -> Result<T, F>,
) -> Result<T, F> {
    if condition? { then() } else { otherwise() }
}

/// `a == b` and other comparisons.
///
/// # Errors
///
/// The first fault of the two values.
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

/// A field that may be missing, with the name for its fault.
#[derive(Clone, Copy, Debug)]
pub struct Field<T, F = Fault> {
    name: &'static str,
    value: Result<Option<T>, F>,
}

impl<T: Copy, F: Missing> Field<T, F> {
    /// A value that is always present, such as `self`.
    pub const fn of(value: T) -> Self {
        let (name, value) = ("self", Ok(Some(value)));
        Self { name, value }
    }

    /// `self.field.name`: reads a field of `self.field`. It is a fault if `self.field` is missing.
    pub fn then<U>(&self, name: &'static str, read: impl FnOnce(T) -> Option<U>) -> Field<U, F> {
        let value = self.get().map(read);
        Field { name, value }
    }

    /// `has(self.field)`
    ///
    /// # Errors
    ///
    /// The parent is missing, or it or the field has the wrong type.
    pub fn has(&self) -> Result<bool, F> {
        self.value.map(|value| value.is_some())
    }

    /// `self.field`
    ///
    /// # Errors
    ///
    /// As for [`has`](Self::has), or the field is missing.
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

/// The `self` or `oldSelf` of a rule, or an object in it.
#[derive(Clone, Copy, Debug)]
pub struct Object<'a> {
    view: View<'a>,
}

impl<'a> Object<'a> {
    /// `self`, if it has the type of its schema.
    pub(crate) fn new(view: View<'a>) -> Eval<Self> {
        typed(view)?;
        Ok(Self { view })
    }

    /// `self == other`
    ///
    /// # Errors
    ///
    /// A part of either has another type than its schema.
    pub fn equals(self, other: Self) -> Eval<bool> {
        equal(self.view, other.view)
    }
}

impl<'a> Field<Object<'a>, Fault> {
    /// A field that is only tested for presence.
    pub fn any(&self, name: &'static str) -> Field<()> {
        self.read(name, |_| Some(()))
    }

    /// A field of type object.
    #[must_use]
    pub fn object(&self, name: &'static str) -> Self {
        self.read(name, |view| Some(Object { view }))
    }

    /// A field of type string.
    pub fn text(&self, name: &'static str) -> Field<&'a str> {
        self.read(name, |view| match view.node.data() {
            Data::String(text) => Some(text),
            _ => None,
        })
    }

    /// A field of type boolean.
    pub fn boolean(&self, name: &'static str) -> Field<bool> {
        self.read(name, |view| match view.node.data() {
            Data::Bool(value) => Some(value),
            _ => None,
        })
    }

    /// A field of type integer.
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
    /// As for [`get`](Self::get), or the key's value has the wrong type.
    pub fn contains(&self, key: &str) -> Eval<bool> {
        lookup(self.get()?.view, key).map(|field| field.is_some())
    }

    fn read<T>(&self, name: &'static str, read: impl FnOnce(View<'a>) -> Option<T>) -> Field<T> {
        let field = self.get().and_then(|object| lookup(object.view, name));
        let value = field.map(|field| field.and_then(read));
        Field { name, value }
    }
}

/// A field of an object, if it has the type of its schema.
fn lookup<'a>(object: View<'a>, name: &str) -> Eval<Option<View<'a>>> {
    let Some(field) = object.get(name).filter(|field| is_found(object, *field)) else {
        return Ok(None);
    };
    typed(field).map(|()| Some(field))
}

/// Whether a field exists for CEL: unknown fields do not, nor nulls in an object with properties.
/// In a map, nulls exist.
fn is_found(object: View<'_>, field: View<'_>) -> bool {
    let is_map = object
        .schema
        .is_some_and(|schema| schema.additional.is_some());
    field.schema.is_some() && (is_map || !field.node.is_null())
}

/// Checks that a value has the type of its schema, without its content.
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
    // A whole float passes the schema as an integer, but is not one in CEL.
    let is_float = matches!(data, Data::Float(_)) && schema.types != Types::Number;
    if schema.types == Types::Any || schema.types.admits(&data) && !is_float {
        Ok(())
    } else {
        Err(Fault::of(schema.types, view))
    }
}

impl Fault {
    /// A value that has none of the types.
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

/// `a == b` of two values with the same schema. A scalar is unequal to a value that is a fault; a
/// container gives that fault.
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

/// Objects are equal if they have the same number of fields, and those of the first are equal.
/// Fields that do not exist for CEL count, but the other object needs them only if the schema has
/// them.
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
