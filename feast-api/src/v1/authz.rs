use k8s_openapi::api::core::v1::LocalObjectReference;

/// How clients are authorized. Exactly one of the three is set.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuthzConfig {
    /// By Kubernetes RBAC: a client's service account token and its Roles decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kubernetes: Option<KubernetesAuthz>,
    /// Not at all, whatever the value: being present is what counts for the choice, and `true`
    /// turns authorization off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_auth: Option<bool>,
    /// By tokens of an OpenID Connect provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oidc: Option<OidcAuthz>,
}

/// Authorization by Kubernetes RBAC.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct KubernetesAuthz {
    /// Names of Roles to create, empty, in the FeatureStore's namespace. Feast permissions refer
    /// to them; RoleBindings are yours to make.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<String>>,
}

/// Authorization by an OpenID Connect provider.
///
/// The discovery URL comes from `issuerUrl`, else from the Secret, else from the operator's
/// environment.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OidcAuthz {
    /// Certificate authority of a provider whose certificate is not publicly trusted. Mounted
    /// into every container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_cert_config_map: Option<OidcCaConfigMap>,
    /// Issuer URL, https only. `/.well-known/openid-configuration` is appended to discover the
    /// provider. Wins over `auth_discovery_url` of the Secret.
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = r"^https://\S+$")))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer_url: Option<String>,
    /// Seconds for which servers keep the provider's signing keys, at least 1. Feast's default:
    /// 300.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_cache_lifespan_seconds: Option<i32>,
    /// Seconds to wait for the provider's signing keys, at least 1. Feast's default: 10.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_request_timeout_seconds: Option<i32>,
    /// Key of the Secret under which all properties stand as one YAML text. Default: each key of
    /// the Secret is a property.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_key_name: Option<String>,
    /// Secret with `auth_discovery_url`, `client_id`, `client_secret` and the like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_ref: Option<LocalObjectReference>,
    /// Environment variable in which client pods find their token; goes into the client document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_env_var: Option<String>,
    /// Whether to verify the provider's certificate. Feast's default: true.
    #[serde(rename = "verifySSL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verify_ssl: Option<bool>,
}

/// The ConfigMap that holds an OIDC provider's certificate authority.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OidcCaConfigMap {
    /// Key that holds the PEM certificates. Default: `ca-bundle.crt`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Name of the ConfigMap, in the FeatureStore's namespace.
    pub name: String,
}
