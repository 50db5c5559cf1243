//! The ClusterRoles shared by FeatureStores.

use feast_api::Admitted;
use feast_api::v1::{AuthzConfig, FeatureStore, FeatureStoreSpec, KubernetesAuthz, OidcAuthz};
use feast_render::{Answer, OperatorSettings, Time, render, resolve};
use jiff::Timestamp;
use k8s_openapi::api::rbac::v1::ClusterRole;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::Error;

/// The ClusterRoles to which an operator binds FeatureStores, as rendered. They only depend on the
/// authorization mode.
///
/// # Errors
///
/// [`Error::Shared`]: a minimal FeatureStore cannot be rendered.
pub fn shared_cluster_roles(operator: &OperatorSettings) -> Result<Vec<ClusterRole>, Error> {
    let kubernetes = AuthzConfig {
        kubernetes: Some(KubernetesAuthz::default()),
        ..AuthzConfig::default()
    };
    let oidc = AuthzConfig {
        oidc: Some(OidcAuthz {
            issuer_url: Some("https://issuer.example.com".to_owned()),
            ..OidcAuthz::default()
        }),
        ..AuthzConfig::default()
    };
    let mut roles = Vec::new();
    for authz in [kubernetes, oidc] {
        roles.extend(called_for(authz, operator).map_err(Error::Shared)?);
    }
    Ok(roles)
}

/// The rendering of a FeatureStore with this authorization.
fn called_for(
    authz: AuthzConfig,
    operator: &OperatorSettings,
) -> Result<Vec<ClusterRole>, Box<dyn std::error::Error + Send + Sync>> {
    let store = FeatureStore {
        metadata: ObjectMeta {
            name: Some("any".to_owned()),
            namespace: Some("any".to_owned()),
            ..ObjectMeta::default()
        },
        spec: FeatureStoreSpec {
            feast_project: "any".to_owned(),
            authz: Some(authz),
            ..FeatureStoreSpec::default()
        },
        status: None,
    };
    let store = Admitted::assume(store)?;
    // ClusterRoles do not depend on the time.
    let now = Time(Timestamp::UNIX_EPOCH);
    let inputs = resolve(store, operator, &now, |_| Answer::Absent)?;
    Ok(render(&inputs)?.plan.cluster_roles)
}
