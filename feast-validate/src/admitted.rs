//! From a verdict to what can be rendered.

use feast_api::v1::FeatureStore;
use feast_api::{Admitted, NotStored, ReadError, v1alpha1};

use crate::{Rejection, Verdict};

/// Why a verdict has no FeatureStore that can be rendered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotAdmitted {
    /// The API server refuses it.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// It is admitted, but has a number that no typed client can hold.
    #[error(transparent)]
    Unreadable(#[from] ReadError),
    /// It is admitted, but says less than a stored object does.
    #[error(transparent)]
    NotStored(#[from] NotStored),
}

/// The FeatureStore that a verdict admits as it would be stored, in `v1` whatever version it was
/// written in.
///
/// Its namespace is the object's own or that of the request, else `default`.
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
/// [`NotAdmitted::Rejected`] with the API server's reasons; the others say what a FeatureStore lacks
/// that it admits.
pub fn admitted(verdict: Verdict) -> Result<Admitted, NotAdmitted> {
    let stored = verdict.outcome?;
    let store: FeatureStore = if stored["apiVersion"] == "feast.dev/v1alpha1" {
        v1alpha1::FeatureStore::from_value(stored)?.into()
    } else {
        FeatureStore::from_value(stored)?
    };
    Ok(Admitted::assume(store)?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Request, Validator};

    #[test]
    fn what_is_admitted_has_a_name_and_the_namespace_of_the_request() {
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
