//! An expression as it runs: names are places, calls know their overloads, what is constant is
//! computed.

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

/// An expression that can run.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(super) root: Node,
    pub(super) functions: Arc<Functions>,
    /// How many variables there are at once at most.
    pub(super) slots: usize,
}

impl Plan {
    /// Plans an expression with variables of these names. The error says what cannot be computed.
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
