//! What a change of a FeatureStore does to the cluster.
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

/// What a change does.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Diff {
    /// Where the operator reports a fault in place of making anything.
    #[serde(skip_serializing_if = "Refusals::is_empty")]
    pub refusals: Refusals,
    /// Why, if the operators of both sides are different ones; what moves a default comes first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<Cause>,
    /// The objects that change, in apply order; those that go come last. What a FeatureStore has that
    /// the operator refuses after the change stays as it is.
    pub changes: Vec<Change>,
    /// The documents that change, if the FeatureStore is rendered before and after.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<DocumentChange>,
    /// What the status will say instead, if the FeatureStore is rendered before and after; `applied`
    /// and times are left out.
    pub status: Vec<FieldChange>,
}

impl Diff {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.status.is_empty() && !self.refusals.differ()
    }
}

/// What happens to one object.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// The object.
    #[serde(serialize_with = "reference")]
    pub object: ObjectRef,
    /// What is done to it.
    #[serde(flatten)]
    pub action: Action,
    /// What follows from that.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<Effect>,
}

/// What is done to an object.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "action", content = "fields")]
#[non_exhaustive]
pub enum Action {
    /// It is made.
    Add,
    /// It is changed in these fields.
    Change(Vec<FieldChange>),
    /// It is deleted.
    Remove,
    /// This FeatureStore no longer calls for it, but the operator leaves it; others may share it.
    Leave,
}

fn reference<S: serde::Serializer>(object: &ObjectRef, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(object)
}

/// A FeatureStore, and what it is rendered with.
///
/// Exhaustive: it is written as a literal.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// The FeatureStore.
    pub store: &'a Admitted,
    /// The operator that renders it.
    pub settings: &'a OperatorSettings,
    /// What it refers to. What is live is not asked for: that is what the old side calls for.
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

/// What follows if `old` becomes `new`; nothing is a FeatureStore that is not there.
///
/// # Errors
///
/// An answer of a look-up is not what was wanted.
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

/// What is made where nothing is known to be.
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

/// What is made, changes and goes; `became` is what the new operator renders where there is what the
/// old one made.
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
                // An existing claim is not written, and what it should be is told.
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

/// The fields in which an object differs from what it was, as they are told of it: those of the
/// document of clients one by one, and not its owner, who is the same. Nothing is hidden.
pub fn changes(old: &Value, new: &Value) -> Vec<FieldChange> {
    let mut changes = compare(&fields::opened(old), &fields::opened(new));
    changes.retain(|change| !change.path.starts_with("metadata.ownerReferences"));
    changes
}

/// What goes, or is left behind.
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
