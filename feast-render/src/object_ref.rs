//! References to objects.

use std::borrow::Cow;
use std::fmt;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::Value;

/// A reference to an object: type, namespace and name.
///
/// Exhaustive: these fields identify an object in the API server.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectRef {
    /// Such as `apps/v1`.
    pub api_version: Cow<'static, str>,
    /// Such as `Deployment`.
    pub kind: Cow<'static, str>,
    /// `None` for cluster-scoped objects.
    pub namespace: Option<String>,
    /// `metadata.name`.
    pub name: String,
}

impl ObjectRef {
    /// A reference to an object of a Rust type; `namespace` is `None` for cluster-scoped ones.
    pub fn new<K: k8s_openapi::Resource>(namespace: Option<&str>, name: impl Into<String>) -> Self {
        Self {
            api_version: K::API_VERSION.into(),
            kind: K::KIND.into(),
            namespace: namespace.map(str::to_owned),
            name: name.into(),
        }
    }

    /// The reference to a JSON object, if it has `apiVersion`, `kind` and a name.
    pub fn of_value(object: &Value) -> Option<Self> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let metadata = &object["metadata"];
        Some(Self {
            api_version: text(&object["apiVersion"])?.into(),
            kind: text(&object["kind"])?.into(),
            namespace: text(&metadata["namespace"]),
            name: text(&metadata["name"])?,
        })
    }

    /// Namespace and name, such as `ml/feast-shop`, or only the name if cluster-scoped.
    ///
    /// ```
    /// use feast_render::ObjectRef;
    /// use k8s_openapi::api::apps::v1::Deployment;
    ///
    /// let deployment = ObjectRef::new::<Deployment>(Some("ml"), "feast-shop");
    /// assert_eq!(deployment.place(), "ml/feast-shop");
    /// ```
    pub fn place(&self) -> String {
        match &self.namespace {
            Some(namespace) => format!("{namespace}/{}", self.name),
            None => self.name.clone(),
        }
    }

    /// The reference to the object with this metadata.
    pub(crate) fn of<K: k8s_openapi::Resource>(metadata: &ObjectMeta) -> Self {
        let name = metadata.name.clone().unwrap_or_default();
        Self::new::<K>(metadata.namespace.as_deref(), name)
    }

    /// Whether it has this type.
    pub(crate) fn is<K: k8s_openapi::Resource>(&self) -> bool {
        self.api_version == K::API_VERSION && self.kind == K::KIND
    }
}

/// As `apiVersion/Kind/namespace/name`; the namespace of a cluster-scoped object is empty.
impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let namespace = self.namespace.as_deref().unwrap_or_default();
        write!(
            f,
            "{}/{}/{namespace}/{}",
            self.api_version, self.kind, self.name
        )
    }
}
