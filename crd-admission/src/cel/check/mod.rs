//! The type checker: finds the type of every expression and the overloads of every call.

mod calls;
mod unify;

use std::collections::BTreeMap;

use self::unify::{Unifier, most_general};
use super::ast::{Ast, Call, Entry, Expr, Fold, Id, Kind, List, Message, Select};
use super::declarations::Declaration;
use super::escape::is_reserved;
use super::functions::Functions;
use super::message::{Message as Known, NULL_VALUE, undefined};
use super::source::Issues;
use super::types::{Opaque, Type};
use super::value::Value;

/// An expression with known types.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) root: Expr,
    pub(crate) positions: Vec<u32>,
    facts: Vec<Fact>,
}

/// Facts about an expression.
#[derive(Clone, Debug, Default)]
struct Fact {
    ty: Option<Type>,
    reference: Reference,
}

/// What an expression refers to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Reference {
    /// Nothing: its kind is enough.
    #[default]
    Nothing,
    /// A variable.
    Variable,
    /// A type.
    Type(Type),
    /// A constant of a library.
    Constant(i64),
    /// The overloads that a call may have, as indexes into the functions.
    Overloads(Vec<usize>),
}

impl Checked {
    pub(crate) fn ty(&self, id: Id) -> &Type {
        let fact = self.facts.get(id as usize);
        fact.and_then(|fact| fact.ty.as_ref()).unwrap_or(&Type::Dyn)
    }

    pub(crate) fn reference(&self, id: Id) -> &Reference {
        let fact = self.facts.get(id as usize);
        fact.map_or(&Reference::Nothing, |fact| &fact.reference)
    }

    /// The overloads that a call may have.
    pub(crate) fn overloads(&self, id: Id) -> &[usize] {
        match self.reference(id) {
            Reference::Overloads(overloads) => overloads,
            _ => &[],
        }
    }
}

/// A variable that an expression may use.
pub(crate) type Variable<'v> = (&'v str, Type);

/// Checks an expression. The objects in the types of its variables are those of a declaration.
pub(crate) fn check(
    ast: Ast,
    functions: &Functions,
    variables: &[Variable<'_>],
    objects: &Declaration,
) -> Result<Checked, Issues> {
    let Ast {
        mut root,
        positions,
    } = ast;
    let scopes = variables
        .iter()
        .map(|(name, ty)| ((*name).into(), ty.clone()))
        .collect();
    let mut checker = Checker {
        functions,
        objects: objects.objects(),
        scopes,
        facts: vec![Fact::default(); positions.len()],
        positions: &positions,
        unifier: Unifier::default(),
        issues: Issues::default(),
    };
    checker.check(&mut root);
    let Checker {
        mut facts,
        unifier,
        issues,
        ..
    } = checker;
    if !issues.is_empty() {
        return Err(issues);
    }
    for fact in &mut facts {
        fact.ty = fact.ty.as_ref().map(|ty| unifier.finish(ty));
    }
    Ok(Checked {
        root,
        positions,
        facts,
    })
}

struct Checker<'c> {
    functions: &'c Functions,
    objects: BTreeMap<&'c str, &'c Declaration>,
    /// Variables, the innermost ones last.
    scopes: Vec<(Box<str>, Type)>,
    facts: Vec<Fact>,
    positions: &'c [u32],
    unifier: Unifier,
    issues: Issues,
}

