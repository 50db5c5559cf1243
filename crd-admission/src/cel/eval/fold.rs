//! Loops over lists and maps.
//!
//! The macros are loops over an accumulator, and each iteration is charged for its expansion: the
//! loop condition and the step.

use super::{Bound, Evaluated, Evaluator, Stop, go_type};
use crate::cel::fault::Fault;
use crate::cel::plan::{Filtered, Fold, FoldKind, Node};
use crate::cel::value::{Entries, Item, List, Value};

/// The accumulator: a value or a fault. The loop continues either way.
type Accumulator<T> = Result<T, Fault>;

/// The cost of a variable.
const ACCESS: u64 = 1;
/// The cost of a call with constant cost.
const CALL: u64 = 1;

/// The variables of an iteration.
struct Turn<'a> {
    first: Result<Value<'a>, Fault>,
    second: Option<Result<Value<'a>, Fault>>,
}

impl<'a> Evaluator<'a> {
    pub(super) fn fold(&mut self, fold: &'a Fold) -> Evaluated<'a> {
        let range = self.node(&fold.range)?;
        match &fold.kind {
            FoldKind::All(predicate) => self.all(fold, &range, predicate),
            FoldKind::Exists(predicate) => self.exists(fold, &range, predicate),
            FoldKind::ExistsOne(predicate) => self.exists_one(fold, &range, predicate),
            FoldKind::Collect(filtered) => self.collect(fold, &range, filtered),
            FoldKind::InsertKey(filtered) => self.insert_keys(fold, &range, filtered),
            FoldKind::InsertEntries(filtered) => self.insert_entries(fold, &range, filtered),
            FoldKind::Bind { value, result } => {
                self.bind(fold.variable, Bound::Later(value));
                self.node(result)
            }
        }
    }

    fn bind(&mut self, slot: usize, bound: Bound<'a>) {
        if let Some(slot) = self.slots.get_mut(slot) {
            *slot = bound;
        }
    }

    fn turn(&mut self, fold: &Fold, turn: Turn<'a>) {
        self.bind(fold.variable, Bound::Value(turn.first));
        if let (Some(slot), Some(second)) = (fold.second, turn.second) {
            self.bind(slot, Bound::Value(second));
        }
    }

    fn all(&mut self, fold: &'a Fold, range: &Value<'a>, predicate: &'a Node) -> Evaluated<'a> {
        let mut holds: Accumulator<bool> = Ok(true);
        for turn in turns(fold, range)? {
            self.charge_steps(ACCESS + CALL)?;
            if holds == Ok(false) {
                break;
            }
            self.turn(fold, turn);
            self.charge(ACCESS)?;
            match self.attempt(predicate)? {
                Ok(Value::Bool(true)) => {}
                Ok(Value::Bool(false)) => holds = Ok(false),
                other => holds = holds.and(Err(no_bool(other))),
            }
        }
        self.charge(ACCESS)?;
        Ok(Value::Bool(holds?))
    }

    fn exists(&mut self, fold: &'a Fold, range: &Value<'a>, predicate: &'a Node) -> Evaluated<'a> {
        let mut exists: Accumulator<bool> = Ok(false);
        for turn in turns(fold, range)? {
            self.charge_steps(ACCESS + CALL + CALL)?;
            if exists == Ok(true) {
                break;
            }
            self.turn(fold, turn);
            self.charge(ACCESS)?;
            match self.attempt(predicate)? {
                Ok(Value::Bool(true)) => exists = Ok(true),
                Ok(Value::Bool(false)) => {}
                other => exists = exists.and(Err(no_bool(other))),
            }
        }
        self.charge(ACCESS)?;
        Ok(Value::Bool(exists?))
    }

    fn exists_one(
        &mut self,
        fold: &'a Fold,
        range: &Value<'a>,
        predicate: &'a Node,
    ) -> Evaluated<'a> {
        let mut count: Accumulator<u64> = Ok(0);
        for turn in turns(fold, range)? {
            self.turn(fold, turn);
            match self.attempt(predicate)? {
                Ok(Value::Bool(true)) => {
                    self.charge_steps(ACCESS + CALL)?;
                    count = count.map(|count| count + 1);
                }
                Ok(Value::Bool(false)) => {}
                other => count = Err(no_bool(other)),
            }
        }
        self.charge_steps(ACCESS + CALL)?;
        Ok(Value::Bool(count? == 1))
    }

    /// Whether an item passes the filter; if that is unknown, the accumulator becomes the fault.
    fn passes<T>(
        &mut self,
        filtered: &'a Filtered,
        accumulator: &mut Accumulator<T>,
    ) -> Result<bool, Stop> {
        let Some(filter) = &filtered.filter else {
            return Ok(true);
        };
        Ok(match self.attempt(filter)? {
            Ok(Value::Bool(passes)) => passes,
            other => {
                *accumulator = Err(no_bool(other));
                false
            }
        })
    }

    fn collect(
        &mut self,
        fold: &'a Fold,
        range: &Value<'a>,
        filtered: &'a Filtered,
    ) -> Evaluated<'a> {
        let mut items: Accumulator<Vec<Item<'a>>> = Ok(Vec::new());
        for turn in turns(fold, range)? {
            self.turn(fold, turn);
            if !self.passes(filtered, &mut items)? {
                continue;
            }
            self.charge(ACCESS)?;
            let made = self.attempt(&filtered.made)?;
            self.charge(CALL)?;
            match (&mut items, made) {
                (Ok(items), Ok(Value::List(more))) => items.extend(more.iter()),
                (Ok(_), Ok(_)) => items = Err(Fault::NoSuchOverload),
                (Ok(_), Err(fault)) => items = Err(fault),
                (Err(_), _) => {}
            }
        }
        self.charge(ACCESS)?;
        Ok(Value::from(items?))
    }

    fn insert_keys(
        &mut self,
        fold: &'a Fold,
        range: &Value<'a>,
        filtered: &'a Filtered,
    ) -> Evaluated<'a> {
        let mut entries: Accumulator<Entries<'a>> = Ok(Entries::default());
        for turn in turns(fold, range)? {
            let key = turn.first.clone();
            self.turn(fold, turn);
            if !self.passes(filtered, &mut entries)? {
                continue;
            }
            // The arguments of the insertion are evaluated until one fails.
            self.charge(ACCESS)?;
            let Ok(so_far) = &mut entries else {
                continue;
            };
            self.charge(ACCESS)?;
            let inserted = match key {
                Ok(key) => {
                    let made = self.attempt(&filtered.made)?;
                    self.charge(CALL)?;
                    made.and_then(|made| so_far.insert_new(&key, Ok(made)))
                }
                Err(fault) => Err(fault),
            };
            if let Err(fault) = inserted {
                entries = Err(fault);
            }
        }
        self.charge(ACCESS)?;
        Ok(Value::from(entries?))
    }

