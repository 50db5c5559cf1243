//! Estimates the cost of an expression, from its maximum sizes: the API server rejects rules that
//! may cost too much.
//!
//! The estimate walks through the checked expression, with macros expanded, and tracks for each
//! part the size of its value and its place in the schema.

mod place;
mod sizes;

use self::place::Place;
use self::sizes::{Entry, Sizes};
use super::ast::{ACCUMULATOR, Call, Expr, Fold, Kind};
use super::check::Checked;
use super::declarations::Declaration;
use super::functions::Functions;
use super::library::cost::Operand;
use super::range::Range;
use super::types::Type;
use super::value::Value;

/// The cost of a variable or field.
const ACCESS: Range = Range::ONE;
const LIST: Range = Range::exactly(10);
const MAP: Range = Range::exactly(30);
const MESSAGE: Range = Range::exactly(40);

/// The minimum and maximum cost of an expression over values of a declaration.
pub(crate) fn estimate(checked: &Checked, functions: &Functions, root: &Declaration) -> Range {
    let mut estimator = Estimator {
        checked,
        functions,
        sizes: Sizes::new(checked.positions.len()),
        places: vec![Place::Unknown; checked.positions.len()],
        locals: Vec::new(),
        root,
    };
    estimator.cost(&checked.root)
}

struct Estimator<'e> {
    checked: &'e Checked,
    functions: &'e Functions,
    sizes: Sizes,
    /// The place of each expression's value in the schema, by id.
    places: Vec<Place<'e>>,
    /// The variables of folds, the innermost ones last.
    locals: Vec<Local<'e>>,
    root: &'e Declaration,
}

/// A variable of a fold.
struct Local<'e> {
    name: &'e str,
    place: Place<'e>,
    size: Option<Range>,
    entry: Option<Entry>,
}

impl<'e> Estimator<'e> {
    fn cost(&mut self, expr: &'e Expr) -> Range {
        match &expr.kind {
            Kind::Literal(_) | Kind::Wrong => Range::ZERO,
            Kind::Ident(name) => {
                let place = match self.local(name) {
                    Some(local) => local.place,
                    None => Place::Known(self.root),
                };
                self.set_place(expr, place);
                ACCESS
            }
            Kind::Select(select) => {
                let cost = self.cost(&select.operand);
                if select.is_test {
                    return cost;
                }
                let place = self.place(&select.operand).field(self.root, &select.field);
                self.set_place(expr, place);
                match self.checked.ty(select.operand.id) {
                    Type::Map(_) | Type::Object(_) => cost.plus(ACCESS),
                    _ => cost,
                }
            }
            Kind::Call(call) => self.call(expr, call),
            Kind::List(list) => {
                let mut cost = LIST;
                let mut sizes = None;
                for item in &list.items {
                    cost = cost.plus(self.cost(item));
                    let size = self.size_or_unknown(item);
                    sizes = Some(sizes.map_or(size, |sizes: Range| sizes.union(size)));
                }
                let value = sizes.unwrap_or(Range::ZERO);
                self.sizes.set_entry(expr.id, Entry::of_list(value));
                cost
            }
            Kind::Map(entries) => {
                let mut cost = MAP;
                let mut sizes = None;
                for entry in entries {
                    cost = cost.plus(self.cost(&entry.key));
                    cost = cost.plus(self.cost(&entry.value));
                    let key = self.size_or_unknown(&entry.key);
                    let value = self.size_or_unknown(&entry.value);
                    sizes = Some(
                        sizes.map_or((key, value), |(keys, values): (Range, Range)| {
                            (keys.union(key), values.union(value))
                        }),
                    );
                }
                let (key, value) = sizes.unwrap_or((Range::ZERO, Range::ZERO));
                self.sizes.set_entry(expr.id, Entry::of_map(key, value));
                cost
            }
            Kind::Message(message) => {
                let fields = message.fields.iter();
                fields.fold(MESSAGE, |cost, field| cost.plus(self.cost(&field.value)))
            }
            Kind::Fold(fold) if is_binding(fold) => self.binding(expr, fold),
            Kind::Fold(fold) => self.fold(expr, fold),
        }
    }

