//! Effects of a FeatureStore's change on the cluster.
//!
//! ```
//! use feast_api::Admitted;
//! use feast_api::v1::{FeatureStore, FeatureStoreSpec};
//! use feast_check::diff::{Effect, Side, diff};
//! use feast_render::{Answer, OperatorSettings};
//!
//! let mut fs = FeatureStore::new("sample", FeatureStoreSpec {
//!     feast_project: "credit_scoring".into(),
//!     ..Default::default()
//! });
//! fs.metadata.namespace = Some("ml".into());
//! let old = Admitted::assume(fs.clone())?;
//! fs.spec.feast_project = "fraud".into();
//! let new = Admitted::assume(fs)?;
//!
//! let settings = OperatorSettings::reference();
//! let side = |store| Side { store, settings: &settings, lookup: &|_| Answer::Absent };
//! let diff = diff(Some(side(&old)), Some(side(&new)))?;
//! let effects = diff.changes.iter().flat_map(|change| &change.effects);
//! assert!(effects.into_iter().any(|effect| matches!(effect, Effect::Restart { .. })));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod causes;
mod comparison;
mod documents;
mod effects;
mod fields;
mod lines;
mod made;
mod markdown;
mod refusal;
mod report;
mod upgrade;

use std::collections::BTreeMap;
use std::fmt;

use feast_api::Admitted;
use feast_render::{Answer, ObjectRef, OperatorSettings, Rendered, Wanted, WrongAnswer};
use serde::Serialize;
use serde_json::Value;

use self::documents::Shown;
use self::made::Made;

pub use self::causes::{Cause, Difference};
pub use self::comparison::{Comparison, Pair};
pub use self::documents::{DocumentChange, StoreDocument};
pub use self::effects::{Effect, Pods, RollOut};
pub use self::fields::{FieldChange, compare};
pub use self::markdown::markdown;
pub use self::refusal::{Refusal, Refusals};
pub use self::report::{Entry, Outcome, Report, Summary};
pub use self::upgrade::{Admission, Remark, Upgrade, upgrades};

/// The effects of a change.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Diff {
    /// The operator's errors on each side.
    #[serde(skip_serializing_if = "Refusals::is_empty")]
    pub refusals: Refusals,
    /// The reasons, if the operators differ; those that change defaults come first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<Cause>,
    /// The objects that change, in apply order; deleted ones come last. If the operator rejects the
    /// FeatureStore after the change, its objects stay.
    pub changes: Vec<Change>,
    /// The changes of documents, if the FeatureStore is rendered before and after.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<DocumentChange>,
    /// The changes of the status, if the FeatureStore is rendered before and after; without
    /// `applied` and times.
    pub status: Vec<FieldChange>,
}

impl Diff {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.status.is_empty() && !self.refusals.differ()
    }
}

/// A change of an object.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// The object.
    #[serde(serialize_with = "reference")]
    pub object: ObjectRef,
    /// The action.
    #[serde(flatten)]
    pub action: Action,
    /// The effects.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<Effect>,
}

/// What happens to an object.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "action", content = "fields")]
#[non_exhaustive]
pub enum Action {
    /// It is created.
    Add,
    /// These fields change.
    Change(Vec<FieldChange>),
    /// It is deleted.
    Remove,
    /// The FeatureStore no longer needs it, but the operator keeps it; others may share it.
    Leave,
}

fn reference<S: serde::Serializer>(object: &ObjectRef, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(object)
}

/// A FeatureStore and its rendering inputs.
///
/// Exhaustive: it is written as a literal.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// The FeatureStore.
    pub store: &'a Admitted,
    /// The operator that renders it.
    pub settings: &'a OperatorSettings,
    /// Looks up its references. Live objects are not asked for: they are the old side's objects.
    pub lookup: &'a dyn Fn(&Wanted) -> Answer,
}

impl fmt::Debug for Side<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Side")
            .field("store", &self.store)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// Compares `old` with `new`; `None` is a FeatureStore that does not exist.
