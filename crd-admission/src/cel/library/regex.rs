//! Regular expressions.

use super::{Cost, Overload, Pattern};
use crate::cel::fault::Fault;
use crate::cel::types::Type as T;
use crate::cel::value::Value;
use crate::regexp::{Regex, SyntaxError};

pub(super) fn overloads() -> Vec<Overload> {
    let texts = || [T::String, T::String];
    let list = || T::list(T::String);
    vec![
        Overload::new("matches", "matches", texts(), T::Bool, |arguments| {
            compiled(arguments, MATCHES)
        })
        .pattern(MATCHES)
        .operator(),
        Overload::member("matches", "matches_string", texts(), T::Bool, |arguments| {
            compiled(arguments, MATCHES)
        })
        .costs(Cost::MATCH)
        .pattern(MATCHES)
        .operator(),
        Overload::member(
            "find",
            "string_find_string",
            texts(),
            T::String,
            |arguments| compiled(arguments, FIND),
        )
        .costs(Cost::FIND)
        .pattern(FIND),
        Overload::member(
            "findAll",
            "string_find_all_string",
            texts(),
            list(),
            |arguments| compiled(arguments, FIND_ALL),
        )
        .costs(Cost::FIND)
        .pattern(FIND_ALL),
        Overload::member(
            "findAll",
            "string_find_all_string_int",
            [T::String, T::String, T::Int],
            list(),
            |arguments| compiled(arguments, FIND_ALL),
        )
        .costs(Cost::FIND)
        .pattern(FIND_ALL),
    ]
}

const MATCHES: Pattern = Pattern {
    run: matches,
    fault: |error| Fault::text(error.to_string()),
};

const FIND: Pattern = Pattern {
    run: find,
    fault: illegal,
};

const FIND_ALL: Pattern = Pattern {
    run: find_all,
    fault: illegal,
};

fn illegal(error: &SyntaxError) -> Fault {
    Fault::text(format!("Illegal regex: {error}"))
}

/// Calls a function with a regular expression that is not constant.
fn compiled<'a>(arguments: &[Value<'a>], pattern: Pattern) -> Result<Value<'a>, Fault> {
    match arguments {
        [Value::String(_), Value::String(source), ..] => {
            let regex = Regex::new(source).map_err(|error| (pattern.fault)(&error))?;
            (pattern.run)(&regex, arguments)
        }
        [
            Value::String(_) | Value::Timestamp(_) | Value::Duration(_),
            ..,
        ] => Err(Fault::NoSuchOverload),
        _ => Err(Fault::NoSuchCall("matches".into())),
    }
}

fn matches<'a>(regex: &Regex, arguments: &[Value<'a>]) -> Result<Value<'a>, Fault> {
    match arguments {
        [Value::String(text), _] => Ok(regex.is_match(text).into()),
        _ => Err(Fault::NoSuchOverload),
    }
}

/// The first match; empty if there is none.
fn find<'a>(regex: &Regex, arguments: &[Value<'a>]) -> Result<Value<'a>, Fault> {
    match arguments {
        [Value::String(text), _] => Ok(regex.find(text).unwrap_or_default().to_owned().into()),
        _ => Err(Fault::NoSuchOverload),
    }
}

fn find_all<'a>(regex: &Regex, arguments: &[Value<'a>]) -> Result<Value<'a>, Fault> {
    let (text, limit) = match arguments {
        [Value::String(text), _] => (text, -1),
        [Value::String(text), _, Value::Int(limit)] => (text, *limit),
        _ => return Err(Fault::NoSuchOverload),
    };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let found: Vec<_> = regex
        .find_all(text)
        .take(limit)
        .map(str::to_owned)
        .collect();
    Ok(found.into())
}
