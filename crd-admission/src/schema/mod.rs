//! A structural schema, compiled once.
//!
//! `compile` reads the CRD's `openAPIV3Schema`; the other files are groups of keywords. Unsupported
//! keywords are rejected when the schema is compiled, never skipped.
//!
//! A compiled schema may borrow from static tables.

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

/// A schema with shared ownership.
#[derive(Clone, Debug)]
pub enum Shared {
    /// In the program's static tables.
    Static(&'static Schema),
    /// Compiled at run time.
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
    /// The number of distinct required fields without a default.
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
    /// Which fields without a schema are kept.
    pub unknown: Unknown,
    /// `x-kubernetes-embedded-resource`.
    pub is_embedded: bool,
    /// The less common limits.
    pub limits: Option<Arc<Limits>>,
    /// `allOf`, `anyOf`, `oneOf` and `not`.
    pub junctors: Option<Arc<Junctors>>,
    /// Properties with a default, by place in `properties`.
    pub defaulted: Cow<'static, [usize]>,
    /// Validation other than by type.
    pub is_narrowed: bool,
    /// There are rules here or below.
    pub has_rules: bool,
    /// There are rules here or below that were compiled from CEL.
    pub has_compiled_rules: bool,
    /// There are sets or maps here or below.
    pub has_unique_lists: bool,
    /// There are embedded resources here or below.
    pub has_embedded: bool,
}

/// What happens to fields without a schema.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unknown {
    /// They are dropped.
    #[default]
    Dropped,
    /// They are kept, but their content is dropped (`additionalProperties: true`).
    Emptied,
    /// They are kept unchanged (`x-kubernetes-preserve-unknown-fields`).
    Kept,
}

/// What identifies the items of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum List {
    /// Nothing: the list is a single value.
    #[default]
    Atomic,
    /// Their values.
    Set,
    /// These fields.
    Map(Cow<'static, [Cow<'static, str>]>),
}

impl Schema {
    pub(crate) fn property(&self, name: &str) -> Option<&Self> {
        Some(&self.properties.find(name)?.schema)
    }

    /// Whether the schema constrains fields.
    pub(crate) fn has_fields(&self) -> bool {
        !self.properties.is_empty() || self.additional.is_some() || !self.required.is_empty()
    }

    /// The segment of a path for a field. A schema has either properties or map values.
    pub(crate) fn segment<'n>(&self, name: &'n str) -> Segment<'n> {
        if self.properties.is_empty() {
            Segment::Key(name)
        } else {
            Segment::Field(name)
        }
    }

    /// The schema of a field: a property or a map value.
    pub(crate) fn field(&self, name: &str) -> Option<&Self> {
        self.property(name).or(self.additional.as_deref())
    }

    /// Properties with a default, and the default.
    pub(crate) fn defaults(&self) -> impl Iterator<Item = (&str, &Self, &Value)> {
        self.defaulted.iter().filter_map(|&at| {
            let Property { name, schema, .. } = self.properties.get(at)?;
            Some((name.as_ref(), &**schema, schema.default.as_ref()?.get()))
        })
    }

    /// Whether this node has checks beyond its type and text.
    pub(crate) const fn has_more(&self) -> bool {
        self.limits.is_some() || self.junctors.is_some()
    }

    /// Whether one of them reads the content of such a value.
    pub(crate) fn looks_into<I, F>(&self, data: &Data<'_, I, F>) -> bool {
        let is_container = || matches!(data, Data::Array(_) | Data::Object(_));
        self.is_narrowed && (self.has_more() || !self.one_of_values.is_empty() && is_container())
    }
}
