//! Expressions with types, made at random: most are right, some are not.

use fastrand::Rng;
use serde_json::{Map, Value as Json, json};

use super::oracle::Request;

/// The types that expressions are made of.
#[derive(Clone, Debug, PartialEq)]
enum Ty {
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    Timestamp,
    Duration,
    Quantity,
    Ip,
    Cidr,
    Url,
    Semver,
    Object,
    List(Box<Ty>),
    Map(Box<Ty>, Box<Ty>),
    Optional(Box<Ty>),
}

fn list(of: Ty) -> Ty {
    Ty::List(Box::new(of))
}

fn optional(of: Ty) -> Ty {
    Ty::Optional(Box::new(of))
}

fn map(values: Ty) -> Ty {
    Ty::Map(Box::new(Ty::String), Box::new(values))
}

/// So many requests, from a seed.
pub(super) fn requests(seed: u64, count: u64) -> Vec<Request> {
    let mut rng = Rng::with_seed(seed);
    let schema = schema();
    (0..count)
        .map(|_| {
            let this = object(&mut rng);
            let mut maker = Maker {
                rng: &mut rng,
                scope: fields(),
                names: 0,
            };
            let ty = maker.any_type();
            let depth = maker.rng.u32(1..5);
            let expression = maker.expr(&ty, depth);
            let limit = if maker.rng.u32(0..20) == 0 {
                maker.rng.u64(1..100)
            } else {
                0
            };
            Request {
                limit,
                ..super::request(&schema, &this, &expression)
            }
        })
        .collect()
}

fn schema() -> Json {
    let string = json!({"type": "string", "maxLength": 20});
    let item = json!({
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": string,
            "v": {"type": "integer"},
            "tags": {"type": "array", "maxItems": 4, "items": string},
        },
    });
    json!({
        "type": "object",
        "properties": {
            "s": string,
            "t": {"type": "string"},
            "gone": string,
            "n": {"type": "integer"},
            "k": {"type": "integer"},
            "d": {"type": "number"},
            "b": {"type": "boolean"},
            "ls": {"type": "array", "maxItems": 5, "items": string},
            "li": {"type": "array", "items": {"type": "integer"}},
            "m": {"type": "object", "additionalProperties": {"type": "integer"}, "maxProperties": 6},
            "ms": {"type": "object", "additionalProperties": string},
            "lo": {"type": "array", "maxItems": 3, "items": item},
            "o": item,
            "in": string,
            "a-b": {"type": "integer"},
            "is": {"x-kubernetes-int-or-string": true},
        },
    })
}

/// What can be selected of `self`, and its type.
fn fields() -> Vec<(String, Ty)> {
    let field = |name: &str, ty| (format!("self.{name}"), ty);
    vec![
        field("s", Ty::String),
        field("t", Ty::String),
        field("gone", Ty::String),
        field("n", Ty::Int),
        field("k", Ty::Int),
        field("d", Ty::Double),
        field("b", Ty::Bool),
        field("ls", list(Ty::String)),
        field("li", list(Ty::Int)),
        field("m", map(Ty::Int)),
        field("ms", map(Ty::String)),
        field("lo", list(Ty::Object)),
        field("o", Ty::Object),
        field("__in__", Ty::String),
        field("a__dash__b", Ty::Int),
    ]
}

const TEXTS: [&str; 14] = [
    "",
    "a",
    "b",
    "ab",
    "abc",
    "A b",
    "x-1",
    "é日",
    "10",
    "1.5",
    "true",
    "a,b,c",
    "hello world",
    "_",
];

fn text(rng: &mut Rng) -> &'static str {
    TEXTS[rng.usize(..TEXTS.len())]
}

fn object(rng: &mut Rng) -> Json {
    let mut fields = Map::new();
    let mut add = |rng: &mut Rng, name: &str, value: Json| {
        if rng.u32(0..8) > 0 {
            fields.insert(name.to_owned(), value);
        }
    };
    for name in ["s", "t", "in"] {
        let value = text(rng).into();
        add(rng, name, value);
    }
    for name in ["n", "k", "a-b"] {
        let value = rng.i64(-5..20).into();
        add(rng, name, value);
    }
    let value = json!(f64::from(rng.i32(-8..8)) + 0.5);
    add(rng, "d", value);
    let value = rng.bool().into();
    add(rng, "b", value);
    let value = (0..rng.usize(..5)).map(|_| text(rng)).collect();
    add(rng, "ls", value);
    let value = (0..rng.usize(..5)).map(|_| rng.i64(-3..9)).collect();
    add(rng, "li", value);
    let names = ["a", "b", "ab", "x-1"];
    let value: Map<String, Json> = names
        .iter()
        .filter(|_| rng.clone().bool())
        .map(|name| {
            (
                (*name).to_owned(),
                Json::from(i64::try_from(name.len()).unwrap_or(0)),
            )
        })
        .collect();
    add(rng, "m", value.into());
    let value: Map<String, Json> = (0..rng.usize(..4))
        .map(|_| (text(rng).to_owned(), text(rng).into()))
        .collect();
    add(rng, "ms", value.into());
    let value = (0..rng.usize(..3)).map(|_| item(rng)).collect();
    add(rng, "lo", value);
    let value = item(rng);
    add(rng, "o", value);
    let value = if rng.bool() {
        rng.i64(0..9).into()
    } else {
        text(rng).into()
    };
    add(rng, "is", value);
    fields.into()
}

