//! Creations, updates, patches and deletions.

use std::sync::Arc;

use apimachinery::names;
use crd_admission::Validator;
use serde_json::{Map, Value, json};

use super::faults::named;
use super::refusal::{
    Refusal, already_exists, apply_conflict, bad_request, conflict, invalid, modified,
    no_such_resource, not_found, rejected, terminating,
};
use super::request::{Request, Subresource};
use super::state::State;
use crate::cluster::{Conflicts, Key, Store};

/// The part of an object that a request changes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Main,
    Status,
}

impl State {
    /// Creates or replaces an object as a user.
    pub(super) fn put(&mut self, mut object: Value) -> Result<Arc<Value>, Refusal> {
        let key = Key::of(&object);
        let kind = self.kinds.of_object(&key.api_version, &key.kind);
        let kind = kind.cloned().ok_or_else(no_such_resource)?;
        let Ok(live) = self.found_at(&kind, &key) else {
            return self.create(&Request::put(&kind, &key, object));
        };
        let metadata = metadata(&mut object)?;
        metadata.remove("uid");
        metadata.remove("resourceVersion");
        let request = Request::put(&kind, &key, object);
        let object = body(&request)?;
        self.replace(&request, &live, object)
    }

    /// Creates an object from the request's body.
    pub(super) fn create(&mut self, request: &Request) -> Result<Arc<Value>, Refusal> {
        let mut object = body(request)?;
        let metadata = metadata(&mut object)?;
        if metadata.get("name").is_none_or(|name| *name == "") {
            let prefix = metadata.get("generateName").and_then(Value::as_str);
            let Some(prefix) = prefix.filter(|prefix| !prefix.is_empty()) else {
                let message = "metadata.name: Required value: name or generateName is required";
                return Err(invalid(&request.kind, "", message));
            };
            self.names += 1;
            let name = format!("{prefix}{:05}", self.names);
            metadata.insert("name".to_owned(), name.into());
        }
        let key = Key::of(&object);
        if self.store.get(&key).is_some() {
            return Err(already_exists(&request.kind, &key.name));
        }
        self.make(request, &key, object, |store, object| {
            store.write(request.manager(), key.clone(), object);
        })
    }

    /// Writes as the client: its writes count as the operator's.
    fn write<T>(&mut self, request: &Request, write: impl FnOnce(&mut Store) -> T) -> T {
        if request.is_of_client() {
            self.store.as_operator(write)
        } else {
            write(&mut self.store)
        }
    }

    /// Creates an object that does not exist.
    fn make(
        &mut self,
        request: &Request,
        key: &Key,
        mut object: Value,
        write: impl FnOnce(&mut Store, Value),
    ) -> Result<Arc<Value>, Refusal> {
        let kind = &request.kind;
        if let Some(fault) = names::path_segment(&key.name).first() {
            let name = &key.name;
            let why = format!("metadata.name: Invalid value: \"{name}\": {fault}");
            return Err(invalid(kind, name, &why));
        }
        let namespace = self
            .store
            .get(&Key::new("v1", "Namespace", "", &key.namespace));
        if namespace.is_some_and(|found| !found["metadata"]["deletionTimestamp"].is_null()) {
            return Err(terminating(kind, &key.namespace, &key.name));
        }
        if kind.has_status {
            without(&mut object, "status");
        }
        object = match validator(request) {
            None => object,
            Some(validator) => {
                let verdict = validator.create(&object);
                let stored = verdict.outcome;
                stored.map_err(|rejection| rejected(&rejection, &key.name))?
            }
        };
        server_made(&mut object, &json!({ "uid": self.store.new_uid() }));
        self.write(request, |store| write(store, object));
        let made = self.publish(Some(key));
        made.ok_or_else(|| not_found(kind, &key.name))
    }

    /// Replaces an object, or its status.
    pub(super) fn update(&mut self, request: &Request) -> Result<Arc<Value>, Refusal> {
        let live = self.found(request)?;
        if request.subresource == Some(Subresource::Scale) {
            return self.rescale(request, &live, &request.body);
        }
        let object = body(request)?;
        let version = &object["metadata"]["resourceVersion"];
        if request.kind.crd.is_some() && version.as_str().is_none_or(str::is_empty) {
            let why = "metadata.resourceVersion: Invalid value: 0: must be specified for an update";
            return Err(invalid(&request.kind, &request.name, why));
        }
        self.replace(request, &live, object)
    }

