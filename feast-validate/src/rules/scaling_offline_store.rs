//! Scaling out needs a shared offline store, if there is one at all.

use super::eval::{Fault, and, not, or};
use super::facts::Spec;
use super::scaling_replicas_or_autoscaling::is_single;

pub(super) fn check(spec: &Spec<'_>) -> Result<bool, Fault> {
    let Some(stores) = &spec.stores else {
        return Ok(true);
    };
    let [services, ..] = spec.autoscaling;
    let [offline_store, persistence, store] = stores.offline;
    or([
        is_single(spec),
        not(services),
        not(offline_store),
        and([persistence, store]),
    ])
}
