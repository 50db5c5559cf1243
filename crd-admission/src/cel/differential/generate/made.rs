//! Times, and the types that Kubernetes adds.

use super::Maker;
use super::types::Ty;

impl Maker<'_> {
    pub(super) fn timestamp(&mut self, depth: u32) -> String {
        let (time, length) = (
            self.expr(&Ty::Timestamp, depth),
            self.expr(&Ty::Duration, depth),
        );
        let operator = self.pick(&["+", "-"]);
        format!("({time} {operator} {length})")
    }

    pub(super) fn duration(&mut self, depth: u32) -> String {
        match self.rng.u32(0..3) {
            0 => format!(
                "({} - {})",
                self.expr(&Ty::Timestamp, depth),
                self.expr(&Ty::Timestamp, depth)
            ),
            1 => format!("-{}", self.parens(&Ty::Duration, depth)),
            _ => format!(
                "({} + {})",
                self.expr(&Ty::Duration, depth),
                self.expr(&Ty::Duration, depth)
            ),
        }
    }

    pub(super) fn quantity(&mut self, depth: u32) -> String {
        let of = self.expr(&Ty::Quantity, depth);
        let function = self.pick(&["add", "sub"]);
        if self.bool() {
            format!("{of}.{function}({})", self.expr(&Ty::Quantity, depth))
        } else {
            format!("{of}.{function}({})", self.expr(&Ty::Int, depth))
        }
    }

    pub(super) fn ip(&mut self, depth: u32) -> String {
        if self.bool() {
            return format!("ip({})", self.expr(&Ty::String, depth));
        }
        format!("{}.ip()", self.expr(&Ty::Cidr, depth))
    }

    pub(super) fn cidr(&mut self, depth: u32) -> String {
        if self.one_in(4) {
            return format!("cidr({})", self.expr(&Ty::String, depth));
        }
        format!("{}.masked()", self.expr(&Ty::Cidr, depth))
    }
}
