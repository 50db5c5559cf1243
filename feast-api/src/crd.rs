//! The CustomResourceDefinition of FeatureStore.
//!
//! It is made from the types of this crate and committed, so that everybody gets the same one,
//! whichever Kubernetes release their k8s-openapi is for: [`JSON`] is the text, [`crd()`](crate::crd())
//! the typed object, and [`Options`] gives smaller ones.

/// The CRD of both versions as compact JSON, with descriptions.
pub const JSON: &str = include_str!("../crd/feast.dev_featurestores.json");

#[cfg(feature = "types")]
pub use typed::*;

#[cfg(feature = "types")]
mod typed {
    use std::sync::LazyLock;

    use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
    use serde_json::{Map, Value, json};

    use crate::Version;

    /// The CRD of both versions, ready to be applied.
    ///
    /// Equal to the one that Feast publishes, but for descriptions and the annotation of the
    /// generator. Read on first use and kept.
    ///
    /// ```
    /// let crd = feast_api::crd();
    /// assert_eq!(crd.metadata.name.as_deref(), Some("featurestores.feast.dev"));
    /// assert_eq!(crd.spec.versions.len(), 2);
    /// ```
    pub fn crd() -> &'static CustomResourceDefinition {
        static CRD: LazyLock<CustomResourceDefinition> = LazyLock::new(|| Options::default().crd());
        &CRD
    }

    /// Which CRD to make.
    ///
    /// ```
    /// use feast_api::{Version, crd::Options};
    ///
    /// let small = Options { version: Some(Version::V1), descriptions: false }.json();
    /// assert_eq!(small["spec"]["versions"][0]["name"], "v1");
    /// assert!(small.to_string().len() < 262_144); // `kubectl apply` on the client side keeps it
    /// ```
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[expect(
        clippy::exhaustive_structs,
        reason = "users write it as a literal, with `..Options::default()`"
    )]
    pub struct Options {
        /// Only this version, which is then stored. Default: both, of which `v1` is stored.
        pub version: Option<Version>,
        /// Whether schemas have descriptions, as `kubectl explain` shows them. Default: true.
        pub descriptions: bool,
    }

    impl Default for Options {
        fn default() -> Self {
            Self {
                version: None,
                descriptions: true,
            }
        }
    }

    impl Options {
        /// The CRD as a typed object.
        pub fn crd(self) -> CustomResourceDefinition {
            serde_json::from_value(self.json()).expect("the committed CRD is one")
        }

        /// The CRD as JSON.
        pub fn json(self) -> Value {
            self.select(serde_json::from_str(super::JSON).expect("the committed CRD is JSON"))
        }

        /// What these options leave of a CRD.
        pub fn select(self, mut crd: Value) -> Value {
            if let Some(version) = self.version {
                keep(&mut crd, version);
            }
            if !self.descriptions {
                strip_descriptions(&mut crd);
            }
            crd
        }
    }

    /// Leaves one version, and has it stored.
    fn keep(crd: &mut Value, version: Version) {
        if let Some(Value::Array(versions)) = crd.pointer_mut("/spec/versions") {
            versions.retain(|each| each["name"] == version.as_str());
            for each in versions {
                each["storage"] = json!(true);
            }
        }
    }

    /// Removes descriptions. A field that happens to have this name is an object, and stays.
    fn strip_descriptions(value: &mut Value) {
        match value {
            Value::Object(map) => {
                map.retain(|key, value| key != "description" || !value.is_string());
                map.values_mut().for_each(strip_descriptions);
            }
            Value::Array(items) => items.iter_mut().for_each(strip_descriptions),
            _ => {}
        }
    }

    /// A JSON Schema of one version, or of both, for editors and other tools.
    ///
    /// Stricter than the CRD where that helps to write a FeatureStore: `apiVersion` and `kind`
    /// are fixed, `metadata` and `spec` required, and unknown fields, which the API server drops,
    /// refused. CEL rules are not part of JSON Schema. Of both versions `apiVersion` chooses one, so
    /// that what is wrong is told of a field, not of the whole object.
    ///
    /// ```
    /// let schema = feast_api::crd::json_schema(Some(feast_api::Version::V1));
    /// assert_eq!(schema["properties"]["apiVersion"]["const"], "feast.dev/v1");
    /// ```
    pub fn json_schema(version: Option<Version>) -> Value {
        let versions = version.map_or(Version::ALL.to_vec(), |version| vec![version]);
        json_schema_of(&Options::default().json(), &versions)
    }

    /// The same of a CRD, such as that of a release, and of versions that it has.
    ///
    /// ```
    /// # #[cfg(feature = "releases")] {
    /// use feast_api::{Release, crd};
    ///
    /// let release = Release::V0_57;
    /// let schema = crd::json_schema_of(&release.crd(), release.versions());
    /// assert_eq!(schema["properties"]["apiVersion"]["const"], "feast.dev/v1alpha1");
    /// # }
    /// ```
    pub fn json_schema_of(crd: &Value, versions: &[Version]) -> Value {
        let mut schema = match *versions {
            [version] => {
                let mut schema = editor_schema(crd, version);
                schema["properties"]["apiVersion"]["const"] = json!(version.api_version());
                schema
            }
            _ => chosen_by_version(crd),
        };
        schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
        schema["title"] = json!(crate::KIND);
        schema
    }

    /// The schema of the version that an object names, or that of `v1`.
    fn chosen_by_version(crd: &Value) -> Value {
        let versions = Version::ALL.map(Version::api_version);
        let older = Version::V1Alpha1.api_version();
        json!({
            "properties": { "apiVersion": { "enum": versions } },
            "if": {
                "properties": { "apiVersion": { "const": older } },
                "required": ["apiVersion"],
            },
            "then": editor_schema(crd, Version::V1Alpha1),
            "else": editor_schema(crd, Version::V1),
        })
    }

    /// The schema of a version, whichever the object names; nothing is demanded by one that the CRD
    /// lacks.
    fn editor_schema(crd: &Value, version: Version) -> Value {
        let versions = crd["spec"]["versions"].as_array().into_iter().flatten();
        let mut versions = versions.filter(|each| each["name"] == version.as_str());
        let definition = versions.next().unwrap_or(&Value::Null);
        let mut schema = definition["schema"]["openAPIV3Schema"].clone();
        if let Value::Object(schema) = &mut schema {
            close(schema);
        }
        schema["properties"]["kind"]["const"] = json!(crate::KIND);
        schema["properties"]["metadata"] = json!({ "type": "object" });
        schema["required"] = json!(["apiVersion", "kind", "metadata", "spec"]);
        schema
    }

    /// Refuses unknown fields and drops what only Kubernetes understands.
    fn close(schema: &mut Map<String, Value>) {
        schema.retain(|key, _| !key.starts_with("x-kubernetes-"));
        if let Some(Value::Object(properties)) = schema.get_mut("properties") {
            properties
                .values_mut()
                .filter_map(Value::as_object_mut)
                .for_each(close);
            schema.insert("additionalProperties".into(), json!(false));
        }
        for key in ["items", "additionalProperties"] {
            if let Some(Value::Object(inner)) = schema.get_mut(key) {
                close(inner);
            }
        }
    }
}
