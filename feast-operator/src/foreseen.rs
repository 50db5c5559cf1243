//! The JSON that `feast-operator plan` prints: what the operator would do to a cluster.

use serde::Serialize;

use crate::deeds::Deed;
use crate::preview::{Intention, Preview};

/// Version of the document. Additional fields do not change it.
const VERSION: u32 = 1;

/// What the operator would do for all FeatureStores that it reconciles.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Foreseen<'a> {
    version: u32,
    feature_stores: Vec<FeatureStore<'a>>,
    /// The summary.
    #[serde(flatten)]
    pub summary: Summary,
}

/// Number of FeatureStores by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Summary {
    /// Those that would change.
    pub changing: usize,
    /// Of these, those whose pods would restart.
    pub restarting: usize,
    /// Those that would fail.
    pub failing: usize,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct FeatureStore<'a> {
    namespace: Option<&'a str>,
    name: &'a str,
    paused: bool,
    restarts_pods: bool,
    /// Why it would fail.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    changes: Vec<Change<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Change<'a> {
    action: &'static str,
    api_version: &'a str,
    kind: &'a str,
    namespace: Option<&'a str>,
    name: &'a str,
    foreign: bool,
    fields: &'a [String],
}

impl<'a> Foreseen<'a> {
    /// The document for these FeatureStores.
    pub fn new(previews: &'a [Preview]) -> Self {
        Self {
            version: VERSION,
            feature_stores: previews.iter().map(FeatureStore::from).collect(),
            summary: Summary::of(previews),
        }
    }
}

impl Summary {
    /// The summary of these FeatureStores.
    pub fn of(previews: &[Preview]) -> Self {
        let count = |is: &dyn Fn(&Preview) -> bool| previews.iter().filter(|it| is(it)).count();
        let changes = |it: &Preview| it.intentions.as_ref().is_ok_and(|all| !all.is_empty());
        Self {
            changing: count(&changes),
            restarting: count(&Preview::restarts_pods),
            failing: count(&|it| it.intentions.is_err()),
        }
    }

    /// Whether nothing would change or fail.
    pub fn is_nothing(&self) -> bool {
        self.changing == 0 && self.failing == 0
    }
}

impl<'a> From<&'a Preview> for FeatureStore<'a> {
    fn from(preview: &'a Preview) -> Self {
        let Preview {
            feature_store,
            is_paused,
            intentions,
        } = preview;
        let changes = intentions.iter().flatten();
        Self {
            namespace: feature_store.namespace.as_deref(),
            name: &feature_store.name,
            paused: *is_paused,
            restarts_pods: preview.restarts_pods(),
            error: intentions.as_ref().err().map(ToString::to_string),
            changes: changes.map(Change::from).collect(),
        }
    }
}

impl<'a> From<&'a Intention> for Change<'a> {
    fn from(intention: &'a Intention) -> Self {
        let object = &intention.object;
        Self {
            action: match intention.deed {
                Deed::Adopted => "adopt",
                Deed::Created => "create",
                Deed::Updated => "update",
                Deed::Deleted => "delete",
            },
            api_version: &object.api_version,
            kind: &object.kind,
            namespace: object.namespace.as_deref(),
            name: &object.name,
            foreign: intention.is_foreign,
            fields: &intention.fields,
        }
    }
}
