//! Defaults: they must be what the schema asks for, as they stand.

use serde_json::Value;

use super::Schema;
use super::within::Within;
use crate::embedded;
use crate::error::{BadValue, Violation};
use crate::field_path::FieldPath;
use crate::path::Path;
use crate::prune;
use crate::ratchet::{Correlation, Former};
use crate::view::{Mode, View};
use crate::walk::{Checks, Found, Until, Walk};

/// A default and what judges it.
pub(super) struct DefaultValue<'a> {
    pub(super) value: &'a Value,
    /// The schema of values.
    pub(super) values: &'a Schema,
    /// The schema as rules know it.
    pub(super) rules: &'a Schema,
    /// The schema of the resource and the way from there, if it is one of type or metadata.
    pub(super) metadata: Option<(&'a Schema, &'a Within<'a>)>,
    /// The path of its node.
    pub(super) node: &'a Path<'a>,
}

impl DefaultValue<'_> {
    /// What is wrong with it. The server's next check is made if the one before finds nothing.
    pub(super) fn faults(&self) -> Vec<Violation> {
        let path = &self.node.field("default");
        let mut value = self.value.clone();
        let mut found = match self.metadata {
            Some((resource, way)) => self.metadata_fault(resource, way, path),
            None => resource_faults(&mut value, self.values, path),
        };
        if found.is_empty() {
            found = schema_faults(View::new(&value, self.values, Mode::Raw), path);
        }
        if found.is_empty() {
            found = rule_faults(View::new(&value, self.rules, Mode::Raw), path);
        }
        let unknown = self
            .unknown_fields(path)
            .filter(|_| self.metadata.is_none());
        unknown.into_iter().chain(found).collect()
    }

    fn unknown_fields(&self, path: &Path<'_>) -> Option<Violation> {
        let is_pruned = prune::is_pruned(self.value.into(), self.values);
        (!is_pruned).then(|| self.refuse("must not have unknown fields", path))
    }

    /// What is wrong with a resource that has nothing but this default.
    fn metadata_fault(
        &self,
        resource: &Schema,
        way: &Within<'_>,
        path: &Path<'_>,
    ) -> Vec<Violation> {
        let mut value = way.resource_with(self.value.clone());
        let found = resource_faults(&mut value, resource, &Path::ROOT);
        let texts: Vec<_> = found.iter().map(ToString::to_string).collect();
        let text = match &texts[..] {
            [] => return Vec::new(),
            [text] => text.clone(),
            texts => format!("[{}]", texts.join(", ")),
        };
        vec![self.refuse(&format!("must result in valid metadata: {text}"), path)]
    }

    fn refuse(&self, detail: &str, path: &Path<'_>) -> Violation {
        let shown = BadValue::Json(self.value.to_string());
        Violation::invalid(path.bracketed(), shown, detail)
    }
}

/// What is wrong with types and metadata of resources in a value. They are read, and written back.
fn resource_faults(value: &mut Value, schema: &Schema, path: &Path<'_>) -> Vec<Violation> {
    if let Err(fault) = embedded::read(value, schema, path) {
        return vec![fault];
    }
    let mut out = Vec::new();
    embedded::check(View::new(&*value, schema, Mode::Raw), path, &mut out);
    out
}

fn schema_faults(view: View<'_>, path: &Path<'_>) -> Vec<Violation> {
    let found = walk(view, None, Checks::SCHEMA, &Path::ROOT).schema;
    // The texts begin with the default, only the paths with the schema.
    let base = path.bracketed();
    let located = |violation: Violation| Violation {
        path: below(&base, &violation.path),
        ..violation
    };
    found.into_iter().map(located).collect()
}

/// What rules have against a value that stays as it is, or else against one that is new.
fn rule_faults(view: View<'_>, path: &Path<'_>) -> Vec<Violation> {
    let unchanged = Former::of(Some(Correlation {
        new: view,
        old: view,
    }));
    let Found {
        rules, forgiven, ..
    } = walk(view, Some(&unchanged), Checks::RULES, path);
    let found = [rules, forgiven].concat();
    if found.is_empty() {
        walk(view, None, Checks::RULES, path).rules
    } else {
        found
    }
}

fn walk<'a>(view: View<'a>, former: Option<&Former<'a>>, checks: Checks, path: &Path<'_>) -> Found {
    let mut walk = Walk::new(checks, Until::End);
    walk.value(view, former, path);
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
