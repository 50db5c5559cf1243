//! The other objects in the input.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::{fmt, iter};

use feast_api::Admitted;
use feast_api::v1::FeatureStore;
use feast_lint::{Neighbour, Reference};
use feast_render::{Answer, ObjectRef, Wanted};
use serde_json::{Value, json};

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

/// A kind and a namespace, such as `Secret` in `ml`.
type KindAndNamespace = (&'static str, String);

#[derive(Clone, Default)]
struct All {
    /// Objects without a text: FeatureStores with their status, and objects that are not looked up
    /// by name.
    gathered: Gathered,
    /// Objects by text. Overlays have Secrets with the same names.
    texts: BTreeMap<Arc<str>, Arc<Gathered>>,
    others: Vec<Value>,
    /// The positions of those that concern the FeatureStores of a name.
    concerning: BTreeMap<String, Vec<usize>>,
    stores: Stores,
    /// The kinds and namespaces of Secrets and ConfigMaps of a name, with their texts.
    named: BTreeMap<String, BTreeMap<KindAndNamespace, Texts>>,
    definitions: Definitions,
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
            let places = all.named.entry(name.clone()).or_default();
            let texts = places.entry((kind, namespace.clone())).or_default();
            texts.add(text);
        }
        all.definitions.append(part.definitions);
        all.gathered.take_servers(&mut part.gathered);
        // Most texts have FeatureStores only.
        if part.gathered.places().next().is_some() {
            let gathered = all.texts.entry(text.clone()).or_default();
            Arc::make_mut(gathered).append(part.gathered);
        }
        for other in part.others {
            for name in feast_lint::concerned(&other) {
                let positions = all.concerning.entry(name.to_owned()).or_default();
                positions.push(all.others.len());
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

    /// The keys of a Secret or ConfigMap in the input.
    pub fn keys(&self, object: &ObjectRef) -> Option<Vec<String>> {
        self.nearest(object)?.keys(object)
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
        let namespace = object.namespace.as_deref()?;
        let places = self.all.named.get(&object.name)?.iter();
        let mut places =
            places.filter(|((kind, found), _)| *kind == object.kind && found == namespace);
        let (_, texts) = places.next()?;
        let nearest = texts.nearest(self.near.as_deref().unwrap_or_default())?;
        self.all.texts.get(nearest).map(|gathered| &**gathered)
    }

    /// The FeatureStores of the input.
    pub(super) fn stores(&self) -> &Stores {
        &self.all.stores
    }

    /// The objects beside a FeatureStore that concern it or one of its name.
    pub(super) fn concerning(&self, store: &Admitted) -> impl Iterator<Item = &Value> {
        let positions = self.all.concerning.get(store.name()).into_iter().flatten();
        positions.filter_map(|position| self.all.others.get(*position))
    }

    /// Secrets and ConfigMaps that a FeatureStore may mean where it refers to one that the input lacks: of
    /// the same name in another namespace, or with a name that kustomize generated.
    pub(super) fn meant(&self, store: &Admitted) -> Vec<Value> {
        if self.all.named.is_empty() {
            return Vec::new();
        }
        let spec = serde_json::to_value(&store.spec).unwrap_or_default();
        let written = json!({ "spec": spec });
        let mut meant = Vec::new();
        for Reference { kind, name, .. } in feast_lint::references(&written) {
            let own = (kind, store.namespace().to_owned());
            let namesakes = self.all.named.get(name);
            if namesakes.is_some_and(|places| places.contains_key(&own)) {
                continue;
            }
            let mut places = namesakes.into_iter().flat_map(BTreeMap::keys);
            let elsewhere = places.find(|(other, _)| *other == kind);
            meant.extend(elsewhere.map(|(_, namespace)| head(kind, name, namespace)));
            let longer = self.all.named.range(name.to_owned()..);
            let longer = longer.take_while(|(other, _)| other.starts_with(name));
            let generated = longer.filter(|(other, places)| {
                feast_lint::is_generated(other, name) && places.contains_key(&own)
            });
            meant.extend(generated.map(|(other, _)| head(kind, other, &own.1)));
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
