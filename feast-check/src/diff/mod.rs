//! What a change of a FeatureStore does to the cluster.
//!
//! ```
//! use feast_api::v1::{FeatureStore, FeatureStoreSpec};
//! use feast_check::diff::{Effect, diff};
//! use feast_render::Inputs;
//!
//! let old = FeatureStore::new("sample", FeatureStoreSpec {
//!     feast_project: "credit_scoring".into(),
//!     ..Default::default()
//! });
//! let mut new = old.clone();
//! new.spec.feast_project = "fraud".into();
//!
//! let diff = diff(Some(&old), Some(&new), &Inputs::builder(), &Inputs::builder())?;
//! let effects = diff.changes.iter().flat_map(|change| &change.effects);
//! assert!(effects.into_iter().any(|effect| matches!(effect, Effect::Restart { .. })));
//! # Ok::<(), feast_render::Error>(())
//! ```

mod effects;
mod fields;

use std::collections::BTreeMap;

use feast_api::v1::{FeatureStore, FeatureStoreStatus};
use feast_render::{Error, InputsBuilder, Live, ObjectRef, Rendered, render, render_deletion};
use serde::Serialize;
use serde_json::Value;

pub use self::effects::{Effect, Pods, RollOut};
pub use self::fields::{FieldChange, compare};

/// What a change does.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Diff {
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

/// What follows if `old` becomes `new`; nothing is a FeatureStore that is not there.
///
/// The builders hold what each is rendered with; live objects in them are replaced by those that
/// `old` calls for.
///
/// # Errors
///
/// The operator's reason for which one of the two cannot be rendered.
pub fn diff(
    old: Option<&FeatureStore>,
    new: Option<&FeatureStore>,
    old_inputs: &InputsBuilder,
    new_inputs: &InputsBuilder,
) -> Result<Diff, Error> {
    let before = old
        .map(|store| Side::render(store, old_inputs))
        .transpose()?;
    let after = new
        .map(|store| Side::render(store, new_inputs))
        .transpose()?;
    let deleted = match (&before, &after) {
        (Some(before), Some(after)) => before.deletions(after, new_inputs)?,
        (Some(before), None) => before.garbage(old_inputs),
        _ => vec![],
    };
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
        changes,
        status: match (&before, &after) {
            (Some(before), Some(after)) => compare(&status(before), &status(after)),
            _ => vec![],
        },
    })
}

/// A FeatureStore and everything that it calls for.
struct Side {
    store: FeatureStore,
    rendered: Rendered,
    objects: BTreeMap<ObjectRef, Value>,
    /// In apply order.
    order: Vec<ObjectRef>,
}

/// Owners are told by their uid.
const UID: &str = "00000000-0000-0000-0000-000000000000";

impl Side {
    fn render(store: &FeatureStore, inputs: &InputsBuilder) -> Result<Self, Error> {
        let mut store = store.clone();
        store.metadata.uid.get_or_insert_with(|| UID.to_owned());
        let rendered = render(&store, &inputs.clone().live(Live::default()).build())?;
        let objects = rendered.plan.apply();
        let objects: Vec<_> = objects
            .map(|object| (object.reference(), object.to_value()))
            .collect();
        Ok(Self {
            store,
            order: objects.iter().map(|(object, _)| object.clone()).collect(),
            objects: objects.into_iter().collect(),
            rendered,
        })
    }

    /// The objects as a cluster has them.
    fn live(&self) -> Live {
        let plan = &self.rendered.plan;
        let live = plan.apply().fold(Live::default(), |live, object| {
            let value = object.to_value();
            live.with_value(value)
                .expect("an object that was rendered can be read")
        });
        let deployments = plan.deployment.iter().chain(&plan.lineage_deployment);
        deployments.cloned().fold(live, Live::with_deployment)
    }

    /// What the operator deletes when this becomes another.
    fn deletions(&self, after: &Self, inputs: &InputsBuilder) -> Result<Vec<ObjectRef>, Error> {
        let store = FeatureStore {
            metadata: k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta {
                uid: self.store.metadata.uid.clone(),
                ..after.store.metadata.clone()
            },
            status: Some(self.rendered.status.clone()),
            spec: after.store.spec.clone(),
        };
        let rendered = render(&store, &inputs.clone().live(self.live()).build())?;
        Ok(rendered.plan.delete().cloned().collect())
    }

    /// What goes with the FeatureStore: what it owns, and what the operator deletes.
    fn garbage(&self, inputs: &InputsBuilder) -> Vec<ObjectRef> {
        let owned = self.objects.iter().filter(|(_, object)| {
            object.pointer("/metadata/ownerReferences/0/controller") == Some(&Value::Bool(true))
        });
        let inputs = inputs.clone().live(self.live()).build();
        let plan = render_deletion(&self.store, &inputs);
        let owned = owned.map(|(object, _)| object.clone());
        owned.chain(plan.delete().cloned()).collect()
    }
}

fn change(
    object: &ObjectRef,
    old: Option<&Value>,
    new: &Value,
    before: Option<&Side>,
    after: &Side,
) -> Option<Change> {
    let Some(old) = old else {
        return Some(Change {
            object: object.clone(),
            action: Action::Add,
            effects: effects::addition(object, new, &after.rendered),
        });
    };
    let mut changes = compare(old, new);
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
        action: Action::Change(fields::without_secrets(object, changes)),
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
fn status(side: &Side) -> Value {
    let mut status = FeatureStoreStatus {
        applied: None,
        ..side.rendered.status.clone()
    };
    for condition in status.conditions.iter_mut().flatten() {
        condition.last_transition_time.clear();
    }
    serde_json::to_value(status).expect("a status has text keys only")
}
