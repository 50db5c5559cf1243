//! Validates defaults: they must satisfy their schema without changes.

use std::borrow::Cow;

use serde_json::Value;

use super::within::Within;
use super::{CompileError, Property, Schema};
use crate::embedded;
use crate::error::{BadValue, Violation};
use crate::field_path::FieldPath;
use crate::path::{Path, Segment};
use crate::prune;
use crate::ratchet::{Correlation, Former};
use crate::rule::Budget;
use crate::view::{Mode, View};
use crate::walk::{Checks, Until, Walk};

/// Compiles the schema for a default's values. It has no rules, and shares the patterns of the
/// schema that validates objects.
type CompileValues<'c> =
    &'c dyn Fn(&Value, Option<&Schema>, &Path<'_>) -> Result<Schema, CompileError>;

/// The defaults of a schema, checked in the server's order: its own, then those below.
pub(super) struct Defaults<'c> {
    compile: CompileValues<'c>,
    /// The remaining budget of all rules.
    budget: Budget,
    faults: Vec<Violation>,
}

/// A node of a schema.
#[derive(Clone, Copy)]
struct Place<'p> {
    json: &'p Value,
    /// Its compiled form.
    schema: &'p Schema,
    path: &'p Path<'p>,
    /// The way to it from its resource.
    way: &'p Within<'p>,
    is_root: bool,
}

impl<'c> Defaults<'c> {
    pub(super) fn new(compile: CompileValues<'c>) -> Self {
        Self {
            compile,
            budget: Budget::default(),
            faults: Vec::new(),
        }
    }

    /// Reports errors of defaults, until the budget is exceeded.
    ///
    /// # Errors
    ///
    /// If the schema has something that cannot be compiled.
    pub(super) fn check(
        mut self,
        json: &Value,
        schema: &Schema,
        path: &Path<'_>,
    ) -> Result<Vec<Violation>, CompileError> {
        self.node(Place {
            json,
            schema,
            path,
            way: &Within::Resource(json),
            is_root: true,
        })?;
        Ok(self.faults)
    }

    /// Values of a map have no defaults.
    fn node(&mut self, place: Place<'_>) -> Result<(), CompileError> {
        let Place {
            json, schema, path, ..
        } = place;
        let resource = Within::Resource(json);
        let way = if schema.is_embedded {
            &resource
        } else {
            place.way
        };
        if let Some(value) = &schema.default {
            self.own(value.get(), Place { way, ..place })?;
        }
        if let (Some(json), Some(schema)) = (json.get("items"), &schema.items) {
            self.part(json, schema, &path.field("items"), &Within::Item(way))?;
        }
        let path = path.field("properties");
        for Property { name, schema, .. } in schema.properties.iter() {
            let properties = json.get("properties");
            if let Some(json) = properties.and_then(|properties| properties.get(&**name)) {
                let path = path.child(Segment::Key(name));
                self.part(json, schema, &path, &Within::Field(way, name))?;
            }
        }
        Ok(())
    }

    fn part(
        &mut self,
        json: &Value,
        schema: &Schema,
        path: &Path<'_>,
        way: &Within<'_>,
    ) -> Result<(), CompileError> {
        if self.budget.has_run_out() {
            return Ok(());
        }
        self.node(Place {
            json,
            schema,
            path,
            way,
            is_root: false,
        })
    }

    fn own(&mut self, value: &Value, place: Place<'_>) -> Result<(), CompileError> {
        let Place {
            json,
            schema,
            path,
            way,
            is_root,
        } = place;
        let mut values = (self.compile)(json, Some(schema), path)?;
        let mut rules = Cow::Borrowed(schema);
        if is_root {
            // The server validates it like an embedded resource.
            for schema in [&mut values, rules.to_mut()] {
                schema.is_embedded = true;
                schema.has_embedded = true;
            }
        }
        let resource = way.resource_of_metadata();
        let resource = resource.map(|json| (self.compile)(json, None, path));
        let mut resource = resource.transpose()?;
        if let Some(resource) = &mut resource {
            resource.is_embedded = true;
            resource.has_embedded = true;
        }
        let default = DefaultValue {
            value,
            values: &values,
            rules: &rules,
            metadata: resource.as_ref().map(|resource| (resource, way)),
            node: path,
        };
        self.faults.extend(default.faults(&mut self.budget));
        Ok(())
    }
}

/// A default and what it is validated with.
struct DefaultValue<'a> {
    value: &'a Value,
    /// The schema for its values.
    values: &'a Schema,
    /// The schema that rules use.
    rules: &'a Schema,
    /// For a default in type or metadata: the schema of its resource, and the way from there.
    metadata: Option<(&'a Schema, &'a Within<'a>)>,
    /// The path of its node.
    node: &'a Path<'a>,
}

impl DefaultValue<'_> {
    /// The errors of the default. As in the server, each check runs only if the previous one found
    /// nothing.
    fn faults(&self, budget: &mut Budget) -> Vec<Violation> {
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
            found = rule_faults(View::new(&value, self.rules, Mode::Raw), path, budget);
        }
        let unknown = self
            .unknown_fields(path)
            .filter(|_| self.metadata.is_none());
        unknown.into_iter().chain(found).collect()
    }

    fn unknown_fields(&self, path: &Path<'_>) -> Option<Violation> {
        let is_pruned = prune::is_pruned(self.value, self.values);
        (!is_pruned).then(|| self.refuse("must not have unknown fields", path))
    }

    /// The errors of a resource that has only this default.
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

/// Errors of types and metadata of resources in a value, which are decoded and written back.
fn resource_faults(value: &mut Value, schema: &Schema, path: &Path<'_>) -> Vec<Violation> {
    if let Err(fault) = embedded::read(value, schema, path) {
        return vec![fault];
    }
    let mut out = Vec::new();
    embedded::check(View::new(&*value, schema, Mode::Raw), path, &mut out);
    out
}

fn schema_faults(view: View<'_>, path: &Path<'_>) -> Vec<Violation> {
    let mut walk = Walk::new(Checks::SCHEMA, Until::End);
    walk.value(view, None, &Path::ROOT);
    // Error texts start at the default; only paths start at the schema.
    let base = path.bracketed();
    let located = |violation: Violation| Violation {
        path: below(&base, &violation.path),
        ..violation
    };
    walk.found.schema.into_iter().map(located).collect()
}

/// Violations of rules, for an update that keeps the value, or else for a new value. The more
/// expensive of both counts.
fn rule_faults(view: View<'_>, path: &Path<'_>, budget: &mut Budget) -> Vec<Violation> {
    let unchanged = Former::of(Some(Correlation {
        new: view,
        old: view,
    }));
    let before = *budget;
    let check = |former| {
        let mut walk = Walk::new(Checks::RULES, Until::End).within(before);
        walk.value(view, former, path);
        let found = [walk.found.rules, walk.found.forgiven].concat();
        (found, walk.budget)
    };
    let (mut found, left) = check(Some(&unchanged));
    *budget = left;
    if found.is_empty() {
        let (found_in_new, left) = check(None);
        found = found_in_new;
        *budget = left.min(*budget);
    }
    found
}

/// A path below the default; `<nil>` is the default itself.
fn below(base: &FieldPath, path: &FieldPath) -> FieldPath {
    if path.as_str() == "<nil>" {
        let steps = base.steps().iter().chain(path.steps()).cloned().collect();
        return FieldPath::new(base.as_str().to_owned(), steps);
    }
    let text = path.as_str().trim_start_matches('.').to_owned();
    base.join(&FieldPath::new(text, path.steps().to_vec()))
}
