//! Errors of documents.

/// Why a document cannot be created. Messages are the reference's, if it has one, but are cut
/// before any Secret data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A Secret is missing.
    #[error("secrets {name:?} not found")]
    SecretNotFound {
        /// Name of the Secret.
        name: String,
    },
    /// A ConfigMap is missing.
    #[error("configmaps {name:?} not found")]
    ConfigMapNotFound {
        /// Name of the ConfigMap.
        name: String,
    },
    /// A Secret lacks a key.
    #[error("secret key {key} doesn't exist in secret {secret}")]
    SecretKeyNotFound {
        /// Name of the Secret.
        secret: String,
        /// The key.
        key: String,
    },
    /// A ConfigMap lacks a key.
    #[error("configmap key {key} doesn't exist in configmap {config_map}")]
    ConfigMapKeyNotFound {
        /// Name of the ConfigMap.
        config_map: String,
        /// The key.
        key: String,
    },
    /// The value of a Secret's key is not the expected YAML.
    #[error("secret {key} contains invalid value")]
    InvalidSecretValue {
        /// The key.
        key: String,
        /// The error.
        source: go_yaml::Error,
    },
    /// The value of a ConfigMap's key is not a YAML mapping.
    #[error("configmap {config_map} contains invalid YAML in key {key}")]
    InvalidConfigMapValue {
        /// Name of the ConfigMap.
        config_map: String,
        /// The key.
        key: String,
        /// The error.
        source: go_yaml::Error,
    },
    /// The store's parameters are for another store type.
    #[error("secret key {key} in secret {secret} contains tag named {parameter}")]
    AnotherStoreType {
        /// Name of the Secret.
        secret: String,
        /// The key.
        key: String,
        /// `type` or `registry_type`.
        parameter: &'static str,
    },
    /// A store parameter has a value of the wrong type. The reference panics.
    #[error(
        "secret key {key} in secret {secret} contains parameter {parameter} that is not {expected}"
    )]
    ParameterType {
        /// Name of the Secret.
        secret: String,
        /// The key.
        key: String,
        /// The parameter.
        parameter: &'static str,
        /// The expected type.
        expected: &'static str,
    },
    /// Free-form settings repeat a typed field. The reference panics.
    #[error("{field} must not contain {key:?}, which has its own field")]
    ReservedKey {
        /// Path in the spec.
        field: &'static str,
        /// The key.
        key: String,
    },
    /// The batch engine has no type.
    #[error("batch engine config must contain 'type' field")]
    BatchEngineWithoutType,
    /// The OIDC discovery URL is not set anywhere.
    #[error(
        "no OIDC discovery URL configured: set issuerUrl on the OidcAuthz CR, include \
         auth_discovery_url in the referenced Secret, or ensure the OIDC_ISSUER_URL environment \
         variable is set on the operator pod"
    )]
    NoOidcDiscoveryUrl,
    /// The OIDC Secret lacks a property that releases before 0.62.0 require.
    #[error("missing OIDC secret: {property}")]
    NoOidcProperty {
        /// The property.
        property: &'static str,
    },
    /// A Secret for OpenLineage cannot be read.
    #[error("failed to read {what} from secret {secret}: {source}")]
    LineageSecret {
        /// Its purpose.
        what: &'static str,
        /// Name of the Secret.
        secret: String,
        /// The reason.
        source: Box<Self>,
    },
    /// A Secret lacks the required key.
    #[error("secret {secret:?} does not contain the required key {key:?}")]
    RequiredKeyNotFound {
        /// Name of the Secret.
        secret: String,
        /// The key.
        key: &'static str,
    },
    /// The value of a Secret's key is not a string.
    #[error("key {key:?} in secret {secret:?} must be a string, got {found}")]
    NotAString {
        /// Name of the Secret.
        secret: String,
        /// The key.
        key: &'static str,
        /// The Go type of the value.
        found: &'static str,
    },
}
