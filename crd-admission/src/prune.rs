//! Unknown fields, which the API server drops and reports.

use std::fmt::Write as _;

use serde_json::Value;

use crate::json::{Data, Json, Node};
use crate::schema::{Schema, Unknown};
use crate::suggest::{self, Hint};
use crate::verdict::UnknownField;

/// Fields of the root that every object has.
pub(crate) const TYPE_AND_METADATA: [&str; 3] = ["apiVersion", "kind", "metadata"];
/// Only this many fields get a suggestion; more would cost too much.
const HINTED: usize = 100;

/// The known fields at a path: in the requested version, and in another one.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    place: Place<'a>,
    /// The other version's schema and name.
    other: Option<(&'a Schema, &'a str)>,
}

/// The known fields at a path.
#[derive(Clone, Copy)]
struct Place<'a> {
    schema: Option<&'a Schema>,
    /// An item of a list that preserves unknown fields.
    keeps_unknown: bool,
}

/// What happens to a part of a value.
enum Part<'a> {
    /// It is kept, and its parts are checked.
    Known(Place<'a>),
    /// It is kept with everything in it.
    Kept,
    Dropped,
}

impl<'a> Place<'a> {
    fn field(self, name: &str) -> Part<'a> {
        let Some(schema) = self.schema else {
            return Part::Dropped;
        };
        if schema.is_embedded && TYPE_AND_METADATA.contains(&name) {
            return Part::Kept;
        }
        if let Some(schema) = schema.field(name) {
            return Part::Known(Self::of(Some(schema)));
        }
        match schema.unknown {
            _ if self.keeps_unknown => Part::Kept,
            Unknown::Kept => Part::Kept,
            Unknown::Emptied => Part::Known(Self::of(None)),
            Unknown::Dropped => Part::Dropped,
        }
    }

    fn item(self) -> Part<'a> {
        let schema = self.schema.and_then(|schema| schema.items.as_deref());
        let is_keeper = |schema: &Schema| schema.unknown == Unknown::Kept;
        let keeps_unknown = self.keeps_unknown || self.schema.is_some_and(is_keeper);
        if schema.is_none() && keeps_unknown {
            return Part::Kept;
        }
        Part::Known(Self {
            schema,
            keeps_unknown,
        })
    }

    const fn of(schema: Option<&'a Schema>) -> Self {
        Self {
            schema,
            keeps_unknown: false,
        }
    }
}

impl<'a> Known<'a> {
    pub(crate) const fn new(
        schema: Option<&'a Schema>,
        other: Option<(&'a Schema, &'a str)>,
    ) -> Self {
        Self {
            place: Place::of(schema),
            other,
        }
    }

    fn field(self, place: Place<'a>, name: &str) -> Self {
        let other = self
            .other
            .and_then(|(other, version)| Some((other.field(name)?, version)));
        Self { place, other }
    }

    fn item(self, place: Place<'a>) -> Self {
        let other = self
            .other
            .and_then(|(other, version)| Some((other.items.as_deref()?, version)));
        Self { place, other }
    }

    fn hint(self, name: &str, value: Node<'_>) -> Option<Hint> {
        match self.other {
            Some((other, version)) if other.property(name).is_some() => {
                Some(Hint::ExistsIn(version.to_owned()))
            }
            _ if self.has_itself(value) => Some(Hint::OneLevelUp),
            _ => suggest::similar(name, self.place.schema?),
        }
    }

    /// Whether the content of an unknown field belongs to its parent.
    fn has_itself(self, value: Node<'_>) -> bool {
        let Data::Object(mut fields) = value.data() else {
            return false;
        };
        let is_here = |name: &str| {
            let schema = self.place.schema;
            schema.is_some_and(|schema| schema.property(name).is_some())
        };
        let first = fields.next();
        first.is_some_and(|(name, _)| is_here(name)) && fields.all(|(name, _)| is_here(name))
    }
}

/// The unknown fields below the root, ordered by the bytes of their paths.
pub(crate) fn unknown_fields(root: Node<'_>, known: Known<'_>) -> Vec<UnknownField> {
    let mut walk = Walk {
        path: String::new(),
        found: Vec::new(),
    };
    for (name, value) in root.fields() {
        if !TYPE_AND_METADATA.contains(&name) && !is_known(name, value, known.place) {
            walk.field(name, value, known);
        }
    }
    walk.found.sort_by(|a, b| a.path.cmp(&b.path));
    walk.found
}

/// Whether a value has no unknown fields.
pub(crate) fn is_pruned(value: &Value, schema: &Schema) -> bool {
    has_known_fields(value, Place::of(Some(schema)))
}

/// Whether a field and everything in it is known, which is the common case and needs no paths.
fn is_known(name: &str, value: Node<'_>, parent: Place<'_>) -> bool {
    match value {
        Node::Tree(value) => is_known_field(name, value, parent),
        Node::Value(value) => is_known_field(name, value, parent),
    }
}

fn is_known_field<'a, J: Json<'a>>(name: &str, value: J, parent: Place<'_>) -> bool {
    match parent.field(name) {
        Part::Known(place) => has_known_fields(value, place),
        Part::Kept => true,
        Part::Dropped => false,
    }
}

fn has_known_fields<'a, J: Json<'a>>(value: J, place: Place<'_>) -> bool {
    match value.data() {
        Data::Object(mut fields) => fields.all(|(name, field)| is_known_field(name, field, place)),
        Data::Array(mut items) => match place.item() {
            Part::Known(place) => items.all(|item| has_known_fields(item, place)),
            Part::Kept | Part::Dropped => true,
        },
        _ => true,
    }
}

struct Walk {
    path: String,
    found: Vec<UnknownField>,
}

impl Walk {
    fn value(&mut self, value: Node<'_>, known: Known<'_>) {
        match value.data() {
            Data::Object(fields) => {
                for (name, field) in fields {
                    self.field(name, field, known);
                }
            }
            Data::Array(items) => {
                let Part::Known(place) = known.place.item() else {
                    return;
                };
                let length = self.path.len();
                for (index, item) in items.enumerate() {
                    // Writing to a string cannot fail.
                    let _ = write!(self.path, "[{index}]");
                    self.value(item, known.item(place));
                    self.path.truncate(length);
                }
            }
            _ => {}
        }
    }

    fn field(&mut self, name: &str, value: Node<'_>, known: Known<'_>) {
        let length = self.path.len();
        if length > 0 {
            self.path.push('.');
        }
        self.path.push_str(name);
        match known.place.field(name) {
            Part::Known(place) => self.value(value, known.field(place, name)),
            Part::Kept => {}
            Part::Dropped => {
                let is_hinted = self.found.len() < HINTED;
                let hint = is_hinted.then(|| known.hint(name, value)).flatten();
                let schema = known.place.schema;
                self.found.push(UnknownField {
                    path: self.path.clone(),
                    is_slip: schema
                        .zip(hint.as_ref())
                        .is_some_and(|(schema, hint)| suggest::is_slip(name, hint, schema)),
                    hint,
                });
            }
        }
        self.path.truncate(length);
    }
}
