//! A FeatureStore that an API server has stored or would store.

use std::ops::Deref;

use crate::v1::{FeatureStore, FeatureStoreSpec, FeatureStoreStatus};

/// A FeatureStore that an API server has admitted, or would admit: it has a name and a namespace,
/// and a uid if it is stored.
///
/// Rendering requires this type. `feast_validate::Verdict::admitted` returns one after validation;
/// [`assume`](Self::assume) trusts the caller that the object is valid.
///
/// ```
/// use feast_api::Admitted;
/// use feast_api::v1::FeatureStore;
///
/// let mut fs = FeatureStore::from_json(br#"{
///     "apiVersion": "feast.dev/v1",
///     "kind": "FeatureStore",
///     "metadata": { "name": "sample" },
///     "spec": { "feastProject": "credit_scoring" }
/// }"#)?;
/// let error = Admitted::assume(fs.clone()).unwrap_err();
/// assert_eq!(error.to_string(), "metadata.namespace is missing: a stored FeatureStore has one");
///
/// fs.metadata.namespace = Some("ml".into());
/// let store = Admitted::assume(fs)?;
/// assert_eq!((store.namespace(), store.name()), ("ml", "sample"));
/// assert_eq!(store.uid(), None); // no server has created it yet
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Admitted(Box<FeatureStore>);

/// Why a FeatureStore cannot be a stored object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotStored {
    /// It has no name.
    #[error("metadata.name is missing: a stored FeatureStore has one")]
    NoName,
    /// It has no namespace. A manifest may omit it; a stored object has one.
    #[error("metadata.namespace is missing: a stored FeatureStore has one")]
    NoNamespace,
}

impl Admitted {
    /// Trusts the caller that the object is valid and has the server's defaults, as every object
    /// read from a cluster does. Validate others with `feast_validate`.
    ///
    /// # Errors
    ///
    /// [`NotStored`]: name or namespace are missing.
    pub fn assume(store: FeatureStore) -> Result<Self, NotStored> {
        let is_missing = |field: &Option<String>| field.as_deref().unwrap_or_default().is_empty();
        if is_missing(&store.metadata.name) {
            return Err(NotStored::NoName);
        }
        if is_missing(&store.metadata.namespace) {
            return Err(NotStored::NoNamespace);
        }
        Ok(Self(Box::new(store)).normal())
    }

    /// Treats an empty uid as none.
    fn normal(mut self) -> Self {
        let uid = &mut self.0.metadata.uid;
        *uid = uid.take().filter(|uid| !uid.is_empty());
        self
    }

    /// `metadata.name`.
    pub fn name(&self) -> &str {
        self.0.metadata.name.as_deref().unwrap_or_default()
    }

    /// `metadata.namespace`.
    pub fn namespace(&self) -> &str {
        self.0.metadata.namespace.as_deref().unwrap_or_default()
    }

    /// `metadata.uid`, which only a server sets. Without one, objects cannot have this FeatureStore
    /// as their owner.
    pub fn uid(&self) -> Option<&str> {
        self.0.metadata.uid.as_deref()
    }

    /// Replaces the uid.
    #[must_use]
    pub fn with_uid(mut self, uid: Option<String>) -> Self {
        self.0.metadata.uid = uid;
        self.normal()
    }

    /// Replaces the status.
    #[must_use]
    pub fn with_status(mut self, status: Option<FeatureStoreStatus>) -> Self {
        self.0.status = status;
        self
    }

    /// Replaces the spec, for example by the one that another release's operator sees.
    #[must_use]
    pub fn with_spec(mut self, spec: FeatureStoreSpec) -> Self {
        self.0.spec = spec;
        self
    }

    /// The FeatureStore.
    pub fn into_inner(self) -> FeatureStore {
        *self.0
    }
}

impl Deref for Admitted {
    type Target = FeatureStore;

    fn deref(&self) -> &FeatureStore {
        &self.0
    }
}

impl AsRef<FeatureStore> for Admitted {
    fn as_ref(&self) -> &FeatureStore {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v1::FeatureStoreSpec;

    #[test]
    fn name_and_namespace_are_required_and_an_empty_uid_is_none() {
        let store = |name: &str, namespace: &str, uid: &str| {
            let mut store = FeatureStore::new(name, FeatureStoreSpec::default());
            store.metadata.namespace = Some(namespace.to_owned());
            store.metadata.uid = Some(uid.to_owned());
            Admitted::assume(store)
        };
        assert_eq!(store("", "ml", "1"), Err(NotStored::NoName));
        assert_eq!(store("a", "", "1"), Err(NotStored::NoNamespace));
        let uid = |uid: &str| Some(store("a", "ml", uid).ok()?.uid()?.to_owned());
        assert_eq!(uid("1").as_deref(), Some("1"));
        assert_eq!(uid(""), None);
        let store = store("a", "ml", "1").expect("it has both");
        assert_eq!(store.clone().with_uid(None).uid(), None);
        assert_eq!(store.with_uid(Some("2".to_owned())).uid(), Some("2"));
    }
}
