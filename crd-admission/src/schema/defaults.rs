//! Defaults: they must be what the schema asks for, as they stand.

use serde_json::Value;

use super::Schema;
use crate::embedded;
use crate::error::{BadValue, Violation};
use crate::field_path::FieldPath;
use crate::path::Path;
use crate::prune;
use crate::view::{Mode, View};
use crate::walk::{Checks, Until, Walk};

/// What is wrong with a default of a node of the schema.
pub(crate) fn default_faults(default: &Value, schema: &Schema, node: &Path<'_>) -> Vec<Violation> {
    let path = node.field("default");
    let view = View::new(default, schema, Mode::Raw);
    let mut out = Vec::new();
    if !prune::is_pruned(default.into(), schema) {
        let shown = BadValue::Json(default.to_string());
        let detail = "must not have unknown fields";
        out.push(Violation::invalid(path.bracketed(), shown, detail));
    }
    let before = out.len();
    embedded::check(view, &path, &mut out);
    if out.len() == before {
        // The texts begin with the default, only the paths with the schema.
        let found = walk(view, Checks::SCHEMA, &Path::ROOT).schema;
        let base = path.bracketed();
        out.extend(found.into_iter().map(|violation| Violation {
            path: below(&base, &violation.path),
            ..violation
        }));
    }
    if out.len() == before {
        out.extend(walk(view, Checks::RULES, &path).rules);
    }
    out
}

fn walk(view: View<'_>, checks: Checks, path: &Path<'_>) -> crate::walk::Found {
    let mut walk = Walk::new(checks, Until::End);
    walk.value(view, None, path);
    walk.found
}

/// A path below the default, where `<nil>` is the default itself.
fn below(base: &FieldPath, path: &FieldPath) -> FieldPath {
    if path.as_str() == "<nil>" {
        let steps = base.steps().iter().chain(path.steps()).cloned().collect();
        return FieldPath::new(base.as_str().to_owned(), steps);
    }
    let text = path.as_str().trim_start_matches('.').to_owned();
    base.join(&FieldPath::new(text, path.steps().to_vec()))
}
