//! Scaling out needs a registry that all replicas share: remote, in a database, or in an object
//! store.

use super::eval::{Fault, and, or};
use super::facts::Spec;
use super::online_file_no_object_store::is_in_object_store;
use super::scaling_replicas_or_autoscaling::is_single;

pub(super) fn check(spec: &Spec<'_>) -> Result<bool, Fault> {
    let Some(stores) = &spec.stores else {
        return Ok(true);
    };
    let [services, ..] = spec.autoscaling;
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
    or([is_single(spec), and([services, stores.registry, is_shared])])
}
