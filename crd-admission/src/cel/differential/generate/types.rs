//! Types of generated expressions.

/// The type of a generated expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ty {
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    Timestamp,
    Duration,
    Quantity,
    Ip,
    Cidr,
    Url,
    Semver,
    Format,
    Type,
    Null,
    /// The message without fields.
    Empty,
    Object,
    List(Box<Ty>),
    Map(Box<Ty>, Box<Ty>),
    Optional(Box<Ty>),
}

pub(super) fn list(of: Ty) -> Ty {
    Ty::List(Box::new(of))
}

pub(super) fn optional(of: Ty) -> Ty {
    Ty::Optional(Box::new(of))
}

pub(super) fn map(values: Ty) -> Ty {
    Ty::Map(Box::new(Ty::String), Box::new(values))
}
