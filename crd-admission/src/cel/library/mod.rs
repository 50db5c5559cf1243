//! The functions that rules of a CustomResourceDefinition can call, one family per file.
//!
//! A function consists of overloads. [`overloads`] lists all of them, in the API server's order of
//! declaration.

/// A [`Run`] with typed arguments: `|String(text), Int(at)| f(text, *at)`.
macro_rules! run {
    (|$($kind:ident($argument:pat)),*| $body:expr) => {
        |arguments| match arguments {
            [$($crate::cel::value::Value::$kind($argument)),*] => {
                Ok($crate::cel::value::Value::from($body))
            }
            _ => Err($crate::cel::fault::Fault::NoSuchOverload),
        }
    };
}

/// The same for a function that can fail.
macro_rules! try_run {
    (|$($kind:ident($argument:pat)),*| $body:expr) => {
        |arguments| match arguments {
            [$($crate::cel::value::Value::$kind($argument)),*] => {
                $body.map($crate::cel::value::Value::from)
            }
            _ => Err($crate::cel::fault::Fault::NoSuchOverload),
        }
    };
}

mod authorization;
pub(crate) mod comprehension;
mod convert;
pub(crate) mod cost;
mod ext_lists;
pub(crate) mod formats;
mod lists;
pub(crate) mod network;
mod operators;
mod optional;
pub(crate) mod quantity;
mod regex;
pub(crate) mod semver;
mod sets;
pub(crate) mod string_format;
mod strings;
#[cfg(test)]
mod tests;
mod text;
mod times;
pub(crate) mod urls;

use self::cost::Cost;
use super::fault::Fault;
use super::types::Type;
use super::value::{List, Map, Value};
use super::version::Version;
use crate::regexp::{Regex, SyntaxError};

/// Evaluates a call. Arguments of other types than the signature's are a fault.
pub(crate) type Run = for<'a> fn(&[Value<'a>]) -> Result<Value<'a>, Fault>;

/// An overload of a function.
#[derive(Debug)]
pub(crate) struct Overload {
    pub(crate) function: &'static str,
    pub(crate) id: &'static str,
    /// Whether it is called as `receiver.function(...)`; the receiver is the first parameter.
    pub(crate) member: bool,
    pub(crate) params: Vec<Type>,
    pub(crate) result: Type,
    pub(crate) cost: Cost,
    /// The versions that added it.
    pub(crate) since: Version,
    /// For functions whose second argument is a regular expression.
    pub(crate) pattern: Option<Pattern>,
    /// Whether arguments after a fault are not evaluated; so for variadic functions in Go.
    pub(crate) is_sequential: bool,
    run: Run,
    /// Whether `run` is the same for all overloads of the function, and checks its arguments' types
    /// itself.
    is_operator: bool,
}

/// A function with a precompiled regular expression.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pattern {
    pub(crate) run: for<'a> fn(&Regex, &[Value<'a>]) -> Result<Value<'a>, Fault>,
    /// The fault for an invalid regular expression.
    fault: fn(&SyntaxError) -> Fault,
}

impl Overload {
    fn new<const N: usize>(
        function: &'static str,
        id: &'static str,
        params: [Type; N],
        result: Type,
        run: Run,
    ) -> Self {
        Self {
            function,
            id,
            member: false,
            params: params.into(),
            result,
            cost: Cost::ONE,
            since: Version {
                server: 0,
                compatible: 0,
            },
            pattern: None,
            is_sequential: false,
            run,
            is_operator: false,
        }
    }

    /// An overload with a receiver, which is the first argument.
    fn member<const N: usize>(
        function: &'static str,
        id: &'static str,
        params: [Type; N],
        result: Type,
        run: Run,
    ) -> Self {
        Self {
            member: true,
            ..Self::new(function, id, params, result, run)
        }
    }

    fn on_receiver(self) -> Self {
        Self {
            member: true,
            ..self
        }
    }

    fn costs(self, cost: Cost) -> Self {
        Self { cost, ..self }
    }

    fn sequential(self) -> Self {
        Self {
            is_sequential: true,
            ..self
        }
    }

    fn pattern(self, pattern: Pattern) -> Self {
        let pattern = Some(pattern);
        Self { pattern, ..self }
    }

    /// Since this compatibility version: 34 for Kubernetes 1.34.
    fn since(mut self, compatible: u32) -> Self {
        self.since.compatible = compatible;
        self
    }

    /// Since this version of the server.
    fn since_server(mut self, server: u32) -> Self {
        self.since.server = server;
        self
    }

    /// For a function with one implementation for all types.
    fn operator(self) -> Self {
        Self {
            is_operator: true,
            ..self
        }
    }

    /// Whether the function has one implementation for all types.
    pub(crate) const fn is_operator(&self) -> bool {
        self.is_operator
    }

    /// Calls this overload, which the checker selected.
    pub(crate) fn call<'a>(&self, arguments: &[Value<'a>]) -> Result<Value<'a>, Fault> {
        if !self.is_operator && !self.accepts(arguments) {
            return Err(Fault::no_such_call(self.function, arguments));
        }
        (self.run)(arguments)
    }

    /// Whether values have the types of the parameters, as far as they know their types.
    fn accepts(&self, arguments: &[Value<'_>]) -> bool {
        self.params.len() == arguments.len() && self.params.iter().zip(arguments).all(is_accepted)
    }
}

/// Calls the first overload that accepts the values.
pub(crate) fn call_first<'a>(
    function: &str,
    overloads: &[&Overload],
    arguments: &[Value<'a>],
) -> Result<Value<'a>, Fault> {
    let is_fit = |overload: &&&Overload| overload.is_operator || overload.accepts(arguments);
    match overloads.iter().find(is_fit) {
        Some(overload) => (overload.run)(arguments),
        None => Err(Fault::no_such_call(function, arguments)),
    }
}

/// Whether a value has a type. For a list or map, the first entry decides.
fn is_accepted((param, argument): (&Type, &Value<'_>)) -> bool {
    match (param, argument) {
        (Type::List(of), Value::List(list)) => {
            list.get(0).is_none_or(|item| is_item_accepted(of, &item))
        }
        (Type::Map(of), Value::Map(map)) => {
            let mut entries = map.lookups();
            entries.next().is_none_or(|(key, value)| {
                is_accepted((&of.0, &key)) && is_item_accepted(&of.1, &value)
            })
        }
        (param, argument) => is_any(param) || param.name() == argument.type_name(),
    }
}

/// A fault has no type, and matches any.
fn is_item_accepted(param: &Type, item: &Result<Value<'_>, Fault>) -> bool {
    match item {
        Ok(item) => is_accepted((param, item)),
        Err(_) => is_any(param),
    }
}

const fn is_any(param: &Type) -> bool {
    matches!(param, Type::Dyn | Type::Param(_))
}

/// Every overload of every environment.
pub(crate) fn overloads() -> Vec<Overload> {
    let families = [
        operators::overloads(),
        convert::overloads(),
        text::overloads(),
        times::overloads(),
        urls::overloads(),
        regex::overloads(),
        lists::overloads(),
        authorization::overloads(),
        optional::overloads(),
        quantity::overloads(),
        strings::overloads(),
        sets::overloads(),
        network::overloads(),
        formats::overloads(),
        comprehension::overloads(),
        semver::overloads(),
        ext_lists::overloads(),
    ];
    families.into_iter().flatten().collect()
}
