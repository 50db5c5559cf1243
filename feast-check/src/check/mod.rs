//! Checks texts: the only path from manifests to findings, for all programs.

mod advice;
mod around;
mod beside;
mod custom;
mod definitions;
mod feature_store;
mod gathering;
mod old;
mod read;
mod refusal;
mod rendering;
mod settings;
mod stores;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use feast_api::v1::FeatureStore;
use feast_api::{Admitted, Release};
use feast_lint::Config;
use feast_render::{ObjectRef, Rendered, Wanted};
use serde_json::Value;

pub use self::around::Around;
pub use self::beside::Beside;
use self::custom::Waiting;
use self::definitions::Definitions;
pub use self::definitions::is_definition;
pub use self::gathering::Gathering;
use self::old::Old;
pub use self::read::Read;
use self::read::{Entry, Judged, Purpose};
pub use self::refusal::is_about_inputs;
pub use self::rendering::Rendering;
pub use self::settings::{Absent, Depth, Settings};
use crate::admission;
use crate::finding::{Checked, Finding, Level, Locator};
use crate::gather::Unreadable;
use crate::manifest::Document;
use crate::text::{Part, PassedBy, Text};

/// Live objects of a cluster.
pub type Live = BTreeMap<ObjectRef, Value>;

/// Namespace and name of a FeatureStore.
type Place = (String, String);

/// Checks FeatureStores together with the other objects in the input.
///
/// ```
/// use feast_check::{Checker, Settings, Text};
/// use feast_render::{OperatorSettings, Time};
///
/// let now = Time("2026-01-01T00:00:00Z".parse()?);
/// let checker = Checker::new(Settings::new(OperatorSettings::reference(), now));
/// let checked = checker.check([Text::new("shop.yaml", "
/// apiVersion: v1
/// kind: Secret
/// metadata: {name: db}
/// stringData: {sql: 'postgresql+psycopg://user:password@db/feast'}
/// ---
/// apiVersion: feast.dev/v1
/// kind: FeatureStore
/// metadata: {name: shop}
/// spec:
///   feastProject: shop
///   services:
///     registry: {local: {persistence: {store: {type: sql, secretRef: {name: db}}}}}
/// ")]);
///
/// let shop = &checked[0];
/// let refused = shop.findings.iter().find(|finding| finding.code == "not-renderable").unwrap();
/// assert_eq!(refused.field, "spec.services.registry.local.persistence.store.secretRef");
/// assert_eq!(shop.position(refused).line, 13);
/// assert!(refused.message.contains("key sql of Secret db"));
/// assert!(!refused.message.contains("password"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [`check`](Self::check) has three steps, for callers that run the first and the last in parallel:
/// [`read`](Self::read) each text, [`gather`](Self::gather) their objects, and
/// [`finish`](Self::finish) each text.
#[derive(Clone)]
pub struct Checker {
    settings: Settings,
    /// Given CRDs.
    definitions: Definitions,
    old: Old,
    live: Live,
    /// FeatureStores of the cluster.
    known: BTreeMap<Place, FeatureStore>,
    /// Existing objects that the user may not read.
    assumed: BTreeSet<ObjectRef>,
}

/// Shows the settings, not the cluster's data.
impl fmt::Debug for Checker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checker")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// A checked document, with its result.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outcome {
    /// The findings.
    pub checked: Checked,
    /// The FeatureStore and its rendering, if it was rendered.
    pub rendered: Option<Box<(Admitted, Rendered)>>,
}

