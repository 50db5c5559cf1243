//! The functions that the rules of a CustomResourceDefinition can call, a family a file.
//!
//! A function is its overloads. [`overloads`] is the list of all, in the order in which the API
//! server declares them; whoever calls a function with values whose types are known at run time
//! only tries its overloads in that order.

pub(crate) mod cost;

use self::cost::Cost;
use super::fault::Fault;
use super::types::Type;
use super::value::Value;

/// Computes a call's value. Arguments that the checker would not let pass are a fault.
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
    pub(crate) run: Run,
    pub(crate) cost: Cost,
    /// The minor version of the environment that brought it: 34 for Kubernetes 1.34.
    pub(crate) since: u32,
}

impl Overload {
    /// Whether values are of the types of the parameters, as far as values know their types.
    pub(crate) fn accepts(&self, arguments: &[Value<'_>]) -> bool {
        let is_accepted = |(param, argument): (&Type, &Value<'_>)| {
            matches!(param, Type::Dyn | Type::Param(_)) || param.name() == argument.ty().name()
        };
        self.params.len() == arguments.len() && self.params.iter().zip(arguments).all(is_accepted)
    }
}

/// Every overload of every environment.
pub(crate) fn overloads() -> impl Iterator<Item = Overload> {
    std::iter::empty()
}
