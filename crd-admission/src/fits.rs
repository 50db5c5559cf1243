//! Whether a new object is valid: the same checks as the walk, without building paths and messages,
//! and so a good deal faster.
//!
//! Defaults are not checked: a CRD's defaults are valid.

use crate::json::{Data, Json, Node};
use crate::list_type;
use crate::prune::TYPE_AND_METADATA;
use crate::rule;
use crate::schema::{self, List, Schema, Unknown};
use crate::view::{Mode, View};
use crate::walk::Checks;

/// Whether a stored value is valid, with everything in it.
pub(crate) fn fits(node: Node<'_>, schema: &Schema, checks: Checks) -> bool {
    match node {
        Node::Tree(place) => value_fits(place, schema, checks),
        Node::Value(value) => value_fits(value, schema, checks),
    }
}

fn value_fits<'a, J: Json<'a>>(value: J, schema: &Schema, checks: Checks) -> bool {
    let data = value.data();
    if checks.schema && !schema::admits(schema, &data) {
        return false;
    }
    let view = || {
        let node: Node<'_> = value.into();
        View::new(node, schema, Mode::Defaulted)
    };
    if checks.schema && schema.looks_into(&data) && !schema::within(schema, view()) {
        return false;
    }
    let has_rules = checks.rules && !schema.rules.is_empty() && !matches!(data, Data::Null);
    if has_rules && !rule::hold(schema, view()) {
        return false;
    }
    match data {
        Data::Object(fields) => !schema.has_fields() || fields_fit(fields, schema, checks),
        Data::Array(items) => {
            let is_set = checks.lists && !matches!(schema.list, List::Atomic);
            (!is_set || list_type::is_unique(schema, view())) && items_fit(items, schema, checks)
        }
        _ => true,
    }
}

fn items_fit<'a, J: Json<'a>>(
    mut items: impl Iterator<Item = J>,
    list: &Schema,
    checks: Checks,
) -> bool {
    let schema = list.items.as_deref();
    let Some(schema) = schema.filter(|schema| checks.concern(schema)) else {
        return true;
    };
    items.all(|item| {
        let is_defaulted = is_dropped(item, schema) && schema.default.is_some();
        is_defaulted || value_fits(item, schema, checks)
    })
}

fn fields_fit<'a, J: Json<'a>>(
    fields: impl Iterator<Item = (&'a str, J)>,
    object: &Schema,
    checks: Checks,
) -> bool {
    let mut demanded = 0;
    for (name, value) in fields {
        let (schema, is_demanded) = if let Some(property) = object.properties.find(name) {
            (&property.schema, property.is_demanded)
        } else if let Some(schema) = &object.additional {
            (schema, is_required(object, name))
        } else {
            demanded += usize::from(is_kept(object, name) && is_required(object, name));
            continue;
        };
        if is_dropped(value, schema) {
            continue;
        }
        demanded += usize::from(is_demanded);
        if checks.concern(schema) && !value_fits(value, schema, checks) {
            return false;
        }
    }
    !checks.schema || demanded == object.demanded
}

fn is_required(object: &Schema, name: &str) -> bool {
    object.required.iter().any(|other| other == name)
}

/// Whether a field without a schema is kept.
fn is_kept(object: &Schema, name: &str) -> bool {
    object.unknown != Unknown::Dropped || object.is_embedded && TYPE_AND_METADATA.contains(&name)
}

/// Whether a value is a null that the API server drops, or replaces by the default.
pub(crate) fn is_dropped<'a>(value: impl Json<'a>, schema: &Schema) -> bool {
    !schema.nullable && matches!(value.data(), Data::Null)
}
