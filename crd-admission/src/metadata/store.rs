//! [`Metadata`] to JSON, as stored.

use serde_json::{Map, Value};

use super::managers::Manager;
use super::time::Time;
use super::{Metadata, Owner};
use crate::json::{Data, Node};

impl Metadata<'_> {
    /// The stored form, without what only a server can generate: uid, creation time, resource
    /// version and managed fields.
    pub(crate) fn to_value(&self) -> Value {
        let mut fields = Map::new();
        let mut text = |name: &str, value: &str| {
            if !value.is_empty() {
                fields.insert(name.to_owned(), value.into());
            }
        };
        text("name", &self.name);
        text("generateName", self.generate_name);
        text("namespace", self.namespace);
        text("selfLink", self.self_link);
        if let Some(time) = self.deletion {
            fields.insert("deletionTimestamp".to_owned(), time.format().into());
        }
        if let Some(seconds) = self.grace_seconds {
            fields.insert("deletionGracePeriodSeconds".to_owned(), seconds.into());
        }
        // An object that is read without a generation gets the first.
        let generation = if self.generation == 0 {
            1
        } else {
            self.generation
        };
        fields.insert("generation".to_owned(), generation.into());
        insert_map(&mut fields, "labels", self.labels());
        insert_map(&mut fields, "annotations", self.annotations());
        insert_list(
            &mut fields,
            "ownerReferences",
            self.owners.iter().copied().map(Owner::to_value),
        );
        insert_list(
            &mut fields,
            "finalizers",
            self.finalizers().map(Value::from),
        );
        fields.into()
    }
}

impl Metadata<'_> {
    /// The stored form of the metadata of an embedded resource, decoded from `node`; the server
    /// does not change it.
    pub(crate) fn to_embedded(&self, node: Node<'_>) -> Value {
        let mut value = self.to_value();
        let Some(fields) = value.as_object_mut() else {
            return value;
        };
        let generation = Some(self.generation).filter(|&generation| generation != 0);
        set(fields, "generation", generation.map(Value::from));
        for (name, text) in [
            ("uid", self.uid),
            ("resourceVersion", self.resource_version),
        ] {
            set(fields, name, (!text.is_empty()).then(|| text.into()));
        }
        let created = node.get("creationTimestamp").and_then(Node::as_str);
        let created = created.and_then(|text| Time::parse(text).ok().flatten());
        set(
            fields,
            "creationTimestamp",
            created.map(|time| time.format().into()),
        );
        let managers = self.managers.iter().copied().map(Manager::to_value);
        insert_list(fields, "managedFields", managers);
        value
    }

    /// The same for an object in a request. A zero time that the request contains is null until the
    /// object is stored, so it differs from the old object's.
    pub(crate) fn to_embedded_anew(&self, node: Node<'_>) -> Value {
        let mut value = self.to_embedded(node);
        set_null(&mut value, node, "deletionTimestamp");
        let managers = value.get_mut("managedFields").and_then(Value::as_array_mut);
        if let Some(Data::Array(nodes)) = node.get("managedFields").map(Node::data) {
            for (manager, node) in managers.into_iter().flatten().zip(nodes) {
                set_null(manager, node, "time");
            }
        }
        value
    }
}

/// Sets a time to null if it is given as the zero time.
fn set_null(value: &mut Value, node: Node<'_>, name: &str) {
    let given = node.get(name).and_then(Node::as_str);
    let is_none = given.is_some_and(|text| matches!(Time::parse(text), Ok(None)));
    if let (true, Some(fields)) = (is_none, value.as_object_mut()) {
        fields.insert(name.to_owned(), Value::Null);
    }
}

fn set(fields: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    match value {
        Some(value) => drop(fields.insert(name.to_owned(), value)),
        None => drop(fields.remove(name)),
    }
}

impl Owner<'_> {
    fn to_value(self) -> Value {
        let mut fields = Map::new();
        for (name, text) in [
            ("apiVersion", self.api_version),
            ("kind", self.kind),
            ("name", self.name),
            ("uid", self.uid),
        ] {
            fields.insert(name.to_owned(), text.into());
        }
        for (name, flag) in [
            ("controller", self.controller),
            ("blockOwnerDeletion", self.block_owner_deletion),
        ] {
            if let Some(flag) = flag {
                fields.insert(name.to_owned(), flag.into());
            }
        }
        fields.into()
    }
}

fn insert_map<'a>(
    fields: &mut Map<String, Value>,
    name: &str,
    entries: impl Iterator<Item = (&'a str, &'a str)>,
) {
    let map: Map<_, _> = entries
        .map(|(key, text)| (key.to_owned(), text.into()))
        .collect();
    if !map.is_empty() {
        fields.insert(name.to_owned(), map.into());
    }
}

fn insert_list(fields: &mut Map<String, Value>, name: &str, items: impl Iterator<Item = Value>) {
    let list: Vec<_> = items.collect();
    if !list.is_empty() {
        fields.insert(name.to_owned(), list.into());
    }
}
