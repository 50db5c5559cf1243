//! Numbers, strings and bytes.

use super::Maker;
use super::types::{Ty, list, map};

impl Maker<'_> {
    pub(super) fn int(&mut self, depth: u32) -> String {
        match self.rng.u32(0..14) {
            0..=3 => {
                let (a, b) = (self.expr(&Ty::Int, depth), self.expr(&Ty::Int, depth));
                let operator = self.pick(&["+", "-", "*", "/", "%"]);
                format!("({a} {operator} {b})")
            }
            4 => format!("-{}", self.parens(&Ty::Int, depth)),
            5 | 6 => {
                let of = match self.rng.u32(0..4) {
                    0 => Ty::Bytes,
                    1 => list(self.scalar()),
                    2 => map(self.scalar()),
                    _ => Ty::String,
                };
                if self.bool() {
                    format!("size({})", self.expr(&of, depth))
                } else {
                    format!("{}.size()", self.expr(&of, depth))
                }
            }
            7 => {
                let of = self.pick_type(&[Ty::Uint, Ty::Double, Ty::String, Ty::Timestamp]);
                format!("int({})", self.expr(&of, depth))
            }
            8 => {
                let of = self.expr(&Ty::String, depth);
                let function = self.pick(&["indexOf", "lastIndexOf"]);
                format!("{of}.{function}({})", self.expr(&Ty::String, depth))
            }
            9 => {
                let function = self.pick(&["sum", "min", "max"]);
                format!("{}.{function}()", self.expr(&list(Ty::Int), depth))
            }
            10 => {
                let function =
                    self.pick(&["getHours", "getFullYear", "getDayOfWeek", "getMilliseconds"]);
                if self.bool() {
                    format!("{}.{function}()", self.expr(&Ty::Timestamp, depth))
                } else {
                    format!("{}.{function}('-05:30')", self.expr(&Ty::Timestamp, depth))
                }
            }
            11 => {
                let function = self.pick(&["getSeconds", "getMinutes", "getHours"]);
                format!("{}.{function}()", self.expr(&Ty::Duration, depth))
            }
            12 => format!(
                "{}.compareTo({})",
                self.expr(&Ty::Quantity, depth),
                self.expr(&Ty::Quantity, depth)
            ),
            _ => {
                let function = self.pick(&["major", "minor", "patch"]);
                format!("{}.{function}()", self.expr(&Ty::Semver, depth))
            }
        }
    }

    pub(super) fn uint(&mut self, depth: u32) -> String {
        if self.one_in(3) {
            let of = self.pick_type(&[Ty::Int, Ty::Double, Ty::String]);
            return format!("uint({})", self.expr(&of, depth));
        }
        let (a, b) = (self.expr(&Ty::Uint, depth), self.expr(&Ty::Uint, depth));
        let operator = self.pick(&["+", "-", "*", "/", "%"]);
        format!("({a} {operator} {b})")
    }

    pub(super) fn double(&mut self, depth: u32) -> String {
        if self.one_in(3) {
            let of = self.pick_type(&[Ty::Int, Ty::Uint, Ty::String]);
            return format!("double({})", self.expr(&of, depth));
        }
        let (a, b) = (self.expr(&Ty::Double, depth), self.expr(&Ty::Double, depth));
        let operator = self.pick(&["+", "-", "*", "/"]);
        format!("({a} {operator} {b})")
    }

    pub(super) fn string(&mut self, depth: u32) -> String {
        match self.rng.u32(0..11) {
            0 | 1 => {
                let (a, b) = (self.expr(&Ty::String, depth), self.expr(&Ty::String, depth));
                format!("({a} + {b})")
            }
            2 => {
                let function = self.pick(&["lowerAscii", "upperAscii", "trim"]);
                format!("{}.{function}()", self.expr(&Ty::String, depth))
            }
            3 => {
                let of = self.expr(&Ty::String, depth);
                let (from, to) = (self.rng.u32(0..3), self.rng.u32(0..5));
                format!("{of}.substring({from}, {to})")
            }
            4 => {
                let of = self.expr(&Ty::String, depth);
                let (a, b) = (self.expr(&Ty::String, depth), self.expr(&Ty::String, depth));
                format!("{of}.replace({a}, {b})")
            }
            5 => {
                let of = self.expr(&list(Ty::String), depth);
                format!("{of}.join({})", self.expr(&Ty::String, depth))
            }
            6 => {
                let of = self.pick_type(&[
                    Ty::Int,
                    Ty::Uint,
                    Ty::Double,
                    Ty::Bool,
                    Ty::Bytes,
                    Ty::Timestamp,
                    Ty::Duration,
                    Ty::Ip,
                    Ty::Cidr,
                ]);
                format!("string({})", self.expr(&of, depth))
            }
            7 => format!(
                "{}.charAt({})",
                self.expr(&Ty::String, depth),
                self.rng.u32(0..4)
            ),
            8 => {
                let ty = self.scalar();
                let clause = self.pick(&["%s", "%d", "%f", "%x", "%b"]);
                format!("'<{clause}>'.format([{}])", self.expr(&ty, depth))
            }
            9 => {
                let pattern = self.pick(&["'[a-z]+'", "r'\\d'", "'x*'"]);
                format!("{}.find({pattern})", self.expr(&Ty::String, depth))
            }
            _ => {
                let function = self.pick(&[
                    "getScheme",
                    "getHost",
                    "getHostname",
                    "getPort",
                    "getEscapedPath",
                ]);
                format!("{}.{function}()", self.expr(&Ty::Url, depth))
            }
        }
    }

    pub(super) fn bytes(&mut self, depth: u32) -> String {
        if self.bool() {
            return format!("bytes({})", self.expr(&Ty::String, depth));
        }
        format!(
            "({} + {})",
            self.expr(&Ty::Bytes, depth),
            self.expr(&Ty::Bytes, depth)
        )
    }
}