    fn call(&mut self, expr: &'e Expr, call: &'e Call) -> Range {
        if &*call.function == "dyn"
            && let [argument] = call.arguments.as_slice()
        {
            let cost = self.cost(argument);
            self.copy_sizes(expr, argument);
            return Range::ONE.plus(cost);
        }
        let costs: Vec<_> = call
            .arguments
            .iter()
            .map(|argument| self.cost(argument))
            .collect();
        let checked = self.checked;
        let overloads = checked.overloads(expr.id);
        if overloads.is_empty() {
            return Range::ZERO;
        }
        // Sizes of arguments are computed before the receiver is visited.
        let arguments: Vec<_> = call
            .arguments
            .iter()
            .map(|argument| self.operand(argument))
            .collect();
        let receiver = call.receiver.as_ref();
        let receiver_cost = receiver.map_or(Range::ZERO, |receiver| self.cost(receiver));
        let mut operands: Vec<_> = receiver
            .map(|receiver| self.operand(receiver))
            .into_iter()
            .collect();
        operands.extend(arguments);
        let mut cost: Option<Range> = None;
        let mut size: Option<Range> = None;
        for at in overloads {
            let Some(overload) = self.functions.get(*at) else {
                continue;
            };
            let (overload_cost, overload_size) = match overload.id {
                "logical_and" | "logical_or" => (logic(&costs), None),
                "conditional" => self.conditional(expr, call, &costs),
                id => {
                    if matches!(id, "add_string" | "add_bytes" | "add_list") {
                        self.concatenation(expr, call);
                    }
                    let estimate = (overload.cost.estimate)(&operands);
                    (
                        costs
                            .iter()
                            .fold(estimate.cost, |sum, cost| sum.plus(*cost)),
                        estimate.size,
                    )
                }
            };
            cost = Some(cost.map_or(overload_cost, |cost| cost.union(overload_cost)));
            size = match (size, overload_size) {
                (Some(a), Some(b)) => Some(a.union(b)),
                (a, b) => a.or(b),
            };
            if let ("index_list" | "index_map", Some(of)) = (overload.id, call.arguments.first()) {
                size = self.entry(of).map(|entry| entry.value);
                let place = self.place(of).element(self.root);
                self.set_place(expr, place);
            }
            if size.is_none() {
                size = self.size(expr);
            }
        }
        self.sizes.set(expr.id, size);
        receiver_cost.plus(cost.unwrap_or(Range::ZERO))
    }

    /// Only one of two branches is evaluated.
    fn conditional(
        &mut self,
        expr: &'e Expr,
        call: &'e Call,
        costs: &[Range],
    ) -> (Range, Option<Range>) {
        let ([_, then, otherwise], [condition, if_true, if_false]) =
            (call.arguments.as_slice(), costs)
        else {
            return (Range::ZERO, None);
        };
        let size = self
            .size_or_unknown(then)
            .union(self.size_or_unknown(otherwise));
        if let (Some(a), Some(b)) = (self.entry(then), self.entry(otherwise)) {
            self.sizes.set_entry(expr.id, a.union(b));
        }
        (condition.plus(if_true.union(*if_false)), Some(size))
    }

    /// A concatenation has the entries of both operands.
    fn concatenation(&mut self, expr: &'e Expr, call: &'e Call) {
        if let [left, right] = call.arguments.as_slice()
            && let (Some(a), Some(b)) = (self.entry(left), self.entry(right))
        {
            self.sizes.set_entry(expr.id, a.union(b));
        }
    }

    fn fold(&mut self, expr: &'e Expr, fold: &'e Fold) -> Range {
        let mut cost = self.cost(&fold.range).plus(self.cost(&fold.init));
        self.push_accumulator(fold);
        let mut locals = 1;
        if let Some(second) = &fold.second {
            self.push_key(&fold.variable, &fold.range);
            self.push_value(second, &fold.range);
            locals += 1;
        } else {
            self.push_item(&fold.variable, &fold.range);
        }
        let turn = self.cost(&fold.condition);
        let turn = self.cost(&fold.step).plus(turn);
        self.locals.truncate(self.locals.len() - locals);
        cost = cost.plus(self.cost(&fold.result));
        self.locals.pop();
        let count = self.size_or_unknown(&fold.range);
        cost = cost.plus(count.times(turn));
        match fold.init.kind {
            Kind::Literal(_) => {
                let size = self.size(&fold.init);
                self.sizes.set(expr.id, size);
            }
            Kind::List(_) | Kind::Map(_) => {
                self.sizes.set(expr.id, Some(count));
                if let Some(entry) = self.entry(&fold.step) {
                    self.sizes.set_entry(expr.id, entry);
                }
            }
            _ => {}
        }
        cost
    }

    /// A binding, such as `cel.bind`.
    fn binding(&mut self, expr: &'e Expr, fold: &'e Fold) -> Range {
        let cost = self.cost(&fold.range).plus(self.cost(&fold.init));
        self.push_accumulator(fold);
        let cost = cost.plus(self.cost(&fold.result));
        self.locals.pop();
        self.copy_sizes(expr, &fold.result);
        cost
    }

    fn push_accumulator(&mut self, fold: &'e Fold) {
        let place = self.place(&fold.init);
        let entry = self.entry(&fold.init);
        let size = self.size(&fold.init);
        self.locals.push(Local {
            name: &fold.accumulator,
            place,
            size,
            entry,
        });
    }