    /// Replaces a part of an object, seen at some version, by that of another.
    fn replace(
        &mut self,
        request: &Request,
        live: &Value,
        mut object: Value,
    ) -> Result<Arc<Value>, Refusal> {
        let (kind, key) = (&request.kind, request.key());
        check_preconditions(request, live, &object["metadata"])?;
        // An update without managers keeps them.
        let entries = metadata(&mut object)?.remove("managedFields");
        let is_handed = entries.filter(|entries| *entries != live["metadata"]["managedFields"]);
        let part = match request.subresource {
            Some(_) => Part::Status,
            None => Part::Main,
        };
        let stored = self.store.get(&key).cloned().unwrap_or_default();
        let mut whole = match part {
            Part::Status => with_status(&stored, object.get("status")),
            Part::Main if kind.has_status => with_status(&object, stored.get("status")),
            Part::Main => object,
        };
        server_made(&mut whole, &stored["metadata"]);
        let whole = judged(request, &stored, whole, part)?;
        self.write(request, |store| {
            store.write(request.manager(), key.clone(), whole)
        });
        if let Some(entries) = is_handed {
            self.store.set_managed_fields(&key, &entries);
        }
        let written = self.publish(Some(&key));
        // The object is deleted with its last finalizer.
        Ok(written.unwrap_or_else(|| Arc::new(live.clone())))
    }

    /// Patches or applies an object.
    pub(super) fn patch(&mut self, request: &Request) -> Result<Arc<Value>, Refusal> {
        let content_type = request.content_type.split(';').next().unwrap_or_default();
        if content_type.starts_with("application/apply-patch+") {
            return self.apply(request);
        }
        let live = self.found(request)?;
        let mut object = match request.subresource {
            Some(Subresource::Scale) => self.scale(request)?,
            _ => (*live).clone(),
        };
        match content_type {
            "application/merge-patch+json" => json_patch::merge(&mut object, &request.body),
            "application/json-patch+json" => {
                let patch: json_patch::Patch = serde_json::from_value(request.body.clone())
                    .map_err(|error| bad_request(format!("{error}")))?;
                json_patch::patch(&mut object, &patch)
                    .map_err(|error| invalid(&request.kind, &request.name, &error.to_string()))?;
            }
            other => {
                let message = format!("the body of the request was in an unknown format: {other}");
                return Err(Refusal::new(415, "UnsupportedMediaType", message));
            }
        }
        if request.subresource == Some(Subresource::Scale) {
            return self.rescale(request, &live, &object);
        }
        self.replace(request, &live, object)
    }

    /// Applies an object server-side.
    fn apply(&mut self, request: &Request) -> Result<Arc<Value>, Refusal> {
        let Some(manager) = request.parameter("fieldManager") else {
            return Err(bad_request("fieldManager is required for apply patch"));
        };
        let (kind, key) = (&request.kind, request.key());
        let mut wanted = body(request)?;
        let live = self.found(request).ok();
        if let Some(live) = &live {
            check_preconditions(request, live, &wanted["metadata"])?;
        } else if !wanted["metadata"]["resourceVersion"].is_null() {
            return Err(conflict(
                kind,
                &key.name,
                "resourceVersion should not be set on objects to be created",
            ));
        }
        if !wanted["metadata"]["managedFields"].is_null() {
            return Err(bad_request("metadata.managedFields must be nil"));
        }
        let part = match request.subresource {
            Some(_) => Part::Status,
            None => Part::Main,
        };
        match part {
            Part::Status => wanted = only_status(&wanted),
            Part::Main if kind.has_status => without(&mut wanted, "status"),
            Part::Main => {}
        }
        server_made(&mut wanted, &Value::Null);
        let conflicts = if request.flag("force") {
            Conflicts::Force
        } else {
            Conflicts::Refuse
        };
        let whole = self.store.with_applied(manager, &wanted, conflicts);
        let mut whole = whole.map_err(|foreign| self.apply_conflict(&foreign))?;
        let Some(live) = live else {
            if part == Part::Status {
                return Err(not_found(kind, &key.name));
            }
            return self.make(request, &key, whole, |store, object| {
                store.write_applied(manager, &wanted, object);
            });
        };
        let stored = self.store.get(&key).cloned().unwrap_or_default();
        server_made(&mut whole, &stored["metadata"]);
        let whole = judged(request, &stored, whole, part)?;
        self.write(request, |store| {
            store.write_applied(manager, &wanted, whole);
        });
        Ok(self.publish(Some(&key)).unwrap_or(live))
    }