fn item(rng: &mut Rng) -> Json {
    let mut item = json!({"name": text(rng)});
    if rng.bool() {
        item["v"] = rng.i64(0..5).into();
    }
    if rng.bool() {
        item["tags"] = (0..rng.usize(..3)).map(|_| text(rng)).collect();
    }
    item
}

struct Maker<'r> {
    rng: &'r mut Rng,
    /// Expressions that are variables or fields, with their types.
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
        match self.rng.u32(0..24) {
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

    fn key(&mut self) -> Ty {
        match self.rng.u32(0..4) {
            0 => Ty::Int,
            1 => Ty::Bool,
            _ => Ty::String,
        }
    }

    /// An expression of a type, or now and then of another.
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
            Ty::Url | Ty::Semver | Ty::Object => self.leaf(ty),
            Ty::List(of) => self.list(of, depth),
            Ty::Map(keys, values) => self.map(keys, values, depth),
            Ty::Optional(of) => self.optional(of, depth),
        }
    }

    fn bool(&mut self) -> bool {
        self.rng.bool()
    }

    /// A variable or a field of the type, if there is one.
    fn variable(&mut self, ty: &Ty) -> Option<String> {
        let mut known: Vec<_> = self
            .scope
            .iter()
            .filter(|(_, known)| known == ty)
            .map(|(name, _)| name.clone())
            .collect();
        for (name, of) in &self.scope {
            if *of == Ty::Object {
                match ty {
                    Ty::String => known_push(&mut known, name, "name"),
                    Ty::Int => known_push(&mut known, name, "v"),
                    Ty::List(of) if **of == Ty::String => known_push(&mut known, name, "tags"),
                    _ => {}
                }
            }
        }
        (!known.is_empty()).then(|| known.swap_remove(self.rng.usize(..known.len())))
    }

    fn leaf(&mut self, ty: &Ty) -> String {
        if self.rng.u32(0..3) > 0
            && let Some(variable) = self.variable(ty)
        {
            return variable;
        }
        match ty {
            Ty::Bool => self.pick(&["true", "false"]).to_owned(),
            Ty::Int => match self.rng.u32(0..8) {
                0 => "9223372036854775807".to_owned(),
                1 => "-9223372036854775808".to_owned(),
                2 => "0x1F".to_owned(),
                _ => self.rng.i32(-4..12).to_string(),
            },
            Ty::Uint => match self.rng.u32(0..8) {
                0 => "18446744073709551615u".to_owned(),
                _ => format!("{}u", self.rng.u32(0..9)),
            },
            Ty::Double => {
                let choices = [
                    "0.0",
                    "1.5",
                    "-2.0",
                    "1e3",
                    "3.0",
                    "1e-7",
                    "1e21",
                    "double('NaN')",
                ];
                self.pick(&choices).to_owned()
            }
            Ty::String => {
                let text = text(self.rng);
                match self.rng.u32(0..4) {
                    0 => format!("\"{text}\""),
                    1 => format!("r'{text}'"),
                    _ => format!("'{text}'"),
                }
            }
            Ty::Bytes => self
                .pick(&["b''", "b'abc'", "b'\\xff\\x00'", "b'é'"])
                .to_owned(),
            Ty::Timestamp
            | Ty::Duration
            | Ty::Quantity
            | Ty::Ip
            | Ty::Cidr
            | Ty::Url
            | Ty::Semver => self.pick(made_of_text(ty)).to_owned(),
            Ty::Object => "self.o".to_owned(),
            Ty::List(of) => {
                let count = self.rng.usize(..4);
                let items: Vec<_> = (0..count).map(|_| self.leaf(of)).collect();
                format!("[{}]", items.join(", "))
            }
            Ty::Map(keys, values) => {
                let count = self.rng.usize(..3);
                let entries: Vec<_> = (0..count)
                    .map(|_| format!("{}: {}", self.leaf(keys), self.leaf(values)))
                    .collect();
                format!("{{{}}}", entries.join(", "))
            }
            Ty::Optional(of) => match self.rng.u32(0..4) {
                0 => "optional.none()".to_owned(),
                1 if **of == Ty::String => "self.?s".to_owned(),
                1 if **of == Ty::Int => "self.?n".to_owned(),
                _ => format!("optional.of({})", self.leaf(of)),
            },
        }
    }

    /// A macro's predicate or transformation, with a variable of its own.
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

    fn truth(&mut self, depth: u32) -> String {
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
                let key = self.expr(&Ty::String, depth);
                format!("{key} in {}", self.expr(&map(Ty::Int), depth))
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

    /// A function that tells something of a value.
    fn test(&mut self, depth: u32) -> String {
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
                let name = self.pick(&["dns1123Label", "uuid", "dns1123Subdomain", "byte", "uri"]);
                format!(
                    "format.{name}().validate({}).hasValue()",
                    self.expr(&Ty::String, depth)
                )
            }
        }
    }

    fn parens(&mut self, ty: &Ty, depth: u32) -> String {
        format!("({})", self.expr(ty, depth))
    }

    fn quantifier(&mut self, depth: u32) -> String {
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

    /// What is made with two variables: the second's name, then the first's and what is made.
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

    fn int(&mut self, depth: u32) -> String {
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

    fn pick_type(&mut self, types: &[Ty]) -> Ty {
        types[self.rng.usize(..types.len())].clone()
    }

    fn uint(&mut self, depth: u32) -> String {
        if self.one_in(3) {
            let of = self.pick_type(&[Ty::Int, Ty::Double, Ty::String]);
            return format!("uint({})", self.expr(&of, depth));
        }
        let (a, b) = (self.expr(&Ty::Uint, depth), self.expr(&Ty::Uint, depth));
        let operator = self.pick(&["+", "-", "*", "/", "%"]);
        format!("({a} {operator} {b})")
    }

    fn double(&mut self, depth: u32) -> String {
        if self.one_in(3) {
            let of = self.pick_type(&[Ty::Int, Ty::Uint, Ty::String]);
            return format!("double({})", self.expr(&of, depth));
        }
        let (a, b) = (self.expr(&Ty::Double, depth), self.expr(&Ty::Double, depth));
        let operator = self.pick(&["+", "-", "*", "/"]);
        format!("({a} {operator} {b})")
    }

    fn string(&mut self, depth: u32) -> String {
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

    fn bytes(&mut self, depth: u32) -> String {
        if self.bool() {
            return format!("bytes({})", self.expr(&Ty::String, depth));
        }
        format!(
            "({} + {})",
            self.expr(&Ty::Bytes, depth),
            self.expr(&Ty::Bytes, depth)
        )
    }

    fn timestamp(&mut self, depth: u32) -> String {
        let (time, length) = (
            self.expr(&Ty::Timestamp, depth),
            self.expr(&Ty::Duration, depth),
        );
        let operator = self.pick(&["+", "-"]);
        format!("({time} {operator} {length})")
    }

    fn duration(&mut self, depth: u32) -> String {
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

    fn quantity(&mut self, depth: u32) -> String {
        let of = self.expr(&Ty::Quantity, depth);
        let function = self.pick(&["add", "sub"]);
        if self.bool() {
            format!("{of}.{function}({})", self.expr(&Ty::Quantity, depth))
        } else {
            format!("{of}.{function}({})", self.expr(&Ty::Int, depth))
        }
    }

    fn ip(&mut self, depth: u32) -> String {
        if self.bool() {
            return format!("ip({})", self.expr(&Ty::String, depth));
        }
        format!("{}.ip()", self.expr(&Ty::Cidr, depth))
    }

    fn cidr(&mut self, depth: u32) -> String {
        if self.one_in(4) {
            return format!("cidr({})", self.expr(&Ty::String, depth));
        }
        format!("{}.masked()", self.expr(&Ty::Cidr, depth))
    }

    fn list(&mut self, of: &Ty, depth: u32) -> String {
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

    fn map(&mut self, keys: &Ty, values: &Ty, depth: u32) -> String {
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

    fn optional(&mut self, of: &Ty, depth: u32) -> String {
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

/// Values that are made of texts.
fn made_of_text(ty: &Ty) -> &'static [&'static str] {
    match ty {
        Ty::Timestamp => &[
            "timestamp('2024-02-29T12:34:56.789Z')",
            "timestamp('1970-01-01T00:00:00Z')",
            "timestamp('2000-12-31T23:59:59+05:30')",
            "timestamp(1700000000)",
        ],
        Ty::Duration => &[
            "duration('1h30m')",
            "duration('-5s')",
            "duration('1ms')",
            "duration('0s')",
        ],
        Ty::Quantity => &[
            "quantity('1')",
            "quantity('1500m')",
            "quantity('2Gi')",
            "quantity('1e3')",
        ],
        Ty::Ip => &[
            "ip('10.0.0.1')",
            "ip('::1')",
            "ip('192.168.1.255')",
            "ip('fe80::1')",
        ],
        Ty::Cidr => &[
            "cidr('10.0.0.0/8')",
            "cidr('192.168.1.0/24')",
            "cidr('::/0')",
        ],
        Ty::Url => &[
            "url('https://a.b:80/c?d=e&d=f')",
            "url('/p/q')",
            "url('http://[::1]:8080')",
        ],
        _ => &[
            "semver('1.2.3')",
            "semver('v1.0', true)",
            "semver('1.2.3-rc.1+b')",
        ],
    }
}

fn known_push(known: &mut Vec<String>, object: &str, field: &str) {
    known.push(format!("{object}.{field}"));
}
