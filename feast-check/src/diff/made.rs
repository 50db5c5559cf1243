//! The rendering of one side.

use std::collections::BTreeMap;

use feast_api::Admitted;
use feast_api::v1::FeatureStoreStatus;
use feast_render::{
    Error, Inputs, ObjectRef, OperatorSettings, Rendered, Time, WrongAnswer, failed, render,
    render_deletion, try_resolve,
};
use k8s_openapi::jiff::Timestamp;
use serde_json::Value;

use super::{Refusal, Side};

/// All objects of one side.
pub(super) struct Made<'a> {
    pub(super) side: Side<'a>,
    /// Owners are identified by uid, so the FeatureStore always has one.
    pub(super) store: Admitted,
    /// The rendering, or the error.
    pub(super) rendered: Result<Rendered, Error>,
    status: FeatureStoreStatus,
    /// Empty if the FeatureStore is rejected.
    pub(super) objects: BTreeMap<ObjectRef, Value>,
    /// In apply order.
    pub(super) order: Vec<ObjectRef>,
}

const UID: &str = "00000000-0000-0000-0000-000000000000";

impl<'a> Made<'a> {
    pub(super) fn of(side: Side<'a>) -> Result<Self, WrongAnswer> {
        let uid = side.store.uid().unwrap_or(UID).to_owned();
        let store = side.store.clone().with_uid(Some(uid));
        let inputs = side.resolve(store.clone(), &BTreeMap::new())?;
        let rendered = render(&inputs);
        let status = match &rendered {
            Ok(rendered) => rendered.status.clone(),
            Err(error) => failed(&inputs, error),
        };
        let objects = rendered.iter().flat_map(|rendered| rendered.plan.apply());
        let objects: Vec<_> = objects
            .map(|object| (object.reference(), object.to_value()))
            .collect();
        Ok(Self {
            side,
            store,
            order: objects.iter().map(|(object, _)| object.clone()).collect(),
            objects: objects.into_iter().collect(),
            rendered,
            status,
        })
    }

    /// The error, if nothing is rendered.
    pub(super) fn refusal(&self) -> Option<Refusal> {
        let error = self.rendered.as_ref().err()?;
        Some(Refusal::new(error.clone(), &self.status))
    }

    /// The rendering after this FeatureStore has become another one, given the other side's
    /// objects.
    pub(super) fn becoming(
        &self,
        after: &Self,
        store: Admitted,
        settings: &OperatorSettings,
    ) -> Result<Result<Rendered, Error>, WrongAnswer> {
        let store = store.with_uid(self.store.uid().map(str::to_owned));
        let store = store.with_status(Some(self.status.clone()));
        let side = Side {
            settings,
            ..after.side
        };
        Ok(render(&side.resolve(store, &self.objects)?))
    }

    /// The objects deleted with the FeatureStore: those it owns, and those the operator deletes.
    pub(super) fn garbage(&self) -> Result<Vec<ObjectRef>, WrongAnswer> {
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
    /// The rendering inputs in a cluster with these objects.
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

/// The compared part of a status.
pub(super) fn status(rendered: &Rendered) -> Value {
    let mut status = FeatureStoreStatus {
        applied: None,
        ..rendered.status.clone()
    };
    for condition in status.conditions.iter_mut().flatten() {
        condition.last_transition_time.clear();
    }
    serde_json::to_value(status).expect("a status has string keys")
}
