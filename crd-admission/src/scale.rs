//! The paths of the scale subresource: they must have a replica count and a selector.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::error::{BadValue, Violation};
use crate::field_path::FieldPath;
use crate::json::Data;
use crate::view::View;

/// The three paths.
#[derive(Clone, Debug)]
pub struct Scale {
    /// `specReplicasPath`.
    pub spec_replicas: Steps,
    /// `statusReplicasPath`.
    pub status_replicas: Steps,
    /// `labelSelectorPath`.
    pub selector: Option<Steps>,
}

/// The names on the path from the root to a field.
#[derive(Clone, Debug)]
pub struct Steps(pub Cow<'static, [Cow<'static, str>]>);

impl Steps {
    pub(crate) fn parse(path: &str) -> Self {
        let names = path.trim_start_matches('.').split('.');
        Self(names.map(|name| name.to_owned().into()).collect())
    }
}

/// A path such as `.spec.replicas`.
fn dotted(steps: &[Cow<'_, str>]) -> String {
    steps.iter().flat_map(|step| [".", step]).collect()
}

/// Finds a field of the root.
pub(crate) trait Root<'a>: Copy {
    fn field(self, name: &str) -> Option<View<'a>>;
}

impl Scale {
    /// Sets the replica count of an object; returns whether the path exists.
    pub(crate) fn set_replicas(&self, object: &mut Value, replicas: i32) -> bool {
        let mut at = object;
        for name in self.spec_replicas.0.iter() {
            if at.is_null() {
                *at = Value::Object(Map::new());
            }
            let Some(fields) = at.as_object_mut() else {
                return false;
            };
            at = fields.entry(name.as_ref()).or_insert(Value::Null);
        }
        *at = replicas.into();
        true
    }

    pub(crate) fn check_spec<'a>(&self, root: impl Root<'a>, out: &mut Vec<Violation>) {
        check_count(&self.spec_replicas, root, out);
    }

    pub(crate) fn check_status<'a>(&self, root: impl Root<'a>, out: &mut Vec<Violation>) {
        check_count(&self.status_replicas, root, out);
        let Some(path) = &self.selector else { return };
        let fault = match find(path, root) {
            Ok(Some(view)) => match view.node.data() {
                Data::String(_) => return,
                _ => accessor_error(&path.0, view, "string"),
            },
            Ok(None) => return,
            Err(fault) => fault,
        };
        out.push(Violation::invalid(
            FieldPath::of_fields(&dotted(&path.0)),
            BadValue::text(""),
            fault,
        ));
    }
}

fn check_count<'a>(path: &Steps, root: impl Root<'a>, out: &mut Vec<Violation>) {
    let (shown, fault) = match find(path, root) {
        Ok(None) => return,
        Err(fault) => (0, fault),
        Ok(Some(view)) => match view.node.data() {
            Data::Int(count) if count < 0 => (count, "should be a non-negative integer".to_owned()),
            Data::Int(count) if count > i64::from(i32::MAX) => (
                count,
                format!("should be less than or equal to {}", i32::MAX),
            ),
            Data::Int(_) => return,
            _ => (0, accessor_error(&path.0, view, "int64")),
        },
    };
    out.push(Violation::invalid(
        FieldPath::of_fields(&dotted(&path.0)),
        BadValue::Integer(shown),
        fault,
    ));
}

/// The value at a path; an error if a parent is not an object.
fn find<'a>(path: &Steps, root: impl Root<'a>) -> Result<Option<View<'a>>, String> {
    let mut found: Option<View<'a>> = None;
    for (at, name) in path.0.iter().enumerate() {
        let field = match found {
            None => root.field(name),
            Some(parent) => match parent.node.data() {
                Data::Object(_) => parent.get(name),
                Data::Null => None,
                _ => {
                    let walked = path.0.get(..=at).unwrap_or_default();
                    return Err(accessor_error(walked, parent, "map[string]interface{}"));
                }
            },
        };
        if field.is_none() {
            return Ok(None);
        }
        found = field;
    }
    Ok(found)
}

#[cold]
fn accessor_error(steps: &[Cow<'_, str>], found: View<'_>, expected: &str) -> String {
    let path = dotted(steps);
    let mut shown = String::new();
    found.write_plain(&mut shown);
    let go_type = found.go_type();
    format!("{path} accessor error: {shown} is of the type {go_type}, expected {expected}")
}
