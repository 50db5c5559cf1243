//! Turns a checked expression into an executable one.

use super::constants;
use super::node::{
    Attribute, Call, Choice, Conditional, Entries, Filtered, Fold, FoldKind, Items, Key, Made,
    Node, Qualifier, Root,
};
use crate::cel::ast::{self, ACCUMULATOR, Expr, Id, Kind, operator};
use crate::cel::check::{Checked, Reference, named_type};
use crate::cel::functions::Functions;
use crate::cel::library::{Overload, Pattern};
use crate::cel::message::Message;
use crate::cel::types::Type;
use crate::cel::value::Value;
use crate::regexp::Regex;

/// The root, and the number of slots it needs.
pub(super) fn plan(
    checked: &Checked,
    functions: &Functions,
    variables: &[&str],
) -> Result<(Node, usize), String> {
    let mut planner = Planner {
        checked,
        functions,
        scopes: variables.iter().copied().map(Some).collect(),
        slots: variables.len(),
    };
    let root = planner.node(&checked.root)?;
    Ok((root, planner.slots))
}

struct Planner<'p> {
    checked: &'p Checked,
    functions: &'p Functions,
    /// The names in the slots; `None` if hidden.
    scopes: Vec<Option<&'p str>>,
    slots: usize,
}

type Planned<T = Node> = Result<T, String>;

impl<'p> Planner<'p> {
    fn node(&mut self, expr: &'p Expr) -> Planned {
        match &expr.kind {
            Kind::Literal(value) => Ok(Node::constant(value.clone())),
            Kind::Ident(name) => self.ident(expr.id, name),
            Kind::Select(select) => self.select(select),
            Kind::Call(call) => self.call(expr.id, call),
            Kind::List(list) => self.list(list),
            Kind::Map(entries) => self.map(entries),
            Kind::Fold(fold) => self.fold(fold),
            Kind::Message(message) => self.message(expr.id, message),
            Kind::Wrong => Err("unsupported expression".to_owned()),
        }
    }

    fn message(&mut self, id: Id, message: &'p ast::Message) -> Planned {
        let name = message.name.trim_start_matches('.');
        let known = Message::of(name, self.checked.ty(id));
        let fields = message.fields.iter().map(|field| {
            let value = self.node(&field.value)?;
            Ok((field.name.clone(), value, field.is_optional))
        });
        known.ok_or_else(|| format!("unknown type: {name}"))?;
        Ok(Node::Message(Box::new(Made {
            name: name.into(),
            fields: fields.collect::<Planned<_>>()?,
        })))
    }

    fn ident(&mut self, id: Id, name: &str) -> Planned {
        if let Reference::Constant(number) = self.checked.reference(id) {
            return Ok(Node::Constant(Value::Int(*number)));
        }
        // A type is looked up as a type, even if it is a variable.
        if let Type::Meta(_) = self.checked.ty(id) {
            let known = runtime_type(name);
            let known = known.ok_or_else(|| format!("reference to undefined type: {name}"))?;
            return Ok(Node::Constant(Value::Type(known)));
        }
        let slot = self.scopes.iter().rposition(|known| *known == Some(name));
        let slot = slot.ok_or_else(|| format!("no such attribute(s): {name}"))?;
        Ok(Node::Attribute(Box::new(Attribute {
            root: Root::Variable(slot),
            qualifiers: Vec::new(),
        })))
    }

    fn select(&mut self, select: &'p ast::Select) -> Planned {
        let mut attribute = self.attribute(&select.operand)?;
        attribute.qualifiers.push(Qualifier {
            key: Key::Constant(Value::from(select.field.to_string())),
            is_optional: false,
            is_test: select.is_test,
        });
        let attribute = Box::new(attribute);
        Ok(if select.is_test {
            Node::Has(attribute)
        } else {
            Node::Attribute(attribute)
        })
    }

    /// An attribute to select from.
    fn attribute(&mut self, expr: &'p Expr) -> Planned<Attribute> {
        let node = self.node(expr)?;
        Ok(to_attribute(node))
    }

