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
pub(crate) mod tables;
mod text;
mod types;

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

use serde_json::Value;

pub(crate) use self::bounds::Minimum;
pub(crate) use self::check::{At, check, check_required};
pub use self::compile::CompileError;
pub(crate) use self::compile::Compiler;
pub(crate) use self::made::Made;
pub(crate) use self::pattern::Pattern;
pub(crate) use self::types::Types;
use crate::path::Segment;
use crate::rules::NativeRule;

/// A rule at a place: the twin of its text, and what the CRD says when it fails.
#[derive(Clone, Debug)]
pub(crate) struct PlacedRule {
    pub(crate) native: NativeRule,
    pub(crate) message: Cow<'static, str>,
}

/// A property of an object.
#[derive(Clone, Debug)]
pub(crate) struct Property {
    pub(crate) name: Cow<'static, str>,
    pub(crate) schema: Shared,
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
pub(crate) struct Schema {
    pub(crate) types: Types,
    pub(crate) nullable: bool,
    pub(crate) format: Format,
    /// Properties in the order of their fingerprints.
    pub(crate) properties: Cow<'static, [Property]>,
    /// The fingerprints of the properties' names.
    pub(crate) fingerprints: Cow<'static, [u64]>,
    /// Schema of the values of a map.
    pub(crate) additional: Option<Shared>,
    pub(crate) items: Option<Shared>,
    pub(crate) required: Cow<'static, [Cow<'static, str>]>,
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
        let wanted = fingerprint(name);
        let mut at = self.fingerprints.partition_point(|&print| print < wanted);
        while self.fingerprints.get(at) == Some(&wanted) {
            let property = self.properties.get(at)?;
            if property.name == name {
                return Some(&property.schema);
            }
            at += 1;
        }
        None
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
            let Property { name, schema } = self.properties.get(at)?;
            Some((name.as_ref(), &**schema, schema.default.as_ref()?.get()))
        })
    }
}

/// A number for a name, to search by: comparing numbers is cheaper than comparing names.
fn fingerprint(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let (first, last) = match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(first), Some(last)) => (
                u32::from_le_bytes(*first).into(),
                u32::from_le_bytes(*last).into(),
            ),
            _ => (
                bytes
                    .iter()
                    .fold(0, |word, &byte| word << 8 | u64::from(byte)),
                0,
            ),
        },
    };
    (first ^ last.rotate_left(29)).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ bytes.len() as u64
}
