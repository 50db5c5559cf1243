//! What a text has, each document read once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use feast_api::Admitted;
use serde_json::Value;

use super::Place;
use super::custom::Waiting;
use super::definitions::Definitions;
use crate::finding::{Checked, Finding, Locator};
use crate::gather::{Gathered, Unreadable};
use crate::manifest::Document;
use crate::text::{PassedBy, Text};

/// Kinds that bear on a FeatureStore, beside those that a rendering needs.
const BEARING: [&str; 4] = [
    "HorizontalPodAutoscaler",
    "PodDisruptionBudget",
    "ScaledObject",
    "VerticalPodAutoscaler",
];

/// A text that was read: verdicts on its FeatureStores, and what it has for others.
pub struct Read {
    pub(super) entries: Vec<Entry>,
    pub(super) part: Part,
    /// FeatureStores that are not selected, for those that refer to them.
    pub(super) beside: Vec<Admitted>,
    namespace: String,
    file: Arc<str>,
    /// Lines of documents that do not count, with the reason.
    passed_by: Vec<(usize, PassedBy)>,
}

/// A document that there is something to say about.
pub(super) enum Entry {
    /// All is said.
    Done(Box<Checked>),
    /// An object that has a CRD, if there is one in another text.
    Waiting(Box<Waiting>),
    /// A FeatureStore that is still to be rendered.
    Admitted(Box<Judged>),
}

/// A FeatureStore that is admitted.
pub(super) struct Judged {
    pub(super) text: Arc<Text>,
    pub(super) document: Document,
    pub(super) store: Admitted,
    /// What the API server warns of.
    pub(super) findings: Vec<Finding>,
}

/// What a text has for others.
#[derive(Default)]
pub(super) struct Part {
    pub(super) gathered: Gathered,
    pub(super) others: Vec<Value>,
    /// Its FeatureStores, with the line of the first of each.
    pub(super) stores: BTreeMap<Place, usize>,
    /// FeatureStores that its own refer to.
    pub(super) wanted: BTreeSet<Place>,
    /// CRDs that API servers take.
    pub(super) definitions: Definitions,
}

impl Read {
    pub(super) fn new(text: &Text, namespace: &str) -> Self {
        Self {
            entries: Vec::new(),
            part: Part {
                gathered: Gathered::new(namespace),
                ..Part::default()
            },
            beside: Vec::new(),
            namespace: namespace.to_owned(),
            file: text.name().clone(),
            passed_by: Vec::new(),
        }
    }

    pub(super) fn done(&mut self, checked: Checked) {
        self.entries.push(Entry::Done(Box::new(checked)));
    }

    pub(super) fn pass_by(&mut self, line: usize, why: PassedBy) {
        self.passed_by.push((line, why));
    }

    /// The documents that do not count, as `FILE:LINE: REASON`.
    pub fn passed_by(&self) -> impl Iterator<Item = String> {
        let name = |(line, why): &(usize, PassedBy)| format!("{}:{line}: {why}", self.file);
        self.passed_by.iter().map(name)
    }

    /// The name of the text.
    pub(super) fn file(&self) -> &Arc<str> {
        &self.file
    }

    pub(super) fn take_part(&mut self) -> Part {
        std::mem::take(&mut self.part)
    }

    /// The selected FeatureStores that the API server admits.
    pub fn admitted(&self) -> impl Iterator<Item = &Admitted> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Done(_) | Entry::Waiting(_) => None,
            Entry::Admitted(judged) => Some(&judged.store),
        })
    }

    /// The same, to be changed, such as to one with a uid.
    pub fn admitted_mut(&mut self) -> impl Iterator<Item = &mut Admitted> {
        self.entries.iter_mut().filter_map(|entry| match entry {
            Entry::Done(_) | Entry::Waiting(_) => None,
            Entry::Admitted(judged) => Some(&mut judged.store),
        })
    }

    /// What is found by reading alone.
    pub fn checked(&self) -> impl Iterator<Item = Checked> {
        self.judged().map(|(checked, _)| checked)
    }

    /// The selected FeatureStores, in their order: what the API server says to each, and what it
    /// stores of it if it admits it.
    pub fn feature_stores(&self) -> impl Iterator<Item = (Checked, Option<&Admitted>)> {
        self.judged()
            .filter(|(checked, _)| checked.feature_store.is_some())
    }

    fn judged(&self) -> impl Iterator<Item = (Checked, Option<&Admitted>)> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Done(checked) => Some(((**checked).clone(), None)),
            Entry::Waiting(_) => None,
            Entry::Admitted(judged) => {
                let locator = Locator::new(&judged.text, &judged.document);
                let checked = locator.checked(&self.namespace, judged.findings.clone());
                Some((checked, Some(&judged.store)))
            }
        })
    }

    /// Takes out what waits for a CRD of another text, and the CRDs that others may wait for: for
    /// callers that are done with a text before they have read the next. Nothing if there is none.
    #[must_use]
    pub fn take_waiting(&mut self) -> Option<Self> {
        let is_waiting = |entry: &mut Entry| matches!(entry, Entry::Waiting(_));
        let entries: Vec<_> = self.entries.extract_if(.., is_waiting).collect();
        let definitions = std::mem::take(&mut self.part.definitions);
        (!entries.is_empty() || !definitions.is_empty()).then(|| Self {
            beside: Vec::new(),
            entries,
            part: Part {
                definitions,
                ..Part::default()
            },
            namespace: self.namespace.clone(),
            file: self.file.clone(),
            passed_by: Vec::new(),
        })
    }
}

/// Shows how much there is, not what it holds: it may be Secrets.
impl fmt::Debug for Read {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Read")
            .field("entries", &self.entries.len())
            .finish_non_exhaustive()
    }
}

impl Part {
    /// Adds an object that is no FeatureStore.
    pub(super) fn add(&mut self, document: &Document) -> Result<(), Unreadable> {
        if document.kind().is_some_and(|kind| BEARING.contains(&kind)) {
            self.others.push(Value::Object(document.object().clone()));
        }
        self.gathered.add(document)
    }

    /// Adds a FeatureStore that starts on a line; gives the line of the one that was there before.
    pub(super) fn add_feature_store(&mut self, place: &Place, line: usize) -> Option<usize> {
        if let Some(first) = self.stores.get(place) {
            // An object without a name gets one of its own.
            return (!place.1.is_empty()).then_some(*first);
        }
        self.stores.insert(place.clone(), line);
        None
    }
}
