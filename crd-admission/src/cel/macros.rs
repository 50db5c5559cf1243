//! Macros: calls that expand to other expressions.

mod bind;
mod collect;
mod parts;
mod quantifiers;
mod variables;

use self::bind::{optional_flat_map, optional_map, sort_by};
use self::collect::{filter, map, transform_list, transform_map, transform_map_entry};
use self::quantifiers::{all, all_pairs, exists, exists_one, exists_one_pair, exists_pair};
use super::ast::{Expr, Id, Kind, Select};
use super::version::Version;

/// Creates the expressions of an expansion, each with its own id.
pub(crate) trait Maker {
    /// An expression at the position of the macro.
    fn make(&mut self, kind: Kind) -> Expr;

    /// A copy with its own ids, and the positions of the originals.
    fn copy(&mut self, expr: &Expr) -> Expr;
}

/// An error in a macro's arguments.
#[derive(Debug)]
pub(crate) struct Misuse {
    /// The invalid expression.
    pub(crate) id: Id,
    pub(crate) message: String,
}

type Expansion = Result<Kind, Misuse>;

/// A macro, and the form of its calls.
#[derive(Debug)]
pub(crate) struct Macro {
    name: &'static str,
    has_receiver: bool,
    arguments: usize,
    /// The compatibility version that added it.
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

/// The macro that a call matches.
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
    /// The expansion of a call. A macro without receiver gets its only argument as receiver.
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

fn has(_: &mut Making<'_>, argument: Expr, _: Vec<Expr>) -> Expansion {
    match argument.kind {
        Kind::Select(select) => Ok(Kind::Select(Box::new(Select {
            is_test: true,
            ..*select
        }))),
        _ => misuse(&argument, "invalid argument to has() macro"),
    }
}
