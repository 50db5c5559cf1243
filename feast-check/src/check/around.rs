//! The other objects in the input.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::{fmt, iter};

use feast_api::Admitted;
use feast_api::v1::FeatureStore;
use feast_lint::{Concerned, Neighbour, Reference};
use feast_render::{Answer, ObjectRef, Wanted};
use serde_json::{Value, json};

use super::Place;
use super::definitions::Definitions;
use super::read::Part;
use super::stores::Stores;
use crate::gather::Gathered;

/// The other objects in the input, as seen from a text.
#[derive(Clone, Default)]
pub struct Around {
    all: Arc<All>,
    /// The text.
    near: Option<Arc<str>>,
}

/// A kind and a name, such as `Secret` and `stores`.
type KindAndName = (&'static str, String);

#[derive(Clone, Default)]
struct All {
    /// Objects without a text: FeatureStores with their status, and objects that are not looked up
    /// by name.
    gathered: Gathered,
    /// Objects by text. Overlays have Secrets with the same names.
    texts: BTreeMap<Arc<str>, Arc<Gathered>>,
    others: Vec<Value>,
    /// Whom they concern.
    concerning: Concerning,
    stores: Stores,
    /// The namespaces of the Secrets and ConfigMaps of a kind and name, with their texts.
    named: BTreeMap<KindAndName, BTreeMap<String, Texts>>,
    /// Of the names that kustomize may have generated from a name, the first, by namespace.
    generated: BTreeMap<KindAndName, BTreeMap<String, String>>,
    definitions: Definitions,
}

/// The positions of objects, by the FeatureStores that they concern.
#[derive(Clone, Default)]
struct Concerning {
    stores: BTreeMap<Place, Vec<usize>>,
    /// The first that concerns all of a namespace: there may be as many as FeatureStores, and lints only
    /// ask whether there is one.
    namespaces: BTreeMap<String, usize>,
}

impl Concerning {
    fn add(&mut self, concerned: Concerned<'_>, position: usize) {
        match concerned {
            Concerned::One { namespace, name } => {
                let place = (namespace.to_owned(), name.to_owned());
                self.stores.entry(place).or_default().push(position);
            }
            Concerned::Namespace(namespace) => {
                if !self.namespaces.contains_key(namespace) {
                    self.namespaces.insert(namespace.to_owned(), position);
                }
            }
        }
    }

    fn positions(&self, place: &Place) -> impl Iterator<Item = usize> + use<'_> {
        let own = self.stores.get(place).into_iter().flatten();
        own.chain(self.namespaces.get(&place.0)).copied()
    }
}

/// The texts that have an object.
#[derive(Clone, Default)]
struct Texts {
    /// For a text, and for each folder above it, the last text that was added there. The folder
    /// above all has no name.
    last: BTreeMap<Arc<str>, Arc<str>>,
}

impl Texts {
    fn add(&mut self, text: &Arc<str>) {
        for place in places_of(text) {
            match self.last.get_mut(place) {
                Some(last) => *last = text.clone(),
                None => drop(self.last.insert(place.into(), text.clone())),
            }
        }
    }

    /// The text itself, or else the last one in the nearest folder.
    fn nearest(&self, text: &str) -> Option<&Arc<str>> {
        places_of(text).find_map(|place| self.last.get(place))
    }
}

/// A text and the folders above it, from the inside, such as `a/b.yaml`, `a/` and the one above all.
fn places_of(text: &str) -> impl Iterator<Item = &str> {
    let folders = text.rmatch_indices('/').map(|(at, _)| &text[..=at]);
    iter::once(text).chain(folders).chain(iter::once(""))
}

impl Around {
    pub(super) fn new(namespace: &str) -> Self {
        let all = All {
            gathered: Gathered::new(namespace),
            ..All::default()
        };
        Self {
            all: Arc::new(all),
            near: None,
        }
    }

