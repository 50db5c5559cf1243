//! Macros that bind variables.

use super::collect::map;
use super::parts::{call, list, literal, member_call};
use super::variables::{NO_NAME, name};
use super::{Expansion, Making, Misuse, misuse};
use crate::cel::ast::{Call, Expr, Fold, Kind, operator};
use crate::cel::value::Value;

/// Binds a value: a fold over an empty list.
fn bind(maker: &mut Making<'_>, name: &str, value: Expr, result: Expr) -> Kind {
    let range = list(maker, Vec::new());
    let condition = literal(maker, Value::Bool(false));
    let step = maker.make(Kind::Ident(name.into()));
    Kind::Fold(Box::new(Fold {
        range,
        variable: "#unused".into(),
        second: None,
        accumulator: name.into(),
        init: value,
        condition,
        step,
        result,
    }))
}

pub(super) fn optional_map(
    maker: &mut Making<'_>,
    receiver: Expr,
    arguments: Vec<Expr>,
) -> Expansion {
    let bound = bind_value(maker, &receiver, arguments, "optMap")?;
    let some = call(maker, "optional.of", vec![bound]);
    Ok(if_it_has_value(maker, receiver, some))
}

pub(super) fn optional_flat_map(
    maker: &mut Making<'_>,
    receiver: Expr,
    arguments: Vec<Expr>,
) -> Expansion {
    let bound = bind_value(maker, &receiver, arguments, "optFlatMap")?;
    Ok(if_it_has_value(maker, receiver, bound))
}

/// Binds the value of an optional.
fn bind_value(
    maker: &mut Making<'_>,
    receiver: &Expr,
    arguments: Vec<Expr>,
    function: &str,
) -> Result<Expr, Misuse> {
    let mut arguments = arguments.into_iter();
    let (Some(variable), Some(result)) = (arguments.next(), arguments.next()) else {
        return misuse(receiver, NO_NAME);
    };
    let otherwise = format!("{function}() variable name must be a simple identifier");
    let name = name(&variable, &otherwise)?;
    let receiver = maker.copy(receiver);
    let value = member_call(maker, receiver, "value", Vec::new());
    let bound = bind(maker, &name, value, result);
    Ok(maker.make(bound))
}

fn if_it_has_value(maker: &mut Making<'_>, receiver: Expr, then: Expr) -> Kind {
    let condition = member_call(maker, receiver, "hasValue", Vec::new());
    let none = call(maker, "optional.none", Vec::new());
    Kind::Call(Box::new(Call {
        receiver: None,
        function: operator::CONDITIONAL.into(),
        arguments: vec![condition, then, none],
    }))
}

pub(super) fn sort_by(maker: &mut Making<'_>, receiver: Expr, arguments: Vec<Expr>) -> Expansion {
    const INPUT: &str = "@__sortBy_input__";
    if matches!(
        receiver.kind,
        Kind::Literal(_) | Kind::Map(_) | Kind::Message(_) | Kind::Wrong
    ) {
        return misuse(
            &receiver,
            "sortBy can only be applied to a list, identifier, comprehension, call or select \
             expression",
        );
    }
    let input = maker.make(Kind::Ident(INPUT.into()));
    let keys = map(maker, input, arguments)?;
    let keys = maker.make(keys);
    let input = maker.make(Kind::Ident(INPUT.into()));
    let sorted = member_call(maker, input, "@sortByAssociatedKeys", vec![keys]);
    Ok(bind(maker, INPUT, receiver, sorted))
}
