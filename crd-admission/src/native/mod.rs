//! Rules in native Rust, which take the place of what their CEL text would be compiled to.
//!
//! A [`NativeRule`] is the twin of one rule of a CRD that was known when the program was compiled:
//! it says the same, only faster. It looks at an [`Object`] as CEL does, see [`eval`]. Nobody has to
//! write it by hand: a [`Term`] is what the text of a rule says, to write code from.

pub mod eval;
mod term;

pub use eval::{Eval, Fault, Object};
pub use term::{NoTerm, Question, Term};

/// So many rules can share what they look at.
pub const TOGETHER: usize = 4;

/// Rules of one place, checked at once because they look at the same.
pub type Together = fn(Object<'_>) -> [Eval<bool>; TOGETHER];

/// A rule's check. [`Object`] is `self`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Check {
    /// Looks at the object alone.
    State(fn(Object<'_>) -> Eval<bool>),
    /// One of several that are checked together.
    OneOf(Together, usize),
    /// Compares the object with what it was (`oldSelf`).
    Transition(fn(Object<'_>, Object<'_>) -> Eval<bool>),
}

/// The native twin of a CEL rule.
///
/// A schema is compiled with a list of them; which places it has says the schema, by the rule's
/// text.
#[derive(Clone, Copy, Debug)]
pub struct NativeRule {
    pub(crate) expression: &'static str,
    pub(crate) check: Check,
}

impl NativeRule {
    /// The twin of a rule that looks at the object as it is.
    pub const fn state(expression: &'static str, check: fn(Object<'_>) -> Eval<bool>) -> Self {
        let check = Check::State(check);
        Self { expression, check }
    }

    /// The twin of a rule that is checked with others of its place: `at` is its place in what
    /// `check` gives. All that stand at one place share one `check`.
    pub const fn together(expression: &'static str, check: Together, at: usize) -> Self {
        let check = Check::OneOf(check, at);
        Self { expression, check }
    }

    /// The twin of a rule that compares `self` with `oldSelf`.
    pub const fn transition(
        expression: &'static str,
        check: fn(Object<'_>, Object<'_>) -> Eval<bool>,
    ) -> Self {
        let check = Check::Transition(check);
        Self { expression, check }
    }

    /// The CEL text that this is the twin of.
    pub const fn expression(&self) -> &'static str {
        self.expression
    }
}
