//! A structural schema, compiled once.
//!
//! `compile` reads the CRD's `openAPIV3Schema`; the other files are the keyword families. What is
//! not supported is refused when the schema is compiled, never skipped.
//!
//! A compiled schema borrows what was compiled before the program was: see `tables`.

mod bounds;
mod check;
mod compile;
mod date_time;
mod made;
mod pattern;
mod properties;
pub(crate) mod tables;
mod text;
mod types;

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

use serde_json::Value;

pub(crate) use self::bounds::Minimum;
pub(crate) use self::check::{At, admits, check_required, report};
pub use self::compile::CompileError;
pub(crate) use self::compile::Compiler;
pub(crate) use self::made::Made;
pub(crate) use self::pattern::Pattern;
pub(crate) use self::properties::{Properties, Property};
pub(crate) use self::types::Types;
use crate::path::Segment;
use crate::rules::NativeRule;

/// A rule at a place: the twin of its text, and what the CRD says when it fails.
#[derive(Clone, Debug)]
pub(crate) struct PlacedRule {
    pub(crate) native: NativeRule,
    pub(crate) message: Cow<'static, str>,
}

/// A schema that others may share.
#[derive(Clone, Debug)]
pub(crate) enum Shared {
    Static(&'static Schema),
    Counted(Arc<Schema>),
}

impl Deref for Shared {
    type Target = Schema;

    fn deref(&self) -> &Schema {
        match self {
            Self::Static(schema) => schema,
            Self::Counted(schema) => schema,
        }
    }
}

impl From<Schema> for Shared {
    fn from(schema: Schema) -> Self {
        Self::Counted(Arc::new(schema))
    }
}

/// A node of a compiled schema.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "none depends on another")]
pub(crate) struct Schema {
    pub(crate) types: Types,
    pub(crate) nullable: bool,
    pub(crate) format: Format,
    pub(crate) properties: Properties,
    /// Schema of the values of a map.
    pub(crate) additional: Option<Shared>,
    pub(crate) items: Option<Shared>,
    pub(crate) required: Cow<'static, [Cow<'static, str>]>,
    /// How many different fields must be there and have no default.
    pub(crate) demanded: usize,
    pub(crate) one_of_values: Cow<'static, [Made<Value>]>,
    pub(crate) pattern: Option<Made<Pattern>>,
    pub(crate) min_length: Option<u64>,
    pub(crate) max_length: Option<u64>,
    pub(crate) minimum: Option<Minimum>,
    pub(crate) default: Option<Made<Value>>,
    pub(crate) list: List,
    pub(crate) rules: Cow<'static, [PlacedRule]>,
    /// Properties with a default, by place in `properties`.
    pub(crate) defaulted: Cow<'static, [usize]>,
    /// More than the type decides about a value.
    pub(crate) is_narrowed: bool,
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
    Map(Cow<'static, [Cow<'static, str>]>),
}

impl Schema {
    pub(crate) fn property(&self, name: &str) -> Option<&Self> {
        Some(&self.properties.find(name)?.schema)
    }

    /// Whether anything is said about fields.
    pub(crate) fn has_fields(&self) -> bool {
        !self.properties.is_empty() || self.additional.is_some() || !self.required.is_empty()
    }

    /// How a field is written in a path. A schema has either properties or a map's values.
    pub(crate) fn segment<'n>(&self, name: &'n str) -> Segment<'n> {
        if self.properties.is_empty() {
            Segment::Key(name)
        } else {
            Segment::Field(name)
        }
    }

    /// The schema of a field, be it a property or a value of a map.
    pub(crate) fn field(&self, name: &str) -> Option<&Self> {
        self.property(name).or(self.additional.as_deref())
    }

    /// Properties that have a default, with it.
    pub(crate) fn defaults(&self) -> impl Iterator<Item = (&str, &Self, &Value)> {
        self.defaulted.iter().filter_map(|&at| {
            let Property { name, schema, .. } = self.properties.get(at)?;
            Some((name.as_ref(), &**schema, schema.default.as_ref()?.get()))
        })
    }
}
