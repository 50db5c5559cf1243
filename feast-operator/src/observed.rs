//! Objects of the cluster as kept in memory: as text, without unused parts.

use std::fmt;

use feast_render::drift::own_fields;
use feast_render::{NAME_LABEL, ObjectRef};
use k8s_openapi::Metadata;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::REFERENCE_MANAGER;
use crate::packed::Packed;

/// Kinds whose status is used.
const WITH_STATUS: [&str; 3] = ["Deployment", feast_api::KIND, "MLflow"];

/// An object that was read from the API server.
///
/// It is kept as compressed JSON text, which needs a fraction of the memory of a tree. From
/// `metadata.managedFields`, only the entry of this operator is kept.
#[derive(Clone, Default, PartialEq)]
pub struct Observed {
    uid: Option<Box<str>>,
    version: Box<str>,
    generation: Option<i64>,
    /// Name of the FeatureStore in its label.
    label: Option<Box<str>>,
    /// Name of the FeatureStore that controls it.
    owner: Option<Box<str>>,
    /// The object without its type and version.
    text: Packed,
    is_going: bool,
    /// Whether the reference operator, which uses updates, owns some of its fields.
    pub adoptable: bool,
}

impl Observed {
    pub(crate) fn new(mut object: Value) -> serde_json::Result<Self> {
        let mut adoptable = false;
        let (mut generation, mut version) = (None, None);
        if let Some(top) = object.as_object_mut() {
            top.remove("apiVersion");
            top.remove("kind");
        }
        if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
            // These change with every write, even if nothing relevant does.
            generation = metadata.remove("generation");
            version = metadata.remove("resourceVersion");
            metadata.remove("selfLink");
            if let Some(Value::Array(entries)) = metadata.get("managedFields") {
                adoptable = entries.iter().any(is_of_reference);
            }
            own_fields(metadata);
        }
        let metadata = &object["metadata"];
        let text = |value: &Value| value.as_str().map(Box::from);
        let owners = metadata["ownerReferences"].as_array().into_iter().flatten();
        let mut owners = owners.filter(|owner| controls(owner));
        Ok(Self {
            uid: text(&metadata["uid"]),
            version: version.as_ref().and_then(text).unwrap_or_default(),
            generation: generation.and_then(|generation| generation.as_i64()),
            label: text(&metadata["labels"][NAME_LABEL]),
            owner: owners.find_map(|owner| text(&owner["name"])),
            is_going: !metadata["deletionTimestamp"].is_null(),
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
    pub fn version_of(version: &str) -> Self {
        Self {
            text: Packed::of(version),
            version: version.into(),
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

    /// The uid.
    pub fn uid(&self) -> Option<&str> {
        self.uid.as_deref()
    }

    /// The generation, if its kind has one.
    pub fn generation(&self) -> Option<i64> {
        self.generation
    }

    /// Whether it is being deleted.
    pub fn is_going(&self) -> bool {
        self.is_going
    }

    /// The content.
    pub fn text(&self) -> String {
        self.text.text()
    }

    /// The resource version.
    pub fn version(&self) -> &str {
        &self.version
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
        object.metadata_mut().resource_version = self.resource_version();
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
        metadata.resource_version = self.resource_version();
        Ok(metadata)
    }

    fn resource_version(&self) -> Option<String> {
        (!self.version.is_empty()).then(|| self.version.to_string())
    }

    /// The whole object; `reference` has its type.
    ///
    /// # Errors
    ///
    /// There is no content: it is an [outline](Self::outline).
    pub fn value(&self, reference: &ObjectRef) -> serde_json::Result<Value> {
        let mut object: Value = serde_json::from_str(&self.text())?;
        object["apiVersion"] = reference.api_version.as_ref().into();
        object["kind"] = reference.kind.as_ref().into();
        object["metadata"]["resourceVersion"] = self.version().into();
        Ok(object)
    }
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

/// Shows the version, but not the content.
impl fmt::Debug for Observed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observed")
            .field("version", &self.version)
            .finish_non_exhaustive()
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
