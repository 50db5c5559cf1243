//! CEL's types, in the checker and at run time.

use std::fmt;
use std::mem;
use std::sync::Arc;

/// The type of an expression.
#[derive(Clone, Debug)]
pub(crate) enum Type {
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    Null,
    /// Only known at run time.
    Dyn,
    /// The type of an expression with a reported error.
    Error,
    Timestamp,
    Duration,
    /// The type of types: of `type(x)`, with the type of `x` if known.
    Meta(Option<Arc<Self>>),
    List(Arc<Self>),
    /// The types of keys and values.
    Map(Arc<(Self, Self)>),
    Optional(Arc<Self>),
    Opaque(Opaque),
    /// A scalar or null.
    Wrapper(Arc<Self>),
    /// A message of any type, only known at run time.
    Any,
    /// An object of the schema, by type name.
    Object(Arc<str>),
    /// A type parameter in the signature of an overload.
    Param(&'static str),
    /// A type variable of the checker.
    Var(u32),
}

/// A type of Kubernetes' libraries, opaque to everything but their functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opaque {
    Url,
    Ip,
    Cidr,
    Quantity,
    Semver,
    Format,
}

impl Type {
    pub(crate) fn list(of: Self) -> Self {
        Self::List(Arc::new(of))
    }

    pub(crate) fn map(keys: Self, values: Self) -> Self {
        Self::Map(Arc::new((keys, values)))
    }

    pub(crate) fn optional(of: Self) -> Self {
        Self::Optional(Arc::new(of))
    }

    pub(crate) fn of(of: Self) -> Self {
        Self::Meta(Some(Arc::new(of)))
    }

    /// The type without a wrapper's null.
    pub(crate) fn without_null(&self) -> &Self {
        match self {
            Self::Wrapper(of) => of,
            other => other,
        }
    }

    /// The name at run time, without type parameters.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Uint => "uint",
            Self::Double => "double",
            Self::String => "string",
            Self::Bytes => "bytes",
            Self::Null => "null_type",
            Self::Dyn => "dyn",
            Self::Error => "error",
            Self::Timestamp => "google.protobuf.Timestamp",
            Self::Duration => "google.protobuf.Duration",
            Self::Meta(_) => "type",
            Self::List(_) => "list",
            Self::Map(_) => "map",
            Self::Optional(_) => "optional_type",
            Self::Opaque(opaque) => opaque.name(),
            Self::Wrapper(of) => of.name(),
            Self::Any => "google.protobuf.Any",
            Self::Object(name) => name,
            Self::Param(name) => name,
            Self::Var(_) => "_var",
        }
    }
}

/// A scalar type equals its wrapper.
impl PartialEq for Type {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Wrapper(a), b) => **a == *b,
            (a, Self::Wrapper(b)) => *a == **b,
            (Self::Meta(a), Self::Meta(b)) => a == b,
            (Self::List(a), Self::List(b)) | (Self::Optional(a), Self::Optional(b)) => a == b,
            (Self::Map(a), Self::Map(b)) => a == b,
            (Self::Opaque(a), Self::Opaque(b)) => a == b,
            (Self::Object(a), Self::Object(b)) => a == b,
            (Self::Param(a), Self::Param(b)) => a == b,
            (Self::Var(a), Self::Var(b)) => a == b,
            _ => mem::discriminant(self) == mem::discriminant(other),
        }
    }
}

impl Eq for Type {}

impl Opaque {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Url => "kubernetes.URL",
            Self::Ip => "net.IP",
            Self::Cidr => "net.CIDR",
            Self::Quantity => "kubernetes.Quantity",
            Self::Semver => "kubernetes.Semver",
            Self::Format => "kubernetes.NamedFormat",
        }
    }
}

/// The text in the checker's errors.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Error => f.write_str("!error!"),
            Self::Wrapper(of) => write!(f, "wrapper({of})"),
            Self::Any => f.write_str("any"),
            Self::Timestamp => f.write_str("timestamp"),
            Self::Duration => f.write_str("duration"),
            Self::Meta(Some(of)) => write!(f, "type({of})"),
            Self::List(of) => write!(f, "list({of})"),
            Self::Map(of) => write!(f, "map({}, {})", of.0, of.1),
            Self::Optional(of) => write!(f, "optional_type({of})"),
            Self::Var(number) => write!(f, "_var{number}"),
            other => f.write_str(other.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_written_as_by_the_checker() {
        let map = Type::map(Type::String, Type::optional(Type::list(Type::Timestamp)));
        assert_eq!(
            Type::of(map).to_string(),
            "type(map(string, optional_type(list(timestamp))))"
        );
        assert_eq!(Type::Null.to_string(), "null");
        assert_eq!(Type::Opaque(Opaque::Ip).to_string(), "net.IP");
    }
}
