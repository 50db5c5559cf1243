//! Macros that test a predicate.

use super::parts::{Body, accumulator, call, conditional, filter_and_last, fold, literal};
use super::variables::{NO_NAME, Variables, two_variables, variable};
use super::{Expansion, Making};
use crate::cel::ast::{Expr, Kind, operator};
use crate::cel::value::Value;

pub(super) fn all(maker: &mut Making<'_>, range: Expr, mut arguments: Vec<Expr>) -> Expansion {
    let variables = variable(&mut arguments, NO_NAME)?;
    Ok(joined(maker, range, variables, arguments, true))
}

pub(super) fn all_pairs(
    maker: &mut Making<'_>,
    range: Expr,
    mut arguments: Vec<Expr>,
) -> Expansion {
    let variables = two_variables(&mut arguments)?;
    Ok(joined(maker, range, variables, arguments, true))
}

pub(super) fn exists(maker: &mut Making<'_>, range: Expr, mut arguments: Vec<Expr>) -> Expansion {
    let variables = variable(&mut arguments, NO_NAME)?;
    Ok(joined(maker, range, variables, arguments, false))
}

pub(super) fn exists_pair(
    maker: &mut Making<'_>,
    range: Expr,
    mut arguments: Vec<Expr>,
) -> Expansion {
    let variables = two_variables(&mut arguments)?;
    Ok(joined(maker, range, variables, arguments, false))
}

/// Combines the predicate's results: with `&&` from true, or with `||` from false.
fn joined(
    maker: &mut Making<'_>,
    range: Expr,
    variables: Variables,
    arguments: Vec<Expr>,
    begin: bool,
) -> Kind {
    let (_, predicate) = filter_and_last(maker, arguments);
    let init = literal(maker, Value::Bool(begin));
    let so_far = accumulator(maker);
    let is_undecided = if begin {
        so_far
    } else {
        call(maker, operator::NOT, vec![so_far])
    };
    let condition = call(maker, operator::NOT_STRICTLY_FALSE, vec![is_undecided]);
    let so_far = accumulator(maker);
    let join = if begin { operator::AND } else { operator::OR };
    let step = call(maker, join, vec![so_far, predicate]);
    let result = accumulator(maker);
    let body = Body {
        init,
        condition,
        step,
        result,
    };
    fold(range, variables, body)
}

pub(super) fn exists_one(
    maker: &mut Making<'_>,
    range: Expr,
    mut arguments: Vec<Expr>,
) -> Expansion {
    let variables = variable(&mut arguments, NO_NAME)?;
    Ok(exists_one_in(maker, range, variables, arguments))
}

pub(super) fn exists_one_pair(
    maker: &mut Making<'_>,
    range: Expr,
    mut arguments: Vec<Expr>,
) -> Expansion {
    let variables = two_variables(&mut arguments)?;
    Ok(exists_one_in(maker, range, variables, arguments))
}

fn exists_one_in(
    maker: &mut Making<'_>,
    range: Expr,
    variables: Variables,
    arguments: Vec<Expr>,
) -> Kind {
    let (_, predicate) = filter_and_last(maker, arguments);
    let init = literal(maker, Value::Int(0));
    let condition = literal(maker, Value::Bool(true));
    let (count, one) = (accumulator(maker), literal(maker, Value::Int(1)));
    let more = call(maker, operator::ADD, vec![count, one]);
    let count = accumulator(maker);
    let step = conditional(maker, predicate, more, count);
    let (count, one) = (accumulator(maker), literal(maker, Value::Int(1)));
    let result = call(maker, operator::EQUALS, vec![count, one]);
    let body = Body {
        init,
        condition,
        step,
        result,
    };
    fold(range, variables, body)
}