    fn call(&mut self, id: Id, call: &'p ast::Call) -> Planned {
        if let (operator::INDEX | operator::OPTIONAL_INDEX | operator::OPTIONAL_SELECT, [of, key]) =
            (&*call.function, call.arguments.as_slice())
        {
            return self.index(of, key, &*call.function != operator::INDEX);
        }
        let mut arguments = Vec::with_capacity(call.arguments.len() + 1);
        for argument in call.receiver.iter().chain(&call.arguments) {
            arguments.push(self.node(argument)?);
        }
        match &*call.function {
            operator::AND => {
                return Ok(flat(arguments, Node::All, |node| match node {
                    Node::All(terms) => Ok(terms),
                    other => Err(other),
                }));
            }
            operator::OR => {
                return Ok(flat(arguments, Node::Any, |node| match node {
                    Node::Any(terms) => Ok(terms),
                    other => Err(other),
                }));
            }
            operator::CONDITIONAL => return conditional(arguments),
            _ => {}
        }
        let choice = self.choice(id, &call.function);
        let arguments = match (&*call.function, <[Node; 2]>::try_from(arguments)) {
            ("or", Ok(sides)) => return Ok(Node::Or(Box::new(sides))),
            ("orValue", Ok(sides)) => return Ok(Node::OrValue(Box::new(sides))),
            (_, Ok(sides)) => sides.into(),
            (_, Err(arguments)) => arguments,
        };
        let regex = self.regex(&choice, &arguments)?;
        let is_sequential = regex.is_some() || self.is_sequential(&choice, &arguments);
        let call = Call {
            choice,
            arguments,
            is_sequential,
            regex,
        };
        constants::fold_call(call, self.functions)
    }

    fn index(&mut self, of: &'p Expr, key: &'p Expr, is_optional: bool) -> Planned {
        let mut attribute = self.attribute(of)?;
        let key = match self.node(key)? {
            Node::Constant(key) | Node::Memory(key) => Key::Constant(constants::key(key)?),
            Node::Attribute(key) | Node::Has(key) => Key::Attribute(*key),
            other => Key::Attribute(to_attribute(other)),
        };
        attribute.qualifiers.push(Qualifier {
            key,
            is_optional,
            is_test: false,
        });
        Ok(Node::Attribute(Box::new(attribute)))
    }

    /// The callee of a call.
    fn choice(&self, id: Id, function: &str) -> Choice {
        if let [only] = self.checked.overloads(id) {
            return Choice::One(*only);
        }
        let overloads: Vec<_> = self.functions.named(function).collect();
        Choice::First {
            function: function.into(),
            overloads,
        }
    }

    /// The first overload that a call may have.
    fn first_overload(&self, choice: &Choice) -> Option<&Overload> {
        let at = match choice {
            Choice::One(at) => Some(at),
            Choice::First { overloads, .. } => overloads.first(),
        };
        self.functions.get(*at?)
    }

    /// Compiles a constant regular expression once.
    fn regex(&self, choice: &Choice, arguments: &[Node]) -> Planned<Option<(Regex, Pattern)>> {
        let pattern = self
            .first_overload(choice)
            .and_then(|overload| overload.pattern);
        let (Some(pattern), Some(Node::Constant(Value::String(source)))) =
            (pattern, arguments.get(1))
        else {
            return Ok(None);
        };
        let regex = Regex::new(source).map_err(|error| error.to_string())?;
        Ok(Some((regex, pattern)))
    }

    /// Calls that are dispatched at run time, and those with more than two arguments, stop at the
    /// first argument that is a fault.
    fn is_sequential(&self, choice: &Choice, arguments: &[Node]) -> bool {
        let is_dispatched = match choice {
            Choice::One(at) => {
                let overload = self.functions.get(*at);
                overload.is_some_and(|overload| overload.is_sequential)
            }
            Choice::First { overloads, .. } => {
                let first = self.first_overload(choice);
                overloads.len() > 1 && !first.is_some_and(Overload::is_operator)
            }
        };
        is_dispatched || arguments.len() > 2
    }

    fn list(&mut self, list: &'p ast::List) -> Planned {
        let mut items = Vec::with_capacity(list.items.len());
        for (item, is_optional) in list.items.iter().zip(&list.optional) {
            items.push((self.node(item)?, *is_optional));
        }
        Ok(constants::fold_list(Items { items }))
    }

    fn map(&mut self, map: &'p [ast::Entry]) -> Planned {
        let mut entries = Vec::with_capacity(map.len());
        for entry in map {
            let key = self.node(&entry.key)?;
            entries.push((key, self.node(&entry.value)?, entry.is_optional));
        }
        constants::fold_map(Entries { entries })
    }