    /// Adds the objects of a text.
    pub(super) fn add(&mut self, text: &Arc<str>, mut part: Part) {
        let all = Arc::make_mut(&mut self.all);
        for (kind, (namespace, name)) in part.gathered.places() {
            let named = all.named.entry((kind, name.clone())).or_default();
            named.entry(namespace.clone()).or_default().add(text);
            if let Some(from) = feast_lint::generated_from(name) {
                let generated = all.generated.entry((kind, from.to_owned())).or_default();
                let first = generated.entry(namespace.clone()).or_insert(name.clone());
                if name < first {
                    first.clone_from(name);
                }
            }
        }
        all.definitions.append(part.definitions);
        all.gathered.take_servers(&mut part.gathered);
        // Most texts have FeatureStores only.
        if part.gathered.places().next().is_some() {
            let gathered = all.texts.entry(text.clone()).or_default();
            Arc::make_mut(gathered).append(part.gathered);
        }
        for other in part.others {
            for concerned in feast_lint::concerned(&other, all.gathered.namespace()) {
                all.concerning.add(concerned, all.others.len());
            }
            all.others.push(other);
        }
        for (place, stored) in part.stores {
            all.stores.add(place, stored.neighbour);
        }
    }

    /// Adds FeatureStores of a cluster, for lints.
    pub(super) fn add_known<'s>(&mut self, stores: impl Iterator<Item = &'s FeatureStore>) {
        let all = Arc::make_mut(&mut self.all);
        for store in stores.filter_map(|store| Admitted::assume(store.clone()).ok()) {
            let neighbour = Neighbour::of(&store);
            all.stores.add(super::place(&store), Some(neighbour));
        }
    }

    pub(super) fn add_feature_store(&mut self, store: Admitted) {
        let all = Arc::make_mut(&mut self.all);
        all.gathered.add_feature_store(store.into_inner());
    }

    pub(super) fn definitions(&self) -> &Definitions {
        &self.all.definitions
    }

    /// The view of a text: of several objects with the same name and namespace, the one in the text
    /// itself is used, or else in the nearest folder.
    pub(super) fn near(&self, text: &Arc<str>) -> Self {
        Self {
            all: self.all.clone(),
            near: Some(text.clone()),
        }
    }

    /// Answers look-ups of rendering. Manifests have no live objects.
    pub fn answer(&self, wanted: &Wanted) -> Answer {
        let object = match wanted {
            Wanted::Secret(secret) => &secret.object,
            Wanted::ConfigMap(config_map) => &config_map.object,
            _ => return self.all.gathered.answer(wanted),
        };
        self.nearest(object)
            .map_or(Answer::Absent, |gathered| gathered.answer(wanted))
    }

    /// Whether a Secret or ConfigMap in the input has a key; `None` if the input lacks the object.
    pub fn has_key(&self, object: &ObjectRef, key: &str) -> Option<bool> {
        self.nearest(object)?.has_key(object, key)
    }

    /// Whether the input has an object to which a FeatureStore may refer.
    pub fn has(&self, object: &ObjectRef) -> bool {
        let namespace = object.namespace.as_deref().unwrap_or_default();
        match &*object.kind {
            "Secret" | "ConfigMap" => self.nearest(object).is_some(),
            feast_api::KIND => {
                let place = (namespace.to_owned(), object.name.clone());
                self.all.stores.has(&place)
            }
            _ => false,
        }
    }

    /// The autoscalers in the input, and other objects that affect FeatureStores without a
    /// reference.
    pub fn beside(&self) -> impl Iterator<Item = &Value> {
        self.all.others.iter()
    }

    /// The namespace for objects that set none.
    pub fn namespace(&self) -> &str {
        self.all.gathered.namespace()
    }

    /// The object from the nearest text that has it; of several equally near, the last.
    fn nearest(&self, object: &ObjectRef) -> Option<&Gathered> {
        let mut kinds = ["ConfigMap", "Secret"].into_iter();
        let kind = kinds.find(|kind| *kind == object.kind)?;
        let named = self.all.named.get(&(kind, object.name.clone()))?;
        let texts = named.get(object.namespace.as_deref()?)?;
        let nearest = texts.nearest(self.near.as_deref().unwrap_or_default())?;
        self.all.texts.get(nearest).map(|gathered| &**gathered)
    }

    /// The FeatureStores of the input.
    pub(super) fn stores(&self) -> &Stores {
        &self.all.stores
    }

    /// The autoscalers of a FeatureStore in the input, and other objects that concern it.
    pub fn concerning(&self, store: &Admitted) -> impl Iterator<Item = &Value> {
        let positions = self.all.concerning.positions(&super::place(store));
        positions.filter_map(|position| self.all.others.get(position))
    }

    /// Secrets and ConfigMaps that a FeatureStore may mean where it refers to one that the input lacks: of
    /// the same name in another namespace, or with a name that kustomize generated.
    pub(super) fn meant(&self, store: &Admitted) -> Vec<Value> {
        if self.all.named.is_empty() {
            return Vec::new();
        }
        let namespace = store.namespace();
        let spec = serde_json::to_value(&store.spec).unwrap_or_default();
        let written = json!({ "spec": spec });
        let mut meant = Vec::new();
        for Reference { kind, name, .. } in feast_lint::references(&written) {
            let named = (kind, name.to_owned());
            let namesakes = self.all.named.get(&named);
            if namesakes.is_some_and(|namesakes| namesakes.contains_key(namespace)) {
                continue;
            }
            let elsewhere = namesakes.and_then(|namesakes| namesakes.keys().next());
            meant.extend(elsewhere.map(|namespace| head(kind, name, namespace)));
            let generated = self.all.generated.get(&named);
            let generated = generated.and_then(|names| names.get(namespace));
            meant.extend(generated.map(|name| head(kind, name, namespace)));
        }
        meant
    }
}

