//! Writes terms as Rust. Terms that several rules of a node share are evaluated once, on first use.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crd_admission::native::{Question, Term};

/// The type that a field is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Only presence matters.
    Any,
    Object,
    Text,
    Bool,
    Int,
}

/// Writes the access to fields.
pub(super) trait Source {
    /// The call that reads a field of an object, given its names from `self` on.
    fn read(&self, path: &[&str], kind: Kind) -> String;

    /// The initializer of a shared term: a field, or else a value.
    fn shared(&self, written: &str, is_field: bool) -> String;

    /// The use of such a variable.
    fn used(&self, name: &str, is_field: bool) -> String;
}

/// The rules of a node as Rust: shared variables, and an expression for each rule.
pub(super) struct Code {
    /// `let` statements.
    pub(super) shared: String,
    /// Expressions of type `Eval<bool>`.
    pub(super) rules: Vec<String>,
}

impl Code {
    pub(super) fn of(rules: &[&Term], source: &impl Source) -> Self {
        let mut writer = Writer {
            source,
            uses: BTreeMap::new(),
            kinds: BTreeMap::new(),
            names: BTreeMap::new(),
            shared: String::new(),
        };
        for rule in rules {
            writer.count(rule);
            writer.expect(rule, Kind::Bool);
        }
        let rules = rules.iter().map(|rule| writer.value(rule)).collect();
        let shared = writer.shared;
        Self { shared, rules }
    }
}

struct Writer<'t, S> {
    source: &'t S,
    /// The number of uses of each term, if the terms that contain it are written once.
    uses: BTreeMap<&'t Term, usize>,
    /// The type that each field is read as.
    kinds: BTreeMap<&'t Term, Kind>,
    /// The shared terms, with the names of their variables.
    names: BTreeMap<&'t Term, String>,
    shared: String,
}

impl<'t, S: Source> Writer<'t, S> {
    fn count(&mut self, term: &'t Term) {
        let uses = self.uses.entry(term).or_default();
        *uses += 1;
        if *uses == 1 {
            for part in parts(term) {
                self.count(part);
            }
        }
    }

    /// Records the types that fields are read as.
    fn expect(&mut self, term: &'t Term, kind: Kind) {
        match term {
            Term::Field(object, _) => {
                let known = self.kinds.entry(term).or_insert(kind);
                if *known == Kind::Any {
                    *known = kind;
                }
                assert!(
                    [*known, Kind::Any].contains(&kind),
                    "{term:?} is read as {known:?} and as {kind:?}"
                );
                self.expect(object, Kind::Object);
            }
            Term::Has(field) => self.expect(field, Kind::Any),
            Term::Contains(map, _) => self.expect(map, Kind::Object),
            Term::Asked(text, _) => self.expect(text, Kind::Text),
            Term::Compared(sides, _) => {
                let [a, b] = &**sides;
                let kind = constant(a).or_else(|| constant(b));
                let kind = kind.unwrap_or_else(|| panic!("neither of {a:?}, {b:?} is a constant"));
                self.expect(a, kind);
                self.expect(b, kind);
            }
            Term::If(sides) => {
                let [condition, then, otherwise] = &**sides;
                self.expect(condition, Kind::Bool);
                self.expect(then, kind);
                self.expect(otherwise, kind);
            }
            other => {
                for part in parts(other) {
                    self.expect(part, Kind::Bool);
                }
            }
        }
    }

    /// An expression of type `Eval<_>`.
    fn value(&mut self, term: &'t Term) -> String {
        if !is_worth_sharing(term) || self.uses.get(term).is_none_or(|uses| *uses == 1) {
            return self.anew(term);
        }
        let name = self.share(term, "holds", false, Self::anew);
        self.source.used(&name, false)
    }

    fn anew(&mut self, term: &'t Term) -> String {
        match term {
            Term::Bool(value) => format!("Ok({value})"),
            Term::Int(number) => format!("Ok({number})"),
            Term::Text(text) => format!("Ok({text:?})"),
            Term::Field(..) => format!("{}.get()", self.field(term)),
            Term::Has(field) => format!("{}.has()", self.field(field)),
            Term::Not(value) => format!("not({})", self.value(value)),
            Term::And(sides) => self.both("and", sides),
            Term::Or(sides) => self.both("or", sides),
            Term::If(sides) => {
                let [condition, then, otherwise] = sides.each_ref().map(|side| self.value(side));
                format!("choose({condition}, || {then}, || {otherwise})")
            }
            Term::Compared(sides, operator) => {
                let [a, b] = sides.each_ref().map(|side| self.value(side));
                format!("compare({a}, {b}, |a, b| a {operator} b)")
            }
            Term::Contains(map, key) => format!("{}.contains({key:?})", self.field(map)),
            Term::Asked(text, question) => {
                format!("{}.map(|text| {})", self.value(text), asked(question))
            }
            Term::ExactlyOne(items) => {
                let items: Vec<_> = items.iter().map(|item| self.value(item)).collect();
                format!("exactly_one([{}])", items.join(", "))
            }
            other => panic!("{other:?} stands where no rule has it"),
        }
    }