    /// The index of a list or the key of a map.
    fn push_key(&mut self, name: &'e str, range: &Expr) {
        let place = if self.is_list(range) {
            self.place(range).index(self.root)
        } else {
            self.place(range).key(self.root)
        };
        let size = self.entry(range).map(|entry| entry.key);
        self.push(name, place, size);
    }

    /// The item of a list or the value of a map.
    fn push_value(&mut self, name: &'e str, range: &Expr) {
        let place = self.place(range).element(self.root);
        let size = self.entry(range).map(|entry| entry.value);
        self.push(name, place, size);
    }

    /// The item of a list or the key of a map.
    fn push_item(&mut self, name: &'e str, range: &Expr) {
        if self.is_list(range) {
            self.push_value(name, range);
        } else {
            self.push_key(name, range);
        }
    }

    fn push(&mut self, name: &'e str, place: Place<'e>, size: Option<Range>) {
        self.locals.push(Local {
            name,
            place,
            size,
            entry: None,
        });
    }

    fn is_list(&self, range: &Expr) -> bool {
        match self.entry(range) {
            Some(entry) => entry.is_list,
            None => matches!(self.checked.ty(range.id), Type::List(_)),
        }
    }

    fn local(&self, name: &str) -> Option<&Local<'e>> {
        self.locals.iter().rev().find(|local| local.name == name)
    }

    fn operand(&mut self, expr: &'e Expr) -> Operand<'e> {
        let place = self.place(expr);
        Operand {
            ty: self.checked.ty(expr.id),
            size: self.size(expr),
            item_size: match place {
                Place::Unknown => None,
                _ => place.element(self.root).size(),
            },
            literal: match &expr.kind {
                Kind::Literal(value) => Some(value),
                _ => None,
            },
        }
    }

    fn place(&self, expr: &Expr) -> Place<'e> {
        let local = match &expr.kind {
            Kind::Ident(name) => self.local(name),
            _ => None,
        };
        match local {
            Some(local) => local.place,
            None => self
                .places
                .get(expr.id as usize)
                .copied()
                .unwrap_or_default(),
        }
    }

    fn set_place(&mut self, expr: &Expr, place: Place<'e>) {
        if let Some(known) = self.places.get_mut(expr.id as usize) {
            *known = place;
        }
    }

    fn size_or_unknown(&mut self, expr: &Expr) -> Range {
        self.size(expr).unwrap_or(Range::UNKNOWN)
    }

    /// The size of a value, from the expression, the schema or the type.
    fn size(&mut self, expr: &Expr) -> Option<Range> {
        if let Some(size) = self.sizes.get(expr.id).or_else(|| literal_size(expr)) {
            return Some(size);
        }
        if let Some(size) = self.place(expr).size() {
            self.sizes.set(expr.id, Some(size));
            return Some(size);
        }
        if is_scalar(self.checked.ty(expr.id)) {
            return Some(Range::ONE);
        }
        match &expr.kind {
            Kind::Ident(name) => self.local(name)?.size,
            _ => None,
        }
    }

    fn entry(&self, expr: &Expr) -> Option<Entry> {
        let known = self.sizes.entry(expr.id);
        known.or_else(|| match &expr.kind {
            Kind::Ident(name) => self.local(name)?.entry,
            _ => None,
        })
    }

    fn copy_sizes(&mut self, to: &Expr, from: &Expr) {
        let size = self.size(from);
        self.sizes.set(to.id, size);
        if let Some(entry) = self.entry(from) {
            self.sizes.set_entry(to.id, entry);
        }
    }
}

/// Whether a fold only binds a variable.
fn is_binding(fold: &Fold) -> bool {
    matches!(&fold.range.kind, Kind::List(list) if list.items.is_empty())
        && matches!(fold.condition.kind, Kind::Literal(Value::Bool(false)))
        && &*fold.accumulator != ACCUMULATOR
}

/// The right side may not be evaluated.
fn logic(costs: &[Range]) -> Range {
    let max = costs
        .iter()
        .fold(0_u64, |sum, cost| sum.saturating_add(cost.max));
    Range::new(costs.first().map_or(0, |left| left.min), max)
}

/// The size of a literal.
fn literal_size(expr: &Expr) -> Option<Range> {
    let count = match &expr.kind {
        Kind::Literal(Value::String(text)) => text.chars().count(),
        Kind::Literal(Value::Bytes(bytes)) => bytes.len(),
        Kind::Literal(_) => 1,
        Kind::List(list) => list.items.len(),
        Kind::Map(entries) => entries.len(),
        _ => return None,
    };
    Some(Range::exactly(u64::try_from(count).unwrap_or(u64::MAX)))
}

/// Whether all values of a type have the same size.
fn is_scalar(ty: &Type) -> bool {
    match ty {
        Type::Bool | Type::Double | Type::Duration | Type::Int | Type::Timestamp | Type::Uint => {
            true
        }
        Type::Optional(of) | Type::Wrapper(of) => is_scalar(of),
        _ => false,
    }
}
