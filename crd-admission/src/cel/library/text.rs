//! String functions of standard CEL.

use super::{Cost, Overload};
use crate::cel::types::Type as T;

pub(super) fn overloads() -> Vec<Overload> {
    vec![
        Overload::member(
            "contains",
            "contains_string",
            [T::String, T::String],
            T::Bool,
            run!(|String(text), String(part)| text.contains(&**part)),
        )
        .costs(Cost::CONTAINS)
        .operator(),
        Overload::member(
            "endsWith",
            "ends_with_string",
            [T::String, T::String],
            T::Bool,
            run!(|String(text), String(suffix)| text.ends_with(&**suffix)),
        )
        .costs(Cost::AFFIX)
        .operator(),
        Overload::member(
            "startsWith",
            "starts_with_string",
            [T::String, T::String],
            T::Bool,
            run!(|String(text), String(prefix)| text.starts_with(&**prefix)),
        )
        .costs(Cost::AFFIX)
        .operator(),
    ]
}
