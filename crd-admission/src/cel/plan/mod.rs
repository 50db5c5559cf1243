//! An executable expression: names are slots, calls have their overloads, and constants are folded.

mod constants;
mod node;
mod planner;

use std::sync::Arc;

pub(super) use self::node::{
    Attribute, Call, Choice, Entries, Filtered, Fold, FoldKind, Items, Key, Made, Node, OneOf,
    Qualifier, Root, Slot,
};
use super::check::Checked;
use super::functions::Functions;

/// An executable expression.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(super) root: Node,
    pub(super) functions: Arc<Functions>,
    /// The maximum number of variables in scope.
    pub(super) slots: usize,
}

impl Plan {
    /// Plans an expression with variables of these names. The error is about a constant that cannot
    /// be computed.
    pub(crate) fn new(
        checked: &Checked,
        functions: Arc<Functions>,
        variables: &[&str],
    ) -> Result<Self, String> {
        let (root, slots) = planner::plan(checked, &functions, variables)?;
        Ok(Self {
            root,
            functions,
            slots,
        })
    }
}
