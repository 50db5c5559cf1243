//! Assignability of types, and the bindings of the checker's type variables.

use crate::cel::types::Type;

/// The bindings of type variables.
#[derive(Debug, Default)]
pub(super) struct Unifier {
    /// The type bound to each variable, by its number.
    bound: Vec<Option<Type>>,
    /// The variables that were bound, with their previous bindings.
    changes: Vec<(u32, Option<Type>)>,
}

impl Unifier {
    /// An unbound variable.
    pub(super) fn fresh(&mut self) -> Type {
        let number = u32::try_from(self.bound.len()).unwrap_or(u32::MAX);
        self.bound.push(None);
        Type::Var(number)
    }

    /// Whether a value of type `b` is assignable to type `a`. If so, the bindings that it requires
    /// are kept.
    pub(super) fn is_assignable(&mut self, a: &Type, b: &Type) -> bool {
        self.all_or_nothing(|unifier| unifier.unify(a, b))
    }

    pub(super) fn are_assignable<'t>(
        &mut self,
        pairs: impl IntoIterator<Item = (&'t Type, &'t Type)>,
    ) -> bool {
        let mut pairs = pairs.into_iter();
        self.all_or_nothing(|unifier| pairs.all(|(a, b)| unifier.unify(a, b)))
    }

    /// A type with its variables replaced by their bindings.
    pub(super) fn resolve(&self, ty: &Type) -> Type {
        self.replace(ty, false)
    }

    /// A type without variables: unbound ones become dynamic.
    pub(super) fn finish(&self, ty: &Type) -> Type {
        self.replace(ty, true)
    }

    fn all_or_nothing(&mut self, test: impl FnOnce(&mut Self) -> bool) -> bool {
        let before = self.changes.len();
        let holds = test(self);
        if !holds {
            for (number, was) in self.changes.drain(before..).rev() {
                if let Some(bound) = self.bound.get_mut(number as usize) {
                    *bound = was;
                }
            }
        }
        holds
    }

    fn bind(&mut self, number: u32, ty: Type) {
        if let Some(bound) = self.bound.get_mut(number as usize) {
            self.changes.push((number, bound.replace(ty)));
        }
    }

    fn binding(&self, number: u32) -> Option<&Type> {
        self.bound.get(number as usize)?.as_ref()
    }

    fn unify(&mut self, a: &Type, b: &Type) -> bool {
        if let Type::Var(number) = b {
            match self.stands_for(a, *number) {
                (true, _) => return true,
                (false, true) => return false,
                (false, false) => {}
            }
        }
        if let Type::Var(number) = a {
            return self.stands_for(b, *number).0;
        }
        match (a, b) {
            (Type::Dyn | Type::Any | Type::Error, _)
            | (_, Type::Dyn | Type::Any | Type::Error)
            | (Type::Meta(_), Type::Meta(_)) => true,
            (Type::Null, other) | (other, Type::Null) => is_nullable(other),
            (Type::List(a), Type::List(b)) | (Type::Optional(a), Type::Optional(b)) => {
                self.unify(a, b)
            }
            (Type::Map(a), Type::Map(b)) => self.unify(&a.0, &b.0) && self.unify(&a.1, &b.1),
            _ => a == b,
        }
    }

    /// Whether a variable can be bound to a type, and whether it was bound before.
    fn stands_for(&mut self, ty: &Type, number: u32) -> (bool, bool) {
        if *ty == Type::Var(number) {
            return (true, true);
        }
        if let Some(bound) = self.binding(number).cloned() {
            if *ty == bound {
                return (true, true);
            }
            if !self.unify(ty, &bound) {
                return (false, true);
            }
            let general = most_general(ty, &bound);
            if !self.occurs(number, general) {
                let general = general.clone();
                self.bind(number, general);
            }
            return (true, true);
        }
        if self.occurs(number, ty) {
            return (false, false);
        }
        self.bind(number, ty.clone());
        (true, false)
    }

    /// Whether a variable occurs in a type.
    fn occurs(&self, number: u32, ty: &Type) -> bool {
        match ty {
            Type::Var(other) if *other == number => true,
            Type::Var(other) => {
                let bound = self.binding(*other);
                bound.is_some_and(|bound| self.occurs(number, bound))
            }
            Type::List(of) | Type::Optional(of) | Type::Meta(Some(of)) => self.occurs(number, of),
            Type::Map(of) => self.occurs(number, &of.0) || self.occurs(number, &of.1),
            _ => false,
        }
    }

    fn replace(&self, ty: &Type, finish: bool) -> Type {
        let replaced = |ty: &Type| self.replace(ty, finish);
        match ty {
            Type::Var(number) => match self.binding(*number) {
                Some(bound) => replaced(bound),
                None if finish => Type::Dyn,
                None => ty.clone(),
            },
            Type::List(of) => Type::list(replaced(of)),
            Type::Optional(of) => Type::optional(replaced(of)),
            Type::Map(of) => Type::map(replaced(&of.0), replaced(&of.1)),
            Type::Meta(Some(of)) => Type::of(replaced(of)),
            _ => ty.clone(),
        }
    }
}

