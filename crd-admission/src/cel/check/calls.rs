//! Finds the overloads that a call may have.

use super::unify::instantiate;
use super::{Checker, Reference, call_of, literal_text, without_dot};
use crate::cel::ast::{Expr, Id, operator};
use crate::cel::library::Overload;
use crate::cel::types::Type;

/// Checks a call and its arguments.
pub(super) fn check(checker: &mut Checker<'_>, expr: &mut Expr) -> Type {
    let id = expr.id;
    let Some(call) = call_of(expr) else {
        return Type::Error;
    };
    if &*call.function == operator::OPTIONAL_SELECT {
        return optional_select(checker, id, &mut call.arguments);
    }
    let mut arguments = Vec::with_capacity(call.arguments.len() + 1);
    for argument in &mut call.arguments {
        arguments.push((argument.id, checker.check(argument)));
    }
    let Some(receiver) = &mut call.receiver else {
        let name = without_dot(&call.function);
        if !checker.functions.has(name) {
            return checker.undeclared(id, &call.function);
        }
        let name: Box<str> = name.into();
        call.function.clone_from(&name);
        return resolve(checker, id, &name, false, &arguments);
    };
    // An apparent receiver may be the prefix of a name: `ip.isCanonical(x)`.
    if let Some(prefix) = receiver.qualified_name() {
        let name = format!("{}.{}", without_dot(&prefix), call.function);
        if checker.functions.has(&name) {
            call.receiver = None;
            call.function = name.as_str().into();
            return resolve(checker, id, &name, false, &arguments);
        }
    }
    let ty = checker.check(receiver);
    arguments.insert(0, (receiver.id, ty));
    let name = call.function.clone();
    if !checker.functions.has(&name) {
        return checker.undeclared(id, &name);
    }
    resolve(checker, id, &name, true, &arguments)
}

/// `operand.?field`
fn optional_select(checker: &mut Checker<'_>, id: Id, arguments: &mut [Expr]) -> Type {
    let [operand, field] = arguments else {
        return Type::Error;
    };
    let Some(name) = literal_text(field).map(str::to_owned) else {
        return Type::Error;
    };
    let ty = checker.field(id, operand, &name, true);
    checker.check(field);
    let overloads = checker.functions.named(operator::OPTIONAL_SELECT).collect();
    checker.refer(id, Reference::Overloads(overloads));
    ty
}

/// Finds the overloads that accept the arguments, and the result type.
fn resolve(
    checker: &mut Checker<'_>,
    id: Id,
    name: &str,
    is_member: bool,
    arguments: &[(Id, Type)],
) -> Type {
    let functions = checker.functions;
    let candidates = functions
        .named(name)
        .filter_map(|at| Some((at, functions.get(at)?)))
        .filter(|(_, overload)| overload.member == is_member);
    let is_logic = matches!(name, operator::AND | operator::OR);
    let mut found = Vec::new();
    let mut result: Option<Type> = None;
    for (at, overload) in candidates {
        if is_logic {
            return logic(checker, id, at, arguments);
        }
        let Some(ty) = result_of(checker, overload, arguments) else {
            continue;
        };
        found.push(at);
        result = Some(match result {
            None => ty,
            Some(known) if known == Type::Dyn || known == ty => known,
            Some(_) => Type::Dyn,
        });
    }
    let Some(result) = result else {
        return no_overload(checker, id, name, is_member, arguments);
    };
    checker.refer(id, Reference::Overloads(found));
    result
}

/// The result type of an overload, if it accepts the arguments.
fn result_of(
    checker: &mut Checker<'_>,
    overload: &Overload,
    arguments: &[(Id, Type)],
) -> Option<Type> {
    let mut variables = Vec::new();
    let unifier = &mut checker.unifier;
    let params: Vec<_> = overload
        .params
        .iter()
        .map(|param| instantiate(param, &mut variables, unifier))
        .collect();
    let result = instantiate(&overload.result, &mut variables, unifier);
    // The server also creates variables for overloads with other numbers of parameters.
    if overload.params.len() != arguments.len() {
        return None;
    }
    let pairs = arguments.iter().map(|(_, ty)| ty).zip(&params);
    unifier
        .are_assignable(pairs)
        .then(|| unifier.resolve(&result))
}

/// `a && b` and `a || b`: all operands must be assignable to bool.
fn logic(checker: &mut Checker<'_>, id: Id, at: usize, arguments: &[(Id, Type)]) -> Type {
    let mut result = Type::Bool;
    for (argument, ty) in arguments {
        if !checker.unifier.is_assignable(ty, &Type::Bool) {
            checker.mismatch(*argument, &Type::Bool, ty);
            result = Type::Error;
        }
    }
    if result == Type::Bool {
        checker.refer(id, Reference::Overloads(vec![at]));
    }
    result
}

fn no_overload(
    checker: &mut Checker<'_>,
    id: Id,
    name: &str,
    is_member: bool,
    arguments: &[(Id, Type)],
) -> Type {
    let types = arguments.iter().map(|(_, ty)| checker.unifier.finish(ty));
    let mut types: Vec<_> = types.map(|ty| ty.to_string()).collect();
    let receiver = if is_member && !types.is_empty() {
        format!("{}.", types.remove(0))
    } else {
        String::new()
    };
    let signature = format!("{receiver}({})", types.join(", "));
    let message = format!("found no matching overload for '{name}' applied to '{signature}'");
    checker.report(id, message);
    Type::Error
}
