//! The parts of an expression that runs.

use crate::cel::fault::Fault;
use crate::cel::functions::Functions;
use crate::cel::library::{Overload, Pattern, call_first};
use crate::cel::value::{Keys, Value};
use crate::regexp::Regex;

/// The place of a variable.
pub(crate) type Slot = usize;

#[derive(Debug)]
pub(crate) enum Node {
    Constant(Value<'static>),
    /// A constant that has bytes: each time the expression runs it has memory of its own for them.
    Memory(Value<'static>),
    Attribute(Box<Attribute>),
    /// Whether the last field of an attribute is there.
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
    /// The node of a constant.
    pub(crate) fn constant(value: Value<'static>) -> Self {
        if value.has_bytes() {
            Self::Memory(value)
        } else {
            Self::Constant(value)
        }
    }

    /// The constant that it is, if it is one.
    pub(crate) fn as_constant(&self) -> Option<&Value<'static>> {
        match self {
            Self::Constant(value) | Self::Memory(value) => Some(value),
            _ => None,
        }
    }
}

/// A value and what is selected of it, one after the other.
#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) root: Root,
    pub(crate) qualifiers: Vec<Qualifier>,
}

#[derive(Debug)]
pub(crate) enum Root {
    Variable(Slot),
    Operand(Node),
    /// What is selected is selected of the branch that is taken.
    Conditional(Box<Conditional>),
}

/// `condition ? then : otherwise`
#[derive(Debug)]
pub(crate) struct Conditional {
    pub(crate) condition: Node,
    pub(crate) then: Attribute,
    pub(crate) otherwise: Attribute,
}

/// `.field`, `[index]`, and the same with `?`
#[derive(Debug)]
pub(crate) struct Qualifier {
    pub(crate) key: Key,
    pub(crate) is_optional: bool,
    /// Whether only presence is asked for.
    pub(crate) is_test: bool,
}

#[derive(Debug)]
pub(crate) enum Key {
    Constant(Value<'static>),
    /// An attribute, which costs nothing itself where it is a key.
    Attribute(Attribute),
}

#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) choice: Choice,
    pub(crate) arguments: Vec<Node>,
    /// Whether arguments after one that fails are not looked at. The call costs nothing then.
    pub(crate) is_sequential: bool,
    /// A constant regular expression, and the function that takes it instead of its text.
    pub(crate) regex: Option<(Regex, Pattern)>,
}

/// What a call calls, by the places of overloads among the functions.
#[derive(Debug)]
pub(crate) enum Choice {
    One(usize),
    /// The first that takes the arguments.
    First {
        function: Box<str>,
        overloads: Vec<usize>,
    },
}

impl Choice {
    /// Calls what takes the arguments.
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

/// `a in [1, 2]`, where the list is constant.
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
    /// The name by which the expression calls it.
    pub(crate) name: Box<str>,
    pub(crate) fields: Vec<(Box<str>, Node, bool)>,
}

/// What goes through a list or a map.
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
    /// Makes a list of an item each: a list itself, of one.
    Collect(Filtered),
    /// Makes a map of an entry each, which has the key of the range.
    InsertKey(Filtered),
    /// Makes a map of entries, which are maps themselves.
    InsertEntries(Filtered),
    /// Gives a value a name, goes through nothing, and has a value with that name.
    Bind {
        value: Node,
        result: Node,
    },
}

/// What is made of an item that passes a filter.
#[derive(Debug)]
pub(crate) struct Filtered {
    pub(crate) filter: Option<Node>,
    pub(crate) made: Node,
}
