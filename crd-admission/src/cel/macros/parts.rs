//! Parts of expansions.

use super::Making;
use super::variables::Variables;
use crate::cel::ast::{ACCUMULATOR, Call, Expr, Fold, Kind, List, operator};
use crate::cel::value::Value;

pub(super) fn call(maker: &mut Making<'_>, function: &str, arguments: Vec<Expr>) -> Expr {
    maker.make(Kind::Call(Box::new(Call {
        receiver: None,
        function: function.into(),
        arguments,
    })))
}

pub(super) fn member_call(
    maker: &mut Making<'_>,
    receiver: Expr,
    function: &str,
    arguments: Vec<Expr>,
) -> Expr {
    maker.make(Kind::Call(Box::new(Call {
        receiver: Some(receiver),
        function: function.into(),
        arguments,
    })))
}

pub(super) fn literal(maker: &mut Making<'_>, value: Value<'static>) -> Expr {
    maker.make(Kind::Literal(value))
}

pub(super) fn accumulator(maker: &mut Making<'_>) -> Expr {
    maker.make(Kind::Ident(ACCUMULATOR.into()))
}

pub(super) fn list(maker: &mut Making<'_>, items: Vec<Expr>) -> Expr {
    let optional = vec![false; items.len()];
    maker.make(Kind::List(List { items, optional }))
}

pub(super) fn conditional(
    maker: &mut Making<'_>,
    condition: Expr,
    then: Expr,
    otherwise: Expr,
) -> Expr {
    call(
        maker,
        operator::CONDITIONAL,
        vec![condition, then, otherwise],
    )
}

/// A fold without its range.
pub(super) struct Body {
    pub(super) init: Expr,
    pub(super) condition: Expr,
    pub(super) step: Expr,
    pub(super) result: Expr,
}

pub(super) fn fold(range: Expr, variables: Variables, body: Body) -> Kind {
    Kind::Fold(Box::new(Fold {
        range,
        variable: variables.first,
        second: variables.second,
        accumulator: ACCUMULATOR.into(),
        init: body.init,
        condition: body.condition,
        step: body.step,
        result: body.result,
    }))
}

/// The last argument, and the filter before it, if any.
pub(super) fn filter_and_last(
    maker: &mut Making<'_>,
    mut arguments: Vec<Expr>,
) -> (Option<Expr>, Expr) {
    let last = arguments.pop();
    let last = last.unwrap_or_else(|| maker.make(Kind::Wrong));
    (arguments.pop(), last)
}
