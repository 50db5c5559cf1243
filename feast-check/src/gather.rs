//! What a rendering needs from the manifests beside its FeatureStore.

use std::fmt;

use feast_api::v1::FeatureStore;
use feast_render::{Inputs, InputsBuilder, MlflowServer, Platform};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::manifest::Document;

/// Secrets, ConfigMaps, FeatureStores and MLflow servers out of manifests.
#[derive(Clone, Default)]
pub struct Gathered {
    namespace: Option<String>,
    secrets: Vec<Secret>,
    config_maps: Vec<ConfigMap>,
    feature_stores: Vec<FeatureStore>,
    mlflow: Vec<Value>,
}

impl fmt::Debug for Gathered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What Secrets hold must not end in a log.
        f.debug_struct("Gathered")
            .field("namespace", &self.namespace())
            .field("secrets", &self.secrets.len())
            .field("config_maps", &self.config_maps.len())
            .field("feature_stores", &self.feature_stores.len())
            .field("mlflow", &self.mlflow.len())
            .finish()
    }
}

/// An object that a rendering would need, but that cannot be read.
///
/// The message names the key at fault, never its value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} {name} cannot be read: {fault}")]
#[non_exhaustive]
pub struct Unreadable {
    /// Its kind.
    pub kind: &'static str,
    /// Its name, or `(unnamed)`.
    pub name: String,
    /// What is wrong with it.
    pub fault: String,
}

impl Gathered {
    /// Nothing yet. Objects that name no namespace are taken to be in this one.
    pub fn new(namespace: impl Into<String>) -> Self {
        Self {
            namespace: Some(namespace.into()),
            ..Self::default()
        }
    }

    /// The namespace of objects that name none: `default` unless set.
    pub fn namespace(&self) -> &str {
        self.namespace.as_deref().unwrap_or("default")
    }

    /// Adds a document, if it is something that a rendering may need.
    ///
    /// # Errors
    ///
    /// A Secret or ConfigMap that is not what Kubernetes would accept.
    pub fn add(&mut self, document: &Document) -> Result<(), Unreadable> {
        match (document.api_version(), document.kind()) {
            (Some("v1"), Some("Secret")) => {
                let mut secret = secret(document)?;
                self.place(&mut secret.metadata);
                self.secrets.push(secret);
            }
            (Some("v1"), Some("ConfigMap")) => {
                let mut config_map: ConfigMap = read("ConfigMap", document)?;
                self.place(&mut config_map.metadata);
                self.config_maps.push(config_map);
            }
            (Some("mlflow.opendatahub.io/v1"), Some("MLflow")) => {
                self.mlflow.push(Value::Object(document.object().clone()));
            }
            _ => {}
        }
        Ok(())
    }

    /// Adds a FeatureStore that others may refer to.
    pub fn add_feature_store(&mut self, mut fs: FeatureStore) {
        self.place(&mut fs.metadata);
        self.feature_stores.push(fs);
    }

    /// The FeatureStores, in the order in which they were added.
    pub fn feature_stores(&self) -> &[FeatureStore] {
        &self.feature_stores
    }

    /// Inputs with everything that was added; the platform's MLflow server included.
    pub fn inputs(&self, platform: Platform) -> InputsBuilder {
        Inputs::builder()
            .secrets(self.secrets.iter().cloned())
            .config_maps(self.config_maps.iter().cloned())
            .feature_stores(self.feature_stores.iter().cloned())
            .platform(platform.with_mlflow(MlflowServer::discover(&self.mlflow)))
    }

    fn place(&self, metadata: &mut ObjectMeta) {
        let namespace = metadata.namespace.get_or_insert_default();
        if namespace.is_empty() {
            self.namespace().clone_into(namespace);
        }
    }
}

/// Reads a Secret; `stringData` wins over `data`, as in the API server.
///
/// Done by hand where values are read: the messages of a generic reader show them.
fn secret(document: &Document) -> Result<Secret, Unreadable> {
    let mut object = document.object().clone();
    let data = object.remove("data");
    let string_data = object.remove("stringData");
    let mut secret: Secret = from_value("Secret", document, Value::Object(object))?;
    for (field, values) in [("data", data), ("stringData", string_data)] {
        for (key, value) in entries(document, field, values)? {
            let bytes = match field {
                "data" => decode(value),
                _ => value.as_str().map(|text| ByteString(text.into())),
            };
            let expected = match field {
                "data" => "base64 text",
                _ => "text (quote it)",
            };
            let bytes = bytes.ok_or_else(|| {
                unreadable(
                    "Secret",
                    document,
                    format!("{field}.{key} is not {expected}"),
                )
            })?;
            secret.data.get_or_insert_default().insert(key, bytes);
        }
    }
    Ok(secret)
}

fn entries(
    document: &Document,
    field: &str,
    values: Option<Value>,
) -> Result<serde_json::Map<String, Value>, Unreadable> {
    match values {
        None | Some(Value::Null) => Ok(serde_json::Map::new()),
        Some(Value::Object(entries)) => Ok(entries),
        Some(_) => Err(unreadable(
            "Secret",
            document,
            format!("{field} is not a mapping"),
        )),
    }
}

/// Base64, as k8s-openapi reads it.
fn decode(value: Value) -> Option<ByteString> {
    serde_json::from_value(value).ok()
}

fn read<T: DeserializeOwned>(kind: &'static str, document: &Document) -> Result<T, Unreadable> {
    from_value(kind, document, Value::Object(document.object().clone()))
}

fn from_value<T: DeserializeOwned>(
    kind: &'static str,
    document: &Document,
    value: Value,
) -> Result<T, Unreadable> {
    serde_json::from_value(value).map_err(|error| unreadable(kind, document, error.to_string()))
}

fn unreadable(kind: &'static str, document: &Document, fault: String) -> Unreadable {
    let metadata = document.object().get("metadata");
    let name = metadata.and_then(|metadata| metadata.get("name")?.as_str());
    Unreadable {
        kind,
        name: name.unwrap_or("(unnamed)").to_owned(),
        fault,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest;

    fn gather(text: &str) -> Result<Gathered, Unreadable> {
        let mut gathered = Gathered::new("features");
        for document in manifest::read(text) {
            gathered.add(&document.unwrap())?;
        }
        Ok(gathered)
    }

    #[test]
    fn string_data_wins() {
        let gathered = gather(
            "{apiVersion: v1, kind: Secret, metadata: {name: s}, \
              data: {a: YQ==, b: Yg==}, stringData: {b: c}}",
        );
        let secrets = gathered.unwrap().secrets;
        let data = secrets[0].data.as_ref().unwrap();
        assert_eq!((&*data["a"].0, &*data["b"].0), (&b"a"[..], &b"c"[..]));
        assert_eq!(secrets[0].metadata.namespace.as_deref(), Some("features"));
    }

    #[test]
    fn a_fault_names_the_key_and_never_the_value() {
        for (field, fault) in [
            (
                "data: {password: hunter2!}",
                "data.password is not base64 text",
            ),
            (
                "stringData: {password: 4711}",
                "stringData.password is not text (quote it)",
            ),
            ("data: hunter2", "data is not a mapping"),
        ] {
            let text = format!("{{apiVersion: v1, kind: Secret, metadata: {{name: s}}, {field}}}");
            let error = gather(&text).err().unwrap();
            assert_eq!(
                error.to_string(),
                format!("Secret s cannot be read: {fault}")
            );
        }
    }
}
