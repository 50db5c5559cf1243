//! Scaling out needs an online store that all replicas share.

use super::facts::Spec;
use crd_admission::native::eval::{Fault, and};

pub(super) fn check(spec: &Spec<'_>) -> Result<bool, Fault> {
    let [services, ..] = spec.autoscaling;
    spec.single_or(|stores| {
        let [online_store, persistence, store] = stores.online;
        and([services, online_store, persistence, store])
    })
}
