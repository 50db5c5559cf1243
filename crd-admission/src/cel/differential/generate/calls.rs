//! Calls of any function.

use std::sync::LazyLock;

use super::Maker;
use super::types::{Ty, list, optional};
use crate::cel::library::{self, Overload};
use crate::cel::types::{Opaque, Type};

static OVERLOADS: LazyLock<Vec<Overload>> = LazyLock::new(library::overloads);

/// The types bound to a signature's parameters.
type Bound = Vec<(&'static str, Ty)>;

impl Maker<'_> {
    /// A call that returns a type, if there is one.
    pub(super) fn call(&mut self, ty: &Ty, depth: u32) -> Option<String> {
        // The server runs out of memory for the longest possible list.
        let is_written = |function: &str| !function.contains('@') && function != "lists.range";
        let fits = |overload: &&Overload| {
            is_written(overload.function) && bind(&overload.result, ty, &mut Vec::new())
        };
        let candidates: Vec<_> = OVERLOADS.iter().filter(fits).collect();
        if candidates.is_empty() {
            return None;
        }
        let overload = candidates[self.rng.usize(..candidates.len())];
        let mut bound = Vec::new();
        bind(&overload.result, ty, &mut bound);
        let arguments = overload.params.iter().map(|param| {
            let ty = self.instance(param, &mut bound);
            match ty {
                Ty::String if self.bool() => format!("'{}'", self.pick(&TEXTS)),
                ty => self.expr(&ty, depth),
            }
        });
        let arguments: Vec<_> = arguments.collect();
        Some(written(overload, &arguments))
    }

    /// A type for a parameter of a signature.
    fn instance(&mut self, param: &Type, bound: &mut Bound) -> Ty {
        match param {
            Type::Param(name) => {
                if let Some((_, ty)) = bound.iter().find(|(known, _)| known == name) {
                    return ty.clone();
                }
                let ty = self.any_type();
                bound.push((name, ty.clone()));
                ty
            }
            Type::List(of) => list(self.instance(of, bound)),
            Type::Optional(of) => optional(self.instance(of, bound)),
            Type::Map(of) => Ty::Map(
                Box::new(self.instance(&of.0, bound)),
                Box::new(self.instance(&of.1, bound)),
            ),
            other => plain(other).unwrap_or_else(|| self.any_type()),
        }
    }
}

/// The generated type for one without parameters.
fn plain(ty: &Type) -> Option<Ty> {
    Some(match ty {
        Type::Bool => Ty::Bool,
        Type::Int => Ty::Int,
        Type::Uint => Ty::Uint,
        Type::Double => Ty::Double,
        Type::String => Ty::String,
        Type::Bytes => Ty::Bytes,
        Type::Null => Ty::Null,
        Type::Timestamp => Ty::Timestamp,
        Type::Duration => Ty::Duration,
        Type::Meta(_) => Ty::Type,
        Type::Opaque(Opaque::Url) => Ty::Url,
        Type::Opaque(Opaque::Ip) => Ty::Ip,
        Type::Opaque(Opaque::Cidr) => Ty::Cidr,
        Type::Opaque(Opaque::Quantity) => Ty::Quantity,
        Type::Opaque(Opaque::Semver) => Ty::Semver,
        Type::Opaque(Opaque::Format) => Ty::Format,
        _ => return None,
    })
}

/// Whether a result type matches a type; binds its parameters.
fn bind(result: &Type, ty: &Ty, bound: &mut Bound) -> bool {
    match (result, ty) {
        (Type::Param(name), ty) => {
            if let Some((_, known)) = bound.iter().find(|(known, _)| known == name) {
                return known == ty;
            }
            bound.push((name, ty.clone()));
            true
        }
        (Type::List(of), Ty::List(ty)) | (Type::Optional(of), Ty::Optional(ty)) => {
            bind(of, ty, bound)
        }
        (Type::Map(of), Ty::Map(keys, values)) => {
            bind(&of.0, keys, bound) && bind(&of.1, values, bound)
        }
        (Type::Dyn, _) => true,
        (other, ty) => plain(other).as_ref() == Some(ty),
    }
}

/// The text of a call.
fn written(overload: &Overload, arguments: &[String]) -> String {
    match (overload.function, arguments) {
        ("_?_:_", [a, b, c]) => format!("({a} ? {b} : {c})"),
        ("_[_]", [a, b]) => format!("{a}[{b}]"),
        ("_[?_]", [a, b]) => format!("{a}[?{b}]"),
        ("_?._", [a, ..]) => format!("{a}.?a"),
        ("-_", [a]) => format!("-({a})"),
        ("!_", [a]) => format!("!({a})"),
        (function, [a, b]) if function.starts_with('_') => {
            format!("({a} {} {b})", function.trim_matches('_'))
        }
        (function, [receiver, rest @ ..]) if overload.member => {
            let rest = rest.join(", ");
            if receiver.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
                format!("({receiver}).{function}({rest})")
            } else {
                format!("{receiver}.{function}({rest})")
            }
        }
        (function, arguments) => format!("{function}({})", arguments.join(", ")),
    }
}

/// Texts that functions can parse.
const TEXTS: [&str; 28] = [
    "1.2.3",
    "v1.2",
    "10.0.0.1",
    "fe80::1",
    "::ffff:1.2.3.4",
    "10.0.0.0/8",
    "10.1.0.0/8",
    "::/0",
    "1Gi",
    "1500m",
    "-2",
    "http://a.b:80/c?d=e",
    "/x",
    "2024-02-29T12:34:56.789Z",
    "2024-01-02T03:04:05+05:30",
    "1h30m",
    "-1.5s",
    "UTC",
    "Europe/Berlin",
    "+01:00",
    "dns1123Label",
    "uuid",
    "a+",
    "[a-z]",
    "(",
    "true",
    "1.5",
    "%s-%d",
];