impl Checker {
    /// Creates a checker without a cluster.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            definitions: Definitions::default(),
            old: Old::default(),
            live: Live::new(),
            known: BTreeMap::new(),
            assumed: BTreeSet::new(),
        }
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// A checker for another release, such as that of another folder's configuration.
    #[must_use]
    pub fn of_release(mut self, release: Release) -> Self {
        self.settings = self.settings.of_release(release);
        self
    }

    /// Adds an object as it was before a change: the object of the same kind and name in the input
    /// is then validated as an update. Objects without a validator are ignored.
    ///
    /// A manifest counts as the object that the API server stores for it.
    pub fn add_old(&mut self, document: &Document) {
        self.old.add(document, &self.settings, &self.definitions);
    }

    /// A checker with the live objects and FeatureStores of a cluster: renderings then have
    /// deletions and patches, and FeatureStores have uids and status.
    #[must_use]
    pub fn observing(self, live: Live, stores: impl IntoIterator<Item = FeatureStore>) -> Self {
        let place = |store: &FeatureStore| {
            let metadata = &store.metadata;
            let namespace = metadata.namespace.clone().unwrap_or_default();
            (namespace, metadata.name.clone().unwrap_or_default())
        };
        let known = stores.into_iter().map(|store| (place(&store), store));
        Self {
            live,
            known: known.collect(),
            ..self
        }
    }

    /// A checker for which these Secrets, ConfigMaps and FeatureStores exist but cannot be read:
    /// placeholders replace them, whatever the setting for missing objects is.
    #[must_use]
    pub fn assuming(self, objects: impl IntoIterator<Item = ObjectRef>) -> Self {
        Self {
            assumed: objects.into_iter().collect(),
            ..self
        }
    }

    /// A checker with other lint levels and options, such as those of another folder's
    /// configuration.
    #[must_use]
    pub fn linting(mut self, lints: Config) -> Self {
        self.settings.lints = lints;
        self
    }

    /// Checks texts that belong together.
    pub fn check(&self, texts: impl IntoIterator<Item: Into<Arc<Text>>>) -> Vec<Checked> {
        let mut read: Vec<_> = texts.into_iter().map(|text| self.read(text)).collect();
        let around = self.gather(read.iter_mut());
        let findings = read.into_iter().map(|read| self.findings(read, &around));
        findings.flatten().collect()
    }

    /// Reads a text and validates its FeatureStores, CustomResourceDefinitions and, with CRDs that
    /// were added, other resources. Other resources wait until all CRDs of the input are known.
    pub fn read(&self, text: impl Into<Arc<Text>>) -> Read {
        self.read_for(Purpose::Findings, &text.into())
    }

    /// Reads what a text has for others, for a [`Gathering`]. Faster than [`read`](Self::read),
    /// because FeatureStores that refer to no other are not validated. Findings and FeatureStores are
    /// missing: read the text again to finish it.
    pub fn survey(&self, text: impl Into<Arc<Text>>) -> Read {
        self.read_for(Purpose::Others, &text.into())
    }

    fn read_for(&self, purpose: Purpose, text: &Arc<Text>) -> Read {
        let mut read = Read::new(text, &self.settings.namespace, purpose);
        for part in text.parts() {
            match part {
                Part::Document(Ok(document)) => self.document(text, document, &mut read),
                Part::Document(Err(error)) => read.done(Checked::fault(text, &error)),
                Part::PassedBy { line, why } => read.pass_by(line, why),
            }
        }
        read
    }

    fn document(&self, text: &Arc<Text>, document: Document, read: &mut Read) {
        let is_selected = || document.is_selected(&self.settings.selector);
        match document.feature_store_version() {
            Ok(Some(version)) => {
                let release = self.settings.release;
                match self.definitions.feature_store(version, release) {
                    Some(validator) => self.feature_store(validator, version, text, document, read),
                    None if !is_selected() => read.pass_by(document.line, PassedBy::NotSelected),
                    None => read.done(match self.definitions.of(&document) {
                        Some(crd) => self.custom(crd, text, &document),
                        None => admission::not_served(
                            text,
                            &document,
                            &self.settings.namespace,
                            release,
                        ),
                    }),
                }
            }
            Ok(None) => {
                if let Err(error) = read.part.add(&document) {
                    read.done(unreadable(text, &document, &error));
                }
                if self.settings.depth != Depth::Rendering {
                    self.other(text, document, read);
                }
            }
            Err(_) if !is_selected() => read.pass_by(document.line, PassedBy::NotSelected),
            Err(error) => match self.definitions.of(&document) {
                Some(crd) => read.done(self.custom(crd, text, &document)),
                None => read.done(admission::unrecognized(text, &document, &error)),
            },
        }
    }

    /// Collects the objects that texts have for each other. Call it once for each text.
    pub fn gather<'r>(&self, read: impl IntoIterator<Item = &'r mut Read>) -> Around {
        self.gather_beside(&self.keep(Vec::new()), read)
    }

    /// Keeps texts that do not change while others do.
    pub fn keep(&self, mut read: Vec<Read>) -> Beside {
        let mut gathering = self.gathering();
        for read in &mut read {
            gathering.add(read);
        }
        Beside { read, gathering }
    }

    /// Like [`gather`](Self::gather), together with unchanged texts.
    pub fn gather_beside<'r>(
        &self,
        beside: &Beside,
        read: impl IntoIterator<Item = &'r mut Read>,
    ) -> Around {
        let mut gathering = beside.gathering.clone();
        let add = |read: &'r mut Read| {
            gathering.add(read);
            &*read
        };
        let read: Vec<_> = read.into_iter().map(add).collect();
        gathering.finish(self, beside.read.iter().chain(read))
    }

    /// Renders and lints the admitted FeatureStores of a text.
    pub fn finish(&self, read: Read, around: &Around) -> Vec<Outcome> {
        self.outcomes(read, around).collect()
    }

    /// The findings of [`finish`](Self::finish). Each rendering, which takes much memory, is dropped
    /// before the next is made.
    pub fn findings(&self, read: Read, around: &Around) -> Vec<Checked> {
        let outcomes = self.outcomes(read, around);
        outcomes.map(|outcome| outcome.checked).collect()
    }

    fn outcomes(&self, read: Read, around: &Around) -> impl Iterator<Item = Outcome> {
        let around = around.near(read.file());
        let judged = |checked| Outcome {
            checked,
            rendered: None,
        };
        read.entries
            .into_iter()
            .filter_map(move |entry| match entry {
                Entry::Done(checked) => Some(judged(*checked)),
                Entry::Waiting(waiting) => {
                    let Waiting { text, document } = &*waiting;
                    let crd = around.definitions().of(document)?;
                    Some(judged(self.custom(crd, text, document)))
                }
                Entry::Admitted(judged) => Some(self.outcome(*judged, &around)),
            })
    }

    fn outcome(&self, judged: Judged, around: &Around) -> Outcome {
        let Judged {
            text,
            document,
            store,
            mut findings,
        } = judged;
        let locator = Locator::new(&text, &document);
        let rendered = match self.render(store, around) {
            Ok(rendering) => {
                if self.settings.depth == Depth::Lints {
                    let report = self.lint(&rendering, Some(&document), around);
                    findings.extend(advice::findings(&report, &locator));
                    if self.settings.absent == Absent::Lacking {
                        let missing = refusal::missing_objects(&rendering, &locator);
                        findings.extend(missing);
                        let lacks = |object: &ObjectRef| {
                            !around.has(object) && !self.assumed.contains(object)
                        };
                        findings.extend(refusal::missing_names(
                            &rendering,
                            document.value(),
                            lacks,
                            &locator,
                        ));
                    }
                } else {
                    let absent = self.settings.absent;
                    findings.extend(refusal::findings(&rendering, absent, &locator));
                }
                let Rendering {
                    inputs, rendered, ..
                } = rendering;
                let rendered = rendered.ok();
                rendered.map(|rendered| Box::new((inputs.into_store(), rendered)))
            }
            Err(error) => {
                let message = error.to_string();
                findings.push(Finding::new("unreadable-object", Level::Error, message));
                None
            }
        };
        Outcome {
            checked: locator.checked(&self.settings.namespace, findings),
            rendered,
        }
    }
}

/// The location of a FeatureStore.
fn place(store: &Admitted) -> Place {
    (store.namespace().to_owned(), store.name().to_owned())
}

/// The FeatureStore that another refers to.
fn referenced(store: &Admitted) -> impl Iterator<Item = Place> + use<> {
    let references = feast_render::references(store).into_iter();
    references.filter_map(|wanted| match wanted {
        Wanted::FeatureStore(object) => Some((object.namespace.unwrap_or_default(), object.name)),
        _ => None,
    })
}

/// A Secret or ConfigMap that the API server rejects.
fn unreadable(text: &Text, document: &Document, error: &Unreadable) -> Checked {
    let locator = Locator::new(text, document);
    let finding = Finding::new("unreadable-object", Level::Error, error.to_string());
    let checked = locator.other(vec![finding.on(locator.mark(&error.field))]);
    Checked {
        // Lines of a Secret must not be shown.
        excerpt: None,
        ..checked
    }
}

#[cfg(test)]
mod tests;
