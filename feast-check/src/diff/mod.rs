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
mod effects;
mod fields;
mod markdown;
mod report;
mod upgrade;

use std::collections::BTreeMap;
use std::fmt;

use feast_api::Admitted;
use feast_api::v1::FeatureStoreStatus;
use feast_render::{
    Answer, Inputs, ObjectRef, OperatorSettings, Rendered, Time, Wanted, WrongAnswer, render,
    render_deletion, try_resolve,
};
use k8s_openapi::jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

pub use self::causes::{Cause, Difference};
pub use self::effects::{Effect, Pods, RollOut};
pub use self::fields::{FieldChange, compare};
pub use self::markdown::markdown;
pub use self::report::{Entry, Outcome, Report, Summary};
pub use self::upgrade::{Admission, Remark, Upgrade, upgrades};

/// What a change does.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Diff {
    /// Why, if the operators of both sides are different ones; what moves a default comes first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<Cause>,
    /// The objects that change, in apply order; those that go come last.
    pub changes: Vec<Change>,
    /// What the status will say instead, if there is one before and after; `applied` and times are
    /// left out.
    pub status: Vec<FieldChange>,
}

impl Diff {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.status.is_empty()
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

/// Why there is no difference to tell.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operator refuses what is there before the change.
    #[error("before the change the operator refuses it: {0}")]
    RefusedBefore(#[source] feast_render::Error),
    /// The operator refuses what is there after the change.
    #[error("after the change the operator refuses it: {0}")]
    RefusedAfter(#[source] feast_render::Error),
    /// An answer of a look-up is not what was wanted.
    #[error(transparent)]
    WrongAnswer(#[from] WrongAnswer),
}

/// What follows if `old` becomes `new`; nothing is a FeatureStore that is not there.
///
/// # Errors
///
/// The operator's reason for which it refuses one of the two; a wrong answer.
pub fn diff(old: Option<Side<'_>>, new: Option<Side<'_>>) -> Result<Diff, Error> {
    let before = old.map(|side| Made::of(side, Error::RefusedBefore));
    let before = before.transpose()?;
    let after = new.map(|side| Made::of(side, Error::RefusedAfter));
    let after = after.transpose()?;
    let (mut deleted, mut causes) = (vec![], vec![]);
    match (&before, &after) {
        (Some(before), Some(after)) => {
            let became = before.becoming(after, after.side.settings)?;
            deleted.extend(became.plan.delete().cloned());
            causes = causes::of(before, after, &became);
        }
        (Some(before), None) => deleted = before.garbage()?,
        _ => {}
    }
    let empty = BTreeMap::new();
    let old_objects = before.as_ref().map_or(&empty, |side| &side.objects);
    let kept = after.iter().flat_map(|side| &side.order);
    let mut changes: Vec<_> = kept
        .filter_map(|object| {
            let side = after.as_ref()?;
            change(
                object,
                old_objects.get(object),
                side.objects.get(object)?,
                before.as_ref(),
                side,
            )
        })
        .collect();
    let gone = before.iter().flat_map(|side| &side.order);
    let gone = gone.filter(|object| {
        after
            .as_ref()
            .is_none_or(|after| !after.objects.contains_key(*object))
    });
    changes.extend(gone.map(|object| removal(object, deleted.contains(object))));
    Ok(Diff {
        causes,
        changes,
        status: match (&before, &after) {
            (Some(before), Some(after)) => compare(&status(before), &status(after)),
            _ => vec![],
        },
    })
}

/// Everything that a side calls for.
struct Made<'a> {
    side: Side<'a>,
    /// Owners are told by their uid, so that there always is one.
    store: Admitted,
    rendered: Rendered,
    objects: BTreeMap<ObjectRef, Value>,
    /// In apply order.
    order: Vec<ObjectRef>,
}

const UID: &str = "00000000-0000-0000-0000-000000000000";

impl<'a> Made<'a> {
    fn of(side: Side<'a>, refused: fn(feast_render::Error) -> Error) -> Result<Self, Error> {
        let uid = side.store.uid().unwrap_or(UID).to_owned();
        let store = side.store.clone().with_uid(Some(uid));
        let inputs = side.resolve(store.clone(), &BTreeMap::new())?;
        let rendered = render(&inputs).map_err(refused)?;
        let objects = rendered.plan.apply();
        let objects: Vec<_> = objects
            .map(|object| (object.reference(), object.to_value()))
            .collect();
        Ok(Self {
            side,
            store,
            order: objects.iter().map(|(object, _)| object.clone()).collect(),
            objects: objects.into_iter().collect(),
            rendered,
        })
    }

    /// What an operator renders when this has become another.
    fn becoming(&self, after: &Self, settings: &OperatorSettings) -> Result<Rendered, Error> {
        let store = after.store.clone();
        let store = store.with_uid(self.store.uid().map(str::to_owned));
        let store = store.with_status(Some(self.rendered.status.clone()));
        let side = Side {
            settings,
            ..after.side
        };
        let inputs = side.resolve(store, &self.objects)?;
        render(&inputs).map_err(Error::RefusedAfter)
    }

    /// What goes with the FeatureStore: what it owns, and what the operator deletes.
    fn garbage(&self) -> Result<Vec<ObjectRef>, Error> {
        let owned = self.objects.iter().filter(|(_, object)| {
            object.pointer("/metadata/ownerReferences/0/controller") == Some(&Value::Bool(true))
        });
        let inputs = self.side.resolve(self.store.clone(), &self.objects)?;
        let plan = render_deletion(&inputs);
        let owned = owned.map(|(object, _)| object.clone());
        Ok(owned.chain(plan.delete().cloned()).collect())
    }
}

impl Side<'_> {
    /// What rendering is given in a cluster that has these objects.
    fn resolve(
        &self,
        store: Admitted,
        live: &BTreeMap<ObjectRef, Value>,
    ) -> Result<Inputs, WrongAnswer> {
        // Times are not compared.
        let now = Time(Timestamp::UNIX_EPOCH);
        try_resolve(store, self.settings, &now, |wanted| {
            if wanted.is_live() {
                wanted.among(live)
            } else {
                Ok((self.lookup)(wanted))
            }
        })
    }
}

fn change(
    object: &ObjectRef,
    old: Option<&Value>,
    new: &Value,
    before: Option<&Made<'_>>,
    after: &Made<'_>,
) -> Option<Change> {
    let Some(old) = old else {
        return Some(Change {
            object: object.clone(),
            action: Action::Add,
            effects: effects::addition(object, new, &after.rendered),
        });
    };
    let mut changes = compare(&fields::opened(old), &fields::opened(new));
    changes.retain(|change| !change.path.starts_with("metadata.ownerReferences"));
    let before = before?;
    let effects = effects::change(
        object,
        (old, &before.rendered),
        (new, &after.rendered),
        &changes,
    );
    (!changes.is_empty()).then(|| Change {
        object: object.clone(),
        action: Action::Change(fields::without_secrets(object.kind == "Secret", changes)),
        effects,
    })
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

/// A status as far as it is compared.
fn status(side: &Made<'_>) -> Value {
    let mut status = FeatureStoreStatus {
        applied: None,
        ..side.rendered.status.clone()
    };
    for condition in status.conditions.iter_mut().flatten() {
        condition.last_transition_time.clear();
    }
    serde_json::to_value(status).expect("a status has text keys only")
}
