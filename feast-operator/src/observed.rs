//! Objects of the cluster as kept in memory: as text, without unused parts.

use std::borrow::Cow;
use std::fmt;

use feast_render::drift::own_fields;
use feast_render::{NAME_LABEL, ObjectRef};
use k8s_openapi::Metadata;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource;
use kube::core::{ApiResource, DynamicResourceScope};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::REFERENCE_MANAGER;
use crate::packed::Packed;
use crate::platform;

/// Kinds whose status is used.
const WITH_STATUS: [&str; 3] = ["Deployment", feast_api::KIND, "MLflow"];

/// An object that was read from the API server.
///
/// It is kept as compressed JSON text, which needs a fraction of the memory of a tree. From
/// `metadata.managedFields`, only the entry of this operator is kept.
#[derive(Clone, Default, PartialEq)]
pub struct Observed {
    /// Only the identity, to save memory.
    metadata: ObjectMeta,
    /// Name of the FeatureStore in its label.
    label: Option<Box<str>>,
    /// Name of the FeatureStore that controls it.
    owner: Option<Box<str>>,
    /// The object without its type and version.
    text: Packed,
    /// Whether the reference operator, which uses updates, owns some of its fields.
    pub adoptable: bool,
}

impl Observed {
    fn new(mut object: Value) -> serde_json::Result<Self> {
        let mut adoptable = false;
        let mut generation = None;
        if let Some(top) = object.as_object_mut() {
            top.remove("apiVersion");
            top.remove("kind");
        }
        if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
            let given = metadata.remove("generation");
            generation = given.and_then(|given| given.as_i64());
            metadata.remove("selfLink");
            if let Some(Value::Array(entries)) = metadata.get("managedFields") {
                adoptable = entries.iter().any(is_of_reference);
            }
            own_fields(metadata);
        }
        let metadata = &object["metadata"];
        let label = metadata["labels"][NAME_LABEL].as_str().map(Box::from);
        let owners = metadata["ownerReferences"].as_array().into_iter().flatten();
        let owner = owners
            .filter(|owner| controls(owner))
            .find_map(|owner| owner["name"].as_str());
        let owner = owner.map(Box::from);
        let mut metadata = ObjectMeta {
            name: text(&metadata["name"]),
            namespace: text(&metadata["namespace"]),
            uid: text(&metadata["uid"]),
            generation,
            deletion_timestamp: Option::deserialize(&metadata["deletionTimestamp"])?,
            ..ObjectMeta::default()
        };
        // These change with every write, even if nothing relevant does.
        if let Some(map) = object.get_mut("metadata").and_then(Value::as_object_mut) {
            let version = map.remove("resourceVersion");
            metadata.resource_version = version.as_ref().and_then(text);
        }
        Ok(Self {
            metadata,
            label,
            owner,
            text: Packed::of(&serde_json::to_string(&object)?),
            adoptable,
        })
    }

    /// Whether the status of a kind is used.
    pub(crate) fn keeps_status(kind: &str) -> bool {
        WITH_STATUS.contains(&kind)
    }

    /// The object without its status, unless the status of its kind is used.
    #[must_use]
    pub fn of_kind(self, kind: &str) -> Self {
        if Self::keeps_status(kind) {
            return self;
        }
        let text = self.text();
        if !text.contains("\"status\"") {
            // Most objects have none, and a scan is faster than parsing.
            return self;
        }
        let Ok(mut object) = serde_json::from_str::<Map<String, Value>>(&text) else {
            return self;
        };
        if object.remove("status").is_none() {
            return self;
        }
        let text = Packed::of(&Value::Object(object).to_string());
        Self { text, ..self }
    }

    /// An object of which only the version is known; the version counts as its content.
    #[must_use]
    pub fn version_of(metadata: ObjectMeta) -> Self {
        let version = metadata.resource_version.unwrap_or_default();
        Self {
            text: Packed::of(&version),
            metadata: ObjectMeta {
                name: metadata.name,
                namespace: metadata.namespace,
                resource_version: Some(version),
                ..ObjectMeta::default()
            },
            ..Self::default()
        }
    }

    /// The object's existence, owner and version without its content, which suffices for objects of
    /// another operator.
    #[must_use]
    pub fn outline(&self) -> Self {
        Self {
            text: Packed::default(),
            ..self.clone()
        }
    }

    /// Whether it is an outline.
    pub fn is_outline(&self) -> bool {
        self.text.is_empty()
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

    /// Only the identity.
    #[must_use]
    pub fn identity(&self) -> Self {
        Self {
            metadata: self.metadata.clone(),
            ..Self::default()
        }
    }

    /// The identity.
    pub fn metadata(&self) -> &ObjectMeta {
        &self.metadata
    }

    /// The content.
    pub fn text(&self) -> String {
        self.text.text()
    }

    /// The resource version.
    pub fn version(&self) -> &str {
        self.metadata
            .resource_version
            .as_deref()
            .unwrap_or_default()
    }

    /// Name of the FeatureStore in its label.
    pub fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    /// Name of the FeatureStore that controls it.
    pub fn owner(&self) -> Option<&str> {
        self.owner.as_deref()
    }

    /// Whether the contents are equal, regardless of the versions.
    pub fn says_the_same(&self, other: &Self) -> bool {
        self.text == other.text && self.adoptable == other.adoptable
    }

    /// The object as a Rust type.
    ///
    /// # Errors
    ///
    /// It has another type.
    pub fn read<K>(&self) -> serde_json::Result<K>
    where
        K: DeserializeOwned + Metadata<Ty = ObjectMeta>,
    {
        let mut object: K = serde_json::from_str(&self.text())?;
        let version = self.metadata.resource_version.clone();
        object.metadata_mut().resource_version = version;
        Ok(object)
    }

    /// The object's complete metadata, whatever its type.
    ///
    /// # Errors
    ///
    /// It is not a valid object.
    pub fn read_metadata(&self) -> serde_json::Result<ObjectMeta> {
        #[derive(Deserialize)]
        struct Head {
            metadata: ObjectMeta,
        }
        let Head { mut metadata } = serde_json::from_str(&self.text())?;
        metadata
            .resource_version
            .clone_from(&self.metadata.resource_version);
        Ok(metadata)
    }

    /// The whole object; `reference` has its type.
    ///
    /// # Errors
    ///
    /// There is no content: see [`identity`](Self::identity).
    pub fn value(&self, reference: &ObjectRef) -> serde_json::Result<Value> {
        let mut object: Value = serde_json::from_str(&self.text())?;
        object["apiVersion"] = reference.api_version.as_ref().into();
        object["kind"] = reference.kind.as_ref().into();
        object["metadata"]["resourceVersion"] = self.version().into();
        Ok(object)
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// Whether an owner reference is that of a controlling FeatureStore.
fn controls(owner: &Value) -> bool {
    let api_version = owner["apiVersion"].as_str().unwrap_or_default();
    owner["controller"] == true
        && owner["kind"] == feast_api::KIND
        && api_version.split('/').next() == Some(feast_api::GROUP)
}

/// Whether an entry is from updates of the reference operator.
fn is_of_reference(entry: &Value) -> bool {
    entry["manager"] == REFERENCE_MANAGER
        && entry["operation"] == "Update"
        && entry["subresource"].is_null()
}

impl<'de> Deserialize<'de> for Observed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(Value::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// Shows the identity, but not the content.
impl fmt::Debug for Observed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observed")
            .field("namespace", &self.metadata.namespace)
            .field("name", &self.metadata.name)
            .field("version", &self.metadata.resource_version)
            .finish_non_exhaustive()
    }
}

impl Resource for Observed {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MANAGER;
    use serde_json::json;

    fn observed(object: Value) -> Observed {
        serde_json::from_value(object).unwrap()
    }

    #[test]
    fn only_our_fields_are_kept() {
        let entry = |manager: &str, operation: &str| json!({ "manager": manager, "operation": operation, "fieldsV1": { "f:data": {} } });
        let managed = [
            entry(MANAGER, "Apply"),
            entry("kubectl-edit", "Update"),
            entry(REFERENCE_MANAGER, "Update"),
        ];
        let object = observed(json!({
            "metadata": { "name": "a", "resourceVersion": "7", "managedFields": managed },
        }));
        assert!(object.adoptable);
        assert_eq!(object.version(), "7");
        let reference = ObjectRef {
            api_version: "v1".into(),
            kind: "ConfigMap".into(),
            namespace: None,
            name: "a".into(),
        };
        let value = object.value(&reference).unwrap();
        assert_eq!(
            value["metadata"]["managedFields"],
            json!([{ "f:data": {} }])
        );
        assert_eq!(value["kind"], "ConfigMap");
        assert_eq!(value["metadata"]["resourceVersion"], "7");
    }

    #[test]
    fn versions_and_unused_status_are_ignored() {
        let reading = |version: &str, ready: i32| {
            observed(json!({
                "metadata": { "name": "a", "resourceVersion": version },
                "status": { "ready": ready },
            }))
        };
        assert!(reading("1", 1).says_the_same(&reading("2", 1)));
        assert!(!reading("1", 1).says_the_same(&reading("2", 2)));
        let without = |version, ready| reading(version, ready).of_kind("Service");
        assert!(without("1", 1).says_the_same(&without("2", 2)));
    }

    #[test]
    fn debugging_shows_no_content() {
        let secret = observed(json!({ "metadata": { "name": "a" }, "data": { "k": "c2VjcmV0" } }));
        assert!(!format!("{secret:?}").contains("c2VjcmV0"));
    }
}
