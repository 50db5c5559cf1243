//! Objects as a client gets them.

use std::borrow::Cow;

use feast_render::ObjectRef;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource;
use kube::core::{ApiResource, DynamicResourceScope};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::observed::Observed;
use crate::platform;

/// An object of any type from the API server, with the metadata that a client needs to know. Of the
/// many objects in memory, only the [observed](Observed) part is kept.
#[derive(Clone, Debug, Default)]
pub struct Fetched {
    /// Only name, namespace and version.
    metadata: ObjectMeta,
    /// What is kept of it.
    pub object: Observed,
}

impl Fetched {
    /// An object of which only the metadata was read: its version counts as its content.
    pub fn version_of(metadata: ObjectMeta) -> Self {
        let metadata = ObjectMeta {
            name: metadata.name,
            namespace: metadata.namespace,
            resource_version: metadata.resource_version,
            ..ObjectMeta::default()
        };
        let version = metadata.resource_version.as_deref().unwrap_or_default();
        Self {
            object: Observed::version_of(version),
            metadata,
        }
    }

    /// The object without its content.
    #[must_use]
    pub fn identity(&self) -> Self {
        Self {
            metadata: self.metadata.clone(),
            ..Self::default()
        }
    }

    /// The same object, of which something else is kept.
    #[must_use]
    pub fn map(self, keep: impl FnOnce(Observed) -> Observed) -> Self {
        Self {
            object: keep(self.object),
            ..self
        }
    }

    /// The object's reference, given its type.
    pub fn reference(&self, resource: &ApiResource) -> ObjectRef {
        let (api_version, kind) = platform::names(resource);
        ObjectRef {
            api_version,
            kind,
            namespace: self.metadata.namespace.clone(),
            name: self.metadata.name.clone().unwrap_or_default(),
        }
    }
}

impl<'de> Deserialize<'de> for Fetched {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let text = |name: &str| value["metadata"][name].as_str().map(str::to_owned);
        let metadata = ObjectMeta {
            name: text("name"),
            namespace: text("namespace"),
            resource_version: text("resourceVersion"),
            ..ObjectMeta::default()
        };
        let object = Observed::new(value).map_err(serde::de::Error::custom)?;
        Ok(Self { metadata, object })
    }
}

impl Resource for Fetched {
    type DynamicType = ApiResource;
    type Scope = DynamicResourceScope;

    fn kind(resource: &ApiResource) -> Cow<'_, str> {
        resource.kind.as_str().into()
    }

    fn group(resource: &ApiResource) -> Cow<'_, str> {
        resource.group.as_str().into()
    }

    fn version(resource: &ApiResource) -> Cow<'_, str> {
        resource.version.as_str().into()
    }

    fn api_version(resource: &ApiResource) -> Cow<'_, str> {
        resource.api_version.as_str().into()
    }

    fn plural(resource: &ApiResource) -> Cow<'_, str> {
        resource.plural.as_str().into()
    }

    fn meta(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}
