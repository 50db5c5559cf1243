//! A minimal operator on feast-render: it renders and writes. It replays recordings of Feast's
//! operator, and shows the effects of plans.

use feast_api::v1::{FeatureStore, FeatureStoreSpec};
use feast_api::{Admitted, NotStored};
use feast_render::{
    Inputs, Object, OperatorSettings, Plan, Rendered, Time, WrongAnswer, failed, render,
    render_deletion, try_resolve,
};
use k8s_openapi::jiff::Timestamp;

use feast_testing::cluster::{Annotations, Key, Store};

/// Writes renderings, at a fixed time.
#[derive(Clone, Debug)]
pub(crate) struct Operator {
    /// Its settings, and the cluster's features.
    pub(crate) settings: OperatorSettings,
    /// Writes an object.
    pub(crate) write: fn(&mut Store, Object<'_>),
}

/// Writes like Feast's operator.
impl From<OperatorSettings> for Operator {
    fn from(settings: OperatorSettings) -> Self {
        Self {
            settings,
            write: overwrite,
        }
    }
}

/// Why a pass failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The FeatureStore is rejected; its status says so.
    #[error(transparent)]
    Refused(#[from] feast_render::Error),
    /// An object does not match its kind.
    #[error(transparent)]
    Unreadable(#[from] WrongAnswer),
    /// The FeatureStore does not match its kind.
    #[error("unreadable FeatureStore: {0}")]
    UnreadableFeatureStore(#[from] feast_api::ReadError),
    /// The FeatureStore is not a stored object.
    #[error(transparent)]
    NotStored(#[from] NotStored),
    /// A status cannot be serialized to JSON.
    #[error("unwritable status: {0}")]
    Unwritable(#[from] serde_json::Error),
}

/// The result of a pass.
pub(crate) type Pass = Result<Option<Rendered>, Failure>;

impl Operator {
    /// A pass for one FeatureStore: writes its objects and its status.
    ///
    /// A FeatureStore that is being deleted or gone is not rendered, only removed from shared
    /// objects. If it never existed, there is nothing to do.
    ///
    /// # Errors
    ///
    /// The FeatureStore is rejected, or something is unreadable.
    pub(crate) fn reconcile(&self, store: &mut Store, key: &Key) -> Pass {
        let Some(object) = store.get(key) else {
            let mut gone = FeatureStore::new(&key.name, FeatureStoreSpec::default());
            gone.metadata.namespace = Some(key.namespace.clone());
            return self.withdraw(store, &gone);
        };
        let fs = FeatureStore::from_value(object.clone())?;
        if fs.metadata.deletion_timestamp.is_some() {
            return self.withdraw(store, &fs);
        }
        let inputs = self.inputs(store, &fs)?;
        match render(&inputs) {
            Ok(rendered) => {
                self.write(store, &rendered.plan);
                store.set_status(key, serde_json::to_value(&rendered.status)?);
                Ok(Some(rendered))
            }
            Err(refusal) => {
                let status = failed(&inputs, &refusal);
                store.set_status(key, serde_json::to_value(&status)?);
                Err(refusal.into())
            }
        }
    }

    fn withdraw(&self, store: &mut Store, fs: &FeatureStore) -> Pass {
        let inputs = self.inputs(store, fs)?;
        self.write(store, &render_deletion(&inputs));
        Ok(None)
    }

    /// Performs a plan in a cluster.
    fn write(&self, store: &mut Store, plan: &Plan) {
        for patch in plan.patch() {
            store.patch(&Key::from(&patch.object), &patch.merge);
        }
        for object in plan.apply() {
            (self.write)(store, object);
        }
        for object in plan.delete() {
            store.delete(&Key::from(object));
        }
    }

    /// The rendering inputs from a cluster: exactly those requested.
    ///
    /// # Errors
    ///
    /// The FeatureStore lacks a name or namespace, or an object does not match its kind.
    pub(crate) fn inputs(&self, store: &Store, fs: &FeatureStore) -> Result<Inputs, Failure> {
        let admitted = Admitted::assume(fs.clone())?;
        let now = Time(Timestamp::UNIX_EPOCH);
        let inputs = try_resolve(admitted, &self.settings, &now, |wanted| {
            store.look_up(wanted)
        });
        Ok(inputs?)
    }
}

/// Writes an object like Feast's operator, which replaces existing fields.
fn overwrite(store: &mut Store, object: Object<'_>) {
    let annotations = match object {
        Object::CronJob(_) => Annotations::Replaced,
        _ => Annotations::Added,
    };
    store.overwrite(object.to_value(), annotations);
}
