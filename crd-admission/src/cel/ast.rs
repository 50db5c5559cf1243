//! The tree of an expression, with macros expanded.

use super::value::Value;

/// Identifies an expression in a tree; facts about it are stored by this number.
pub(crate) type Id = u32;

/// A parsed expression.
#[derive(Debug)]
pub(crate) struct Ast {
    pub(crate) root: Expr,
    /// The byte offset of each expression in the text, by its id.
    pub(crate) positions: Vec<u32>,
}

#[derive(Clone, Debug)]
pub(crate) struct Expr {
    pub(crate) id: Id,
    pub(crate) kind: Kind,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Literal(Value<'static>),
    Ident(Box<str>),
    Select(Box<Select>),
    Call(Box<Call>),
    List(List),
    Map(Vec<Entry>),
    Message(Box<Message>),
    Fold(Box<Fold>),
    /// An expression with a reported issue.
    Wrong,
}

/// `operand.field`
#[derive(Clone, Debug)]
pub(crate) struct Select {
    pub(crate) operand: Expr,
    pub(crate) field: Box<str>,
    /// Whether it only tests for the field: `has(operand.field)`.
    pub(crate) is_test: bool,
}

/// `receiver.function(arguments)`, a call without receiver, or an operator.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) receiver: Option<Expr>,
    pub(crate) function: Box<str>,
    pub(crate) arguments: Vec<Expr>,
}

/// `[item, ?item]`
#[derive(Clone, Debug, Default)]
pub(crate) struct List {
    pub(crate) items: Vec<Expr>,
    /// Whether each item is omitted if it is `optional.none()`.
    pub(crate) optional: Vec<bool>,
}

/// `key: value` of a map
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) key: Expr,
    pub(crate) value: Expr,
    /// Whether the entry is omitted if the value is `optional.none()`.
    pub(crate) is_optional: bool,
}

/// `name{field: value}`
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) name: Box<str>,
    pub(crate) fields: Vec<Field>,
}

/// `field: value` of a message
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) id: Id,
    pub(crate) name: Box<str>,
    pub(crate) value: Expr,
    pub(crate) is_optional: bool,
}

/// The expansion of macros over a list or map: for each item, while the condition holds, the step
/// computes a new accumulator.
#[derive(Clone, Debug)]
pub(crate) struct Fold {
    pub(crate) range: Expr,
    /// The item of a list or the key of a map; if there is a second variable, the index or the key.
    pub(crate) variable: Box<str>,
    /// The item of a list or the value of a map.
    pub(crate) second: Option<Box<str>>,
    pub(crate) accumulator: Box<str>,
    pub(crate) init: Expr,
    pub(crate) condition: Expr,
    pub(crate) step: Expr,
    pub(crate) result: Expr,
}

/// The accumulator of the macros; texts cannot refer to it.
pub(crate) const ACCUMULATOR: &str = "@result";

/// The function names of operators and macros.
pub(crate) mod operator {
    pub(crate) const ADD: &str = "_+_";
    pub(crate) const AND: &str = "_&&_";
    pub(crate) const CONDITIONAL: &str = "_?_:_";
    pub(crate) const EQUALS: &str = "_==_";
    pub(crate) const INDEX: &str = "_[_]";
    pub(crate) const NEGATE: &str = "-_";
    pub(crate) const NOT: &str = "!_";
    pub(crate) const NOT_EQUALS: &str = "_!=_";
    pub(crate) const NOT_STRICTLY_FALSE: &str = "@not_strictly_false";
    pub(crate) const OPTIONAL_INDEX: &str = "_[?_]";
    pub(crate) const OPTIONAL_SELECT: &str = "_?._";
    pub(crate) const OR: &str = "_||_";
}

impl Expr {
    /// A name, or names with dots between them, which may be one qualified name.
    pub(crate) fn qualified_name(&self) -> Option<String> {
        match &self.kind {
            Kind::Ident(name) => Some(name.to_string()),
            Kind::Select(select) if !select.is_test => {
                let mut name = select.operand.qualified_name()?;
                name.push('.');
                name.push_str(&select.field);
                Some(name)
            }
            _ => None,
        }
    }

    /// The direct children.
    pub(crate) fn children(&self) -> Vec<&Self> {
        match &self.kind {
            Kind::Literal(_) | Kind::Ident(_) | Kind::Wrong => Vec::new(),
            Kind::Select(select) => vec![&select.operand],
            Kind::Call(call) => call.receiver.iter().chain(&call.arguments).collect(),
            Kind::List(list) => list.items.iter().collect(),
            Kind::Map(entries) => entries
                .iter()
                .flat_map(|entry| [&entry.key, &entry.value])
                .collect(),
            Kind::Message(message) => message.fields.iter().map(|field| &field.value).collect(),
            Kind::Fold(fold) => vec![
                &fold.range,
                &fold.init,
                &fold.condition,
                &fold.step,
                &fold.result,
            ],
        }
    }
}
