//! Randomly generated, typed expressions: most are valid, some are not.

mod calls;
mod collections;
mod leaves;
mod made;
mod messages;
mod scalars;
mod subject;
mod truth;
mod types;

use fastrand::Rng;

use self::subject::{fields, object, schema};
use self::types::{Ty, list, map, optional};
use super::oracle::Request;

/// This many requests, from a seed.
pub(super) fn requests(seed: u64, count: u64) -> Vec<Request> {
    let mut rng = Rng::with_seed(seed);
    let schema = schema();
    (0..count)
        .map(|_| {
            let this = object(&mut rng);
            let mut maker = Maker {
                rng: &mut rng,
                scope: fields("self"),
                names: 0,
            };
            let old = maker.rng.u32(0..6);
            if old == 0 {
                maker.scope.extend(fields("oldSelf"));
            } else if old == 1 {
                let missing = |(name, ty)| (format!("oldSelf.?{name}"), optional(ty));
                maker.scope.extend(fields("").into_iter().map(missing));
            }
            let ty = maker.any_type();
            let depth = maker.rng.u32(1..5);
            let expression = maker.expr(&ty, depth);
            let limit = if maker.rng.u32(0..20) == 0 {
                maker.rng.u64(1..100)
            } else {
                0
            };
            let has_old = old == 0 || old == 1 && rng.bool();
            Request {
                limit,
                old_self: has_old.then(|| object(&mut rng)),
                optional_old_self: old == 1,
                ..super::request(&schema, &this, &expression)
            }
        })
        .collect()
}

struct Maker<'r> {
    rng: &'r mut Rng,
    /// Variables and fields in scope, with their types.
    scope: Vec<(String, Ty)>,
    names: usize,
}

impl Maker<'_> {
    fn one_in(&mut self, count: u32) -> bool {
        self.rng.u32(0..count) == 0
    }

    fn pick<'p>(&mut self, choices: &[&'p str]) -> &'p str {
        choices[self.rng.usize(..choices.len())]
    }

    fn pick_type(&mut self, types: &[Ty]) -> Ty {
        types[self.rng.usize(..types.len())].clone()
    }

    fn bool(&mut self) -> bool {
        self.rng.bool()
    }

    fn scalar(&mut self) -> Ty {
        match self.rng.u32(0..9) {
            0 => Ty::Bool,
            1 | 2 => Ty::Int,
            3 => Ty::Uint,
            4 => Ty::Double,
            5 => Ty::Bytes,
            _ => Ty::String,
        }
    }

    fn any_type(&mut self) -> Ty {
        match self.rng.u32(0..29) {
            24 => Ty::Type,
            25 => optional(list(self.scalar())),
            26 => list(list(self.scalar())),
            28 => map(list(self.scalar())),
            27 => match self.rng.u32(0..4) {
                0 => Ty::Null,
                1 => Ty::Empty,
                2 => Ty::Format,
                _ => optional(Ty::Object),
            },
            0..=5 => Ty::Bool,
            6 => Ty::Timestamp,
            7 => Ty::Duration,
            8 => Ty::Quantity,
            9 => Ty::Ip,
            10 => Ty::Cidr,
            11 => Ty::Url,
            12 => Ty::Semver,
            13..=15 => list(self.scalar()),
            16 => Ty::Map(Box::new(self.key()), Box::new(self.scalar())),
            17 => optional(self.scalar()),
            18 => Ty::Object,
            _ => self.scalar(),
        }
    }

    /// A type of keys, including some that Go cannot hash.
    fn key(&mut self) -> Ty {
        match self.rng.u32(0..20) {
            0 | 1 => Ty::Int,
            2 => Ty::Uint,
            3 | 4 => Ty::Bool,
            5 => Ty::Duration,
            6 => Ty::Ip,
            7 => Ty::Cidr,
            8 | 9 => Ty::Double,
            10 => Ty::Timestamp,
            11 => self.any_type(),
            _ => Ty::String,
        }
    }

    /// An expression of a type, or occasionally of another.
    fn expr(&mut self, ty: &Ty, depth: u32) -> String {
        if self.one_in(150) {
            let other = self.any_type();
            return self.right(&other, depth);
        }
        if self.one_in(60) {
            return format!("dyn({})", self.right(ty, depth));
        }
        self.right(ty, depth)
    }

    fn right(&mut self, ty: &Ty, depth: u32) -> String {
        if depth == 0 || self.one_in(6) {
            return self.leaf(ty);
        }
        let depth = depth - 1;
        if self.one_in(4)
            && let Some(call) = self.call(ty, depth)
        {
            return call;
        }
        if self.one_in(20)
            && let Some(message) = self.message(ty, depth)
        {
            return message;
        }
        match self.rng.u32(0..14) {
            0 => {
                let condition = self.expr(&Ty::Bool, depth);
                let (a, b) = (self.expr(ty, depth), self.expr(ty, depth));
                return format!("({condition} ? {a} : {b})");
            }
            1 => {
                let of = self.expr(&optional(ty.clone()), depth);
                return if self.one_in(3) {
                    format!("{of}.value()")
                } else {
                    let otherwise = self.expr(ty, depth);
                    format!("{of}.orValue({otherwise})")
                };
            }
            2 => {
                let of = self.expr(&list(ty.clone()), depth);
                let index = if self.bool() {
                    "0".to_owned()
                } else {
                    self.expr(&Ty::Int, depth)
                };
                return format!("{of}[{index}]");
            }
            3 if *ty != Ty::Object => {
                let of = self.expr(&map(ty.clone()), depth);
                return if self.bool() {
                    let key = self.expr(&Ty::String, depth);
                    format!("{of}[{key}]")
                } else {
                    format!("{of}.a")
                };
            }
            _ => {}
        }
        match ty {
            Ty::Bool => self.truth(depth),
            Ty::Int => self.int(depth),
            Ty::Uint => self.uint(depth),
            Ty::Double => self.double(depth),
            Ty::String => self.string(depth),
            Ty::Bytes => self.bytes(depth),
            Ty::Timestamp => self.timestamp(depth),
            Ty::Duration => self.duration(depth),
            Ty::Quantity => self.quantity(depth),
            Ty::Ip => self.ip(depth),
            Ty::Cidr => self.cidr(depth),
            Ty::Url | Ty::Semver | Ty::Type | Ty::Null | Ty::Empty | Ty::Object => self.leaf(ty),
            Ty::List(of) => self.list(of, depth),
            Ty::Map(keys, values) => self.map(keys, values, depth),
            Ty::Format => self.call(ty, depth).unwrap_or_else(|| self.leaf(ty)),
            Ty::Optional(of) => self.optional(of, depth),
        }
    }

    fn parens(&mut self, ty: &Ty, depth: u32) -> String {
        format!("({})", self.expr(ty, depth))
    }

    /// A macro's predicate or transformation, with its own variable.
    fn with_variable(
        &mut self,
        of: &Ty,
        make: impl FnOnce(&mut Self) -> String,
    ) -> (String, String) {
        self.names += 1;
        let name = format!("v{}", self.names);
        self.scope.push((name.clone(), of.clone()));
        let body = make(self);
        self.scope.pop();
        (name, body)
    }

    /// The same with two variables: the second's name, then the first's and the expression.
    fn two(
        &mut self,
        first: &Ty,
        second: &Ty,
        make: impl FnOnce(&mut Self) -> String,
    ) -> (String, (String, String)) {
        let mut name = String::new();
        let rest = self.with_variable(first, |maker| {
            let (second, body) = maker.with_variable(second, make);
            name = second;
            body
        });
        (name, rest)
    }
}
