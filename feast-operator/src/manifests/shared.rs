//! The ClusterRoles that FeatureStores have in common.

use feast_api::Admitted;
use feast_api::v1::{AuthzConfig, FeatureStore, FeatureStoreSpec, KubernetesAuthz, OidcAuthz};
use feast_render::{Answer, OperatorSettings, Time, render, resolve};
use jiff::Timestamp;
use k8s_openapi::api::rbac::v1::ClusterRole;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::Error;

/// The ClusterRoles that FeatureStores of an operator are bound to, as rendering has them. They
/// depend on how requests are authorized, and on nothing else in a FeatureStore.
///
/// # Errors
///
/// [`Error::Shared`]: a FeatureStore without anything else is not rendered.
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

/// What a FeatureStore calls for whose requests are authorized in this way.
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
    // No ClusterRole tells when it was made.
    let now = Time(Timestamp::UNIX_EPOCH);
    let inputs = resolve(store, operator, &now, |_| Answer::Absent)?;
    Ok(render(&inputs)?.plan.cluster_roles)
}
