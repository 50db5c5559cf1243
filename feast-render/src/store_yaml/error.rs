//! Why a document cannot be made.

use std::fmt;

use super::reader::ReadError;

/// Why a document cannot be made. Messages are the reference's, where it has one.
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
    /// A key of a Secret does not hold the YAML that it should.
    #[error("secret {key} contains invalid value{}", .content.after(" "))]
    InvalidSecretValue {
        /// The key.
        key: String,
        /// The value, where the reference shows it.
        content: Shown,
        /// What is wrong with it.
        source: ReadError,
    },
    /// A key of a ConfigMap does not hold a YAML mapping.
    #[error("configmap {config_map} contains invalid YAML in key {key}")]
    InvalidConfigMapValue {
        /// Name of the ConfigMap.
        config_map: String,
        /// The key.
        key: String,
        /// What is wrong with it.
        source: ReadError,
    },
    /// The parameters of a store are of a store of another type.
    #[error("secret key {key} in secret {secret} contains tag named {parameter} with {}",
        .found.or("another value", "value "))]
    AnotherStoreType {
        /// Name of the Secret.
        secret: String,
        /// The key.
        key: String,
        /// `type` or `registry_type`.
        parameter: &'static str,
        /// Its value, where the reference shows it.
        found: Shown,
    },
    /// A parameter of a store has a value that its setting cannot take. The reference panics.
    #[error(
        "secret key {key} in secret {secret} contains parameter {parameter} that is not {expected}"
    )]
    ParameterType {
        /// Name of the Secret.
        secret: String,
        /// The key.
        key: String,
        /// The parameter.
        parameter: String,
        /// What it should be.
        expected: &'static str,
    },
    /// Free settings repeat one that has a field of its own. The reference panics.
    #[error("{field} must not contain {key:?}, which is set by a field of its own")]
    ReservedKey {
        /// Where in the spec.
        field: &'static str,
        /// The key.
        key: String,
    },
    /// The batch engine has no type.
    #[error("batch engine config must contain 'type' field")]
    BatchEngineWithoutType,
    /// No source names the OIDC provider.
    #[error(
        "no OIDC discovery URL configured: set issuerUrl on the OidcAuthz CR, include \
         auth_discovery_url in the referenced Secret, or ensure the OIDC_ISSUER_URL environment \
         variable is set on the operator pod"
    )]
    NoOidcDiscoveryUrl,
    /// A Secret of OpenLineage cannot be read.
    #[error("failed to read {what} from secret {secret}: {source}")]
    LineageSecret {
        /// What it holds.
        what: &'static str,
        /// Name of the Secret.
        secret: String,
        /// The reason.
        source: Box<Self>,
    },
    /// A Secret lacks the key that is always read.
    #[error("secret {secret:?} does not contain the required key {key:?}")]
    RequiredKeyNotFound {
        /// Name of the Secret.
        secret: String,
        /// The key.
        key: &'static str,
    },
    /// A key of a Secret holds no string.
    #[error("key {key:?} in secret {secret:?} must be a string, got {found}")]
    NotAString {
        /// Name of the Secret.
        secret: String,
        /// The key.
        key: &'static str,
        /// The Go type of what it holds.
        found: &'static str,
    },
}

/// Content of a Secret that the reference shows in an error; nothing where that is corrected.
///
/// [`Debug`](fmt::Debug) never shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Shown(pub(super) Option<String>);

impl Shown {
    fn after(&self, separator: &str) -> String {
        self.0
            .as_ref()
            .map_or_else(String::new, |content| format!("{separator}{content}"))
    }

    fn or(&self, hidden: &str, label: &str) -> String {
        self.0
            .as_ref()
            .map_or_else(|| hidden.to_owned(), |content| format!("{label}{content}"))
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "shown" } else { "hidden" })
    }
}
