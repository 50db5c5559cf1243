//! The FeatureStores that another object of the input concerns.

use std::collections::BTreeSet;

use serde_json::Value;

/// The prefix of the Deployment and the ServiceAccount of a FeatureStore.
const PREFIX: &str = "feast-";

/// Namespace and name of the FeatureStores that an object concerns although none refers to it: those that
/// an autoscaler scales, and those whose ServiceAccounts a RoleBinding or ClusterRoleBinding binds. Lints
/// read no other kinds, except Secrets, ConfigMaps and FeatureStores, so that callers with many objects
/// need to pass a FeatureStore only the objects that concern it.
///
/// `namespace` is the one for objects that set none.
///
/// ```
/// use serde_json::json;
///
/// let scaler = json!({
///     "kind": "ScaledObject",
///     "spec": { "scaleTargetRef": { "name": "feast-shop" } },
/// });
/// assert!(feast_lint::concerned(&scaler, "ml").contains(&("ml", "shop")));
/// assert!(feast_lint::concerned(&json!({ "kind": "Pod" }), "ml").is_empty());
/// ```
pub fn concerned<'o>(object: &'o Value, namespace: &'o str) -> BTreeSet<(&'o str, &'o str)> {
    let own = object["metadata"]["namespace"].as_str();
    let namespace = own.filter(|own| !own.is_empty()).unwrap_or(namespace);
    match object["kind"].as_str() {
        Some("HorizontalPodAutoscaler" | "ScaledObject") => {
            let target = Target::of(object).into_iter();
            target.map(|target| (namespace, target.store)).collect()
        }
        Some("RoleBinding" | "ClusterRoleBinding") => accounts(object)
            .filter_map(|(of, name)| Some((of.unwrap_or(namespace), name.strip_prefix(PREFIX)?)))
            .collect(),
        _ => BTreeSet::new(),
    }
}

/// What an autoscaler scales.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target<'a> {
    /// The name of the FeatureStore.
    pub(crate) store: &'a str,
    /// Whether it is the Deployment instead of the FeatureStore.
    pub(crate) is_deployment: bool,
}

impl<'a> Target<'a> {
    pub(crate) fn of(scaler: &'a Value) -> Option<Self> {
        let target = &scaler["spec"]["scaleTargetRef"];
        let name = target["name"].as_str()?;
        // KEDA's default kind is Deployment.
        let kind = target["kind"].as_str().filter(|kind| !kind.is_empty());
        let is_deployment = match kind.unwrap_or("Deployment") {
            feast_api::KIND => false,
            "Deployment" => true,
            _ => return None,
        };
        Some(Self {
            store: if is_deployment {
                name.strip_prefix(PREFIX)?
            } else {
                name
            },
            is_deployment,
        })
    }
}

/// Namespace and name of the ServiceAccounts that a binding binds.
pub(crate) fn accounts(binding: &Value) -> impl Iterator<Item = (Option<&str>, &str)> {
    let subjects = binding["subjects"].as_array().into_iter().flatten();
    subjects
        .filter(|subject| subject["kind"] == "ServiceAccount")
        .filter_map(|subject| Some((subject["namespace"].as_str(), subject["name"].as_str()?)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_default_target_is_a_deployment() {
        for (target, stores) in [
            (json!({ "name": "feast-shop" }), &["shop"][..]),
            (json!({ "kind": "", "name": "feast-shop" }), &["shop"]),
            (
                json!({ "kind": "FeatureStore", "name": "feast-shop" }),
                &["feast-shop"],
            ),
            (json!({ "kind": "StatefulSet", "name": "feast-shop" }), &[]),
            (json!({ "name": "shop" }), &[]),
        ] {
            let scaler = json!({ "kind": "ScaledObject", "spec": { "scaleTargetRef": target } });
            let found = concerned(&scaler, "ml").into_iter();
            let expected: Vec<_> = stores.iter().map(|store| ("ml", *store)).collect();
            assert_eq!(found.collect::<Vec<_>>(), expected, "{scaler}");
        }
    }
}
