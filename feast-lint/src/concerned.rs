//! The FeatureStores that another object of the input concerns.

use std::collections::BTreeSet;

use serde_json::Value;

/// The prefix of the Deployment and the ServiceAccount of a FeatureStore.
const PREFIX: &str = "feast-";

/// FeatureStores that an object concerns.
///
/// Exhaustive: those are the subjects of bindings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Concerned<'o> {
    /// One of them.
    One {
        /// Its namespace.
        namespace: &'o str,
        /// Its name.
        name: &'o str,
    },
    /// All in this namespace.
    Namespace(&'o str),
}

impl Concerned<'_> {
    /// Whether a FeatureStore is among them.
    pub(crate) fn has(self, of: &str, store: &str) -> bool {
        match self {
            Self::One { namespace, name } => namespace == of && name == store,
            Self::Namespace(namespace) => namespace == of,
        }
    }
}

/// The FeatureStores that an object concerns although none refers to it: those that an autoscaler scales,
/// and those whose ServiceAccounts a RoleBinding or ClusterRoleBinding binds, by themselves or with all of
/// their namespace. Bindings to roles of Kubernetes itself (`system:`), which every cluster has, and of all
/// accounts of a cluster, which say little about one, concern none. Lints read no other kinds, except Secrets, ConfigMaps and FeatureStores, so that callers
/// with many objects need to pass a FeatureStore only the objects that concern it.
///
/// `namespace` is the one for objects that set none.
///
/// ```
/// use feast_lint::{Concerned, concerned};
/// use serde_json::json;
///
/// let scaler = json!({
///     "kind": "ScaledObject",
///     "spec": { "scaleTargetRef": { "name": "feast-shop" } },
/// });
/// let shop = Concerned::One { namespace: "ml", name: "shop" };
/// assert!(concerned(&scaler, "ml").contains(&shop));
///
/// let binding = json!({
///     "kind": "ClusterRoleBinding",
///     "subjects": [{ "kind": "Group", "name": "system:serviceaccounts:ml" }],
/// });
/// assert!(concerned(&binding, "default").contains(&Concerned::Namespace("ml")));
/// assert!(concerned(&json!({ "kind": "Pod" }), "ml").is_empty());
/// ```
pub fn concerned<'o>(object: &'o Value, namespace: &'o str) -> BTreeSet<Concerned<'o>> {
    let own = object["metadata"]["namespace"].as_str();
    let namespace = own.filter(|own| !own.is_empty()).unwrap_or(namespace);
    match object["kind"].as_str() {
        Some("HorizontalPodAutoscaler" | "ScaledObject") => {
            let target = Target::of(object).into_iter();
            let store = |target: Target<'o>| Concerned::One {
                namespace,
                name: target.store,
            };
            target.map(store).collect()
        }
        Some("RoleBinding" | "ClusterRoleBinding") if !is_of_kubernetes(&object["roleRef"]) => {
            let subjects = object["subjects"].as_array().into_iter().flatten();
            subjects
                .filter_map(|subject| bound(subject, namespace))
                .collect()
        }
        _ => BTreeSet::new(),
    }
}

fn is_of_kubernetes(role: &Value) -> bool {
    let name = role["name"].as_str();
    name.is_some_and(|name| name.starts_with("system:"))
}

/// The FeatureStores with whose ServiceAccount a subject of a binding acts. The names of users and groups
/// are those that the API server gives to ServiceAccounts (`k8s.io/apiserver/pkg/authentication`).
fn bound<'o>(subject: &'o Value, own: &'o str) -> Option<Concerned<'o>> {
    let name = subject["name"].as_str()?;
    let account = |namespace: &'o str, account: &'o str| {
        let name = account.strip_prefix(PREFIX)?;
        Some(Concerned::One { namespace, name })
    };
    match subject["kind"].as_str()? {
        "ServiceAccount" => account(subject["namespace"].as_str().unwrap_or(own), name),
        "User" => {
            let (namespace, name) = name
                .strip_prefix("system:serviceaccount:")?
                .split_once(':')?;
            account(namespace, name)
        }
        "Group" => name
            .strip_prefix("system:serviceaccounts:")
            .map(Concerned::Namespace),
        _ => None,
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
            let one = |name| Concerned::One {
                namespace: "ml",
                name,
            };
            let expected: Vec<_> = stores.iter().map(|store| one(*store)).collect();
            assert_eq!(found.collect::<Vec<_>>(), expected, "{scaler}");
        }
    }

    #[test]
    fn users_and_groups_are_bound() {
        let shop = Concerned::One {
            namespace: "ml",
            name: "shop",
        };
        for (kind, name, expected) in [
            ("ServiceAccount", "feast-shop", Some(shop)),
            ("ServiceAccount", "shop", None),
            ("User", "system:serviceaccount:ml:feast-shop", Some(shop)),
            ("User", "feast-shop", None),
            (
                "Group",
                "system:serviceaccounts:ml",
                Some(Concerned::Namespace("ml")),
            ),
            ("Group", "system:serviceaccounts", None),
            ("Group", "system:authenticated", None),
        ] {
            let subjects = [json!({ "kind": kind, "name": name })];
            let mut binding = json!({
                "kind": "RoleBinding",
                "roleRef": { "kind": "ClusterRole", "name": "edit" },
                "subjects": subjects,
            });
            let found: Vec<_> = concerned(&binding, "ml").into_iter().collect();
            assert_eq!(found, Vec::from_iter(expected), "{binding}");
            binding["roleRef"]["name"] = "system:image-puller".into();
            assert_eq!(concerned(&binding, "ml"), BTreeSet::new(), "{binding}");
        }
    }
}
