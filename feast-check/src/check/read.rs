//! A text that was read, each document once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use feast_api::Admitted;
use feast_lint::Neighbour;
use serde_json::Value;

use super::Place;
use super::custom::Waiting;
use super::definitions::Definitions;
use crate::finding::{Checked, Finding, Locator};
use crate::gather::{Gathered, Unreadable};
use crate::manifest::Document;
use crate::text::{PassedBy, Text};

/// Kinds that affect a FeatureStore, besides those that rendering reads.
const BEARING: [&str; 8] = [
    "ClusterRoleBinding",
    "HorizontalPodAutoscaler",
    "LimitRange",
    "PodDisruptionBudget",
    "ResourceQuota",
    "RoleBinding",
    "ScaledObject",
    "VerticalPodAutoscaler",
];

/// A text that was read: verdicts on its FeatureStores, and objects for others.
pub struct Read {
    pub(super) purpose: Purpose,
    pub(super) entries: Vec<Entry>,
    pub(super) part: Part,
    /// FeatureStores that are not selected, for references to them.
    pub(super) beside: Vec<Admitted>,
    namespace: String,
    file: Arc<str>,
    /// Lines of skipped documents, with the reason.
    passed_by: Vec<(usize, PassedBy)>,
}

/// What a text is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Findings, and objects for others.
    Findings,
    /// Objects for others alone.
    Others,
}

/// A document with findings.
pub(super) enum Entry {
    /// All findings are known.
    Done(Box<Checked>),
    /// An object whose CRD may be in another text.
    Waiting(Box<Waiting>),
    /// A FeatureStore to be rendered.
    Admitted(Box<Judged>),
}

/// An admitted FeatureStore.
pub(super) struct Judged {
    pub(super) text: Arc<Text>,
    pub(super) document: Document,
    pub(super) store: Admitted,
    /// The API server's warnings.
    pub(super) findings: Vec<Finding>,
}

/// A FeatureStore of a text.
pub(super) struct Stored {
    line: usize,
    /// What lints compare of it, if they run.
    pub(super) neighbour: Option<Neighbour>,
}

/// The objects that a text has for others.
#[derive(Default)]
pub(super) struct Part {
    pub(super) gathered: Gathered,
    pub(super) others: Vec<Value>,
    /// Its FeatureStores: the first of each name.
    pub(super) stores: BTreeMap<Place, Stored>,
    /// FeatureStores that its own refer to.
    pub(super) wanted: BTreeSet<Place>,
    /// CRDs that API servers accept.
    pub(super) definitions: Definitions,
}

impl Read {
    pub(super) fn new(text: &Text, namespace: &str, purpose: Purpose) -> Self {
        Self {
            purpose,
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

    /// The skipped documents, as `FILE:LINE: REASON`.
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

    /// The FeatureStores that others may refer to: those that are admitted, selected or not.
    pub(super) fn referable(&self) -> impl Iterator<Item = &Admitted> {
        self.admitted().chain(&self.beside)
    }

    /// Namespace and name of each FeatureStore. Ask before its objects are gathered.
    pub fn stores(&self) -> impl Iterator<Item = &(String, String)> {
        self.part.stores.keys()
    }

    /// The number of documents that are kept until all are known.
    pub fn count(&self) -> usize {
        self.entries.len() + self.beside.len()
    }

    /// Mutable, for example to set the uid.
    pub fn admitted_mut(&mut self) -> impl Iterator<Item = &mut Admitted> {
        self.entries.iter_mut().filter_map(|entry| match entry {
            Entry::Done(_) | Entry::Waiting(_) => None,
            Entry::Admitted(judged) => Some(&mut judged.store),
        })
    }

    /// The findings of reading alone.
    pub fn checked(&self) -> impl Iterator<Item = Checked> {
        self.judged().map(|(checked, _)| checked)
    }

    /// The selected FeatureStores, in order: the API server's findings on each, and the stored
    /// object if it is admitted.
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

    /// Takes out the objects that wait for CRDs of other texts, and the CRDs that others may wait
    /// for: for callers that finish a text before they read the next. `None` if there are none.
    #[must_use]
    pub fn take_waiting(&mut self) -> Option<Self> {
        let is_waiting = |entry: &mut Entry| matches!(entry, Entry::Waiting(_));
        let entries: Vec<_> = self.entries.extract_if(.., is_waiting).collect();
        let definitions = std::mem::take(&mut self.part.definitions);
        (!entries.is_empty() || !definitions.is_empty()).then(|| Self {
            purpose: self.purpose,
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

/// Shows counts only: the data may be Secrets.
impl fmt::Debug for Read {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Read")
            .field("entries", &self.entries.len())
            .finish_non_exhaustive()
    }
}

impl Part {
    /// Adds an object that is not a FeatureStore.
    pub(super) fn add(&mut self, document: &Document) -> Result<(), Unreadable> {
        if document.kind().is_some_and(|kind| BEARING.contains(&kind)) {
            self.others.push(Value::Object(document.object().clone()));
        }
        self.gathered.add(document)
    }

    /// Adds a FeatureStore; returns the line of an earlier one with the same name.
    pub(super) fn add_feature_store(
        &mut self,
        place: &Place,
        document: &Document,
        is_compared: bool,
    ) -> Option<usize> {
        if let Some(first) = self.stores.get(place) {
            // Objects without a name get a generated one.
            return (!place.1.is_empty()).then_some(first.line);
        }
        let (namespace, name) = place;
        let compared = document.spec().filter(|_| is_compared && !name.is_empty());
        let neighbour = compared.map(|spec| Neighbour::from_spec(spec, namespace, name));
        let stored = Stored {
            line: document.line,
            neighbour: neighbour.and_then(Result::ok),
        };
        self.stores.insert(place.clone(), stored);
        None
    }
}
