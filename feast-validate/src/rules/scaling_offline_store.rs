//! Scaling out needs a shared offline store, if there is one at all.

use super::facts::Spec;
use crd_admission::native::eval::{Fault, and, not, or};

pub(super) fn check(spec: &Spec<'_>) -> Result<bool, Fault> {
    let [services, ..] = spec.autoscaling;
    spec.single_or(|stores| {
        let [offline_store, persistence, store] = stores.offline;
        or([not(services), not(offline_store), and([persistence, store])])
    })
}
