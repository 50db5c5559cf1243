//! Whose an object is.

use k8s_openapi::Metadata;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};

use crate::changes::Change;
use crate::context::Context;
use crate::error::{Error, Stage};
use crate::live::controller;
use crate::object_ref::ObjectRef;

impl Context<'_> {
    /// The object, unless one of its name belongs to somebody else.
    pub(crate) fn claim<K>(&self, stage: Stage, object: K) -> Result<K, Error>
    where
        K: Metadata<Ty = ObjectMeta>,
    {
        self.claim_in(stage, String::new, object)
    }

    /// As [`claim`](Self::claim), with what the reference puts before the message.
    pub(crate) fn claim_in<K>(
        &self,
        stage: Stage,
        context: impl FnOnce() -> String,
        object: K,
    ) -> Result<K, Error>
    where
        K: Metadata<Ty = ObjectMeta>,
    {
        let live = self.inputs.live();
        if live.is_empty() {
            return Ok(object);
        }
        let reference = ObjectRef::of::<K>(object.metadata());
        let owner = live.metadata(&reference).and_then(controller);
        match owner.filter(|owner| !self.is_own(owner)) {
            None => Ok(object),
            Some(owner) => Err(Error::AlreadyOwned {
                object: reference,
                owner_kind: owner.kind.clone(),
                owner: owner.name.clone(),
                context: if self.has(Change::NamedAuthorizationErrors) {
                    context()
                } else {
                    String::new()
                },
                stage,
            }),
        }
    }

    /// Whether an owner is the FeatureStore.
    pub(crate) fn is_own(&self, owner: &OwnerReference) -> bool {
        self.store.uid() == Some(&owner.uid)
    }

    /// Whether an object exists and the FeatureStore controls it.
    pub(crate) fn controls(&self, object: &ObjectRef) -> bool {
        let owner = self.inputs.live().metadata(object).and_then(controller);
        owner.is_some_and(|owner| self.is_own(owner))
    }
}
