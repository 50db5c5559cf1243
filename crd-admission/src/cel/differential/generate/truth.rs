//! Boolean expressions.

use super::Maker;
use super::types::{Ty, list, map, optional};

impl Maker<'_> {
    pub(super) fn truth(&mut self, depth: u32) -> String {
        match self.rng.u32(0..26) {
            0..=3 => {
                let (a, b) = (self.expr(&Ty::Bool, depth), self.expr(&Ty::Bool, depth));
                let operator = self.pick(&["&&", "||"]);
                format!("({a} {operator} {b})")
            }
            4 => format!("!{}", self.parens(&Ty::Bool, depth)),
            5..=7 => {
                let ty = self.any_type();
                let (a, b) = (self.expr(&ty, depth), self.expr(&ty, depth));
                let operator = self.pick(&["==", "!="]);
                format!("{a} {operator} {b}")
            }
            8 | 9 => {
                let ty = match self.rng.u32(0..6) {
                    0 => Ty::Timestamp,
                    1 => Ty::Duration,
                    _ => self.scalar(),
                };
                let other = match (&ty, self.rng.u32(0..4)) {
                    (Ty::Int, 0) => Ty::Double,
                    (Ty::Double, 0) => Ty::Uint,
                    (Ty::Uint, 0) => Ty::Int,
                    _ => ty.clone(),
                };
                let (a, b) = (self.expr(&ty, depth), self.expr(&other, depth));
                let operator = self.pick(&["<", "<=", ">", ">="]);
                format!("{a} {operator} {b}")
            }
            10 | 11 => {
                let ty = self.scalar();
                let (a, b) = (self.expr(&ty, depth), self.expr(&list(ty), depth));
                format!("{a} in {b}")
            }
            12 => {
                let keys = self.key();
                let key = self.expr(&keys, depth);
                let range = Ty::Map(Box::new(keys), Box::new(Ty::Int));
                format!("{key} in {}", self.expr(&range, depth))
            }
            13..=15 => self.quantifier(depth),
            16 => {
                let field = self.pick(&[
                    "self.s",
                    "self.gone",
                    "self.o",
                    "self.o.v",
                    "self.m.a",
                    "self.o.tags",
                    "self.?o.v",
                    "self.lo[0].v",
                ]);
                format!("has({field})")
            }
            _ => self.test(depth),
        }
    }

    /// A function that tests a value.
    pub(super) fn test(&mut self, depth: u32) -> String {
        match self.rng.u32(17..26) {
            17 | 18 => {
                let of = self.expr(&Ty::String, depth);
                let function = self.pick(&["contains", "startsWith", "endsWith"]);
                format!("{of}.{function}({})", self.expr(&Ty::String, depth))
            }
            19 => {
                let of = self.expr(&Ty::String, depth);
                let pattern =
                    self.pick(&["'^a.*$'", "r'\\d+'", "'[a-c]{2}'", "'(?i)AB'", "'\\\\w'"]);
                format!("{of}.matches({pattern})")
            }
            20 => {
                let of = self.scalar();
                format!("{}.hasValue()", self.expr(&optional(of), depth))
            }
            21 => {
                let of = list(self.scalar());
                match self.rng.u32(0..3) {
                    0 => format!("{}.isSorted()", self.expr(&of, depth)),
                    1 => format!(
                        "sets.contains({}, {})",
                        self.expr(&of, depth),
                        self.expr(&of, depth)
                    ),
                    _ => format!(
                        "sets.intersects({}, {})",
                        self.expr(&of, depth),
                        self.expr(&of, depth)
                    ),
                }
            }
            22 => {
                let function = self.pick(&["isURL", "isQuantity", "isIP", "isCIDR", "isSemver"]);
                format!("{function}({})", self.expr(&Ty::String, depth))
            }
            23 => {
                let function = self.pick(&["isGreaterThan", "isLessThan"]);
                format!(
                    "{}.{function}({})",
                    self.expr(&Ty::Quantity, depth),
                    self.expr(&Ty::Quantity, depth)
                )
            }
            24 => {
                let cidr = self.expr(&Ty::Cidr, depth);
                match self.rng.u32(0..3) {
                    0 => format!("{cidr}.containsIP({})", self.expr(&Ty::Ip, depth)),
                    1 => format!("{cidr}.containsCIDR({})", self.expr(&Ty::Cidr, depth)),
                    _ => format!("{cidr}.containsIP({})", self.expr(&Ty::String, depth)),
                }
            }
            _ => {
                let format = self.expr(&Ty::Format, depth);
                let text = self.expr(&Ty::String, depth);
                format!("{format}.validate({text}).hasValue()")
            }
        }
    }

    pub(super) fn quantifier(&mut self, depth: u32) -> String {
        let of = if self.one_in(4) {
            Ty::Object
        } else {
            self.scalar()
        };
        let name = self.pick(&["all", "exists", "exists_one", "existsOne"]);
        if self.one_in(4) {
            let range = self.expr(&map(of.clone()), depth);
            let (value, (key, predicate)) =
                self.two(&Ty::String, &of, |maker| maker.expr(&Ty::Bool, depth));
            return format!("{range}.{name}({key}, {value}, {predicate})");
        }
        let range = self.expr(&list(of.clone()), depth);
        let (variable, predicate) = self.with_variable(&of, |maker| maker.expr(&Ty::Bool, depth));
        format!("{range}.{name}({variable}, {predicate})")
    }
}
