//! Limits the size of a decoded document.

use crate::MAX_DEPTH;
use crate::error::{Error, Fault};
use crate::tree::{Content, NodeId, Tree};

/// Maximum size of text that aliases may repeat, in bytes.
const MAX_REPEATED: usize = 16 << 20;

/// Counts decoded nodes, so that aliases cannot expand a small document to a huge one.
#[derive(Debug)]
pub(crate) struct Budget {
    /// Nodes decoded so far, the document itself included.
    decoded: u32,
    /// How many of them were reached through an alias.
    aliased: u32,
    /// The size of their text in bytes.
    repeated: usize,
    depth: usize,
    /// Aliases being resolved.
    open: Vec<NodeId>,
}

impl Budget {
    pub(crate) const fn new() -> Self {
        Self {
            decoded: 1,
            aliased: 0,
            repeated: 0,
            depth: 0,
            open: Vec::new(),
        }
    }

    /// Counts a node before it is decoded; fails if decoding would not end.
    pub(crate) fn enter(&mut self, tree: &Tree<'_>, id: NodeId) -> Result<(), Error> {
        self.decoded = self.decoded.saturating_add(1);
        if !self.open.is_empty() {
            self.aliased += 1;
            if let Content::Scalar { text, .. } = &tree.node(id).content {
                self.repeated += text.len();
            }
        }
        let fault = if self.is_exceeded() {
            Fault::ExcessiveAliasing
        } else if self.depth > MAX_DEPTH {
            Fault::TooDeep
        } else if self.open.contains(&id) {
            Fault::AliasLoop
        } else {
            self.depth += 1;
            if matches!(tree.node(id).content, Content::Alias(_)) {
                self.open.push(id);
            }
            return Ok(());
        };
        Err(Error::of(fault, tree.node(id).start))
    }

    /// Marks a node as decoded.
    pub(crate) fn leave(&mut self, tree: &Tree<'_>, id: NodeId) {
        self.depth -= 1;
        if matches!(tree.node(id).content, Content::Alias(_)) {
            self.open.pop();
        }
    }

    fn is_exceeded(&self) -> bool {
        let is_large = self.aliased > 100 && self.decoded > 1_000;
        let ratio = f64::from(self.aliased) / f64::from(self.decoded);
        is_large && ratio > allowed_ratio(self.decoded) || self.repeated > MAX_REPEATED
    }
}

/// The fraction of decoded nodes that may come from aliases: nearly all in a small document, a
/// tenth in a large one.
fn allowed_ratio(decoded: u32) -> f64 {
    const SMALL: u32 = 400_000;
    const LARGE: u32 = 4_000_000;
    match decoded {
        ..=SMALL => 0.99,
        LARGE.. => 0.10,
        _ => 0.99 - 0.89 * (f64::from(decoded - SMALL) / f64::from(LARGE - SMALL)),
    }
}

#[cfg(test)]
mod tests {
    use super::allowed_ratio;

    #[test]
    fn large_documents_may_have_fewer_aliases() {
        for (decoded, allowed) in [
            (100, 0.99),
            (400_000, 0.99),
            (2_200_000, 0.545),
            (4_000_000, 0.10),
            (8_000_000, 0.10),
        ] {
            let ratio = allowed_ratio(decoded);
            assert!((ratio - allowed).abs() < 1e-9, "{decoded}: {ratio}");
        }
    }
}
