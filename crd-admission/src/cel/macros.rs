//! Macros: calls that are other expressions in short.

use super::ast::{ACCUMULATOR, Call, Entry, Expr, Fold, Id, Kind, List, Select, operator};
use super::value::Value;
use super::version::Version;

/// What makes the expressions of an expansion, each with an id of its own.
pub(crate) trait Maker {
    /// An expression that stands where the macro does.
    fn make(&mut self, kind: Kind) -> Expr;

    /// A copy whose expressions have ids of their own, each where its original stands.
    fn copy(&mut self, expr: &Expr) -> Expr;
}

/// What is wrong with a macro's arguments.
#[derive(Debug)]
pub(crate) struct Misuse {
    /// Of the expression that is wrong.
    pub(crate) id: Id,
    pub(crate) message: String,
}

type Expansion = Result<Kind, Misuse>;

/// A macro, by the shape of its calls.
#[derive(Debug)]
pub(crate) struct Macro {
    name: &'static str,
    has_receiver: bool,
    arguments: usize,
    /// The minor version of the environment that brought it.
    since: u32,
    expand: fn(&mut Making<'_>, Expr, Vec<Expr>) -> Expansion,
}

type Making<'m> = dyn Maker + 'm;

/// Every macro of every environment.
static MACROS: [Macro; 20] = [
    Macro {
        has_receiver: false,
        ..member("has", 1, 0, has)
    },
    member("all", 2, 0, all),
    member("exists", 2, 0, exists),
    member("exists_one", 2, 0, exists_one),
    member("map", 2, 0, map),
    member("map", 3, 0, map),
    member("filter", 2, 0, filter),
    member("optMap", 2, 28, optional_map),
    member("optFlatMap", 2, 28, optional_flat_map),
    member("all", 3, 32, all_pairs),
    member("exists", 3, 32, exists_pair),
    member("exists_one", 3, 32, exists_one_pair),
    member("existsOne", 3, 32, exists_one_pair),
    member("transformList", 3, 32, transform_list),
    member("transformList", 4, 32, transform_list),
    member("transformMap", 3, 32, transform_map),
    member("transformMap", 4, 32, transform_map),
    member("transformMapEntry", 3, 32, transform_map_entry),
    member("transformMapEntry", 4, 32, transform_map_entry),
    member("sortBy", 2, 34, sort_by),
];

const fn member(
    name: &'static str,
    arguments: usize,
    since: u32,
    expand: fn(&mut Making<'_>, Expr, Vec<Expr>) -> Expansion,
) -> Macro {
    Macro {
        name,
        has_receiver: true,
        arguments,
        since,
        expand,
    }
}

/// The macro that a call is one of.
pub(crate) fn find(
    name: &str,
    has_receiver: bool,
    arguments: usize,
    version: Version,
) -> Option<&'static Macro> {
    MACROS.iter().find(|candidate| {
        candidate.name == name
            && candidate.has_receiver == has_receiver
            && candidate.arguments == arguments
            && candidate.since <= version.compatible
    })
}

impl Macro {
    /// What the call is in full. A macro without receiver is given its only argument as one.
    pub(crate) fn expand(
        &self,
        maker: &mut Making<'_>,
        receiver: Option<Expr>,
        mut arguments: Vec<Expr>,
    ) -> Expansion {
        let receiver = receiver.or_else(|| arguments.pop());
        let receiver = receiver.unwrap_or_else(|| maker.make(Kind::Wrong));
        (self.expand)(maker, receiver, arguments)
    }
}

fn misuse<T>(at: &Expr, message: impl Into<String>) -> Result<T, Misuse> {
    Err(Misuse {
        id: at.id,
        message: message.into(),
    })
}

fn call(maker: &mut Making<'_>, function: &str, arguments: Vec<Expr>) -> Expr {
    maker.make(Kind::Call(Box::new(Call {
        receiver: None,
        function: function.into(),
        arguments,
    })))
}

fn member_call(
    maker: &mut Making<'_>,
    receiver: Expr,
    function: &str,
    arguments: Vec<Expr>,
) -> Expr {
    maker.make(Kind::Call(Box::new(Call {
        receiver: Some(receiver),
        function: function.into(),
        arguments,
    })))
}

fn literal(maker: &mut Making<'_>, value: Value<'static>) -> Expr {
    maker.make(Kind::Literal(value))
}

fn accumulator(maker: &mut Making<'_>) -> Expr {
    maker.make(Kind::Ident(ACCUMULATOR.into()))
}

fn list(maker: &mut Making<'_>, items: Vec<Expr>) -> Expr {
    let optional = vec![false; items.len()];
    maker.make(Kind::List(List { items, optional }))
}

fn conditional(maker: &mut Making<'_>, condition: Expr, then: Expr, otherwise: Expr) -> Expr {
    call(
        maker,
        operator::CONDITIONAL,
        vec![condition, then, otherwise],
    )
}

/// The variables that a macro's arguments begin with.
struct Variables {
    first: Box<str>,
    second: Option<Box<str>>,
}

/// What a fold does, apart from what it goes through.
struct Body {
    init: Expr,
    condition: Expr,
    step: Expr,
    result: Expr,
}

fn fold(range: Expr, variables: Variables, body: Body) -> Kind {
    Kind::Fold(Box::new(Fold {
        range,
        variable: variables.first,
        second: variables.second,
        accumulator: ACCUMULATOR.into(),
        init: body.init,
        condition: body.condition,
        step: body.step,
        result: body.result,
    }))
}

fn has(_: &mut Making<'_>, argument: Expr, _: Vec<Expr>) -> Expansion {
    match argument.kind {
        Kind::Select(select) => Ok(Kind::Select(Box::new(Select {
            is_test: true,
            ..*select
        }))),
        _ => misuse(&argument, "invalid argument to has() macro"),
    }
}

const NO_NAME: &str = "argument must be a simple name";
const NO_IDENTIFIER: &str = "argument is not an identifier";
const OVERWRITES: &str = "iteration variable overwrites accumulator variable";

/// The name that an argument is.
fn name(argument: &Expr, otherwise: &str) -> Result<Box<str>, Misuse> {
    match &argument.kind {
        Kind::Ident(name) => Ok(name.clone()),
        _ => misuse(argument, otherwise),
    }
}

fn is_accumulator(name: &str) -> bool {
    name == ACCUMULATOR || name == "__result__"
}

/// Takes the variable off the arguments.
fn variable(arguments: &mut Vec<Expr>, otherwise: &str) -> Result<Variables, Misuse> {
    let argument = arguments.remove(0);
    let first = name(&argument, otherwise)?;
    if is_accumulator(&first) {
        return misuse(&argument, OVERWRITES);
    }
    Ok(Variables {
        first,
        second: None,
    })
}

/// Takes two variables off the arguments.
fn two_variables(arguments: &mut Vec<Expr>) -> Result<Variables, Misuse> {
    let rest = arguments.split_off(2);
    let pair = std::mem::replace(arguments, rest);
    let [first, second] = pair.as_slice() else {
        return Err(Misuse {
            id: 0,
            message: NO_NAME.to_owned(),
        });
    };
    let names = (name(first, NO_NAME)?, name(second, NO_NAME)?);
    if names.0 == names.1 {
        return misuse(second, format!("duplicate variable name: {}", names.0));
    }
    for (argument, name) in [(first, &names.0), (second, &names.1)] {
        if is_accumulator(name) {
            return misuse(argument, OVERWRITES);
        }
    }
    Ok(Variables {
        first: names.0,
        second: Some(names.1),
    })
}

/// The last argument, and one before it if there is: what a filter is followed by.
fn filter_and_last(maker: &mut Making<'_>, mut arguments: Vec<Expr>) -> (Option<Expr>, Expr) {
    let last = arguments.pop();
    let last = last.unwrap_or_else(|| maker.make(Kind::Wrong));
    (arguments.pop(), last)
}

fn all(maker: &mut Making<'_>, range: Expr, mut arguments: Vec<Expr>) -> Expansion {
    let variables = variable(&mut arguments, NO_NAME)?;
    Ok(all_of(maker, range, variables, arguments))
}

fn all_pairs(maker: &mut Making<'_>, range: Expr, mut arguments: Vec<Expr>) -> Expansion {
    let variables = two_variables(&mut arguments)?;
    Ok(all_of(maker, range, variables, arguments))
}

fn all_of(maker: &mut Making<'_>, range: Expr, variables: Variables, arguments: Vec<Expr>) -> Kind {
    let (_, predicate) = filter_and_last(maker, arguments);
    let init = literal(maker, Value::Bool(true));
    let so_far = accumulator(maker);
    let condition = call(maker, operator::NOT_STRICTLY_FALSE, vec![so_far]);
    let so_far = accumulator(maker);
    let step = call(maker, operator::AND, vec![so_far, predicate]);
    let result = accumulator(maker);
    let body = Body {
        init,
        condition,
        step,
        result,
    };
    fold(range, variables, body)
}

fn exists(maker: &mut Making<'_>, range: Expr, mut arguments: Vec<Expr>) -> Expansion {
    let variables = variable(&mut arguments, NO_NAME)?;
    Ok(exists_in(maker, range, variables, arguments))
}

fn exists_pair(maker: &mut Making<'_>, range: Expr, mut arguments: Vec<Expr>) -> Expansion {
    let variables = two_variables(&mut arguments)?;
    Ok(exists_in(maker, range, variables, arguments))
}

fn exists_in(
    maker: &mut Making<'_>,
    range: Expr,
    variables: Variables,
    arguments: Vec<Expr>,
) -> Kind {
    let (_, predicate) = filter_and_last(maker, arguments);
    let init = literal(maker, Value::Bool(false));
    let so_far = accumulator(maker);
    let none = call(maker, operator::NOT, vec![so_far]);
    let condition = call(maker, operator::NOT_STRICTLY_FALSE, vec![none]);
    let so_far = accumulator(maker);
    let step = call(maker, operator::OR, vec![so_far, predicate]);
    let result = accumulator(maker);
    let body = Body {
        init,
        condition,
        step,
        result,
    };
    fold(range, variables, body)
}

fn exists_one(maker: &mut Making<'_>, range: Expr, mut arguments: Vec<Expr>) -> Expansion {
    let variables = variable(&mut arguments, NO_NAME)?;
    Ok(exists_one_in(maker, range, variables, arguments))
}

fn exists_one_pair(maker: &mut Making<'_>, range: Expr, mut arguments: Vec<Expr>) -> Expansion {
    let variables = two_variables(&mut arguments)?;
    Ok(exists_one_in(maker, range, variables, arguments))
}

fn exists_one_in(
    maker: &mut Making<'_>,
    range: Expr,
    variables: Variables,
    arguments: Vec<Expr>,
) -> Kind {
    let (_, predicate) = filter_and_last(maker, arguments);
    let init = literal(maker, Value::Int(0));
    let condition = literal(maker, Value::Bool(true));
    let (count, one) = (accumulator(maker), literal(maker, Value::Int(1)));
    let more = call(maker, operator::ADD, vec![count, one]);
    let count = accumulator(maker);
    let step = conditional(maker, predicate, more, count);
    let (count, one) = (accumulator(maker), literal(maker, Value::Int(1)));
    let result = call(maker, operator::EQUALS, vec![count, one]);
    let body = Body {
        init,
        condition,
        step,
        result,
    };
    fold(range, variables, body)
}

fn map(maker: &mut Making<'_>, range: Expr, mut arguments: Vec<Expr>) -> Expansion {
    let variables = variable(&mut arguments, NO_IDENTIFIER)?;
    let (filter, item) = filter_and_last(maker, arguments);
    Ok(collect(maker, range, variables, filter, item))
}

fn filter(maker: &mut Making<'_>, range: Expr, mut arguments: Vec<Expr>) -> Expansion {
    let Some(item) = arguments.first().cloned() else {
        return misuse(&range, NO_IDENTIFIER);
    };
    let variables = variable(&mut arguments, NO_IDENTIFIER)?;
    let (_, filter) = filter_and_last(maker, arguments);
    Ok(collect(maker, range, variables, Some(filter), item))
}

fn transform_list(maker: &mut Making<'_>, range: Expr, mut arguments: Vec<Expr>) -> Expansion {
    let variables = two_variables(&mut arguments)?;
    let (filter, item) = filter_and_last(maker, arguments);
    Ok(collect(maker, range, variables, filter, item))
}

/// Makes a list of an item for each that passes the filter.
fn collect(
    maker: &mut Making<'_>,
    range: Expr,
    variables: Variables,
    filter: Option<Expr>,
    item: Expr,
) -> Kind {
    let init = list(maker, Vec::new());
    let (so_far, item) = (accumulator(maker), list(maker, vec![item]));
    let step = call(maker, operator::ADD, vec![so_far, item]);
    collect_into(maker, range, variables, filter, init, step)
}

fn transform_map(maker: &mut Making<'_>, range: Expr, mut arguments: Vec<Expr>) -> Expansion {
    let variables = two_variables(&mut arguments)?;
    let (filter, value) = filter_and_last(maker, arguments);
    let key = maker.make(Kind::Ident(variables.first.clone()));
    let init = maker.make(Kind::Map(Vec::new()));
    let so_far = accumulator(maker);
    let step = call(maker, MAP_INSERT, vec![so_far, key, value]);
    Ok(collect_into(maker, range, variables, filter, init, step))
}

fn transform_map_entry(maker: &mut Making<'_>, range: Expr, mut arguments: Vec<Expr>) -> Expansion {
    let variables = two_variables(&mut arguments)?;
    let (filter, entry) = filter_and_last(maker, arguments);
    let init = maker.make(Kind::Map(Vec::<Entry>::new()));
    let so_far = accumulator(maker);
    let step = call(maker, MAP_INSERT, vec![so_far, entry]);
    Ok(collect_into(maker, range, variables, filter, init, step))
}

/// Adds entries to a map that has none of their keys.
pub(crate) const MAP_INSERT: &str = "cel.@mapInsert";

/// Takes the step for each that passes the filter.
fn collect_into(
    maker: &mut Making<'_>,
    range: Expr,
    variables: Variables,
    filter: Option<Expr>,
    init: Expr,
    step: Expr,
) -> Kind {
    let condition = literal(maker, Value::Bool(true));
    let step = match filter {
        Some(filter) => {
            let unchanged = accumulator(maker);
            conditional(maker, filter, step, unchanged)
        }
        None => step,
    };
    let result = accumulator(maker);
    let body = Body {
        init,
        condition,
        step,
        result,
    };
    fold(range, variables, body)
}

/// Gives a value a name: a fold over nothing.
fn bind(maker: &mut Making<'_>, name: &str, value: Expr, result: Expr) -> Kind {
    let range = list(maker, Vec::new());
    let condition = literal(maker, Value::Bool(false));
    let step = maker.make(Kind::Ident(name.into()));
    Kind::Fold(Box::new(Fold {
        range,
        variable: "#unused".into(),
        second: None,
        accumulator: name.into(),
        init: value,
        condition,
        step,
        result,
    }))
}

fn optional_map(maker: &mut Making<'_>, receiver: Expr, arguments: Vec<Expr>) -> Expansion {
    let bound = bind_value(maker, &receiver, arguments, "optMap")?;
    let some = call(maker, "optional.of", vec![bound]);
    Ok(if_it_has_value(maker, receiver, some))
}

fn optional_flat_map(maker: &mut Making<'_>, receiver: Expr, arguments: Vec<Expr>) -> Expansion {
    let bound = bind_value(maker, &receiver, arguments, "optFlatMap")?;
    Ok(if_it_has_value(maker, receiver, bound))
}

/// Gives the value of an optional a name.
fn bind_value(
    maker: &mut Making<'_>,
    receiver: &Expr,
    arguments: Vec<Expr>,
    function: &str,
) -> Result<Expr, Misuse> {
    let mut arguments = arguments.into_iter();
    let (Some(variable), Some(result)) = (arguments.next(), arguments.next()) else {
        return misuse(receiver, NO_NAME);
    };
    let otherwise = format!("{function}() variable name must be a simple identifier");
    let name = name(&variable, &otherwise)?;
    let receiver = maker.copy(receiver);
    let value = member_call(maker, receiver, "value", Vec::new());
    let bound = bind(maker, &name, value, result);
    Ok(maker.make(bound))
}

fn if_it_has_value(maker: &mut Making<'_>, receiver: Expr, then: Expr) -> Kind {
    let condition = member_call(maker, receiver, "hasValue", Vec::new());
    let none = call(maker, "optional.none", Vec::new());
    Kind::Call(Box::new(Call {
        receiver: None,
        function: operator::CONDITIONAL.into(),
        arguments: vec![condition, then, none],
    }))
}

fn sort_by(maker: &mut Making<'_>, receiver: Expr, arguments: Vec<Expr>) -> Expansion {
    const INPUT: &str = "@__sortBy_input__";
    if matches!(
        receiver.kind,
        Kind::Literal(_) | Kind::Map(_) | Kind::Message(_) | Kind::Wrong
    ) {
        return misuse(
            &receiver,
            "sortBy can only be applied to a list, identifier, comprehension, call or select \
             expression",
        );
    }
    let input = maker.make(Kind::Ident(INPUT.into()));
    let keys = map(maker, input, arguments)?;
    let keys = maker.make(keys);
    let input = maker.make(Kind::Ident(INPUT.into()));
    let sorted = member_call(maker, input, "@sortByAssociatedKeys", vec![keys]);
    Ok(bind(maker, INPUT, receiver, sorted))
}
