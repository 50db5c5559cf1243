//! A strategy for JSON that shrinks by removing parts.

use std::fmt;
use std::rc::Rc;

use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::{Reason, TestRunner};
use serde_json::Value;

/// How many attempts to make before giving up.
const MOST_TRIES: usize = 2_000;

type Make = dyn Fn(&mut TestRunner) -> Result<Value, Reason>;
type Keep = dyn Fn(&Value) -> bool;

/// Random JSON, of which only some is kept.
///
/// Unlike proptest's filters, it shrinks among kept values: it removes field by field and item by
/// item, and simplifies strings and numbers.
#[derive(Clone)]
pub(super) struct Grown {
    what: &'static str,
    make: Rc<Make>,
    keep: Rc<Keep>,
}

impl Grown {
    /// Values that `make` generates and `keep` accepts; `what` describes them.
    pub(super) fn new(
        what: &'static str,
        make: impl Fn(&mut TestRunner) -> Result<Value, Reason> + 'static,
        keep: impl Fn(&Value) -> bool + 'static,
    ) -> Self {
        let (make, keep) = (Rc::new(make), Rc::new(keep));
        Self { what, make, keep }
    }
}

impl fmt::Debug for Grown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Grown({})", self.what)
    }
}

impl Strategy for Grown {
    type Tree = Shrinking;
    type Value = Value;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        for _ in 0..MOST_TRIES {
            let value = (self.make)(runner)?;
            if (self.keep)(&value) {
                return Ok(Shrinking::new(value, Rc::clone(&self.keep)));
            }
        }
        Err(format!("no luck with {}", self.what).into())
    }
}

/// A value that shrinks.
pub(super) struct Shrinking {
    value: Value,
    before: Option<Value>,
    keep: Rc<Keep>,
    /// The next simplification to try, in order.
    next: usize,
    has_shrunk: bool,
}

impl fmt::Debug for Shrinking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

impl Shrinking {
    fn new(value: Value, keep: Rc<Keep>) -> Self {
        Self {
            value,
            before: None,
            keep,
            next: 0,
            has_shrunk: false,
        }
    }

    /// Proceeds to the next accepted simplification; starts over as long as some succeed.
    fn advance(&mut self) -> bool {
        loop {
            let edits = simplifications(&self.value);
            while let Some(edit) = edits.get(self.next) {
                let simpler = edit.apply(&self.value);
                if (self.keep)(&simpler) {
                    self.before = Some(std::mem::replace(&mut self.value, simpler));
                    return true;
                }
                self.next += 1;
            }
            if !std::mem::take(&mut self.has_shrunk) {
                return false;
            }
            self.next = 0;
        }
    }
}

impl ValueTree for Shrinking {
    type Value = Value;

    fn current(&self) -> Value {
        self.value.clone()
    }

    fn simplify(&mut self) -> bool {
        // The last attempt was accepted, and its position now has another part.
        self.has_shrunk |= self.before.take().is_some();
        self.advance()
    }

    fn complicate(&mut self) -> bool {
        let Some(before) = self.before.take() else {
            return false;
        };
        self.value = before;
        self.next += 1;
        self.advance()
    }
}

/// A simplification.
struct Simplification {
    /// JSON pointer to the change.
    parent: String,
    change: Change,
}

enum Change {
    Drop(String),
    DropItem(usize),
    Become(Value),
}

impl Simplification {
    fn apply(&self, value: &Value) -> Value {
        let mut value = value.clone();
        match (value.pointer_mut(&self.parent), &self.change) {
            (Some(Value::Object(fields)), Change::Drop(name)) => {
                fields.remove(name);
            }
            (Some(Value::Array(items)), Change::DropItem(place)) => {
                items.remove(*place);
            }
            (Some(place), Change::Become(simple)) => *place = simple.clone(),
            _ => {}
        }
        value
    }
}

/// All simplifications, those that remove most first.
fn simplifications(value: &Value) -> Vec<Simplification> {
    let mut found = Vec::new();
    let mut level = vec![(String::new(), value)];
    while !level.is_empty() {
        let mut below = Vec::new();
        for (pointer, value) in level {
            visit(&pointer, value, &mut found, &mut below);
        }
        level = below;
    }
    found
}

fn visit<'a>(
    pointer: &str,
    value: &'a Value,
    found: &mut Vec<Simplification>,
    below: &mut Vec<(String, &'a Value)>,
) {
    let mut simplify = |change| {
        found.push(Simplification {
            parent: pointer.to_owned(),
            change,
        });
    };
    match value {
        Value::Object(fields) => {
            for (name, part) in fields.iter().filter(|(name, _)| !is_identity(name)) {
                simplify(Change::Drop(name.clone()));
                below.push((format!("{pointer}/{}", escaped(name)), part));
            }
        }
        Value::Array(items) => {
            for (place, part) in items.iter().enumerate().rev() {
                simplify(Change::DropItem(place));
                below.push((format!("{pointer}/{place}"), part));
            }
        }
        Value::String(text) => {
            for simple in ["", "a"]
                .into_iter()
                .filter(|simple| simple.len() < text.len())
            {
                simplify(Change::Become(simple.into()));
            }
        }
        Value::Number(number) => {
            for simple in [0, 1]
                .into_iter()
                .filter(|simple| number.as_i64() > Some(*simple))
            {
                simplify(Change::Become(simple.into()));
            }
        }
        Value::Bool(true) => simplify(Change::Become(false.into())),
        Value::Bool(false) | Value::Null => {}
    }
}

/// Whether a field identifies the object; another object is no simpler.
fn is_identity(name: &str) -> bool {
    ["apiVersion", "kind", "metadata", "feastProject"].contains(&name)
}

/// A segment of a JSON pointer.
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use proptest::test_runner::{Config, TestError};
    use serde_json::json;

    use super::*;

    #[test]
    fn shrinking_removes_irrelevant_parts() {
        let value = json!({ "a": { "b": 7, "c": [1, "text", { "d/e": true }] }, "f": [[], "x"] });
        let strategy = Grown::new("one value", move |_| Ok(value.clone()), Value::is_object);
        let mut runner = TestRunner::new(Config {
            failure_persistence: None,
            ..Config::default()
        });
        let has_both = |value: &Value| value["a"]["b"].is_number() && value["a"]["c"].is_array();
        let outcome = runner.run(&strategy, |value| {
            proptest::prop_assert!(!has_both(&value));
            Ok(())
        });
        let Err(TestError::Fail(_, least)) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(least, json!({ "a": { "b": 0, "c": [] } }));
    }
}
