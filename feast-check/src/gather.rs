//! Objects in manifests that rendering needs.

use std::collections::BTreeMap;
use std::fmt;

use feast_api::v1::FeatureStore;
use feast_render::{Answer, Found, ObjectRef, Wanted};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::manifest::Document;

/// Secrets, ConfigMaps, FeatureStores and MLflow servers from manifests.
#[derive(Clone, Default)]
pub struct Gathered {
    namespace: Option<String>,
    secrets: BTreeMap<Place, Secret>,
    config_maps: BTreeMap<Place, ConfigMap>,
    feature_stores: BTreeMap<Place, FeatureStore>,
    mlflow: Vec<Value>,
}

/// Namespace and name.
type Place = (String, String);

impl fmt::Debug for Gathered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Secret data must not appear in logs.
        f.debug_struct("Gathered")
            .field("namespace", &self.namespace())
            .field("secrets", &self.secrets.len())
            .field("config_maps", &self.config_maps.len())
            .field("feature_stores", &self.feature_stores.len())
            .field("mlflow", &self.mlflow.len())
            .finish()
    }
}

/// An object that rendering needs but that cannot be read.
///
/// The message names the key, never its value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} {name} cannot be read: {fault}")]
#[non_exhaustive]
pub struct Unreadable {
    /// Its kind.
    pub kind: &'static str,
    /// Its name, or `(unnamed)`.
    pub name: String,
    /// The field, such as `data.password`; `metadata.name` if no single field is wrong.
    pub field: String,
    /// The problem.
    pub fault: String,
}

impl Gathered {
    /// Empty, with the namespace for objects that set none.
    pub fn new(namespace: impl Into<String>) -> Self {
        Self {
            namespace: Some(namespace.into()),
            ..Self::default()
        }
    }

    /// The namespace for objects that set none; `default` unless set.
    pub fn namespace(&self) -> &str {
        self.namespace.as_deref().unwrap_or("default")
    }

    /// Adds a document, if rendering may need it.
    ///
    /// # Errors
    ///
    /// A Secret or ConfigMap is not valid for Kubernetes.
    pub fn add(&mut self, document: &Document) -> Result<(), Unreadable> {
        match (document.api_version(), document.kind()) {
            (Some("v1"), Some("Secret")) => {
                let mut secret = secret(document)?;
                let place = self.place(&mut secret.metadata);
                self.secrets.insert(place, secret);
            }
            (Some("v1"), Some("ConfigMap")) => {
                let mut config_map = config_map(document)?;
                let place = self.place(&mut config_map.metadata);
                self.config_maps.insert(place, config_map);
            }
            (Some("mlflow.opendatahub.io/v1"), Some("MLflow")) => {
                self.mlflow.push(Value::Object(document.object().clone()));
            }
            _ => {}
        }
        Ok(())
    }

    /// Adds a FeatureStore for references.
    pub fn add_feature_store(&mut self, mut fs: FeatureStore) {
        let place = self.place(&mut fs.metadata);
        self.feature_stores.insert(place, fs);
    }

    /// Adds everything from another; of two objects with the same name, the other's is used.
    pub fn append(&mut self, mut other: Self) {
        self.secrets.append(&mut other.secrets);
        self.config_maps.append(&mut other.config_maps);
        self.feature_stores.append(&mut other.feature_stores);
        self.mlflow.append(&mut other.mlflow);
    }

    /// Takes objects from another that are not looked up by name.
    pub(crate) fn take_servers(&mut self, other: &mut Self) {
        self.mlflow.append(&mut other.mlflow);
    }

    /// The Secrets and ConfigMaps: kind and location.
    pub(crate) fn places(&self) -> impl Iterator<Item = (&'static str, &Place)> {
        let secrets = self.secrets.keys().map(|place| ("Secret", place));
        let config_maps = self.config_maps.keys().map(|place| ("ConfigMap", place));
        secrets.chain(config_maps)
    }

    /// Answers look-ups of rendering. Manifests have no live objects.
    pub fn answer(&self, wanted: &Wanted) -> Answer {
        match wanted {
            Wanted::Secret(secret) => find(&self.secrets, &secret.object),
            Wanted::ConfigMap(config_map) => find(&self.config_maps, &config_map.object),
            Wanted::FeatureStore(store) => find(&self.feature_stores, store),
            Wanted::MlflowServers => Answer::Found(Found::MlflowServers(self.mlflow.clone())),
            Wanted::Live(_) | Wanted::Labelled(_) => Answer::Absent,
        }
    }

    /// Whether an added Secret or ConfigMap has a key; `None` if there is no such object.
    pub fn has_key(&self, object: &ObjectRef, key: &str) -> Option<bool> {
        let place = (object.namespace.clone()?, object.name.clone());
        match object.kind.as_ref() {
            "Secret" => Some(has(self.secrets.get(&place)?.data.as_ref(), key)),
            "ConfigMap" => Some(has(self.config_maps.get(&place)?.data.as_ref(), key)),
            _ => None,
        }
    }

    /// Sets the namespace, and returns the object's location.
    fn place(&self, metadata: &mut ObjectMeta) -> Place {
        let namespace = metadata.namespace.get_or_insert_default();
        if namespace.is_empty() {
            self.namespace().clone_into(namespace);
        }
        let name = metadata.name.clone().unwrap_or_default();
        (namespace.clone(), name)
    }
}

fn has<T>(data: Option<&BTreeMap<String, T>>, key: &str) -> bool {
    data.is_some_and(|data| data.contains_key(key))
}

fn find<T: Clone + Into<Found>>(objects: &BTreeMap<Place, T>, object: &ObjectRef) -> Answer {
    let namespace = object.namespace.clone().unwrap_or_default();
    objects
        .get(&(namespace, object.name.clone()))
        .cloned()
        .into()
}

