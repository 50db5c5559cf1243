use k8s_openapi::api::core::v1::LocalObjectReference;

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

/// Authorization by Kubernetes RBAC.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct KubernetesAuthz {
    /// Names of empty Roles to create in the FeatureStore's namespace. Feast permissions refer to
    /// them; you create the RoleBindings.
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
    /// Certificate authority of a provider whose certificate is not publicly trusted. Mounted into
    /// every container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_cert_config_map: Option<OidcCaConfigMap>,
    /// Issuer URL, https only. `/.well-known/openid-configuration` is appended to discover the
    /// provider. Takes precedence over `auth_discovery_url` in the Secret.
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = r"^https://\S+$")))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer_url: Option<String>,
    /// Seconds for which servers cache the provider's signing keys, at least 1. Feast's default:
    /// 300.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_cache_lifespan_seconds: Option<i32>,
    /// Timeout in seconds for fetching the provider's signing keys, at least 1. Feast's default:
    /// 10.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwks_request_timeout_seconds: Option<i32>,
    /// Key of the Secret that contains all properties as one YAML document. Default: each key of
    /// the Secret is a property.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_key_name: Option<String>,
    /// Secret with `auth_discovery_url`, `client_id`, `client_secret` and other properties.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_ref: Option<LocalObjectReference>,
    /// Environment variable from which client pods read their token; written into the client's
    /// `feature_store.yaml`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_env_var: Option<String>,
    /// Whether to verify the provider's certificate. Feast's default: true.
    #[serde(rename = "verifySSL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verify_ssl: Option<bool>,
}

/// The ConfigMap with an OIDC provider's certificate authority.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OidcCaConfigMap {
    /// Key with the PEM certificates. Default: `ca-bundle.crt`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Name of the ConfigMap, in the FeatureStore's namespace.
    pub name: String,
}