impl Checker<'_> {
    fn check(&mut self, expr: &mut Expr) -> Type {
        let id = expr.id;
        let ty = match &mut expr.kind {
            Kind::Literal(value) => value.ty(),
            Kind::Ident(name) => {
                let name = name.clone();
                self.ident(expr, &name)
            }
            Kind::Select(_) => self.select_or_ident(expr),
            Kind::Call(_) => self.call(expr),
            Kind::List(list) => self.list(list),
            Kind::Map(entries) => self.map(entries),
            Kind::Message(message) => self.message(id, message),
            Kind::Fold(fold) => self.fold(fold),
            Kind::Wrong => Type::Error,
        };
        if let Some(fact) = self.facts.get_mut(id as usize) {
            fact.ty = Some(ty.clone());
        }
        ty
    }

    fn refer(&mut self, id: Id, reference: Reference) {
        if let Some(fact) = self.facts.get_mut(id as usize) {
            fact.reference = reference;
        }
    }

    fn report(&mut self, id: Id, message: impl Into<String>) {
        let at = self.positions.get(id as usize).copied();
        self.issues.report(at, message);
    }

    fn undeclared(&mut self, id: Id, name: &str) -> Type {
        let message = format!("undeclared reference to '{name}' (in container '')");
        self.report(id, message);
        Type::Error
    }

    fn mismatch(&mut self, id: Id, expected: &Type, found: &Type) {
        let message = format!("expected type '{expected}' but found '{found}'");
        self.report(id, message);
    }

    fn ident(&mut self, expr: &mut Expr, name: &str) -> Type {
        match self.lookup(name) {
            Some((ty, reference)) => {
                expr.kind = Kind::Ident(without_dot(name).into());
                self.refer(expr.id, reference);
                ty
            }
            None => self.undeclared(expr.id, name),
        }
    }

    /// The variable or type that a name refers to.
    fn lookup(&self, name: &str) -> Option<(Type, Reference)> {
        let name = without_dot(name);
        let variable = self.scopes.iter().rev().find(|(known, _)| **known == *name);
        if let Some((_, ty)) = variable {
            return Some((ty.clone(), Reference::Variable));
        }
        if name == NULL_VALUE {
            return Some((Type::Int, Reference::Constant(0)));
        }
        let ty = named_type(name)?;
        Some((Type::of(ty.clone()), Reference::Type(ty)))
    }

    fn select_or_ident(&mut self, expr: &mut Expr) -> Type {
        if let Some(name) = expr.qualified_name()
            && let Some((ty, reference)) = self.lookup(&name)
        {
            expr.kind = Kind::Ident(name.into());
            self.refer(expr.id, reference);
            return ty;
        }
        let id = expr.id;
        let Kind::Select(select) = &mut expr.kind else {
            return Type::Error;
        };
        let Select {
            operand,
            field,
            is_test,
        } = &mut **select;
        let ty = self.field(id, operand, field, false);
        if *is_test { Type::Bool } else { ty }
    }

    /// The type of a field of an operand.
    fn field(&mut self, id: Id, operand: &mut Expr, field: &str, is_optional: bool) -> Type {
        let operand = self.check(operand);
        let operand = self.unifier.resolve(&operand);
        let (target, was_optional) = match &operand {
            Type::Optional(of) => (&**of, true),
            other => (other, false),
        };
        let ty = match target {
            Type::Map(of) => of.1.clone(),
            Type::Object(name) => self.field_of(id, name, field),
            Type::Opaque(opaque) if is_struct(*opaque) => {
                let message = format!("unexpected failed resolution of '{}'", opaque.name());
                self.report(id, message);
                Type::Error
            }
            Type::Var(_) => {
                self.unifier.is_assignable(&Type::Dyn, target);
                Type::Dyn
            }
            Type::Dyn | Type::Any | Type::Error => Type::Dyn,
            other => {
                let message = format!("type '{other}' does not support field selection");
                self.report(id, message);
                Type::Dyn
            }
        };
        let ty = self.unifier.resolve(&ty);
        if was_optional || is_optional {
            Type::optional(ty)
        } else {
            ty
        }
    }

    fn field_of(&mut self, id: Id, object: &str, field: &str) -> Type {
        let object = self.objects.get(object);
        // Since 1.31, a word that CEL reserves may be the name of a field.
        let is_keyword = self.functions.version.compatible >= 31 && is_reserved(field);
        let declared = object.and_then(|object| {
            let escaped = || is_keyword.then(|| format!("__{field}__"));
            let declared = object.field(field);
            declared.or_else(|| object.field(&escaped()?))
        });
        if let Some(declared) = declared {
            return declared.ty.clone();
        }
        self.report(id, undefined(field));
        Type::Error
    }

    fn list(&mut self, list: &mut List) -> Type {
        let mut items = None;
        for (item, is_optional) in list.items.iter_mut().zip(&list.optional) {
            let mut ty = self.check(item);
            if *is_optional {
                ty = self.unwrapped(item.id, ty);
            }
            items = Some(self.join(items, ty));
        }
        Type::list(items.unwrap_or_else(|| self.unifier.fresh()))
    }

    fn map(&mut self, entries: &mut [Entry]) -> Type {
        let mut types = None;
        for entry in entries {
            let (keys, values) = types.unzip();
            let key = self.check(&mut entry.key);
            let keys = self.join(keys, key);
            let mut value = self.check(&mut entry.value);
            if entry.is_optional {
                value = self.unwrapped(entry.value.id, value);
            }
            types = Some((keys, self.join(values, value)));
        }
        let (keys, values) = types.unwrap_or_else(|| (self.unifier.fresh(), self.unifier.fresh()));
        Type::map(keys, values)
    }

    /// The type of the value in an expression that must be optional.
    fn unwrapped(&mut self, id: Id, ty: Type) -> Type {
        match ty {
            Type::Optional(of) => (*of).clone(),
            Type::Dyn => ty,
            other => {
                self.mismatch(id, &Type::optional(other.clone()), &other);
                other
            }
        }
    }

    /// The common type of the items so far and another; dynamic if they differ.
    fn join(&mut self, so_far: Option<Type>, ty: Type) -> Type {
        match so_far {
            None => ty,
            Some(so_far) if self.unifier.is_assignable(&so_far, &ty) => {
                most_general(&so_far, &ty).clone()
            }
            Some(_) => Type::Dyn,
        }
    }

    fn message(&mut self, id: Id, message: &mut Message) -> Type {
        let Some((ty, _)) = self.lookup(&message.name) else {
            return self.undeclared(id, &message.name);
        };
        let known = match &ty {
            Type::Meta(Some(of)) => Known::of(without_dot(&message.name), of)
                .map(|known| (known, (**of).clone()))
                .ok_or_else(|| format!("'{}' is not a message type", of.name())),
            other => Err(format!("'{}' is not a type", other.name())),
        };
        let (known, made) = match known {
            Ok((known, made)) => (Some(known), made),
            Err(text) => {
                self.report(id, text);
                (None, Type::Error)
            }
        };
        for field in &mut message.fields {
            let mut found = self.check(&mut field.value);
            let wanted = match known {
                Some(known) => known.field(&field.name),
                None => Err(undefined(&field.name)),
            };
            let wanted = wanted.unwrap_or_else(|text| {
                self.report(field.id, text);
                Type::Error
            });
            if field.is_optional {
                found = self.unwrapped(field.value.id, found);
            }
            if !self.unifier.is_assignable(&wanted, &found) {
                let name = &field.name;
                let text = format!(
                    "expected type of field '{name}' is '{wanted}' but provided type is '{found}'"
                );
                self.report(field.id, text);
            }
        }
        made
    }

    fn fold(&mut self, fold: &mut Fold) -> Type {
        let range = self.check(&mut fold.range);
        let accumulator = self.check(&mut fold.init);
        let range = self.unifier.resolve(&range);
        self.scopes
            .push((fold.accumulator.clone(), accumulator.clone()));
        let (first, second) = self.variables(fold, &range);
        self.scopes.push((fold.variable.clone(), first));
        if let Some(name) = &fold.second {
            self.scopes.push((name.clone(), second));
        }
        let condition = self.check(&mut fold.condition);
        self.assert(fold.condition.id, &Type::Bool, &condition);
        let step = self.check(&mut fold.step);
        self.assert(fold.step.id, &accumulator, &step);
        self.scopes.pop();
        if fold.second.is_some() {
            self.scopes.pop();
        }
        let result = self.check(&mut fold.result);
        self.scopes.pop();
        self.unifier.resolve(&result)
    }

    /// The types of a fold's variables.
    fn variables(&mut self, fold: &Fold, range: &Type) -> (Type, Type) {
        let has_two = fold.second.is_some();
        match range {
            Type::List(of) if has_two => (Type::Int, (**of).clone()),
            Type::List(of) => ((**of).clone(), Type::Error),
            Type::Map(of) => (of.0.clone(), of.1.clone()),
            Type::Dyn | Type::Error | Type::Var(_) => {
                self.unifier.is_assignable(&Type::Dyn, range);
                (Type::Dyn, Type::Dyn)
            }
            other => {
                let message = format!(
                    "expression of type '{other}' cannot be range of a comprehension (must be \
                     list, map, or dynamic)"
                );
                self.report(fold.range.id, message);
                (Type::Error, Type::Error)
            }
        }
    }

    fn assert(&mut self, id: Id, expected: &Type, found: &Type) {
        if !self.unifier.is_assignable(expected, found) {
            self.mismatch(id, expected, found);
        }
    }

    fn call(&mut self, expr: &mut Expr) -> Type {
        calls::check(self, expr)
    }
}

