//! Fields that the schema does not know: the API server drops them, and names them.

use std::fmt::Write as _;

use crate::json::{Data, Node};
use crate::schema::Schema;
use crate::suggest::{self, Hint};
use crate::verdict::UnknownField;

/// Fields of the root that every object has.
pub(crate) const TYPE_AND_METADATA: [&str; 3] = ["apiVersion", "kind", "metadata"];
/// So many fields get a hint; looking for more would cost more than it tells.
const HINTED: usize = 100;

/// What is known at a place: by the version that is asked for, and by another one.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    pub(crate) schema: Option<&'a Schema>,
    /// The other version's schema and name.
    pub(crate) other: Option<(&'a Schema, &'a str)>,
}

impl Known<'_> {
    fn field(self, name: &str) -> Option<Self> {
        let schema = self.schema?.field(name)?;
        Some(Self {
            schema: Some(schema),
            other: self
                .other
                .and_then(|(other, version)| Some((other.field(name)?, version))),
        })
    }

    fn item(self) -> Self {
        Self {
            schema: self.schema.and_then(|schema| schema.items.as_deref()),
            other: self
                .other
                .and_then(|(other, version)| Some((other.items.as_deref()?, version))),
        }
    }

    fn hint(self, name: &str) -> Option<Hint> {
        match self.other {
            Some((other, version)) if other.property(name).is_some() => {
                Some(Hint::ExistsIn(version.to_owned()))
            }
            _ => suggest::similar(name, self.schema?),
        }
    }
}

/// The unknown fields below the root, in the order of their paths' bytes.
pub(crate) fn unknown_fields(root: Node<'_>, known: Known<'_>) -> Vec<UnknownField> {
    let mut walk = Walk {
        path: String::new(),
        found: Vec::new(),
    };
    for (name, value) in root.fields() {
        if !TYPE_AND_METADATA.contains(&name) && !is_known(name, value, known.schema) {
            walk.field(name, value, known);
        }
    }
    walk.found.sort_by(|a, b| a.path.cmp(&b.path));
    walk.found
}

/// Whether a field is known, and all that are in it: mostly they are, and need no paths.
fn is_known(name: &str, value: Node<'_>, parent: Option<&Schema>) -> bool {
    let schema = parent.and_then(|parent| parent.field(name));
    schema.is_some_and(|schema| has_known_fields(value, Some(schema)))
}

fn has_known_fields(value: Node<'_>, schema: Option<&Schema>) -> bool {
    match value.data() {
        Data::Object(mut fields) => fields.all(|(name, field)| is_known(name, field, schema)),
        Data::Array(mut items) => {
            let schema = schema.and_then(|schema| schema.items.as_deref());
            items.all(|item| has_known_fields(item, schema))
        }
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
                let length = self.path.len();
                for (index, item) in items.enumerate() {
                    // Writing to a string cannot fail.
                    let _ = write!(self.path, "[{index}]");
                    self.value(item, known.item());
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
        if let Some(known) = known.field(name) {
            self.value(value, known);
        } else {
            let is_hinted = self.found.len() < HINTED;
            self.found.push(UnknownField {
                path: self.path.clone(),
                hint: is_hinted.then(|| known.hint(name)).flatten(),
            });
        }
        self.path.truncate(length);
    }
}
