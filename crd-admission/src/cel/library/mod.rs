//! The functions that the rules of a CustomResourceDefinition can call, a family a file.
//!
//! A function is its overloads. [`overloads`] is the list of all, in the order in which the API
//! server declares them.

/// A [`Run`] of a function on the arguments of its signature: `|String(text), Int(at)| f(text, *at)`.
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

/// The same of a function that can fail.
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

/// Computes a call's value. Arguments that are not of the signature's types are a fault.
pub(crate) type Run = for<'a> fn(&[Value<'a>]) -> Result<Value<'a>, Fault>;

/// One way to call a function.
#[derive(Debug)]
pub(crate) struct Overload {
    pub(crate) function: &'static str,
    pub(crate) id: &'static str,
    /// Whether it is called as `receiver.function(...)`; the receiver is the first parameter.
    pub(crate) member: bool,
    pub(crate) params: Vec<Type>,
    pub(crate) result: Type,
    pub(crate) cost: Cost,
    /// What brought it.
    pub(crate) since: Version,
    /// Of functions whose second argument is a regular expression.
    pub(crate) pattern: Option<Pattern>,
    /// Whether an argument that fails lets those after it alone, as it does where Go's function takes
    /// any number of arguments.
    pub(crate) is_sequential: bool,
    run: Run,
    /// Whether `run` is the same for all overloads of the function, and looks at the types of its
    /// arguments by itself.
    is_operator: bool,
}

/// How to call a function with a regular expression that is compiled before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pattern {
    pub(crate) run: for<'a> fn(&Regex, &[Value<'a>]) -> Result<Value<'a>, Fault>,
    /// What a call makes of a text that is no regular expression.
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

    /// One that is called on its first argument.
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

    /// One that is offered where no older servers have to understand it: 34 for Kubernetes 1.34.
    fn since(mut self, compatible: u32) -> Self {
        self.since.compatible = compatible;
        self
    }

    /// One that no older server has.
    fn since_server(mut self, server: u32) -> Self {
        self.since.server = server;
        self
    }

    /// One of a function that is one for all types.
    fn operator(self) -> Self {
        Self {
            is_operator: true,
            ..self
        }
    }

    /// Whether the function is one for all types, whatever its overloads say.
    pub(crate) const fn is_operator(&self) -> bool {
        self.is_operator
    }

    /// Calls this overload, which the checker chose.
    pub(crate) fn call<'a>(&self, arguments: &[Value<'a>]) -> Result<Value<'a>, Fault> {
        if !self.is_operator && !self.accepts(arguments) {
            return Err(Fault::no_such_call(self.function, arguments));
        }
        (self.run)(arguments)
    }

    /// Whether values are of the types of the parameters, as far as values know their types.
    fn accepts(&self, arguments: &[Value<'_>]) -> bool {
        self.params.len() == arguments.len() && self.params.iter().zip(arguments).all(is_accepted)
    }
}

/// Calls the first of a function's overloads that is for values like these.
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

/// Whether a value is of a type. Of a list or map, the first entry tells.
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

/// A fault is of no type, and passes where any type does.
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