///
/// # Errors
///
/// An answer of a look-up has the wrong type.
pub fn diff(old: Option<Side<'_>>, new: Option<Side<'_>>) -> Result<Diff, WrongAnswer> {
    let before = old.map(Made::of).transpose()?;
    let after = new.map(Made::of).transpose()?;
    let refused = |side: &Option<Made<'_>>| side.as_ref()?.refusal().map(Box::new);
    let refusals = Refusals {
        before: refused(&before),
        after: refused(&after),
    };
    let mut causes = vec![];
    let mut documents = vec![];
    let (changes, status) = match (&before, &after) {
        (Some(before), Some(after)) => {
            let became = before.becoming(after, after.store.clone(), after.side.settings)?;
            causes = causes::of(before, after, &became);
            match (&before.rendered, &after.rendered, &became) {
                (_, Err(_), _) | (_, _, Err(_)) => (vec![], vec![]),
                (Err(_), Ok(_), _) => (additions(after), vec![]),
                (Ok(old), Ok(new), Ok(became)) => {
                    let shown = Shown::of(&old.documents, &became.documents);
                    documents = shown.iter().map(Shown::change).collect();
                    (
                        changed((before, old), (after, new), became, &shown),
                        compare(&made::status(old), &made::status(new)),
                    )
                }
            }
        }
        (Some(before), None) => (removals(&before.order, &before.garbage()?), vec![]),
        (None, Some(after)) => (additions(after), vec![]),
        (None, None) => (vec![], vec![]),
    };
    Ok(Diff {
        refusals,
        causes,
        changes,
        documents,
        status,
    })
}

/// The rendering without existing objects.
fn additions(after: &Made<'_>) -> Vec<Change> {
    let Ok(rendered) = &after.rendered else {
        return vec![];
    };
    let objects = after.order.iter().map(|object| Change {
        object: object.clone(),
        action: Action::Add,
        effects: effects::addition(object, &after.objects[object], rendered),
    });
    objects.collect()
}

/// The objects to create, change and delete; `became` is the new operator's rendering given the old
/// objects.
fn changed(
    (before, old): (&Made<'_>, &Rendered),
    (after, new): (&Made<'_>, &Rendered),
    became: &Rendered,
    documents: &[Shown],
) -> Vec<Change> {
    let change = |object, was, value| change(object, (was, old), (value, new), documents);
    let written = became.plan.apply();
    let written = written.map(|object| (object.reference(), object.to_value()));
    let written: BTreeMap<_, _> = written.collect();
    let kept = after.order.iter().filter_map(|object| {
        let value = &after.objects[object];
        match before.objects.get(object) {
            Some(was) => match written.get(object) {
                Some(value) => change(object, was, value),
                // Existing claims are not written; the difference is reported.
                None if object.kind == "PersistentVolumeClaim" => change(object, was, value),
                None => None,
            },
            None => Some(Change {
                object: object.clone(),
                action: Action::Add,
                effects: effects::addition(object, value, new),
            }),
        }
    });
    let gone = before.order.iter();
    let gone = gone.filter(|object| !after.objects.contains_key(*object));
    kept.chain(removals(gone, &became.plan.deletions)).collect()
}

fn change(
    object: &ObjectRef,
    (was, old): (&Value, &Rendered),
    (value, new): (&Value, &Rendered),
    documents: &[Shown],
) -> Option<Change> {
    let changes = changes(was, value);
    let effects = effects::change(object, (was, old), (value, new), (&changes, documents));
    (!changes.is_empty()).then(|| {
        let told = fields::with_document(changes, documents);
        Change {
            object: object.clone(),
            action: Action::Change(fields::without_secrets(object.kind == "Secret", told)),
            effects,
        }
    })
}

/// The fields in which two objects differ, as reported: the clients' document by field, without the
/// owner, which is always the same. Nothing is hidden.
pub fn changes(old: &Value, new: &Value) -> Vec<FieldChange> {
    let mut changes = compare(&fields::opened(old), &fields::opened(new));
    changes.retain(|change| !change.path.starts_with("metadata.ownerReferences"));
    changes
}

/// The objects that are deleted or left behind.
fn removals<'o>(
    gone: impl IntoIterator<Item = &'o ObjectRef>,
    deleted: &[ObjectRef],
) -> Vec<Change> {
    let gone = gone.into_iter();
    let changes = gone.map(|object| removal(object, deleted.contains(object)));
    changes.collect()
}

fn removal(object: &ObjectRef, is_deleted: bool) -> Change {
    let is_claim = object.kind == "PersistentVolumeClaim";
    let (action, effects) = match (is_deleted, is_claim) {
        (true, true) => (Action::Remove, vec![Effect::DeletesData]),
        (true, false) => (Action::Remove, vec![]),
        (false, _) => (Action::Leave, vec![]),
    };
    Change {
        object: object.clone(),
        action,
        effects,
    }
}
