//! Invariants of a plan.

use std::collections::BTreeSet;

use feast_render::{Object, Plan};

use super::Broken;
use crate::cluster::Key;

/// A plan has each object once: with two, an operator would never stop writing.
///
/// # Errors
///
/// [`Broken::Twice`].
pub fn distinct(plan: &Plan) -> Result<(), Broken> {
    let applied = plan.apply().map(Object::reference);
    let deleted = plan.delete().cloned();
    let mut seen = BTreeSet::new();
    for object in applied.chain(deleted) {
        let key = Key::from(&object);
        if !seen.insert(object) {
            return Err(Broken::Twice { object: key });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use feast_render::ObjectRef;
    use feast_render::k8s_openapi::api::core::v1::ServiceAccount;

    use super::*;

    #[test]
    fn duplicate_objects_are_found() {
        let mut account = ServiceAccount::default();
        account.metadata.namespace = Some("ml".into());
        account.metadata.name = Some("a".into());
        let mut plan = Plan::default();
        plan.service_accounts.push(account.clone());
        plan.deletions
            .push(ObjectRef::new::<ServiceAccount>(Some("ml"), "b"));
        assert_eq!(distinct(&plan), Ok(()));

        let mut twice = plan.clone();
        twice.service_accounts.push(account);
        let broken = distinct(&twice).unwrap_err();
        assert_eq!(
            broken.to_string(),
            "v1/ServiceAccount/ml/a is in the plan more than once"
        );
        plan.deletions
            .push(ObjectRef::new::<ServiceAccount>(Some("ml"), "a"));
        assert!(distinct(&plan).is_err());
    }
}
