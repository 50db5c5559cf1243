//! Changes of CRDs, many of which an API server rejects.

mod around;
mod keywords;
mod rules;

use serde_json::{Map, Value};

use crate::definition::Change;
use crate::random::Random;

/// Some changes of a definition, in order.
pub(crate) fn changes(random: &mut Random, base: &Value) -> Vec<Change> {
    let mut definition = base.clone();
    let mut changes = Vec::new();
    for _ in 0..=random.below(3) {
        let of_schema = random.chance(70).then(|| of_schema(random, &definition));
        let change = of_schema
            .flatten()
            .unwrap_or_else(|| around::change(random, &definition));
        change.apply(&mut definition);
        changes.push(change);
    }
    changes
}

/// A keyword of a schema to set or remove; `None` if there is no schema.
fn of_schema(random: &mut Random, definition: &Value) -> Option<Change> {
    let mut nodes = Vec::new();
    let versions = definition["spec"]["versions"].as_array();
    for (index, version) in versions.into_iter().flatten().enumerate() {
        let schema = &version["schema"]["openAPIV3Schema"];
        let at = format!("/spec/versions/{index}/schema/openAPIV3Schema");
        find_schemas(schema, &at, &mut nodes);
    }
    // The root has rules of its own.
    let picked = if random.chance(15) {
        0
    } else {
        random.below(nodes.len())
    };
    let (at, node) = nodes.get(picked)?;
    let (field, to) = if random.chance(15) && !node.is_empty() {
        let keywords: Vec<&str> = node.keys().map(String::as_str).collect();
        (random.pick(&keywords), None)
    } else {
        let (keyword, value) = keywords::pick(random, node);
        (keyword, Some(value))
    };
    Some(Change {
        at: at.clone(),
        field: field.to_owned(),
        to,
    })
}

/// The nodes of a schema, with pointers to them.
fn find_schemas<'a>(
    schema: &'a Value,
    at: &str,
    nodes: &mut Vec<(String, &'a Map<String, Value>)>,
) {
    let Some(fields) = schema.as_object() else {
        return;
    };
    nodes.push((at.to_owned(), fields));
    for (keyword, value) in fields {
        match keyword.as_str() {
            "items" | "additionalProperties" | "not" => {
                find_schemas(value, &format!("{at}/{keyword}"), nodes);
            }
            "properties" => {
                for (name, part) in value.as_object().into_iter().flatten() {
                    let name = name.replace('~', "~0").replace('/', "~1");
                    find_schemas(part, &format!("{at}/properties/{name}"), nodes);
                }
            }
            "allOf" | "anyOf" | "oneOf" => {
                for (index, part) in value.as_array().into_iter().flatten().enumerate() {
                    find_schemas(part, &format!("{at}/{keyword}/{index}"), nodes);
                }
            }
            _ => {}
        }
    }
}
