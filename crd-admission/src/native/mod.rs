//! Rules in native Rust, which replace their compiled CEL.
//!
//! A [`NativeRule`] is the twin of a CRD's CEL rule that was known at build time: the same result,
//! only faster. It reads an [`Object`] as CEL does, see [`eval`]. It can be generated: a [`Term`]
//! is the parsed text of a rule.

pub mod eval;
mod term;

pub use eval::{Eval, Fault, Object};
pub use term::{NoTerm, Question, Term};

/// The number of rules that can share their look-ups.
pub const TOGETHER: usize = 4;

/// Rules of one node, evaluated together because they read the same fields.
pub type Together = fn(Object<'_>) -> [Eval<bool>; TOGETHER];

/// A rule's check. [`Object`] is `self`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Check {
    /// Reads the object only.
    State(fn(Object<'_>) -> Eval<bool>),
    /// One of several that are evaluated together.
    OneOf(Together, usize),
    /// Compares the object with the old one (`oldSelf`).
    Transition(fn(Object<'_>, Object<'_>) -> Eval<bool>),
}

/// The native twin of a CEL rule.
///
/// A schema is compiled with a list of twins. The schema decides where a twin applies, by matching
/// its CEL text.
#[derive(Clone, Copy, Debug)]
pub struct NativeRule {
    pub(crate) expression: &'static str,
    pub(crate) check: Check,
}

impl NativeRule {
    /// The twin of a rule that reads only the new object.
    pub const fn state(expression: &'static str, check: fn(Object<'_>) -> Eval<bool>) -> Self {
        let check = Check::State(check);
        Self { expression, check }
    }

    /// The twin of a rule that is evaluated with others of its node; `at` is its index in the
    /// result of `check`. All of them have the same `check`.
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

    /// The CEL text.
    pub const fn expression(&self) -> &'static str {
        self.expression
    }
}