/// Whether null is assignable to a type.
fn is_nullable(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Null
            | Type::Optional(_)
            | Type::Opaque(_)
            | Type::Object(_)
            | Type::Timestamp
            | Type::Duration
            | Type::Wrapper(_)
    )
}

/// The more general of two types that are assignable to each other.
pub(super) fn most_general<'t>(a: &'t Type, b: &'t Type) -> &'t Type {
    if says_no_more(a, b) { a } else { b }
}

/// Whether the first type is equal to or more general than the second.
fn says_no_more(a: &Type, b: &Type) -> bool {
    match (a, b) {
        (Type::Dyn | Type::Any | Type::Var(_), _) | (Type::Meta(_), Type::Meta(_)) => true,
        (Type::List(a), Type::List(b)) | (Type::Optional(a), Type::Optional(b)) => {
            says_no_more(a, b)
        }
        (Type::Map(a), Type::Map(b)) => says_no_more(&a.0, &b.0) && says_no_more(&a.1, &b.1),
        _ => a == b,
    }
}

/// A signature's type, with variables in place of its parameters.
pub(super) fn instantiate(
    ty: &Type,
    variables: &mut Vec<(&'static str, Type)>,
    unifier: &mut Unifier,
) -> Type {
    match ty {
        Type::Param(name) => {
            if let Some((_, variable)) = variables.iter().find(|(known, _)| known == name) {
                return variable.clone();
            }
            let variable = unifier.fresh();
            variables.push((name, variable.clone()));
            variable
        }
        Type::List(of) => Type::list(instantiate(of, variables, unifier)),
        Type::Optional(of) => Type::optional(instantiate(of, variables, unifier)),
        Type::Map(of) => Type::map(
            instantiate(&of.0, variables, unifier),
            instantiate(&of.1, variables, unifier),
        ),
        Type::Meta(Some(of)) => Type::of(instantiate(of, variables, unifier)),
        _ => ty.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_bound_once_for_all() {
        let mut unifier = Unifier::default();
        let item = unifier.fresh();
        let list = Type::list(item.clone());
        assert!(unifier.is_assignable(&list, &Type::list(Type::Int)));
        assert_eq!(unifier.resolve(&item), Type::Int);
        assert!(!unifier.is_assignable(&list, &Type::list(Type::String)));
        assert_eq!(unifier.resolve(&item), Type::Int);
    }

    #[test]
    fn failed_assignments_bind_nothing() {
        let mut unifier = Unifier::default();
        let (a, b) = (unifier.fresh(), unifier.fresh());
        let wanted = Type::map(a.clone(), b.clone());
        let given = Type::list(Type::Int);
        assert!(!unifier.are_assignable([(&a, &Type::Int), (&wanted, &given)]));
        assert_eq!(unifier.finish(&a), Type::Dyn);
    }

    #[test]
    fn dynamic_is_the_most_general() {
        let mut unifier = Unifier::default();
        let a = unifier.fresh();
        assert!(unifier.is_assignable(&a, &Type::Int));
        assert!(unifier.is_assignable(&a, &Type::Dyn));
        assert_eq!(unifier.resolve(&a), Type::Dyn);
        let list = Type::list(a.clone());
        let b = unifier.fresh();
        assert!(!unifier.is_assignable(&b, &Type::list(b.clone())));
        assert!(unifier.is_assignable(&Type::Null, &Type::Timestamp));
        assert!(!unifier.is_assignable(&Type::Int, &Type::Null));
        assert!(unifier.is_assignable(&list, &Type::list(Type::Bool)));
    }
}
