//! Scaling out needs a registry that all replicas share: remote, in a database, or in an object
//! store.

use super::facts::Spec;
use crd_admission::native::eval::{Fault, and, or};
use feast_api::rules::is_in_object_store;

pub(super) fn check(spec: &Spec<'_>) -> Result<bool, Fault> {
    let [services, ..] = spec.autoscaling;
    spec.single_or(|stores| {
        let [local, persistence] = stores.local_registry;
        let path = &stores.registry_path;
        let is_shared_file = and([
            stores.registry_file,
            path.has(),
            path.test(is_in_object_store),
        ]);
        let is_shared = or([
            stores.remote_registry,
            and([
                local,
                persistence,
                or([stores.registry_store, is_shared_file]),
            ]),
        ]);
        and([services, stores.registry, is_shared])
    })
}
