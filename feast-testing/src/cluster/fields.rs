//! Managers of an object's fields.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

/// The fields of an object by JSON pointer, each with its managers.
///
/// As with server-side apply, except that a list is one field. Fields with the same managers share
/// them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(pub(super) BTreeMap<String, Arc<Managed>>);

/// A field's managers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Managed {
    /// The managers that wrote the value.
    pub(super) by: BTreeSet<String>,
    /// The managers that applied it, which can remove the field by omitting it.
    pub(super) applied_by: BTreeSet<String>,
}

impl Fields {
    /// Records a write by a manager. Returns the fields that it took from others.
    pub(super) fn written(
        &mut self,
        manager: &str,
        before: Option<&Value>,
        after: &Value,
    ) -> Vec<String> {
        let before = before.map(leaves).unwrap_or_default();
        let after = leaves(after);
        let gone = before.keys().filter(|field| !after.contains_key(*field));
        let mut taken: Vec<String> = gone
            .filter(|field| self.is_foreign(field, manager))
            .cloned()
            .collect();
        self.0.retain(|field, _| after.contains_key(field));
        let by_manager = Arc::new(Managed {
            by: BTreeSet::from([manager.to_owned()]),
            applied_by: BTreeSet::new(),
        });
        for (field, value) in &after {
            if before.get(field) == Some(value) {
                continue;
            }
            if before.contains_key(field) && self.is_foreign(field, manager) {
                taken.push(field.clone());
            }
            self.0.insert(field.clone(), Arc::clone(&by_manager));
        }
        taken
    }

    /// Records an apply by a manager.
    pub(super) fn applied(&mut self, manager: &str, wanted: &Value) {
        let wanted = leaves(wanted);
        let mut shared = Vec::new();
        for (field, managed) in &mut self.0 {
            let mut now = Managed::clone(managed);
            if wanted.contains_key(field) {
                now.by.insert(manager.to_owned());
                now.applied_by.insert(manager.to_owned());
            } else if now.applied_by.remove(manager) {
                now.by.remove(manager);
            }
            *managed = once(&mut shared, now);
        }
    }

    /// The fields of others that an apply would change.
    pub(super) fn conflicts(&self, manager: &str, live: &Value, wanted: &Value) -> Vec<String> {
        let live = leaves(live);
        let is_conflict = |(field, value): &(&String, &&Value)| {
            live.get(*field).is_some_and(|live| live != *value) && self.is_foreign(field, manager)
        };
        let wanted = leaves(wanted);
        wanted
            .iter()
            .filter(is_conflict)
            .map(|(field, _)| field.clone())
            .collect()
    }

    /// The fields that only this manager has applied before, and now omits.
    pub(super) fn left_out(&self, manager: &str, wanted: &Value) -> Vec<String> {
        let wanted = leaves(wanted);
        let is_left_out = |(field, managed): &(&String, &Arc<Managed>)| {
            managed.applied_by.contains(manager)
                && managed.by.len() == 1
                && !wanted.contains_key(*field)
        };
        self.0
            .iter()
            .filter(is_left_out)
            .map(|(field, _)| field.clone())
            .collect()
    }

    /// Whether there are fields under a JSON pointer, and a manager has all of them.
    pub(super) fn are_of(&self, manager: &str, pointer: &str) -> bool {
        let below = format!("{pointer}/");
        let mut fields = self.0.iter().filter(|(field, _)| field.starts_with(&below));
        let is_managed = |(_, managed): (_, &Arc<Managed>)| managed.by.contains(manager);
        fields.next().is_some_and(is_managed) && fields.all(is_managed)
    }

    /// Whether the field has managers, but not this one.
    fn is_foreign(&self, field: &str, manager: &str) -> bool {
        let by = self.0.get(field).map(|managed| &managed.by);
        by.is_some_and(|by| !by.is_empty() && !by.contains(manager))
    }
}

/// Managers, shared with other fields that have the same ones.
pub(super) fn once(shared: &mut Vec<Arc<Managed>>, managed: Managed) -> Arc<Managed> {
    let mut same = shared.iter().filter(|one| ***one == managed);
    if let Some(same) = same.next() {
        return Arc::clone(same);
    }
    let managed = Arc::new(managed);
    shared.push(Arc::clone(&managed));
    managed
}

/// The leaf fields of an object, except those that identify it.
pub(super) fn leaves(object: &Value) -> BTreeMap<String, &Value> {
    let mut found = BTreeMap::new();
    collect(object, &mut String::new(), &mut found);
    for identity in [
        "/apiVersion",
        "/kind",
        "/metadata/name",
        "/metadata/namespace",
        "/metadata/uid",
        "/metadata/resourceVersion",
    ] {
        found.remove(identity);
    }
    found
}

fn collect<'a>(value: &'a Value, pointer: &mut String, found: &mut BTreeMap<String, &'a Value>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, part) in fields {
                let parent = pointer.len();
                push(pointer, name);
                collect(part, pointer, found);
                pointer.truncate(parent);
            }
        }
        value => {
            found.insert(pointer.clone(), value);
        }
    }
}

/// Continues a JSON pointer.
fn push(pointer: &mut String, name: &str) {
    pointer.push('/');
    if name.contains(['~', '/']) {
        pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
    } else {
        pointer.push_str(name);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_of_others_are_foreign() {
        let mut fields = Fields::default();
        let first = json!({ "spec": { "a": 1, "b": [1] } });
        assert!(fields.written("user", None, &first).is_empty());
        let second = json!({ "spec": { "a": 2, "b": [1], "c": 3 } });
        assert_eq!(
            fields.written("operator", Some(&first), &second),
            ["/spec/a"]
        );
        let third = json!({ "spec": { "a": 2 } });
        assert_eq!(
            fields.written("operator", Some(&second), &third),
            ["/spec/b"]
        );
        assert!(fields.written("operator", Some(&third), &first).is_empty());
    }

    #[test]
    fn a_field_applied_by_two_stays_for_one() {
        let mut fields = Fields::default();
        let object = json!({ "spec": { "a": 1, "b": 2 } });
        fields.written("one", None, &object);
        fields.applied("one", &object);
        fields.applied("two", &json!({ "spec": { "b": 2 } }));
        assert_eq!(fields.left_out("one", &json!({})), ["/spec/a"]);
        assert_eq!(
            fields.conflicts("two", &object, &json!({ "spec": { "a": 3, "b": 3 } })),
            ["/spec/a"]
        );
    }
}
