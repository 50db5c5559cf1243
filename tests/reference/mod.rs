//! Renders, and writes what is rendered: nothing else of an operator. What was recorded of the reference
//! operator is played by it, and what plans lead to is seen by it.

use feast_api::v1::{FeatureStore, FeatureStoreSpec};
use feast_api::{Admitted, NotStored};
use feast_render::{
    Inputs, Object, OperatorSettings, Plan, Rendered, Time, WrongAnswer, failed, render,
    render_deletion, try_resolve,
};
use k8s_openapi::jiff::Timestamp;

use feast_testing::cluster::{Annotations, Key, Store};

/// Writes what feast-render says. Its clock stands still.
#[derive(Clone, Debug)]
pub(crate) struct Operator {
    /// Its settings, and what the cluster offers.
    pub(crate) settings: OperatorSettings,
    /// How it writes an object.
    pub(crate) write: fn(&mut Store, Object<'_>),
}

/// Writes as the reference.
impl From<OperatorSettings> for Operator {
    fn from(settings: OperatorSettings) -> Self {
        Self {
            settings,
            write: overwrite,
        }
    }
}

/// Why a pass made nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The FeatureStore is refused; its status says so.
    #[error(transparent)]
    Refused(#[from] feast_render::Error),
    /// An object of the cluster is not what its kind says.
    #[error(transparent)]
    Unreadable(#[from] WrongAnswer),
    /// The FeatureStore is not what its kind says.
    #[error("unreadable FeatureStore: {0}")]
    UnreadableFeatureStore(#[from] feast_api::ReadError),
    /// The FeatureStore is none that an API server stores.
    #[error(transparent)]
    NotStored(#[from] NotStored),
    /// A status is no JSON.
    #[error("unwritable status: {0}")]
    Unwritable(#[from] serde_json::Error),
}

/// What came of one pass.
pub(crate) type Pass = Result<Option<Rendered>, Failure>;

impl Operator {
    /// One pass for the FeatureStore of this key: writes what it calls for, and its status.
    ///
    /// Nothing is rendered of a FeatureStore that is gone or going; it is only taken out of what
    /// it shared with others. One that is gone without a trace leaves nothing to do.
    ///
    /// # Errors
    ///
    /// The FeatureStore is refused, or something is unreadable.
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

    /// Does to a cluster what a plan says.
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

    /// What rendering is given of a cluster: exactly what it asks for.
    ///
    /// # Errors
    ///
    /// A FeatureStore without name or namespace, or an object that is not what its kind says.
    pub(crate) fn inputs(&self, store: &Store, fs: &FeatureStore) -> Result<Inputs, Failure> {
        let admitted = Admitted::assume(fs.clone())?;
        let now = Time(Timestamp::UNIX_EPOCH);
        let inputs = try_resolve(admitted, &self.settings, &now, |wanted| {
            store.look_up(wanted)
        });
        Ok(inputs?)
    }
}

/// Writes an object as the reference: what it gives replaces what is there.
fn overwrite(store: &mut Store, object: Object<'_>) {
    let annotations = match object {
        Object::CronJob(_) => Annotations::Replaced,
        _ => Annotations::Added,
    };
    store.overwrite(object.to_value(), annotations);
}