    fn apply_conflict(&self, foreign: &crate::cluster::Conflict) -> Refusal {
        let managers = |field: &String| {
            let fields = self.store.fields(&foreign.object);
            fields.map_or_else(String::new, |fields| fields.managers(field))
        };
        let dotted = |field: &String| field.replace('/', ".").replace("~1", "/");
        let fields = foreign.fields.iter();
        let fields: Vec<_> = fields
            .map(|field| (dotted(field), managers(field)))
            .collect();
        apply_conflict(&fields)
    }

    /// Deletes an object, or marks it as being deleted if it has finalizers; returns the rest.
    pub(super) fn delete(&mut self, request: &Request) -> Result<Option<Arc<Value>>, Refusal> {
        let (kind, key) = (&request.kind, request.key());
        let live = self.found(request)?;
        for (field, name) in [("uid", "UID"), ("resourceVersion", "ResourceVersion")] {
            let (wanted, found) = (
                &request.body["preconditions"][field],
                &live["metadata"][field],
            );
            if let (Some(wanted), Some(found)) = (wanted.as_str(), found.as_str())
                && wanted != found
            {
                let why = format!(
                    "Precondition failed: {name} in precondition: {wanted}, {name} in object meta: \
                     {found}"
                );
                return Err(conflict(kind, &key.name, &why));
            }
        }
        self.write(request, |store| store.delete(&key));
        Ok(self.publish(Some(&key)))
    }

    /// The `scale` subresource of an object.
    pub(super) fn scale(&self, request: &Request) -> Result<Value, Refusal> {
        let live = self.found(request)?;
        let names = request.kind.replicas.as_deref().unwrap_or_default();
        let replicas = names.iter().fold(&*live, |at, name| &at[name.as_str()]);
        let (metadata, status) = (&live["metadata"], &live["status"]);
        Ok(json!({
            "kind": "Scale", "apiVersion": "autoscaling/v1",
            "metadata": {
                "name": metadata["name"], "namespace": metadata["namespace"],
                "uid": metadata["uid"], "resourceVersion": metadata["resourceVersion"],
                "creationTimestamp": metadata["creationTimestamp"],
            },
            "spec": { "replicas": replicas },
            "status": { "replicas": status["replicas"].as_i64().unwrap_or(0) },
        }))
    }

    /// Sets the replicas of an object from a `Scale`.
    fn rescale(
        &mut self,
        request: &Request,
        live: &Value,
        scale: &Value,
    ) -> Result<Arc<Value>, Refusal> {
        check_preconditions(request, live, &scale["metadata"])?;
        let replicas = scale["spec"]["replicas"].as_i64().unwrap_or(0);
        let replicas = i32::try_from(replicas).ok().filter(|count| *count >= 0);
        let Some(replicas) = replicas else {
            let why = "spec.replicas: Invalid value: must be greater than or equal to 0";
            return Err(invalid(&request.kind, &request.name, why));
        };
        let key = request.key();
        let stored = self.store.get(&key).cloned().unwrap_or_default();
        let mut scaled = stored.clone();
        if let Some(validator) = validator(request) {
            let asked = crd_admission::Request::scale(&stored, replicas);
            let outcome = validator.run(asked).outcome;
            scaled = outcome.map_err(|no| rejected(&no, &key.name))?;
            server_made(&mut scaled, &stored["metadata"]);
        } else {
            scaled["spec"]["replicas"] = replicas.into();
        }
        self.write(request, |store| {
            store.write(request.manager(), key.clone(), scaled)
        });
        self.publish(Some(&key));
        Ok(Arc::new(self.scale(request)?))
    }
}

fn validator(request: &Request) -> Option<Validator<'_>> {
    let crd = request.kind.crd.as_deref()?;
    crd.version(&request.kind.version)
}