    fn fold(&mut self, fold: &'p ast::Fold) -> Planned {
        let range = self.node(&fold.range)?;
        let depth = self.scopes.len();
        let kind = if &*fold.accumulator == ACCUMULATOR {
            self.scopes.push(Some(&fold.variable));
            self.scopes.extend(fold.second.as_deref().map(Some));
            self.slots = self.slots.max(self.scopes.len());
            self.macro_kind(fold)?
        } else {
            let value = self.node(&fold.init)?;
            self.scopes.push(Some(&fold.accumulator));
            self.slots = self.slots.max(self.scopes.len());
            // The step is the variable, which the server cannot plan if it is a type.
            self.node(&fold.step)?;
            let result = self.node(&fold.result)?;
            FoldKind::Bind { value, result }
        };
        self.scopes.truncate(depth);
        Ok(Node::Fold(Box::new(Fold {
            range,
            variable: depth,
            second: fold.second.as_ref().map(|_| depth + 1),
            kind,
        })))
    }

    /// The macro that a fold is an expansion of.
    fn macro_kind(&mut self, fold: &'p ast::Fold) -> Planned<FoldKind> {
        let step = arguments(&fold.step);
        Ok(match (&fold.init.kind, step) {
            (Kind::Literal(Value::Bool(true)), [_, predicate]) => {
                FoldKind::All(self.node(predicate)?)
            }
            (Kind::Literal(Value::Bool(false)), [_, predicate]) => {
                FoldKind::Exists(self.node(predicate)?)
            }
            (Kind::Literal(Value::Int(_)), [predicate, ..]) => {
                FoldKind::ExistsOne(self.node(predicate)?)
            }
            (Kind::List(_), _) => FoldKind::Collect(self.filtered(&fold.step)?),
            (Kind::Map(_), _) => {
                let made = self.filtered(&fold.step)?;
                let insert = match step {
                    [_, insert, _] if is_conditional(&fold.step) => arguments(insert),
                    other => other,
                };
                if let [_, key, _] = insert {
                    // The server also plans the name of the key.
                    self.node(key)?;
                    FoldKind::InsertKey(made)
                } else {
                    FoldKind::InsertEntries(made)
                }
            }
            _ => return Err("unsupported comprehension".to_owned()),
        })
    }

    /// The addition in a step, and its condition.
    fn filtered(&mut self, step: &'p Expr) -> Planned<Filtered> {
        let (filter, add) = match arguments(step) {
            [filter, add, _] if is_conditional(step) => (Some(self.node(filter)?), add),
            _ => (None, step),
        };
        let made = arguments(add).last();
        let made = made.ok_or("unsupported comprehension")?;
        Ok(Filtered {
            filter,
            made: self.node(made)?,
        })
    }
}

/// The type with a name at run time, when fewer names are known than to the checker.
fn runtime_type(name: &str) -> Option<Type> {
    let is_known = match Message::named(name) {
        Some(message) => message.is_type(),
        None => !matches!(name, "timestamp" | "duration"),
    };
    named_type(name).filter(|_| is_known)
}

fn is_conditional(step: &Expr) -> bool {
    matches!(&step.kind, Kind::Call(call) if &*call.function == operator::CONDITIONAL)
}

/// The arguments of a call.
fn arguments(expr: &Expr) -> &[Expr] {
    match &expr.kind {
        Kind::Call(call) => &call.arguments,
        _ => &[],
    }
}

/// An attribute itself; any other node becomes the root of one.
fn to_attribute(node: Node) -> Attribute {
    match node {
        Node::Attribute(attribute) => *attribute,
        other => Attribute {
            root: Root::Operand(other),
            qualifiers: Vec::new(),
        },
    }
}

/// Terms, including those of nested terms of the same kind.
fn flat(
    terms: Vec<Node>,
    make: fn(Vec<Node>) -> Node,
    open: fn(Node) -> Result<Vec<Node>, Node>,
) -> Node {
    let mut all = Vec::with_capacity(terms.len());
    for term in terms {
        match open(term) {
            Ok(terms) => all.extend(terms),
            Err(term) => all.push(term),
        }
    }
    make(all)
}

fn conditional(arguments: Vec<Node>) -> Planned {
    let [condition, then, otherwise] =
        <[Node; 3]>::try_from(arguments).map_err(|_| "no such overload: _?_:_".to_owned())?;
    // A branch that tests for presence is resolved like any other attribute.
    let branch = |node| match node {
        Node::Has(attribute) => *attribute,
        other => to_attribute(other),
    };
    Ok(Node::Attribute(Box::new(Attribute {
        root: Root::Conditional(Box::new(Conditional {
            condition,
            then: branch(then),
            otherwise: branch(otherwise),
        })),
        qualifiers: Vec::new(),
    })))
}
