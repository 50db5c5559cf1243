//! Ownership of objects.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;

use crate::changes::Change;
use crate::context::Context;
use crate::error::Error;
use crate::live::controller;
use crate::object_ref::ObjectRef;
use crate::plan::Object;
use crate::stage::Stage;

impl Context<'_> {
    /// Returns the object, unless an existing one has another owner.
    pub(crate) fn claim<K>(&self, object: K) -> Result<K, Error>
    where
        for<'o> Object<'o>: From<&'o K>,
    {
        self.claim_in(String::new, object)
    }

    /// Like [`claim`](Self::claim), with the reference's prefix of the message.
    pub(crate) fn claim_in<K>(
        &self,
        context: impl FnOnce() -> String,
        object: K,
    ) -> Result<K, Error>
    where
        for<'o> Object<'o>: From<&'o K>,
    {
        let live = self.inputs.live();
        if live.is_empty() {
            return Ok(object);
        }
        let wanted = Object::from(&object);
        let reference = wanted.reference();
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
                stage: Stage::of(wanted),
            }),
        }
    }

    /// Whether an owner is the FeatureStore.
    pub(crate) fn is_own(&self, owner: &OwnerReference) -> bool {
        self.store.uid() == Some(&owner.uid)
    }

    /// Whether an object exists and belongs to the FeatureStore.
    pub(crate) fn controls(&self, object: &ObjectRef) -> bool {
        let owner = self.inputs.live().metadata(object).and_then(controller);
        owner.is_some_and(|owner| self.is_own(owner))
    }
}