/// Validates an object with its CRD.
fn judged(request: &Request, stored: &Value, whole: Value, part: Part) -> Result<Value, Refusal> {
    let Some(validator) = validator(request) else {
        return Ok(whole);
    };
    let asked = match part {
        Part::Main => crd_admission::Request::update(stored, &whole),
        Part::Status => crd_admission::Request::update_status(stored, &whole),
    };
    let verdict = validator.run(asked);
    let outcome = verdict.outcome;
    let mut judged = outcome.map_err(|rejection| rejected(&rejection, &request.name))?;
    server_made(&mut judged, &stored["metadata"]);
    Ok(judged)
}

/// The object in a request's body, with the type and location of the path.
fn body(request: &Request) -> Result<Value, Refusal> {
    let mut object = request.body.clone();
    let Some(fields) = object.as_object_mut() else {
        return Err(bad_request("the body of the request is no object"));
    };
    fields.insert("apiVersion".to_owned(), request.kind.api_version().into());
    fields.insert("kind".to_owned(), request.kind.name.as_str().into());
    let name = named(request);
    let places = [
        ("namespace", request.namespace.as_str()),
        ("name", request.name.as_str()),
    ];
    let metadata = metadata(&mut object)?;
    for (field, of_path) in places {
        let given = metadata.get(field).and_then(Value::as_str);
        if of_path.is_empty() {
            continue;
        }
        if given.is_some_and(|given| !given.is_empty() && given != of_path) {
            return Err(bad_request(format!(
                "the {field} of the object ({}) does not match the {field} on the URL ({of_path})",
                given.unwrap_or(&name)
            )));
        }
        metadata.insert(field.to_owned(), of_path.into());
    }
    Ok(object)
}

fn metadata(object: &mut Value) -> Result<&mut Map<String, Value>, Refusal> {
    let fields = object.as_object_mut();
    let metadata = fields.map(|fields| fields.entry("metadata").or_insert_with(|| json!({})));
    let metadata = metadata.and_then(Value::as_object_mut);
    metadata.ok_or_else(|| bad_request("the object has no metadata"))
}

/// The preconditions of a request.
fn check_preconditions(request: &Request, live: &Value, given: &Value) -> Result<(), Refusal> {
    let live = &live["metadata"];
    let is = |field: &str| match given[field].as_str() {
        None | Some("") => true,
        given => given == live[field].as_str(),
    };
    if !is("uid") {
        let why = format!(
            "Precondition failed: UID in precondition: {}, UID in object meta: {}",
            given["uid"].as_str().unwrap_or_default(),
            live["uid"].as_str().unwrap_or_default()
        );
        return Err(conflict(&request.kind, &request.name, &why));
    }
    if !is("resourceVersion") {
        return Err(modified(&request.kind, &request.name));
    }
    Ok(())
}

/// Sets the fields that only the server sets, from the stored object's metadata. Values that it
/// generates for each answer are not stored.
fn server_made(object: &mut Value, stored: &Value) {
    let Some(metadata) = object["metadata"].as_object_mut() else {
        return;
    };
    for field in [
        "creationTimestamp",
        "deletionGracePeriodSeconds",
        "generation",
        "managedFields",
        "resourceVersion",
        "selfLink",
    ] {
        metadata.remove(field);
    }
    for field in ["uid", "deletionTimestamp"] {
        match stored.get(field) {
            Some(value) => metadata.insert(field.to_owned(), value.clone()),
            None => metadata.remove(field),
        };
    }
}

fn with_status(object: &Value, status: Option<&Value>) -> Value {
    let mut object = object.clone();
    match (object.as_object_mut(), status) {
        (Some(fields), Some(status)) => {
            fields.insert("status".to_owned(), status.clone());
        }
        (Some(fields), None) => {
            fields.remove("status");
        }
        (None, _) => {}
    }
    object
}

/// The identity of an object, and its status.
fn only_status(object: &Value) -> Value {
    let metadata = &object["metadata"];
    let mut only = json!({
        "apiVersion": object["apiVersion"], "kind": object["kind"],
        "metadata": { "name": metadata["name"], "namespace": metadata["namespace"] },
        "status": object["status"],
    });
    if metadata["namespace"].is_null() {
        without(&mut only["metadata"], "namespace");
    }
    only
}

fn without(object: &mut Value, field: &str) {
    if let Some(fields) = object.as_object_mut() {
        fields.remove(field);
    }
}
