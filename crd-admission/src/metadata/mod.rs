//! `metadata`: decoded to the fields that the API server knows, checked, and written back.

mod check;
mod decode;
mod managers;
mod store;
pub(crate) mod time;

use std::borrow::Cow;

use self::managers::Manager;
use self::time::Time;

pub(crate) use self::check::{
    check, check_definition, check_embedded, check_update, finalizer_warnings,
};
pub(crate) use self::decode::{decode_request, decode_stored};
use crate::json::{Data, Fields, Items, Node};

/// Length to which the API server cuts a `generateName`, to leave room for five more characters.
const GENERATED_BASE: usize = 58;
/// Stands for the five random characters after a `generateName`.
const GENERATED_SUFFIX: &str = "xxxxx";

/// `ObjectMeta`, borrowed from the object. A missing string is empty.
#[derive(Clone, Debug, Default)]
pub(crate) struct Metadata<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) generate_name: &'a str,
    pub(crate) namespace: &'a str,
    pub(crate) self_link: &'a str,
    pub(crate) uid: &'a str,
    pub(crate) resource_version: &'a str,
    pub(crate) generation: i64,
    pub(crate) deletion: Option<Time>,
    pub(crate) grace_seconds: Option<i64>,
    labels: Option<Node<'a>>,
    annotations: Option<Node<'a>>,
    pub(crate) owners: Vec<Owner<'a>>,
    finalizers: Option<Node<'a>>,
    managers: Vec<Manager<'a>>,
}

/// `OwnerReference`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Owner<'a> {
    api_version: &'a str,
    kind: &'a str,
    name: &'a str,
    uid: &'a str,
    controller: Option<bool>,
    block_owner_deletion: Option<bool>,
}

impl<'a> Metadata<'a> {
    pub(crate) fn labels(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        texts(self.labels)
    }

    pub(crate) fn annotations(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        texts(self.annotations)
    }

    pub(crate) fn finalizers(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let items = match self.finalizers.map(Node::data) {
            Some(Data::Array(items)) => items,
            _ => Items::None,
        };
        items.map(text)
    }

    /// Removes duplicate owners.
    pub(crate) fn dedup_owners(&mut self) {
        if self.owners.len() > 1 {
            let mut seen = std::collections::HashSet::new();
            self.owners.retain(|owner| seen.insert(*owner));
        }
    }

    /// Sets the fields that the API server sets on creation.
    pub(crate) fn prepare_create(&mut self) {
        self.uid = "";
        self.self_link = "";
        self.deletion = None;
        self.grace_seconds = None;
        self.generation = 1;
        self.dedup_owners();
        if self.name.is_empty() && !self.generate_name.is_empty() {
            let ends = (0..=GENERATED_BASE).rev();
            let base = ends
                .into_iter()
                .find_map(|end| self.generate_name.get(..end));
            let base = base.filter(|_| self.generate_name.len() > GENERATED_BASE);
            let base = base.unwrap_or(self.generate_name);
            self.name = Cow::Owned(format!("{base}{GENERATED_SUFFIX}"));
        }
    }

    /// Sets the fields that every stored object has, where missing.
    pub(crate) fn assume_stored(&mut self) {
        if self.resource_version.is_empty() {
            self.resource_version = "1";
        }
        if self.uid.is_empty() {
            self.uid = "00000000-0000-0000-0000-000000000000";
        }
    }

    /// Restores the fields that an update cannot change.
    pub(crate) fn prepare_update(&mut self, old: &Self, content_changed: bool) {
        self.generation = old.generation.wrapping_add(content_changed.into());
        self.uid = old.uid;
        if old.deletion.is_some() {
            self.deletion = old.deletion;
        }
        if self.grace_seconds.is_none() {
            self.grace_seconds = old.grace_seconds;
        }
        self.dedup_owners();
    }
}

fn texts(map: Option<Node<'_>>) -> impl Iterator<Item = (&str, &str)> {
    let fields = map.map_or(Fields::None, Node::fields);
    fields.map(|(name, value)| (name, text(value)))
}

/// Null equals an empty string.
fn text(node: Node<'_>) -> &str {
    node.as_str().unwrap_or_default()
}
