use std::fmt;
use std::str::FromStr;

use feast_render::ObjectRef;
use serde_json::Value;

/// The identity of an object, written `apiVersion/Kind/namespace/name`.
///
/// The namespace of a cluster-scoped object is empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Group and version, such as `apps/v1`; the core group has only a version.
    pub api_version: String,
    /// Kind, such as `Deployment`.
    pub kind: String,
    /// Namespace, empty for a cluster-scoped object.
    pub namespace: String,
    /// Name.
    pub name: String,
}

impl Key {
    /// Creates a key from its parts.
    pub fn new(api_version: &str, kind: &str, namespace: &str, name: &str) -> Self {
        Self {
            api_version: api_version.into(),
            kind: kind.into(),
            namespace: namespace.into(),
            name: name.into(),
        }
    }

    /// The key of an object; missing parts are empty.
    pub fn of(object: &Value) -> Self {
        let text = |pointer| {
            object
                .pointer(pointer)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        Self::new(
            text("/apiVersion"),
            text("/kind"),
            text("/metadata/namespace"),
            text("/metadata/name"),
        )
    }
}

impl Key {
    /// Whether it is an event, which has no effects.
    pub(crate) fn is_record(&self) -> bool {
        ["Event", "Lease"].contains(&self.kind.as_str())
    }
}

impl From<&ObjectRef> for Key {
    fn from(object: &ObjectRef) -> Self {
        let namespace = object.namespace.as_deref().unwrap_or_default();
        Self::new(&object.api_version, &object.kind, namespace, &object.name)
    }
}

impl From<&Key> for ObjectRef {
    fn from(key: &Key) -> Self {
        Self {
            api_version: key.api_version.clone().into(),
            kind: key.kind.clone().into(),
            namespace: Some(key.namespace.clone()).filter(|namespace| !namespace.is_empty()),
            name: key.name.clone(),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            api_version,
            kind,
            namespace,
            name,
        } = self;
        write!(f, "{api_version}/{kind}/{namespace}/{name}")
    }
}

/// The text is not `apiVersion/Kind/namespace/name`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not apiVersion/Kind/namespace/name: {0}")]
pub struct InvalidKey(String);

impl FromStr for Key {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.rsplitn(4, '/');
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(name), Some(namespace), Some(kind), Some(api_version)) => {
                Ok(Self::new(api_version, kind, namespace, name))
            }
            _ => Err(InvalidKey(text.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn text_and_back() {
        for text in [
            "v1/Secret/feast/db",
            "rbac.authorization.k8s.io/v1/ClusterRole//reader",
        ] {
            assert_eq!(
                text.parse::<Key>().map(|key| key.to_string()),
                Ok(text.into())
            );
        }
        assert!("v1/Secret/db".parse::<Key>().is_err());
    }

    #[test]
    fn of_an_object() {
        let object = json!({
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": { "namespace": "ml", "name": "feast" },
        });
        assert_eq!(
            Key::of(&object),
            Key::new("apps/v1", "Deployment", "ml", "feast")
        );
    }
}
