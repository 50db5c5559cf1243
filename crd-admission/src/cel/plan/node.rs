//! The nodes of an executable expression.

use crate::cel::fault::Fault;
use crate::cel::functions::Functions;
use crate::cel::library::{Overload, Pattern, call_first};
use crate::cel::value::{Keys, Value};
use crate::regexp::Regex;

/// The slot of a variable.
pub(crate) type Slot = usize;

#[derive(Debug)]
pub(crate) enum Node {
    Constant(Value<'static>),
    /// A constant with byte strings: each evaluation has its own copy.
    Memory(Value<'static>),
    Attribute(Box<Attribute>),
    /// Whether the last field of an attribute is present.
    Has(Box<Attribute>),
    /// `a && b && ...`
    All(Vec<Node>),
    /// `a || b || ...`
    Any(Vec<Node>),
    Call(Box<Call>),
    OneOf(Box<OneOf>),
    /// `a.or(b)`
    Or(Box<[Node; 2]>),
    /// `a.orValue(b)`
    OrValue(Box<[Node; 2]>),
    List(Box<Items>),
    Map(Box<Entries>),
    Message(Box<Made>),
    Fold(Box<Fold>),
}

impl Node {
    /// A node for a constant.
    pub(crate) fn constant(value: Value<'static>) -> Self {
        if value.has_bytes() {
            Self::Memory(value)
        } else {
            Self::Constant(value)
        }
    }

    /// The constant, if it is one.
    pub(crate) fn as_constant(&self) -> Option<&Value<'static>> {
        match self {
            Self::Constant(value) | Self::Memory(value) => Some(value),
            _ => None,
        }
    }
}

/// A value, and the qualifiers selected from it.
#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) root: Root,
    pub(crate) qualifiers: Vec<Qualifier>,
}

#[derive(Debug)]
pub(crate) enum Root {
    Variable(Slot),
    Operand(Node),
    /// The qualifiers apply to the branch that is taken.
    Conditional(Box<Conditional>),
}

/// `condition ? then : otherwise`
#[derive(Debug)]
pub(crate) struct Conditional {
    pub(crate) condition: Node,
    pub(crate) then: Attribute,
    pub(crate) otherwise: Attribute,
}

/// `.field`, `[index]`, and their optional forms with `?`.
#[derive(Debug)]
pub(crate) struct Qualifier {
    pub(crate) key: Key,
    pub(crate) is_optional: bool,
    /// Whether it only tests for presence.
    pub(crate) is_test: bool,
}

#[derive(Debug)]
pub(crate) enum Key {
    Constant(Value<'static>),
    /// An attribute; as a key it is free.
    Attribute(Attribute),
}

#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) choice: Choice,
    pub(crate) arguments: Vec<Node>,
    /// Whether arguments after a fault are not evaluated. The call is then free.
    pub(crate) is_sequential: bool,
    /// A constant regular expression, and the function that takes it in place of its text.
    pub(crate) regex: Option<(Regex, Pattern)>,
}

/// The callee: indexes of overloads.
#[derive(Debug)]
pub(crate) enum Choice {
    One(usize),
    /// The first that accepts the arguments.
    First {
        function: Box<str>,
        overloads: Vec<usize>,
    },
}

impl Choice {
    /// Calls the overload that accepts the arguments.
    pub(crate) fn call<'a>(
        &self,
        functions: &Functions,
        arguments: &[Value<'a>],
    ) -> Result<Value<'a>, Fault> {
        match self {
            Self::One(at) => functions
                .get(*at)
                .ok_or(Fault::NoSuchOverload)?
                .call(arguments),
            Self::First {
                function,
                overloads,
            } => {
                let overloads: Vec<&Overload> = overloads
                    .iter()
                    .filter_map(|at| functions.get(*at))
                    .collect();
                call_first(function, &overloads, arguments)
            }
        }
    }
}

/// `a in [1, 2]`, with a constant list.
#[derive(Debug)]
pub(crate) struct OneOf {
    pub(crate) value: Node,
    pub(crate) choices: Keys<'static>,
}

/// `[a, ?b]`
#[derive(Debug)]
pub(crate) struct Items {
    pub(crate) items: Vec<(Node, bool)>,
}

/// `{a: b, ?c: d}`
#[derive(Debug)]
pub(crate) struct Entries {
    pub(crate) entries: Vec<(Node, Node, bool)>,
}

/// `name{field: value, ?other: value}`
#[derive(Debug)]
pub(crate) struct Made {
    /// The name in the expression.
    pub(crate) name: Box<str>,
    pub(crate) fields: Vec<(Box<str>, Node, bool)>,
}

/// A loop over a list or map.
#[derive(Debug)]
pub(crate) struct Fold {
    pub(crate) range: Node,
    pub(crate) variable: Slot,
    pub(crate) second: Option<Slot>,
    pub(crate) kind: FoldKind,
}

#[derive(Debug)]
pub(crate) enum FoldKind {
    All(Node),
    Exists(Node),
    ExistsOne(Node),
    /// Builds a list; each item is a list of one.
    Collect(Filtered),
    /// Builds a map; each entry has a key of the range.
    InsertKey(Filtered),
    /// Builds a map; the entries are maps themselves.
    InsertEntries(Filtered),
    /// Binds a variable, without a loop.
    Bind {
        value: Node,
        result: Node,
    },
}

/// The result for an item that passes a filter.
#[derive(Debug)]
pub(crate) struct Filtered {
    pub(crate) filter: Option<Node>,
    pub(crate) made: Node,
}
