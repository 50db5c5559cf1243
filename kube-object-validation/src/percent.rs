//! Numbers of pods, or percentages of them.

use crate::node::Node;
use crate::refusal::{NOT_NEGATIVE, Refusals};

/// A number, or a percentage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IntOrPercent {
    Int(i64),
    Percent(i64),
    /// A string that is not a percentage; it counts as the number it contains, or else as zero.
    Neither(i64),
}

impl IntOrPercent {
    pub(crate) fn of(node: &Node<'_, '_>) -> Option<Self> {
        if let Some(number) = node.integer() {
            return Some(Self::Int(number));
        }
        let text = node.text()?;
        let digits = text.strip_suffix('%').unwrap_or_default();
        let is_percent = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        Some(if is_percent {
            Self::Percent(digits.parse().unwrap_or(i64::MAX))
        } else {
            Self::Neither(text.parse().unwrap_or_default())
        })
    }

    pub(crate) fn is_zero(self) -> bool {
        matches!(self, Self::Int(0) | Self::Percent(0) | Self::Neither(0))
    }

    /// Rejects a negative number, and a string that is not a percentage.
    pub(crate) fn check(node: &Node<'_, '_>, out: &mut Refusals) {
        match Self::of(node) {
            Some(Self::Int(..0)) => out.invalid(node, NOT_NEGATIVE),
            Some(Self::Neither(_)) => out.invalid(
                node,
                "a valid percent string must be a numeric string followed by an ending '%'",
            ),
            _ => {}
        }
    }

    pub(crate) fn check_at_most_all(node: &Node<'_, '_>, out: &mut Refusals) {
        if let Some(Self::Percent(101..)) = Self::of(node) {
            out.invalid(node, "must not be greater than 100%");
        }
    }
}
