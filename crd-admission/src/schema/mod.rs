//! A structural schema, compiled once.
//!
//! `compile` reads the CRD's `openAPIV3Schema`; the other files are the keyword families. What is
//! not supported is refused when the schema is compiled, never skipped.
//!
//! A compiled schema may borrow what was compiled before the program was.

mod bounds;
mod check;
mod compile;
mod date_time;
mod defaults;
mod duration;
mod email;
mod error;
mod expressions;
mod format;
mod hostname;
mod junctors;
mod keywords;
mod listed;
mod made;
mod pattern;
mod properties;
mod scope;
mod summary;
mod text;
mod types;
mod uri;
mod within;

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

use serde_json::Value;

pub use self::bounds::{Limits, Minimum};
pub(crate) use self::check::{At, admits, check_required, report, report_within, within};
pub(crate) use self::compile::Compiler;
pub(crate) use self::duration::duration;
pub use self::error::CompileError;
pub use self::format::{Format, Named};
pub use self::junctors::Junctors;
pub use self::made::Made;
pub use self::pattern::Pattern;
pub use self::properties::{Properties, Property};
pub use self::types::Types;
use crate::json::Data;
use crate::path::Segment;
use crate::rule::PlacedRule;

/// A schema that others may share.
#[derive(Clone, Debug)]
pub enum Shared {
    /// One of the program.
    Static(&'static Schema),
    /// One that was compiled since.
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
pub struct Schema {
    /// `type` and `x-kubernetes-int-or-string`.
    pub types: Types,
    /// `nullable`.
    pub nullable: bool,
    /// `format`, if it is one that API servers check.
    pub format: Option<Format>,
    /// `properties`.
    pub properties: Properties,
    /// Schema of the values of a map.
    pub additional: Option<Shared>,
    /// `items`.
    pub items: Option<Shared>,
    /// `required`.
    pub required: Cow<'static, [Cow<'static, str>]>,
    /// How many different fields must be there and have no default.
    pub demanded: usize,
    /// `enum`.
    pub one_of_values: Cow<'static, [Made<Value>]>,
    /// `pattern`.
    pub pattern: Option<Made<Pattern>>,
    /// `minLength`.
    pub min_length: Option<u64>,
    /// `maxLength`.
    pub max_length: Option<i64>,
    /// `minimum`.
    pub minimum: Option<Minimum>,
    /// `default`.
    pub default: Option<Made<Value>>,
    /// `x-kubernetes-list-type`.
    pub list: List,
    /// `x-kubernetes-validations`.
    pub rules: Cow<'static, [PlacedRule]>,
    /// What fields are kept that have no schema.
    pub unknown: Unknown,
    /// `x-kubernetes-embedded-resource`.
    pub is_embedded: bool,
    /// The rarer limits.
    pub limits: Option<Arc<Limits>>,
    /// `allOf`, `anyOf`, `oneOf` and `not`.
    pub junctors: Option<Arc<Junctors>>,
    /// Properties with a default, by place in `properties`.
    pub defaulted: Cow<'static, [usize]>,
    /// More than the type decides about a value.
    pub is_narrowed: bool,
    /// There are rules here or below.
    pub has_rules: bool,
    /// There are rules here or below that were compiled from their text.
    pub has_compiled_rules: bool,
    /// There are sets or maps here or below.
    pub has_unique_lists: bool,
    /// There are embedded resources here or below.
    pub has_embedded: bool,
}

/// What becomes of fields that have no schema.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unknown {
    /// They are dropped.
    #[default]
    Dropped,
    /// They are kept, what is in them is dropped (`additionalProperties: true`).
    Emptied,
    /// They are kept as they are (`x-kubernetes-preserve-unknown-fields`).
    Kept,
}

/// How the items of a list are told apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum List {
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

    /// Whether there is a check of this node that looks at more than its type.
    pub(crate) const fn has_more(&self) -> bool {
        self.limits.is_some() || self.junctors.is_some()
    }

    /// Whether there is one that looks into such a value.
    pub(crate) fn looks_into<I, F>(&self, data: &Data<'_, I, F>) -> bool {
        let is_container = || matches!(data, Data::Array(_) | Data::Object(_));
        self.is_narrowed && (self.has_more() || !self.one_of_values.is_empty() && is_container())
    }
}