/// A name without its leading dot, which marks it as absolute.
fn without_dot(name: &str) -> &str {
    name.strip_prefix('.').unwrap_or(name)
}

/// Whether fields of a Kubernetes type are looked up, although it has none.
fn is_struct(opaque: Opaque) -> bool {
    !matches!(opaque, Opaque::Ip | Opaque::Cidr)
}

/// The type with this name.
pub(super) fn named_type(name: &str) -> Option<Type> {
    Some(match name {
        "bool" => Type::Bool,
        "bytes" => Type::Bytes,
        "double" => Type::Double,
        "duration" => Type::Duration,
        "int" => Type::Int,
        "list" => Type::list(Type::Dyn),
        "map" => Type::map(Type::Dyn, Type::Dyn),
        "net.CIDR" => Type::Opaque(Opaque::Cidr),
        "net.IP" => Type::Opaque(Opaque::Ip),
        "null_type" => Type::Null,
        "optional_type" => Type::optional(Type::Dyn),
        "string" => Type::String,
        "timestamp" => Type::Timestamp,
        "type" => Type::Meta(None),
        "uint" => Type::Uint,
        _ => return Known::named(name).map(Known::ty),
    })
}

/// The value of a string literal.
fn literal_text(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        Kind::Literal(Value::String(text)) => Some(text),
        _ => None,
    }
}

/// The call in an expression.
fn call_of(expr: &mut Expr) -> Option<&mut Call> {
    match &mut expr.kind {
        Kind::Call(call) => Some(call),
        _ => None,
    }
}
