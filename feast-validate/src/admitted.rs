//! Turns a verdict into a FeatureStore that can be rendered.

use feast_api::v1::FeatureStore;
use feast_api::{Admitted, NotStored, ReadError, Version};

use crate::{Rejection, Verdict};

/// Why a verdict has no FeatureStore that can be rendered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotAdmitted {
    /// The API server rejects it.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The API server admits it, but a number is too large for typed clients.
    #[error(transparent)]
    Unreadable(#[from] ReadError),
    /// The API server admits it, but it lacks a name, which stored objects have.
    #[error(transparent)]
    NotStored(#[from] NotStored),
}

/// The admitted FeatureStore as the API server stores it, converted to `v1`.
///
/// Its namespace is the object's, or else the request's, or else `default`.
///
/// ```
/// use feast_validate::{Request, Validator, admitted};
///
/// let manifest = br#"{
///     "apiVersion": "feast.dev/v1",
///     "kind": "FeatureStore",
///     "metadata": { "name": "sample" },
///     "spec": { "feastProject": "credit_scoring" }
/// }"#;
/// let request = Request::create(manifest).namespace("ml");
/// let store = admitted(Validator::v1().run(request))?;
/// assert_eq!((store.namespace(), store.name()), ("ml", "sample"));
/// assert_eq!(store.uid(), None);
/// # Ok::<(), feast_validate::NotAdmitted>(())
/// ```
///
/// # Errors
///
/// [`NotAdmitted::Rejected`] has the API server's reasons; the others say what an admitted
/// FeatureStore lacks.
pub fn admitted(verdict: Verdict) -> Result<Admitted, NotAdmitted> {
    let mut stored = verdict.outcome?;
    if stored["apiVersion"] == Version::V1Alpha1.api_version() {
        // The CRD's conversion strategy is `None`: the API server changes nothing else.
        stored["apiVersion"] = Version::V1.api_version().into();
    }
    Ok(Admitted::assume(FeatureStore::from_value(stored)?)?)
}

#[cfg(test)]
mod tests {
    use feast_api::v1alpha1;
    use serde_json::json;

    use super::*;
    use crate::{Request, Validator};

    #[test]
    fn a_version_is_converted_by_its_name_alone() {
        let old = json!({
            "apiVersion": "feast.dev/v1alpha1",
            "kind": "FeatureStore",
            "metadata": {"name": "a", "namespace": "ml"},
            "spec": {
                "feastProject": "a",
                "feastProjectDir": {"git": {"url": "https://example.com/a.git", "ref": "main"}},
                "authz": {"oidc": {"secretRef": {"name": "oidc"}}},
                "services": {
                    "offlineStore": {"persistence": {"store": {
                        "type": "postgres",
                        "secretRef": {"name": "db"},
                    }}},
                    "onlineStore": {"server": {"logLevel": "debug"}},
                    "registry": {"local": {"server": {"restAPI": true}}},
                    "ui": {},
                },
            },
        });
        let converted = v1alpha1::FeatureStore::from_value(old.clone()).expect("it is typed");
        let stored = admitted(Validator::v1alpha1().create(&old)).expect("it is admitted");
        assert_eq!(stored.spec, converted.spec.into());
    }

    #[test]
    fn admitted_objects_have_a_name_and_the_namespace_of_the_request() {
        let store = |version: &str, metadata: serde_json::Value| {
            json!({
                "apiVersion": format!("feast.dev/{version}"),
                "kind": "FeatureStore",
                "metadata": metadata,
                "spec": {"feastProject": "a"},
            })
        };
        let named = store("v1alpha1", json!({"name": "a", "namespace": "own"}));
        let placed = admitted(Validator::v1alpha1().create(&named));
        assert_eq!(placed.expect("it names both").namespace(), "own");
        let unplaced = store("v1", json!({"name": "a"}));
        let request = Request::create(&unplaced);
        let placed = |request| admitted(Validator::v1().run(request)).expect("it is admitted");
        assert_eq!(placed(request.namespace("ml")).namespace(), "ml");
        assert_eq!(placed(request).namespace(), "default");
        let refused = json!({"apiVersion": "feast.dev/v1", "kind": "FeatureStore"});
        let refused = admitted(Validator::v1().create(&refused));
        assert!(matches!(refused, Err(NotAdmitted::Rejected(_))));
    }
}
