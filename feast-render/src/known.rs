//! The fields of a spec that the operator of a release knows.

use feast_api::Admitted;
use feast_api::v1::{AuthzConfig, FeastProjectDir, FeatureStoreSpec};

use crate::release::Release;

/// A FeatureStore as the operator of a release sees it: without the fields of Feast's own that came
/// later, even if a later CRD lets them in. What of Kubernetes' types a release knows is left to the
/// API server, which prunes.
pub(crate) fn seen_by(release: Release, store: Admitted) -> Admitted {
    let mut spec = store.spec.clone();
    keep(&mut spec, release);
    store.with_spec(spec)
}

fn keep(spec: &mut FeatureStoreSpec, release: Release) {
    for (first, forget) in FORGETTING {
        if release < first {
            forget(spec);
        }
    }
}

/// What came with a release, the newest first.
const FORGETTING: [(Release, fn(&mut FeatureStoreSpec)); 6] = [
    (Release::Main, of_main),
    (Release::V0_66, of_0_66),
    (Release::V0_65, of_0_65),
    (Release::V0_64, of_0_64),
    (Release::V0_63, of_0_63),
    (Release::V0_62, of_0_62),
];

fn of_main(spec: &mut FeatureStoreSpec) {
    if let Some(services) = &mut spec.services {
        services.node_selector = None;
        services.tolerations = None;
    }
}

fn of_0_66(spec: &mut FeatureStoreSpec) {
    spec.mlflow = None;
    if let Some(authz) = &mut spec.authz {
        authz.no_auth = None;
        if let Some(oidc) = &mut authz.oidc {
            oidc.jwks_cache_lifespan_seconds = None;
            oidc.jwks_request_timeout_seconds = None;
        }
    }
    // A choice of which nothing is left is none.
    spec.authz.take_if(|authz| *authz == AuthzConfig::default());
    if let Some(dir) = &mut spec.feast_project_dir {
        dir.packaged = None;
    }
    spec.feast_project_dir
        .take_if(|dir| *dir == FeastProjectDir::default());
    if let Some(services) = &mut spec.services {
        services.init_image = None;
        if let Some(store) = &mut services.online_store {
            store.disabled = None;
        }
    }
    let lineage = spec.openlineage.as_mut();
    if let Some(consumer) = lineage.and_then(|lineage| lineage.consumer.as_mut()) {
        consumer.lineage_server = None;
        consumer.retention_days = None;
        consumer.retention_check_interval_hours = None;
    }
}

fn of_0_65(spec: &mut FeatureStoreSpec) {
    if let Some(lineage) = &mut spec.openlineage {
        lineage.consumer = None;
    }
}

fn of_0_64(spec: &mut FeatureStoreSpec) {
    spec.data_quality_monitoring = None;
    let Some(services) = &mut spec.services else {
        return;
    };
    services.resource_claims = None;
    let registry = services.registry.as_mut();
    let local = registry.and_then(|registry| registry.local.as_mut());
    if let Some(server) = local.and_then(|local| local.server.as_mut()) {
        server.mcp = None;
    }
}

fn of_0_63(spec: &mut FeatureStoreSpec) {
    spec.materialization = None;
    spec.openlineage = None;
    let services = spec.services.as_mut();
    if let Some(store) = services.and_then(|services| services.online_store.as_mut()) {
        store.serving = None;
    }
}

fn of_0_62(spec: &mut FeatureStoreSpec) {
    let authz = spec.authz.as_mut();
    if let Some(oidc) = authz.and_then(|authz| authz.oidc.as_mut()) {
        oidc.ca_cert_config_map = None;
        oidc.issuer_url = None;
        oidc.secret_key_name = None;
        oidc.token_env_var = None;
        oidc.verify_ssl = None;
    }
    if let Some(services) = &mut spec.services {
        services.pod_annotations = None;
        services.run_feast_apply_on_init = None;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::store;

    #[test]
    fn a_release_does_not_see_what_came_later() {
        let spec = json!({
            "feastProject": "a",
            "authz": {"noAuth": true},
            "feastProjectDir": {"packaged": {"featureRepoPath": "/repo"}},
            "materialization": {},
            "services": {"tolerations": [], "podAnnotations": {"a": "b"}},
        });
        for (release, expected) in [
            (Release::Main, spec.clone()),
            (
                Release::V0_65,
                json!({
                    "feastProject": "a", "materialization": {},
                    "services": {"podAnnotations": {"a": "b"}},
                }),
            ),
            (Release::V0_61, json!({"feastProject": "a", "services": {}})),
        ] {
            let mut found = store(&spec).into_inner().spec;
            keep(&mut found, release);
            assert_eq!(found, store(&expected).spec, "{release}");
        }
    }
}