/// Reads a Secret; `stringData` takes precedence over `data`, as in the API server.
///
/// Values are read by hand, here and below, because a generic reader's messages would show them.
fn secret(document: &Document) -> Result<Secret, Unreadable> {
    let (mut secret, values): (Secret, _) = parts("Secret", document, ["data", "stringData"])?;
    let [data, string_data] = values;
    secret.data = data.read(bytes, "base64 text")?;
    let text = |value: Value| Some(ByteString(text(value)?.into()));
    if let Some(texts) = string_data.read(text, TEXT)? {
        secret.data.get_or_insert_default().extend(texts);
    }
    Ok(secret)
}

fn config_map(document: &Document) -> Result<ConfigMap, Unreadable> {
    let fields = ["data", "binaryData"];
    let (mut config_map, values): (ConfigMap, _) = parts("ConfigMap", document, fields)?;
    let [data, binary_data] = values;
    config_map.data = data.read(text, TEXT)?;
    config_map.binary_data = binary_data.read(bytes, "base64 text")?;
    Ok(config_map)
}

const TEXT: &str = "text (quote it)";

/// A string value, as Go reads it: null is empty.
fn text(value: Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// A base64 value, as Go reads it: it ignores line breaks, which kustomize inserts.
fn bytes(value: Value) -> Option<ByteString> {
    let text = text(value)?.replace(['\r', '\n'], "");
    feast_api::from_value(&text.into()).ok()
}

/// An object without some of its fields, and these fields.
fn parts<'d, T: DeserializeOwned, const N: usize>(
    kind: &'static str,
    document: &'d Document,
    fields: [&'static str; N],
) -> Result<(T, [Values<'d>; N]), Unreadable> {
    let mut object = document.object().clone();
    let values = fields.map(|field| Values {
        kind,
        document,
        field,
        value: object.remove(field).unwrap_or_default(),
    });
    let object = feast_api::from_value(&Value::Object(object))
        .map_err(|error| unreadable(kind, document, error.to_string()))?;
    Ok((object, values))
}

/// A field with a map of values.
struct Values<'d> {
    kind: &'static str,
    document: &'d Document,
    field: &'static str,
    value: Value,
}

impl Values<'_> {
    fn read<T>(
        self,
        read: impl Fn(Value) -> Option<T>,
        expected: &str,
    ) -> Result<Option<BTreeMap<String, T>>, Unreadable> {
        let Self {
            kind,
            document,
            field,
            value,
        } = self;
        let fault = |field: String, what: &str| Unreadable {
            field: field.clone(),
            ..unreadable(kind, document, format!("{field} is not {what}"))
        };
        let entries = match value {
            Value::Null => return Ok(None),
            Value::Object(entries) => entries.into_iter(),
            _ => return Err(fault(field.to_owned(), "a mapping")),
        };
        let entries = entries.map(|(key, value)| match read(value) {
            Some(value) => Ok((key, value)),
            None => Err(fault(format!("{field}.{key}"), expected)),
        });
        entries.collect::<Result<_, _>>().map(Some)
    }
}

fn unreadable(kind: &'static str, document: &Document, fault: String) -> Unreadable {
    let metadata = document.object().get("metadata");
    let name = metadata.and_then(|metadata| metadata.get("name")?.as_str());
    Unreadable {
        kind,
        name: name.unwrap_or("(unnamed)").to_owned(),
        field: "metadata.name".to_owned(),
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
        let secret = &secrets[&("features".to_owned(), "s".to_owned())];
        let data = secret.data.as_ref().unwrap();
        assert_eq!((&*data["a"].0, &*data["b"].0), (&b"a"[..], &b"c"[..]));
        assert_eq!(secret.metadata.namespace.as_deref(), Some("features"));
    }

    #[test]
    fn values_are_read_as_in_go() {
        let gathered = gather(
            "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n\
             data:\n  folded: |\n    YWJj\n    ZGVm\n  nothing:\nstringData: {empty: ~}\n\
             ---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n\
             data: {nothing: }\nbinaryData: {folded: \"YWJj\\r\\nZGVm\\n\"}\n",
        );
        let gathered = gathered.unwrap();
        let place = |name: &str| ("features".to_owned(), name.to_owned());
        let bytes = |text: &str| ByteString(text.into());
        let expected = [("empty", ""), ("folded", "abcdef"), ("nothing", "")];
        let expected = expected.map(|(key, text)| (key.to_owned(), bytes(text)));
        let secret = &gathered.secrets[&place("s")];
        assert_eq!(secret.data, Some(expected.into()));
        let config_map = &gathered.config_maps[&place("c")];
        let expected = [("nothing".to_owned(), String::new())];
        assert_eq!(config_map.data, Some(expected.into()));
        let expected = [("folded".to_owned(), bytes("abcdef"))];
        assert_eq!(config_map.binary_data, Some(expected.into()));
    }

    #[test]
    fn errors_name_the_key_and_never_the_value() {
        for (kind, field, fault) in [
            (
                "Secret",
                "data: {password: hunter2!}",
                "data.password is not base64 text",
            ),
            (
                "Secret",
                "stringData: {password: 4711}",
                "stringData.password is not text (quote it)",
            ),
            ("Secret", "data: hunter2", "data is not a mapping"),
            (
                "ConfigMap",
                "data: {password: 4711}",
                "data.password is not text (quote it)",
            ),
        ] {
            let text = format!("{{apiVersion: v1, kind: {kind}, metadata: {{name: s}}, {field}}}");
            let error = gather(&text).err().unwrap();
            assert_eq!(
                error.to_string(),
                format!("{kind} s cannot be read: {fault}")
            );
        }
    }
}
