//! The variables of macros: their first arguments.

use super::{Misuse, misuse};
use crate::cel::ast::{ACCUMULATOR, Expr, Kind};

/// The variables of a macro.
pub(super) struct Variables {
    pub(super) first: Box<str>,
    pub(super) second: Option<Box<str>>,
}

pub(super) const NO_NAME: &str = "argument must be a simple name";
pub(super) const NO_IDENTIFIER: &str = "argument is not an identifier";
const OVERWRITES: &str = "iteration variable overwrites accumulator variable";

/// The name in an argument.
pub(super) fn name(argument: &Expr, otherwise: &str) -> Result<Box<str>, Misuse> {
    match &argument.kind {
        Kind::Ident(name) => Ok(name.clone()),
        _ => misuse(argument, otherwise),
    }
}

fn is_accumulator(name: &str) -> bool {
    name == ACCUMULATOR || name == "__result__"
}

/// Removes the variable from the arguments.
pub(super) fn variable(arguments: &mut Vec<Expr>, otherwise: &str) -> Result<Variables, Misuse> {
    let argument = arguments.remove(0);
    let first = name(&argument, otherwise)?;
    if is_accumulator(&first) {
        return misuse(&argument, OVERWRITES);
    }
    Ok(Variables {
        first,
        second: None,
    })
}

/// Removes two variables from the arguments.
pub(super) fn two_variables(arguments: &mut Vec<Expr>) -> Result<Variables, Misuse> {
    let rest = arguments.split_off(2);
    let pair = std::mem::replace(arguments, rest);
    let [first, second] = pair.as_slice() else {
        return Err(Misuse {
            id: 0,
            message: NO_NAME.to_owned(),
        });
    };
    let names = (name(first, NO_NAME)?, name(second, NO_NAME)?);
    if names.0 == names.1 {
        return misuse(second, format!("duplicate variable name: {}", names.0));
    }
    for (argument, name) in [(first, &names.0), (second, &names.1)] {
        if is_accumulator(name) {
            return misuse(argument, OVERWRITES);
        }
    }
    Ok(Variables {
        first: names.0,
        second: Some(names.1),
    })
}
