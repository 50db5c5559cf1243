//! The CRD of a release: the current one minus later changes.

use serde_json::{Map, Value, json};

use super::{CrdChange, Release};
use crate::Version;

impl Release {
    /// Its CRD as JSON, with the descriptions of the current one.
    ///
    /// Equal to the published CRD of the release, except for descriptions and the generator's
    /// annotation.
    ///
    /// ```
    /// use feast_api::Release;
    ///
    /// let crd = Release::V0_57.crd();
    /// assert_eq!(crd["spec"]["versions"][0]["name"], "v1alpha1");
    /// ```
    pub fn crd(self) -> Value {
        let mut crd = serde_json::from_str(crate::crd::JSON).expect("the committed CRD is JSON");
        let later = Self::ALL.iter().rev().take_while(|later| **later > self);
        later.for_each(|later| undo(&mut crd, *later));
        crd
    }
}

/// Turns the CRD of a release into that of its predecessor.
fn undo(crd: &mut Value, release: Release) {
    let versions = crd.pointer_mut("/spec/versions");
    let versions = versions.and_then(Value::as_array_mut);
    let versions = versions.expect("a CRD has versions");
    for definition in versions.iter_mut() {
        let name = definition["name"].as_str().map(str::parse::<Version>);
        let version = name.and_then(Result::ok).expect("a version of ours");
        let mut changes: Vec<_> = release.changes_of(version).collect();
        changes.reverse();
        for change in changes {
            // A version is removed as a whole, with its other changes.
            if !matches!(change, CrdChange::Version(_)) {
                undo_change(definition, change);
            }
        }
    }
    for change in release.changes() {
        if let CrdChange::Version(version) = change {
            remove_version(versions, *version);
        }
    }
}

fn remove_version(versions: &mut Vec<Value>, version: Version) {
    versions.retain(|definition| definition["name"] != version.as_str());
    for definition in versions.iter_mut().filter_map(Value::as_object_mut) {
        definition.insert("storage".into(), json!(true));
        definition.remove("deprecated");
        definition.remove("deprecationWarning");
    }
}

/// Undoes a change in one version, below `spec` and `status.applied`.
fn undo_change(definition: &mut Value, change: &CrdChange) {
    if let CrdChange::Scale = change {
        object(&mut definition["subresources"]).remove("scale");
        return;
    }
    let root = &mut definition["schema"]["openAPIV3Schema"];
    let is_in_spec = change.path().is_some_and(|path| path.starts_with("spec"));
    let applied = is_in_spec.then_some("status.applied");
    for place in ["spec"].into_iter().chain(applied) {
        undo_in_schema(&mut Schemas { root, place }, change);
    }
}

/// The schemas of a version. Paths below `spec` are resolved at `place`.
struct Schemas<'a> {
    root: &'a mut Value,
    place: &'static str,
}

impl Schemas<'_> {
    /// The schema of a field.
    fn field(&mut self, path: &str) -> &mut Map<String, Value> {
        let whole = match path.strip_prefix("spec") {
            Some(rest) => format!("{}{rest}", self.place),
            None => path.to_owned(),
        };
        let steps = whole.split('.');
        object(steps.fold(&mut *self.root, |schema, step| {
            let name = step.trim_end_matches("[]");
            let field = &mut schema["properties"][name];
            if name == step {
                field
            } else {
                &mut field["items"]
            }
        }))
    }

    /// The schema of a field's parent, and the field's name.
    fn around<'p>(&mut self, path: &'p str) -> (&mut Map<String, Value>, &'p str) {
        let (outer, name) = path.rsplit_once('.').expect("a field of an object");
        (self.field(outer), name)
    }

    /// The list of a keyword in a field's schema; empty if absent.
    fn list<'v>(schema: &'v mut Map<String, Value>, keyword: &str) -> &'v mut Vec<Value> {
        let list = schema.entry(keyword).or_insert_with(|| json!([]));
        list.as_array_mut().expect("a list")
    }

    fn take(&mut self, path: &str) -> Value {
        let (outer, name) = self.around(path);
        object(&mut outer["properties"])
            .remove(name)
            .expect("a field that the tables name")
    }

    fn put(&mut self, path: &str, schema: Value) {
        let (outer, name) = self.around(path);
        object(&mut outer["properties"]).insert(name.into(), schema);
    }

    fn require(&mut self, path: &str) {
        let (outer, name) = self.around(path);
        let required = Self::list(outer, "required");
        required.push(json!(name));
        required.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    }

    fn no_longer_require(&mut self, path: &str) {
        let (outer, name) = self.around(path);
        remove_from(outer, "required", |required| required == name);
    }
}

fn undo_in_schema(schemas: &mut Schemas<'_>, change: &CrdChange) {
    match *change {
        CrdChange::Version(_) | CrdChange::Scale => {}
        CrdChange::Field(path) => drop(schemas.take(path)),
        CrdChange::Gone { path, schema } => {
            let schema = serde_json::from_str(schema).expect("the tables hold JSON");
            schemas.put(path, schema);
        }
        CrdChange::Moved { from, to } => {
            let schema = schemas.take(to);
            schemas.put(from, schema);
        }
        CrdChange::Values { path, gained, lost } => {
            let values = Schemas::list(schemas.field(path), "enum");
            values.retain(|value| !gained.iter().any(|gained| value == gained));
            for (value, index) in lost {
                values.insert(*index, json!(value));
            }
        }
        CrdChange::Pattern { path, was } => {
            schemas.field(path).insert("pattern".into(), json!(was));
        }
        CrdChange::Default(path) => drop(schemas.field(path).remove("default")),
        CrdChange::Required(path) => schemas.no_longer_require(path),
        CrdChange::Optional(path) => schemas.require(path),
        CrdChange::Rule { path, rule } => {
            let is_it = |placed: &Value| placed["rule"] == rule.expression;
            remove_from(schemas.field(path), RULES, is_it);
        }
        CrdChange::OtherRule {
            path,
            rule,
            expression,
            message,
        } => {
            let rules = Schemas::list(schemas.field(path), RULES);
            let placed = rules
                .iter_mut()
                .filter(|placed| placed["rule"] == rule.expression);
            placed.for_each(|placed| *placed = json!({ "rule": expression, "message": message }));
        }
    }
}

const RULES: &str = "x-kubernetes-validations";

/// Removes elements from a keyword's list, and the keyword if the list becomes empty.
fn remove_from(schema: &mut Map<String, Value>, keyword: &str, is_it: impl Fn(&Value) -> bool) {
    let list = Schemas::list(schema, keyword);
    list.retain(|each| !is_it(each));
    if list.is_empty() {
        schema.remove(keyword);
    }
}

fn object(value: &mut Value) -> &mut Map<String, Value> {
    value
        .as_object_mut()
        .expect("a part of the CRD that the tables name")
}
