use schemars::Schema;
use serde_json::{Map, Value, json};

use crate::Version;
use crate::rules::{RULES, Rule};

/// Adds a version's rules to its schema, below `spec` and `status.applied`.
pub(super) fn attach(version: Version, schema: &mut Schema) {
    for root in ["spec", "status.applied"] {
        for rule in RULES.iter().filter(|rule| rule.applies_to(version)) {
            for place in rule.places {
                let path = format!("{root}.{place}");
                if let Some(node) = find(schema.ensure_object(), path.trim_end_matches('.')) {
                    append(rule, node);
                }
            }
        }
    }
}

/// The schema at a dotted path; `None` if this version lacks it.
fn find<'a>(schema: &'a mut Map<String, Value>, path: &str) -> Option<&'a mut Map<String, Value>> {
    path.split('.').try_fold(schema, |schema, field| {
        schema
            .get_mut("properties")?
            .get_mut(field)?
            .as_object_mut()
    })
}

fn append(rule: &Rule, node: &mut Map<String, Value>) {
    let rules = node
        .entry("x-kubernetes-validations")
        .or_insert_with(|| json!([]));
    if let Value::Array(rules) = rules {
        rules.push(json!({ "message": rule.message, "rule": rule.expression }));
    }
}
