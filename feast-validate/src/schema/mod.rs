//! A structural schema, compiled once.
//!
//! `compile` reads the CRD's `openAPIV3Schema`; the other files are the keyword families. What is
//! not supported is refused when the schema is compiled, never skipped.

mod bounds;
mod check;
mod compile;
mod date_time;
mod pattern;
mod text;
mod types;

use std::cmp::Ordering;

use serde_json::Value;

pub(crate) use self::bounds::Minimum;
pub(crate) use self::check::{At, check};
pub use self::compile::CompileError;
pub(crate) use self::compile::Compiler;
pub(crate) use self::pattern::Pattern;
pub(crate) use self::types::Types;
use crate::rules::NativeRule;

/// A rule at a place: the twin of its text, and what the CRD says when it fails.
#[derive(Clone, Debug)]
pub(crate) struct PlacedRule {
    pub(crate) native: NativeRule,
    pub(crate) message: String,
}

/// A node of a compiled schema.
#[derive(Clone, Debug, Default)]
pub(crate) struct Schema {
    pub(crate) types: Types,
    pub(crate) nullable: bool,
    pub(crate) format: Format,
    /// Properties in the order of [`by_length`].
    pub(crate) properties: Vec<(String, Schema)>,
    /// Schema of the values of a map.
    pub(crate) additional: Option<Box<Schema>>,
    pub(crate) items: Option<Box<Schema>>,
    pub(crate) required: Vec<String>,
    pub(crate) one_of_values: Vec<Value>,
    pub(crate) pattern: Option<Pattern>,
    pub(crate) min_length: Option<u64>,
    pub(crate) max_length: Option<u64>,
    pub(crate) minimum: Option<Minimum>,
    pub(crate) default: Option<Value>,
    pub(crate) list: List,
    pub(crate) rules: Vec<PlacedRule>,
    /// Properties with a default, by place in `properties`.
    pub(crate) defaulted: Vec<usize>,
    /// There are rules here or below.
    pub(crate) has_rules: bool,
    /// There are sets or maps here or below.
    pub(crate) has_unique_lists: bool,
}

/// The formats that the API server checks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Format {
    #[default]
    Any,
    /// A string is a time as in RFC 3339.
    DateTime,
}

/// How the items of a list are told apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum List {
    /// They are not: the list is one value.
    #[default]
    Atomic,
    /// By themselves.
    Set,
    /// By these fields.
    Map(Vec<String>),
}

impl Schema {
    pub(crate) fn property(&self, name: &str) -> Option<&Self> {
        let found = self
            .properties
            .binary_search_by(|(property, _)| by_length(property, name));
        found
            .ok()
            .and_then(|at| self.properties.get(at))
            .map(|(_, schema)| schema)
    }

    /// The schema of a field, be it a property or a value of a map.
    pub(crate) fn field(&self, name: &str) -> Option<&Self> {
        self.property(name).or(self.additional.as_deref())
    }

    /// Properties that have a default, with it.
    pub(crate) fn defaults(&self) -> impl Iterator<Item = (&str, &Self, &Value)> {
        self.defaulted.iter().filter_map(|&at| {
            let (name, schema) = self.properties.get(at)?;
            Some((name.as_str(), schema, schema.default.as_ref()?))
        })
    }
}

/// Orders names by their length first, which most comparisons then end with.
fn by_length(a: &str, b: &str) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}