    fn both(&mut self, function: &str, sides: &'t [Term; 2]) -> String {
        let [a, b] = sides.each_ref().map(|side| self.value(side));
        format!("{function}({a}, || {b})")
    }

    /// An expression of type `Field<_>`.
    fn field(&mut self, term: &'t Term) -> String {
        let Term::Field(_, name) = term else {
            assert_eq!(*term, Term::This, "what is read is a field of `self`");
            return "this".to_owned();
        };
        if self.uses.get(term).is_some_and(|uses| *uses > 1) {
            let name = self.share(term, name, true, Self::read);
            return self.source.used(&name, true);
        }
        self.read(term)
    }

    fn read(&mut self, term: &'t Term) -> String {
        let Term::Field(object, _) = term else {
            panic!("{term:?} is no field");
        };
        let kind = self.kinds.get(term).copied().unwrap_or(Kind::Any);
        format!(
            "{}.{}",
            self.field(object),
            self.source.read(&path(term), kind)
        )
    }

    /// The variable of a shared term.
    fn share(
        &mut self,
        term: &'t Term,
        name: &str,
        is_field: bool,
        write: fn(&mut Self, &'t Term) -> String,
    ) -> String {
        if let Some(name) = self.names.get(term) {
            return name.clone();
        }
        let written = write(self, term);
        let name = format!("{}_{}", snake(name), self.names.len());
        let written = self.source.shared(&written, is_field);
        let _ = writeln!(self.shared, "    let {name} = {written};");
        self.names.insert(term, name.clone());
        name
    }
}

/// Whether a rule reads the old value.
pub(super) fn is_transition(term: &Term) -> bool {
    *term == Term::Former || parts(term).into_iter().any(is_transition)
}

/// The operands of a term.
fn parts(term: &Term) -> Vec<&Term> {
    match term {
        Term::Field(part, _)
        | Term::Has(part)
        | Term::Not(part)
        | Term::Contains(part, _)
        | Term::Asked(part, _) => vec![part],
        Term::And(parts) | Term::Or(parts) | Term::Compared(parts, _) => parts.iter().collect(),
        Term::If(parts) => parts.iter().collect(),
        Term::ExactlyOne(parts) => parts.iter().collect(),
        _ => Vec::new(),
    }
}

/// Reading a field that is stored costs nothing.
fn is_worth_sharing(term: &Term) -> bool {
    let of_field = |term: &Term| matches!(term, Term::Field(..) | Term::Has(_));
    match term {
        Term::Not(part) => !of_field(part),
        Term::Field(..) | Term::Has(_) | Term::Contains(..) => false,
        composite => !parts(composite).is_empty(),
    }
}

fn constant(term: &Term) -> Option<Kind> {
    match term {
        Term::Bool(_) => Some(Kind::Bool),
        Term::Int(_) => Some(Kind::Int),
        Term::Text(_) => Some(Kind::Text),
        _ => None,
    }
}

/// The Rust that tests a `text`.
fn asked(question: &Question) -> String {
    match question {
        Question::StartsWith(start) => format!("text.starts_with({start:?})"),
        Question::EndsWith(end) => format!("text.ends_with({end:?})"),
        Question::Contains(part) => format!("text.contains({part:?})"),
        Question::Matches(pattern) => format!(
            "{{ static PATTERN: Made<Pattern> = Made::new({pattern:?}); PATTERN.get().matches(text) }}"
        ),
        other => panic!("{other:?} is not written as Rust"),
    }
}

/// The names of a field, from `self` on.
fn path(term: &Term) -> Vec<&str> {
    let Term::Field(object, name) = term else {
        return Vec::new();
    };
    let mut path = path(object);
    path.push(name);
    path
}

/// A JSON name in Rust: `restAPI` is `rest_api`, and `ref` is `ref_`.
pub(super) fn snake(name: &str) -> String {
    let mut snake = String::new();
    let mut was_lower = false;
    for c in name.chars() {
        if c.is_ascii_uppercase() && was_lower {
            snake.push('_');
        }
        was_lower = !c.is_ascii_uppercase();
        snake.push(c.to_ascii_lowercase());
    }
    if ["ref", "type"].contains(&name) {
        snake.push('_');
    }
    snake
}
