//! Lists, maps and optionals.

use super::Maker;
use super::types::{Ty, list, map, optional};

impl Maker<'_> {
    pub(super) fn list(&mut self, of: &Ty, depth: u32) -> String {
        match self.rng.u32(0..12) {
            0 | 1 => {
                let count = self.rng.usize(..4);
                let items: Vec<_> = (0..count)
                    .map(|_| {
                        if self.one_in(10) {
                            format!("?{}", self.expr(&optional(of.clone()), depth))
                        } else {
                            self.expr(of, depth)
                        }
                    })
                    .collect();
                format!("[{}]", items.join(", "))
            }
            2 => {
                let of = list(of.clone());
                format!("({} + {})", self.expr(&of, depth), self.expr(&of, depth))
            }
            3 | 4 => {
                let from = if self.one_in(4) {
                    Ty::Object
                } else {
                    self.scalar()
                };
                let range = self.expr(&list(from.clone()), depth);
                if self.one_in(3) {
                    let (value, (key, made)) = self.two(&Ty::Int, &from, |maker| {
                        let filter = maker.expr(&Ty::Bool, depth.min(1));
                        format!("{filter}, {}", maker.expr(of, depth))
                    });
                    return format!("{range}.transformList({key}, {value}, {made})");
                }
                let (variable, made) = self.with_variable(&from, |maker| {
                    let made = maker.expr(of, depth);
                    if maker.bool() {
                        made
                    } else {
                        format!("{}, {made}", maker.expr(&Ty::Bool, depth.min(1)))
                    }
                });
                format!("{range}.map({variable}, {made})")
            }
            5 | 6 => {
                let range = self.expr(&list(of.clone()), depth);
                let (variable, made) = self.with_variable(of, |maker| maker.expr(&Ty::Bool, depth));
                format!("{range}.filter({variable}, {made})")
            }
            7 => {
                let function = self.pick(&["distinct", "sort", "reverse"]);
                format!("{}.{function}()", self.expr(&list(of.clone()), depth))
            }
            8 => {
                let range = self.expr(&list(of.clone()), depth);
                format!(
                    "{range}.slice({}, {})",
                    self.rng.u32(0..2),
                    self.rng.u32(0..4)
                )
            }
            9 => format!("{}.flatten()", self.expr(&list(list(of.clone())), depth)),
            10 if *of == Ty::String => {
                let text = self.expr(&Ty::String, depth);
                format!("{text}.split({})", self.expr(&Ty::String, depth))
            }
            10 if *of == Ty::Int => format!("lists.range({})", self.rng.u32(0..5)),
            _ => {
                let range = self.expr(&list(of.clone()), depth);
                let key = self.scalar();
                let (variable, made) =
                    self.with_variable(of, |maker| maker.expr(&key, depth.min(1)));
                format!("{range}.sortBy({variable}, {made})")
            }
        }
    }

    pub(super) fn map(&mut self, keys: &Ty, values: &Ty, depth: u32) -> String {
        match self.rng.u32(0..4) {
            0 => {
                let from = self.scalar();
                let range = self.expr(&map(from.clone()), depth);
                let (value, (key, made)) = self.two(&Ty::String, &from, |maker| {
                    let made = maker.expr(values, depth);
                    if maker.bool() {
                        made
                    } else {
                        format!("{}, {made}", maker.expr(&Ty::Bool, depth.min(1)))
                    }
                });
                format!("{range}.transformMap({key}, {value}, {made})")
            }
            1 => {
                let from = self.scalar();
                let range = self.expr(&list(from.clone()), depth);
                let (value, (index, made)) = self.two(&Ty::Int, &from, |maker| {
                    format!(
                        "{{{}: {}}}",
                        maker.expr(keys, depth),
                        maker.expr(values, depth)
                    )
                });
                format!("{range}.transformMapEntry({index}, {value}, {made})")
            }
            _ => {
                let count = self.rng.usize(..3);
                let entries: Vec<_> = (0..count)
                    .map(|_| format!("{}: {}", self.expr(keys, depth), self.expr(values, depth)))
                    .collect();
                format!("{{{}}}", entries.join(", "))
            }
        }
    }

    pub(super) fn optional(&mut self, of: &Ty, depth: u32) -> String {
        match self.rng.u32(0..7) {
            0 => format!("optional.of({})", self.expr(of, depth)),
            1 => format!("optional.ofNonZeroValue({})", self.expr(of, depth)),
            2 => {
                let from = self.scalar();
                let receiver = self.expr(&optional(from.clone()), depth);
                let (variable, made) = self.with_variable(&from, |maker| maker.expr(of, depth));
                format!("{receiver}.optMap({variable}, {made})")
            }
            3 => {
                let from = self.scalar();
                let receiver = self.expr(&optional(from.clone()), depth);
                let wanted = optional(of.clone());
                let (variable, made) =
                    self.with_variable(&from, |maker| maker.expr(&wanted, depth));
                format!("{receiver}.optFlatMap({variable}, {made})")
            }
            4 => {
                let range = self.expr(&list(of.clone()), depth);
                match self.rng.u32(0..3) {
                    0 => format!("{range}.first()"),
                    1 => format!("{range}.last()"),
                    _ => format!("{range}[?{}]", self.expr(&Ty::Int, depth)),
                }
            }
            5 => {
                let range = self.expr(&map(of.clone()), depth);
                if self.bool() {
                    format!("{range}[?{}]", self.expr(&Ty::String, depth))
                } else {
                    format!("{range}.?a")
                }
            }
            _ => {
                let of = optional(of.clone());
                format!("{}.or({})", self.expr(&of, depth), self.expr(&of, depth))
            }
        }
    }
}
