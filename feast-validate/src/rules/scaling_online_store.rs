//! Scaling out needs an online store that all replicas share.

use super::eval::{Fault, and, or};
use super::facts::Spec;
use super::scaling_replicas_or_autoscaling::is_single;

pub(super) fn check(spec: &Spec<'_>) -> Result<bool, Fault> {
    let Some(stores) = &spec.stores else {
        return Ok(true);
    };
    let [services, ..] = spec.autoscaling;
    let [online_store, persistence, store] = stores.online;
    or([
        is_single(spec),
        and([services, online_store, persistence, store]),
    ])
}
