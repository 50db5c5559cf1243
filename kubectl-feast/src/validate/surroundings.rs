//! What lints look at beside a FeatureStore: the other objects of the input.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use feast_api::Admitted;
use feast_api::v1::FeatureStore;
use feast_check::gather::{Gathered, Unreadable};
use feast_check::manifest::Document;
use feast_check::missing;
use feast_render::{
    Error, Inputs, ObjectRef, OperatorSettings, Rendered, Time, Wanted, WrongAnswer, render,
};
use feast_validate::{Validator, admitted};
use serde_json::{Value, json};

use crate::input::{self, Text, Unit};
use crate::setting::{Setting, now};

/// Kinds that bear on a FeatureStore, beside those that a rendering needs.
const BEARING: [&str; 4] = [
    "HorizontalPodAutoscaler",
    "PodDisruptionBudget",
    "ScaledObject",
    "VerticalPodAutoscaler",
];

/// The other objects of the input.
pub(super) struct Surroundings {
    operator: OperatorSettings,
    now: Time,
    gathered: Gathered,
    others: Vec<Value>,
    /// The namespaces that have a FeatureStore of a name.
    stores: BTreeMap<String, BTreeSet<String>>,
}

/// What one text has of them.
#[derive(Default)]
struct Part {
    documents: Vec<Document>,
    others: Vec<Value>,
    /// Name and namespace of its FeatureStores.
    stores: Vec<(String, String)>,
    /// FeatureStores that others need.
    wanted: BTreeSet<(String, String)>,
}

impl Surroundings {
    /// None but what every rendering has.
    pub(super) fn none(setting: &Setting) -> Self {
        Self::of(setting, Gathered::new(&setting.namespace), vec![])
    }

    fn of(setting: &Setting, gathered: Gathered, others: Vec<Value>) -> Self {
        Self {
            operator: setting.operator(),
            now: now(),
            gathered,
            others,
            stores: BTreeMap::new(),
        }
    }

    /// Reads the input once, and once more if FeatureStores refer to each other.
    pub(super) fn gather<U: Iterator<Item = Unit>>(
        units: impl Fn() -> U,
        setting: &Setting,
    ) -> io::Result<Self> {
        let mut gathered = Gathered::new(&setting.namespace);
        let mut others = Vec::new();
        let mut wanted = BTreeSet::new();
        let mut stores: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let look = |unit: Unit| unit.read().map(|text| part(&text, &setting.namespace));
        input::in_order(units(), look, |part| {
            // What cannot be read is told when it is checked.
            let Ok(part) = part else { return Ok(()) };
            for document in &part.documents {
                let _: Result<(), Unreadable> = gathered.add(document);
            }
            others.extend(part.others);
            wanted.extend(part.wanted);
            for (name, namespace) in part.stores {
                stores.entry(name).or_default().insert(namespace);
            }
            Ok(())
        })?;
        if !wanted.is_empty() {
            let known = Self::of(setting, gathered.clone(), vec![]);
            let look = |unit: Unit| unit.read().map(|text| served(&text, &wanted, &known));
            input::in_order(units(), look, |stores| {
                let stores = stores.into_iter().flatten();
                stores.for_each(|store| gathered.add_feature_store(store));
                Ok(())
            })?;
        }
        Ok(Self {
            stores,
            ..Self::of(setting, gathered, others)
        })
    }

    /// The namespace of objects that name none.
    pub(super) fn namespace(&self) -> &str {
        self.gathered.namespace()
    }

    /// The objects beside a FeatureStore that bear on it: autoscalers and the like, and the heads of
    /// FeatureStores of which one's name starts with the other's, which names of objects can clash
    /// with.
    pub(super) fn others(&self, name: &str, namespace: &str) -> Vec<Value> {
        let longer = self.stores.range(name.to_owned()..);
        let longer = longer.take_while(|(other, _)| other.starts_with(name));
        let shorter = name
            .match_indices('-')
            .filter_map(|(end, _)| self.stores.get_key_value(&name[..end]));
        let heads = longer.chain(shorter).flat_map(|(other, namespaces)| {
            namespaces.iter().map(move |namespace| (other, namespace))
        });
        let heads =
            heads.filter(|(other, found)| (other.as_str(), found.as_str()) != (name, namespace));
        let heads = heads.map(|(name, namespace)| {
            json!({
                "apiVersion": feast_api::Version::V1.api_version(),
                "kind": feast_api::KIND,
                "metadata": { "name": name, "namespace": namespace },
            })
        });
        self.others.iter().cloned().chain(heads).collect()
    }

    /// The keys of a Secret or ConfigMap of the input.
    pub(super) fn keys(&self, object: &ObjectRef) -> Option<Vec<String>> {
        self.gathered.keys(object)
    }

    /// What a FeatureStore is rendered with, and what it renders to: what is missing here is there in
    /// the cluster.
    pub(super) fn render(
        &self,
        store: Admitted,
    ) -> Result<(Inputs, Result<Rendered, Error>), WrongAnswer> {
        let lookup = |wanted: &Wanted| self.gathered.answer(wanted);
        let (operator, now) = (&self.operator, &self.now);
        let (inputs, missing) = missing::resolve(store, operator, now, lookup)?;
        let rendered = if missing.is_empty() {
            render(&inputs)
        } else {
            let store = inputs.store().clone();
            render(&missing::resolve_filled(store, operator, now, lookup)?)
        };
        Ok((inputs, rendered))
    }
}

/// What a text has beside FeatureStores.
fn part(text: &Text, namespace: &str) -> Part {
    let mut part = Part::default();
    for document in text.documents().into_iter().flatten() {
        match document.kind() {
            Some("Secret" | "ConfigMap" | "MLflow") => part.documents.push(document),
            Some(kind) if BEARING.contains(&kind) => {
                part.others.push(Value::Object(document.object().clone()));
            }
            Some(feast_api::KIND) => {
                part.wanted.extend(wanted(&document, namespace));
                let namespace = document.namespace().unwrap_or(namespace);
                let name = document.name().unwrap_or_default();
                part.stores.push((name.to_owned(), namespace.to_owned()));
            }
            _ => {}
        }
    }
    part
}

/// The FeatureStore that one refers to.
fn wanted(document: &Document, namespace: &str) -> Option<(String, String)> {
    // Most refer to none, and need not be read for it.
    if !document.json.contains("feastRef") && !document.json.contains('\\') {
        return None;
    }
    let spec = document.object().get("spec")?;
    let reference = spec.pointer("/services/registry/remote/feastRef")?;
    let text = |key| {
        reference
            .get(key)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    };
    let namespace = text("namespace")
        .or(document.namespace())
        .unwrap_or(namespace);
    Some((namespace.to_owned(), text("name")?.to_owned()))
}

/// The FeatureStores of a text that others refer to, with the status that they would have.
fn served(
    text: &Text,
    wanted: &BTreeSet<(String, String)>,
    surroundings: &Surroundings,
) -> Vec<FeatureStore> {
    let documents = text.documents().into_iter().flatten();
    let stores = documents.filter_map(|document| {
        let version = document.feature_store_version().ok()??;
        let namespace = document.namespace().unwrap_or(surroundings.namespace());
        let key = (namespace.to_owned(), document.name()?.to_owned());
        if !wanted.contains(&key) {
            return None;
        }
        let verdict = Validator::of(version).create(&document.json);
        let (inputs, rendered) = surroundings
            .render(admitted(verdict, namespace).ok()?)
            .ok()?;
        let store = inputs.store().clone();
        Some(store.with_status(Some(rendered.ok()?.status)).into_inner())
    });
    stores.collect()
}