/// An object of which only the reference is known.
fn head(kind: &str, name: &str, namespace: &str) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": kind,
        "metadata": { "name": name, "namespace": namespace },
    })
}

/// Shows counts only: the data may be Secrets.
impl fmt::Debug for Around {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Around")
            .field("gathered", &self.all.gathered)
            .field("texts", &self.all.texts)
            .field("near", &self.near)
            .field("others", &self.all.others.len())
            .field("stores", &self.all.stores.len())
            .field("named", &self.all.named.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use feast_render::{OperatorSettings, Time};

    use super::Texts;
    use crate::{Checked, Checker, Level, Settings, Text};

    #[test]
    fn a_text_is_nearest_to_itself_and_then_to_its_folder() {
        let mut texts = Texts::default();
        for text in ["a/b/x.yaml", "a/y.yaml", "a/c/z.yaml", "w.yaml"] {
            texts.add(&text.into());
        }
        for (near, expected) in [
            ("a/y.yaml", "a/y.yaml"),
            ("a/b/other.yaml", "a/b/x.yaml"),
            ("a/b/deep/other.yaml", "a/b/x.yaml"),
            // Of several that are equally near, the last.
            ("a/other.yaml", "a/c/z.yaml"),
            ("other/a/y.yaml", "w.yaml"),
            ("", "w.yaml"),
        ] {
            assert_eq!(
                texts.nearest(near).map(|text| &**text),
                Some(expected),
                "{near}"
            );
        }
    }

    /// A Secret with a database's path, and a FeatureStore that reads it.
    fn texts(folder: &str, path: &str) -> [Text; 2] {
        let secret = format!(
            "apiVersion: v1\nkind: Secret\nmetadata: {{name: db}}\nstringData: {{sql: '{path}'}}\n"
        );
        let store = "apiVersion: feast.dev/v1\nkind: FeatureStore\nmetadata: {name: shop}\n\
             spec: {feastProject: shop, services: {registry: {local: {persistence: {store: \
             {type: sql, secretRef: {name: db}}}}}}}\n";
        [("a-secret.yaml", &*secret), ("store.yaml", store)]
            .map(|(name, text)| Text::new(format!("{folder}/{name}"), text))
    }

    #[test]
    fn the_nearest_secret_is_used() {
        let now = Time("2026-01-01T00:00:00Z".parse().unwrap());
        let checker = Checker::new(Settings::new(OperatorSettings::reference(), now));
        let is_refused = |checked: &&Checked| checked.count(Level::Error) > 0;
        let good = || texts("overlays/dev", "path: ${SQL}");
        let bad = || texts("overlays/prod", "none");
        for texts in [
            good().into_iter().chain(bad()),
            bad().into_iter().chain(good()),
        ] {
            let found = checker.check(texts);
            let refused = found.iter().filter(is_refused);
            let refused: Vec<_> = refused.map(|checked| &*checked.file).collect();
            assert_eq!(refused, ["overlays/prod/store.yaml"]);
        }
        // A Secret in the text itself takes precedence over one beside it.
        let [secret, store] = good();
        let both = format!("{}---\n{}", secret.content(), store.content());
        let own = Text::new("overlays/dev/both.yaml", both);
        let [beside, _] = texts("overlays/dev", "none");
        let found = checker.check([own, beside]);
        assert!(!found.iter().any(|checked| is_refused(&checked)));
    }
}
