//! The trees of an expression during parsing.

use crate::cel::ast::{Call, Entry, Expr, Field, Fold, Id, Kind, List, Message, Select};
use crate::cel::macros::Maker;

/// Maximum number of expressions in a tree. The API server has no such limit, but such an expansion
/// always exceeds its cost limit.
const LARGEST: usize = 2_000_000;

/// Facts about each expression, by its id.
#[derive(Default)]
pub(super) struct Trees {
    pub(super) positions: Vec<u32>,
    /// The nesting of selections, member calls and binary operators, including itself.
    heights: Vec<u32>,
    /// The position of the macro being expanded.
    pub(super) macro_at: u32,
    /// They exceed the limit, and further copies are omitted.
    pub(super) are_too_large: bool,
}

impl Trees {
    /// An id for an expression at a byte offset.
    pub(super) fn reserve(&mut self, at: u32) -> Id {
        let id = self.positions.len();
        self.positions.push(at);
        self.heights.push(0);
        Id::try_from(id).unwrap_or(Id::MAX)
    }

    pub(super) fn make_at(&mut self, at: u32, kind: Kind) -> Expr {
        let id = self.reserve(at);
        Expr { id, kind }
    }

    /// An expression that is `added` higher than its children.
    pub(super) fn make_with(&mut self, id: Id, kind: Kind, added: u32) -> Expr {
        let expr = Expr { id, kind };
        let children = expr.children();
        let heights = children.iter().map(|child| self.height(child.id));
        let height = heights.max().unwrap_or(0) + added;
        self.set_height(id, height);
        expr
    }

    pub(super) fn height(&self, id: Id) -> u32 {
        self.heights.get(id as usize).copied().unwrap_or(0)
    }

    pub(super) fn set_height(&mut self, id: Id, height: u32) {
        if let Some(known) = self.heights.get_mut(id as usize) {
            *known = height;
        }
    }

    pub(super) fn operation(
        &mut self,
        sign: u32,
        function: &'static str,
        arguments: Vec<Expr>,
        added: u32,
    ) -> Expr {
        let id = self.reserve(sign);
        self.operation_with(id, function, arguments, added)
    }

    pub(super) fn operation_with(
        &mut self,
        id: Id,
        function: &'static str,
        arguments: Vec<Expr>,
        added: u32,
    ) -> Expr {
        let call = Call {
            receiver: None,
            function: function.into(),
            arguments,
        };
        self.make_with(id, Kind::Call(Box::new(call)), added)
    }

    pub(super) fn position(&self, id: Id) -> u32 {
        self.positions.get(id as usize).copied().unwrap_or(0)
    }
}

impl Maker for Trees {
    fn make(&mut self, kind: Kind) -> Expr {
        self.make_at(self.macro_at, kind)
    }

    fn copy(&mut self, expr: &Expr) -> Expr {
        if self.positions.len() > LARGEST {
            self.are_too_large = true;
            return self.make(Kind::Wrong);
        }
        let kind = match &expr.kind {
            Kind::Literal(value) => Kind::Literal(value.clone()),
            Kind::Ident(name) => Kind::Ident(name.clone()),
            Kind::Wrong => Kind::Wrong,
            Kind::Select(select) => Kind::Select(Box::new(Select {
                operand: self.copy(&select.operand),
                field: select.field.clone(),
                is_test: select.is_test,
            })),
            Kind::Call(call) => Kind::Call(Box::new(Call {
                receiver: call.receiver.as_ref().map(|receiver| self.copy(receiver)),
                function: call.function.clone(),
                arguments: call
                    .arguments
                    .iter()
                    .map(|argument| self.copy(argument))
                    .collect(),
            })),
            Kind::List(list) => Kind::List(List {
                items: list.items.iter().map(|item| self.copy(item)).collect(),
                optional: list.optional.clone(),
            }),
            Kind::Map(entries) => Kind::Map(
                entries
                    .iter()
                    .map(|entry| Entry {
                        key: self.copy(&entry.key),
                        value: self.copy(&entry.value),
                        is_optional: entry.is_optional,
                    })
                    .collect(),
            ),
            Kind::Message(message) => Kind::Message(Box::new(Message {
                name: message.name.clone(),
                fields: message
                    .fields
                    .iter()
                    .map(|field| Field {
                        // The server gives it the position of the macro.
                        id: self.reserve(self.macro_at),
                        name: field.name.clone(),
                        value: self.copy(&field.value),
                        is_optional: field.is_optional,
                    })
                    .collect(),
            })),
            Kind::Fold(fold) => Kind::Fold(Box::new(Fold {
                range: self.copy(&fold.range),
                variable: fold.variable.clone(),
                second: fold.second.clone(),
                accumulator: fold.accumulator.clone(),
                init: self.copy(&fold.init),
                condition: self.copy(&fold.condition),
                step: self.copy(&fold.step),
                result: self.copy(&fold.result),
            })),
        };
        self.make_at(self.position(expr.id), kind)
    }
}
