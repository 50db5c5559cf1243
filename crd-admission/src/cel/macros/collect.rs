//! Macros that build a list or map from another.

use super::parts::{Body, accumulator, call, conditional, filter_and_last, fold, list, literal};
use super::variables::{NO_IDENTIFIER, Variables, two_variables, variable};
use super::{Expansion, Making, misuse};
use crate::cel::ast::{Entry, Expr, Kind, operator};
use crate::cel::value::Value;

pub(super) fn map(maker: &mut Making<'_>, range: Expr, mut arguments: Vec<Expr>) -> Expansion {
    let variables = variable(&mut arguments, NO_IDENTIFIER)?;
    let (filter, item) = filter_and_last(maker, arguments);
    Ok(collect(maker, range, variables, filter, item))
}

pub(super) fn filter(maker: &mut Making<'_>, range: Expr, mut arguments: Vec<Expr>) -> Expansion {
    let Some(item) = arguments.first().cloned() else {
        return misuse(&range, NO_IDENTIFIER);
    };
    let variables = variable(&mut arguments, NO_IDENTIFIER)?;
    let (_, filter) = filter_and_last(maker, arguments);
    Ok(collect(maker, range, variables, Some(filter), item))
}

pub(super) fn transform_list(
    maker: &mut Making<'_>,
    range: Expr,
    mut arguments: Vec<Expr>,
) -> Expansion {
    let variables = two_variables(&mut arguments)?;
    let (filter, item) = filter_and_last(maker, arguments);
    Ok(collect(maker, range, variables, filter, item))
}

/// Builds a list with an item for each one that passes the filter.
fn collect(
    maker: &mut Making<'_>,
    range: Expr,
    variables: Variables,
    filter: Option<Expr>,
    item: Expr,
) -> Kind {
    let init = list(maker, Vec::new());
    let (so_far, item) = (accumulator(maker), list(maker, vec![item]));
    let step = call(maker, operator::ADD, vec![so_far, item]);
    collect_into(maker, range, variables, filter, init, step)
}

pub(super) fn transform_map(
    maker: &mut Making<'_>,
    range: Expr,
    mut arguments: Vec<Expr>,
) -> Expansion {
    let variables = two_variables(&mut arguments)?;
    let (filter, value) = filter_and_last(maker, arguments);
    let key = maker.make(Kind::Ident(variables.first.clone()));
    let init = maker.make(Kind::Map(Vec::new()));
    let so_far = accumulator(maker);
    let step = call(maker, MAP_INSERT, vec![so_far, key, value]);
    Ok(collect_into(maker, range, variables, filter, init, step))
}

pub(super) fn transform_map_entry(
    maker: &mut Making<'_>,
    range: Expr,
    mut arguments: Vec<Expr>,
) -> Expansion {
    let variables = two_variables(&mut arguments)?;
    let (filter, entry) = filter_and_last(maker, arguments);
    let init = maker.make(Kind::Map(Vec::<Entry>::new()));
    let so_far = accumulator(maker);
    let step = call(maker, MAP_INSERT, vec![so_far, entry]);
    Ok(collect_into(maker, range, variables, filter, init, step))
}

/// Adds entries to a map; fails if it has one of their keys.
const MAP_INSERT: &str = "cel.@mapInsert";

/// Performs the step for each item that passes the filter.
fn collect_into(
    maker: &mut Making<'_>,
    range: Expr,
    variables: Variables,
    filter: Option<Expr>,
    init: Expr,
    step: Expr,
) -> Kind {
    let condition = literal(maker, Value::Bool(true));
    let step = match filter {
        Some(filter) => {
            let unchanged = accumulator(maker);
            conditional(maker, filter, step, unchanged)
        }
        None => step,
    };
    let result = accumulator(maker);
    let body = Body {
        init,
        condition,
        step,
        result,
    };
    fold(range, variables, body)
}