    fn insert_entries(
        &mut self,
        fold: &'a Fold,
        range: &Value<'a>,
        filtered: &'a Filtered,
    ) -> Evaluated<'a> {
        let mut entries: Accumulator<Entries<'a>> = Ok(Entries::default());
        for turn in turns(fold, range)? {
            self.turn(fold, turn);
            if !self.passes(filtered, &mut entries)? {
                continue;
            }
            self.charge(ACCESS)?;
            let made = self.attempt(&filtered.made)?;
            self.charge(CALL)?;
            let Ok(so_far) = &mut entries else {
                continue;
            };
            let inserted = made.and_then(|made| match made {
                Value::Map(map) => so_far.insert_all_new(&map),
                _ => Err(Fault::NoSuchOverload),
            });
            if let Err(fault) = inserted {
                entries = Err(fault);
            }
        }
        self.charge(ACCESS)?;
        Ok(Value::from(entries?))
    }
}

/// The fault of a predicate that is not a bool.
fn no_bool(value: Result<Value<'_>, Fault>) -> Fault {
    value.err().unwrap_or(Fault::NoSuchOverload)
}

type Turns<'r, 'a> = Box<dyn Iterator<Item = Turn<'a>> + 'r>;

/// The iterations of a fold over a value.
fn turns<'r, 'a>(fold: &Fold, range: &'r Value<'a>) -> Result<Turns<'r, 'a>, Fault> {
    match (range, fold.second) {
        (Value::List(list), None) => Ok(items(list)),
        (Value::List(list), Some(_)) => Ok(indexed(list)),
        (Value::Map(map), _) => Ok(Box::new(map.entries().map(|(key, value)| Turn {
            first: Ok(key),
            second: Some(value),
        }))),
        (other, second) => {
            let found = go_type(other);
            Err(Fault::text(match second {
                None => format!("got '{found}', expected iterable type"),
                Some(_) => format!("unsupported comprehension range type: {found}"),
            }))
        }
    }
}

fn items<'r, 'a>(list: &'r List<'a>) -> Turns<'r, 'a> {
    Box::new(list.iter().map(|item| Turn {
        first: item,
        second: None,
    }))
}

fn indexed<'r, 'a>(list: &'r List<'a>) -> Turns<'r, 'a> {
    Box::new(list.iter().enumerate().map(|(index, item)| Turn {
        first: Ok(Value::Int(i64::try_from(index).unwrap_or(i64::MAX))),
        second: Some(item),
    }))
}
