//! Checks literal formats: each clause must have a value that it supports.

use crate::cel::ast::{Expr, Id, Kind};
use crate::cel::check::Checked;
use crate::cel::fault::Fault;
use crate::cel::functions::Functions;
use crate::cel::library::string_format::{Clause, interpolate};
use crate::cel::types::Type;
use crate::cel::value::Value;

/// The error in a call of `format` on a literal with a list of values, and the expression
/// concerned.
pub(super) fn issue<'v>(
    checked: &Checked,
    functions: &Functions,
    expr: &'v Expr,
) -> Option<(&'v Expr, String)> {
    let Kind::Call(call) = &expr.kind else {
        return None;
    };
    let overloads = checked.overloads(expr.id).iter();
    let mut overloads = overloads.filter_map(|at| functions.get(*at));
    let is_format =
        &*call.function == "format" && overloads.any(|overload| overload.id == "string_format");
    let Some(Kind::Literal(Value::String(format))) = call.receiver.as_ref().map(|of| &of.kind)
    else {
        return None;
    };
    let [values] = call.arguments.as_slice() else {
        return None;
    };
    let Kind::List(list) = &values.kind else {
        return None;
    };
    if !is_format {
        return None;
    }
    let mut wrong = expr;
    let mut seen = 0;
    let result = interpolate(format, list.items.len(), |index, clause| {
        seen += 1;
        let Some(value) = list.items.get(index) else {
            return Ok(String::new());
        };
        let refused = refused(checked, clause, value);
        refused.map_or(Ok(String::new()), |part| {
            wrong = part;
            Err(refusal(checked, clause, part.id))
        })
    });
    let count = list.items.len();
    match result {
        Err(fault) => Some((wrong, fault.to_string())),
        Ok(_) if count > seen => Some((
            expr,
            format!("too many arguments supplied to string.format (expected {seen}, got {count})"),
        )),
        Ok(_) => None,
    }
}

fn refusal(checked: &Checked, clause: Clause, id: Id) -> Fault {
    clause.refuses(checked.ty(id).name())
}

/// The part of a value that a clause does not support.
fn refused<'v>(checked: &Checked, clause: Clause, value: &'v Expr) -> Option<&'v Expr> {
    let ty = checked.ty(value.id);
    if !is_written(clause, ty) {
        return Some(value);
    }
    let parts = match &value.kind {
        Kind::List(_) | Kind::Map(_) if clause == Clause::String => value.children(),
        _ => Vec::new(),
    };
    parts
        .into_iter()
        .find_map(|part| refused(checked, clause, part))
}

/// Whether a clause supports values of a type.
fn is_written(clause: Clause, ty: &Type) -> bool {
    let ty = ty.without_null();
    let is_whole = matches!(ty, Type::Int | Type::Uint);
    *ty == Type::Dyn
        || match clause {
            Clause::String => matches!(
                ty,
                Type::List(_)
                    | Type::Map(_)
                    | Type::Int
                    | Type::Uint
                    | Type::Double
                    | Type::Bool
                    | Type::String
                    | Type::Timestamp
                    | Type::Bytes
                    | Type::Duration
                    | Type::Meta(_)
                    | Type::Null
            ),
            Clause::Decimal | Clause::Octal => is_whole,
            Clause::Fixed(_) | Clause::Scientific(_) => matches!(ty, Type::Double | Type::String),
            Clause::Binary => is_whole || *ty == Type::Bool,
            Clause::Hex { .. } => is_whole || matches!(ty, Type::String | Type::Bytes),
        }
}
