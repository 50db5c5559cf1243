//! The root type of a version: metadata, spec and status with `apiVersion` and `kind`.

use std::borrow::Cow;

use serde::de::{Deserialize, Deserializer, Error, Unexpected};

/// Reads a string that must equal `expected`.
pub(crate) fn exactly<'de, D>(deserializer: D, expected: &'static str) -> Result<(), D::Error>
where
    D: Deserializer<'de>,
{
    let text = Cow::<str>::deserialize(deserializer)?;
    if text == expected {
        Ok(())
    } else {
        Err(Error::invalid_value(Unexpected::Str(&text), &expected))
    }
}

/// Defines the root type of a version of the resource.
///
/// kube-derive's type would require a `spec` and accept any `apiVersion` and `kind`. The Kubernetes
/// traits come from k8s-openapi; kube builds its own on them.
macro_rules! kind {
    (
        $(#[$attr:meta])*
        pub struct $name:ident: $version:ident;
    ) => {
        $(#[$attr])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $name {
            /// Standard object metadata.
            pub metadata: k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta,
            /// The desired state.
            pub spec: FeatureStoreSpec,
            /// The observed state.
            pub status: Option<FeatureStoreStatus>,
        }

        impl $name {
            /// Creates a FeatureStore with a name and spec.
            pub fn new(name: impl Into<String>, spec: FeatureStoreSpec) -> Self {
                let mut new = Self { spec, ..Self::default() };
                new.metadata.name = Some(name.into());
                new
            }

            /// Reads a FeatureStore from JSON text.
            ///
            /// # Errors
            ///
            /// The text is not JSON, `apiVersion` or `kind` is wrong, or a field does not match its
            /// type; the error has the field's path.
            pub fn from_json(json: &[u8]) -> Result<Self, $crate::ReadError> {
                $crate::read::from_json(json)
            }

            /// Reads a FeatureStore from a JSON value.
            ///
            /// # Errors
            ///
            /// `apiVersion` or `kind` is wrong, or a field does not match its type; the error has
            /// the field's path.
            pub fn from_value(value: serde_json::Value) -> Result<Self, $crate::ReadError> {
                $crate::read::from_value(&value)
            }
        }

        impl k8s_openapi::Resource for $name {
            const API_VERSION: &'static str = $crate::Version::$version.api_version();
            const GROUP: &'static str = $crate::GROUP;
            const KIND: &'static str = $crate::KIND;
            const VERSION: &'static str = $crate::Version::$version.as_str();
            const URL_PATH_SEGMENT: &'static str = $crate::PLURAL;
            type Scope = k8s_openapi::NamespaceResourceScope;
        }

        impl k8s_openapi::Metadata for $name {
            type Ty = k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

            fn metadata(&self) -> &Self::Ty {
                &self.metadata
            }

            fn metadata_mut(&mut self) -> &mut Self::Ty {
                &mut self.metadata
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeStruct;

                let has_spec = self.spec != FeatureStoreSpec::default();
                let fields = 3 + usize::from(has_spec) + usize::from(self.status.is_some());
                let mut object = serializer.serialize_struct($crate::KIND, fields)?;
                object.serialize_field("apiVersion", $crate::Version::$version.api_version())?;
                object.serialize_field("kind", $crate::KIND)?;
                object.serialize_field("metadata", &self.metadata)?;
                if has_spec {
                    object.serialize_field("spec", &self.spec)?;
                }
                if let Some(status) = &self.status {
                    object.serialize_field("status", status)?;
                }
                object.end()
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D>(deserializer: D) -> Result<Self, D::Error>
            where
                D: serde::Deserializer<'de>,
            {
                fn api_version<'de, D>(deserializer: D) -> Result<(), D::Error>
                where
                    D: serde::Deserializer<'de>,
                {
                    $crate::kind::exactly(deserializer, $crate::Version::$version.api_version())
                }

                fn kind<'de, D>(deserializer: D) -> Result<(), D::Error>
                where
                    D: serde::Deserializer<'de>,
                {
                    $crate::kind::exactly(deserializer, $crate::KIND)
                }

                #[derive(serde::Deserialize)]
                #[serde(rename_all = "camelCase")]
                struct Fields {
                    #[serde(rename = "apiVersion", deserialize_with = "api_version")]
                    _api_version: (),
                    #[serde(rename = "kind", deserialize_with = "kind")]
                    _kind: (),
                    metadata:
                        Option<k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta>,
                    spec: Option<FeatureStoreSpec>,
                    status: Option<FeatureStoreStatus>,
                }

                let fields = Fields::deserialize(deserializer)?;
                Ok(Self {
                    metadata: fields.metadata.unwrap_or_default(),
                    spec: fields.spec.unwrap_or_default(),
                    status: fields.status,
                })
            }
        }
    };
}
pub(crate) use kind;
