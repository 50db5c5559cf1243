use k8s_openapi::api::core::v1::LocalObjectReference;

use super::KubernetesAuthz;

/// How clients are authorized. Exactly one of the three must be set.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuthzConfig {
    /// Kubernetes RBAC: the client's service account token and its Roles decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kubernetes: Option<KubernetesAuthz>,
    /// No authorization, if `true`. The field counts as set whatever its value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_auth: Option<bool>,
    /// Tokens of an OpenID Connect provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oidc: Option<OidcAuthz>,
}

/// Authorization by an OpenID Connect provider.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OidcAuthz {
    /// Secret with `auth_discovery_url`, `client_id`, `client_secret` and other properties.
    pub secret_ref: LocalObjectReference,
}
