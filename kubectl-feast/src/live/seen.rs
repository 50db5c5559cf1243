//! Objects read from a cluster, and those that could not be read.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;

use feast_api::v1::FeatureStore;
use feast_check::check::Live;
use feast_check::{Absent, Checker, Settings, Text, visible};
use feast_render::{ObjectRef, Platform, Wanted};
use serde_json::{Value, json};

use super::asked::Asked;
use super::error::Error;
use crate::format::yaml;
use crate::input::Unreadable;

/// The name, for messages, of the other objects in a cluster.
const AROUND: &str = "(cluster)";

/// Objects read from a cluster.
#[derive(Default)]
pub(crate) struct Seen {
    /// The FeatureStores of the command.
    pub(super) stores: Vec<Value>,
    /// All other objects that were read.
    pub(super) objects: Live,
    /// Objects that affect FeatureStores without being referenced.
    pub(super) beside: Vec<Value>,
    /// Those of the objects that FeatureStores refer to.
    pub(super) referred: BTreeSet<ObjectRef>,
    /// The CustomResourceDefinition of FeatureStores.
    pub(super) definition: Option<Value>,
    pub(super) platform: Platform,
    /// The Kubernetes release, or the nearest known one.
    pub(crate) kubernetes: Option<feast_lint::Release>,
    /// The namespace for objects that set none.
    pub(super) namespace: String,
    /// Referenced objects that the user may not read.
    pub(super) unread: BTreeSet<ObjectRef>,
    /// The missing permissions, with the names of the objects that could not be read.
    pub(super) lacking: BTreeMap<Asked, BTreeSet<String>>,
}

impl Seen {
    /// The settings for checking FeatureStores of this cluster: missing objects are missing.
    pub(crate) fn settings(&self, mut settings: Settings) -> Settings {
        let Platform {
            openshift,
            service_monitor,
            ..
        } = self.platform;
        settings.operator.platform.openshift |= openshift;
        settings.operator.platform.service_monitor |= service_monitor;
        settings.namespace.clone_from(&self.namespace);
        if settings.absent != Absent::Filled {
            settings.absent = Absent::Lacking;
        }
        settings
    }

    /// Adds the cluster's objects to a checker.
    pub(crate) fn inform(&self, mut checker: Checker) -> Checker {
        if let Some(definition) = &self.definition {
            // The cluster has accepted it, so findings are ignored.
            checker.add_crds(&Text::new(AROUND, definition.to_string()));
        }
        let stores = self.stores.iter().chain(self.objects.values()).cloned();
        let stores = stores.filter(|object| object["kind"] == feast_api::KIND);
        let stores = stores.filter_map(|store| FeatureStore::from_value(store).ok());
        checker
            .observing(self.objects.clone(), stores)
            .assuming(self.unread.clone())
    }

    /// The other objects, and each FeatureStore as kubectl prints it.
    pub(crate) fn texts(&self) -> Vec<Result<Arc<Text>, Unreadable>> {
        let stores = self.stores.iter().map(|store| {
            let (place, content) = (place(store), yaml(store));
            let content = content.map_err(|error| Unreadable::new(&place, &error));
            Ok(Text::new(place, content?).into())
        });
        std::iter::once(Ok(self.around().into()))
            .chain(stores)
            .collect()
    }

    /// The other objects as a text.
    pub(crate) fn around(&self) -> Text {
        let referred = self.referred.iter();
        let referred = referred.filter_map(|object| self.objects.get(object));
        let inputs = referred.filter(|object| object["kind"] != feast_api::KIND);
        let items: Vec<_> = inputs.chain(&self.beside).collect();
        let list = json!({ "apiVersion": "v1", "kind": "List", "items": items });
        Text::new(AROUND, list.to_string())
    }

    /// Adds the result of a look-up; a missing permission is recorded.
    pub(super) fn take(
        &mut self,
        wanted: &Wanted,
        found: Result<Vec<Value>, Error>,
    ) -> Result<(), Error> {
        match found {
            Ok(found) => {
                let is_input = !wanted.is_live();
                for object in found {
                    self.add(object, is_input);
                }
                Ok(())
            }
            Err(Error::Forbidden(asked)) => {
                if let Some(object) = wanted.object().filter(|_| !wanted.is_live()) {
                    self.unread.insert(object.clone());
                }
                self.lack(&asked);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Whether an object was looked up because a FeatureStore refers to it.
    pub(super) fn knows(&self, object: &ObjectRef) -> bool {
        self.referred.contains(object) || self.unread.contains(object)
    }

    /// Adds an object; `is_input` if a FeatureStore refers to it.
    pub(super) fn add(&mut self, object: Value, is_input: bool) {
        let Some(reference) = ObjectRef::of_value(&object) else {
            return;
        };
        if is_input {
            self.referred.insert(reference.clone());
        }
        self.objects.insert(reference, without_managers(object));
    }

    /// Records a missing permission.
    pub(super) fn lack(&mut self, asked: &Asked) {
        let names = self.lacking.entry(asked.right()).or_default();
        names.extend(asked.name.clone());
    }

    /// Prints what could not be read, a line for each permission.
    pub(crate) fn tell(&self) -> io::Result<()> {
        let mut out = io::stderr().lock();
        for (right, names) in &self.lacking {
            let names: Vec<_> = names.iter().map(String::as_str).collect();
            let names = names.join(", ");
            let (names, what) = match right.resource.as_str() {
                "customresourcedefinitions.apiextensions.k8s.io" => {
                    (String::new(), "using the CRD of --release instead")
                }
                "secrets" | "configmaps" | "featurestores.feast.dev" => {
                    (format!(" ({names})"), "assumed to be correct")
                }
                // The operator creates many objects; their names do not help.
                _ => (String::new(), "not checked"),
            };
            writeln!(out, "note: you may not {right}{}: {what}", visible(&names))?;
        }
        Ok(())
    }
}

/// Shows counts only: the data may be Secrets.
impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seen")
            .field("stores", &self.stores.len())
            .field("objects", &self.objects.len())
            .field("lacking", &self.lacking)
            .finish_non_exhaustive()
    }
}

/// `namespace/name` of an object.
pub(crate) fn place(object: &Value) -> String {
    let text = |field: &str| object["metadata"][field].as_str().unwrap_or_default();
    format!("{}/{}", text("namespace"), text("name"))
}

/// An object as kubectl prints it, without `managedFields`.
pub(super) fn without_managers(mut object: Value) -> Value {
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("managedFields");
    }
    object
}
