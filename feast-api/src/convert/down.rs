//! `v1` to `v1alpha1`, with the fields that are lost.
//!
//! Structs are destructured without `..`, so that no new field is forgotten.

use crate::{v1, v1alpha1};

/// A `v1` object as `v1alpha1`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Downgraded {
    /// The object.
    pub object: v1alpha1::FeatureStore,
    /// Paths of the fields that `v1alpha1` lacks, such as `spec.replicas`.
    ///
    /// If a required field has no counterpart, its parent is lost.
    pub lost: Vec<String>,
}

/// Converts an object to `v1alpha1` and lists the lost fields.
///
/// ```
/// use feast_api::convert::downgrade;
/// use feast_api::v1::{FeatureStore, FeatureStoreSpec};
///
/// let fs = FeatureStore::new("sample", FeatureStoreSpec {
///     feast_project: "credit_scoring".into(),
///     replicas: Some(3),
///     ..Default::default()
/// });
/// let down = downgrade(fs);
/// assert_eq!(down.object.spec.feast_project, "credit_scoring");
/// assert_eq!(down.lost, ["spec.replicas"]);
/// ```
pub fn downgrade(new: v1::FeatureStore) -> Downgraded {
    let v1::FeatureStore {
        metadata,
        spec: new_spec,
        status: new_status,
    } = new;
    let mut lost = Lost::default();
    let object = v1alpha1::FeatureStore {
        metadata,
        spec: lost.within("spec", |lost| spec(new_spec, lost)),
        status: new_status.map(|new| lost.within("status", |lost| status(new, lost))),
    };
    Downgraded {
        object,
        lost: lost.paths,
    }
}

/// Collects paths relative to the current position.
#[derive(Default)]
struct Lost {
    here: Vec<&'static str>,
    paths: Vec<String>,
}

impl Lost {
    /// Converts a field at the current position.
    fn within<T>(&mut self, field: &'static str, convert: impl FnOnce(&mut Self) -> T) -> T {
        self.here.push(field);
        let converted = convert(self);
        self.here.pop();
        converted
    }

    /// As [`within`](Self::within), for an optional field.
    fn map<T, U>(
        &mut self,
        field: &'static str,
        value: Option<T>,
        convert: impl FnOnce(T, &mut Self) -> U,
    ) -> Option<U> {
        value.map(|value| self.within(field, |lost| convert(value, lost)))
    }

    /// Records a set field that has no counterpart.
    fn note(&mut self, field: &str, is_set: bool) {
        if is_set {
            let path = self.here.iter().copied().chain([field]);
            self.paths.push(path.collect::<Vec<_>>().join("."));
        }
    }
}

fn spec(new: v1::FeatureStoreSpec, lost: &mut Lost) -> v1alpha1::FeatureStoreSpec {
    let v1::FeatureStoreSpec {
        authz: new_authz,
        batch_engine,
        cron_job,
        data_quality_monitoring,
        feast_project,
        feast_project_dir,
        materialization,
        mlflow,
        openlineage,
        replicas,
        services: new_services,
    } = new;
    let authz = lost.map("authz", new_authz, authz);
    lost.note("batchEngine", batch_engine.is_some());
    lost.note("dataQualityMonitoring", data_quality_monitoring.is_some());
    lost.note("materialization", materialization.is_some());
    lost.note("mlflow", mlflow.is_some());
    lost.note("openlineage", openlineage.is_some());
    // In `v1alpha1`, one replica is implied.
    lost.note("replicas", replicas.is_some_and(|replicas| replicas != 1));
    v1alpha1::FeatureStoreSpec {
        authz,
        cron_job,
        feast_project,
        feast_project_dir,
        services: lost.map("services", new_services, services),
    }
}

fn authz(new: v1::AuthzConfig, lost: &mut Lost) -> v1alpha1::AuthzConfig {
    let v1::AuthzConfig {
        kubernetes,
        no_auth,
        oidc: new_oidc,
    } = new;
    v1alpha1::AuthzConfig {
        kubernetes,
        no_auth,
        oidc: new_oidc.and_then(|new| oidc(new, lost)),
    }
}

fn oidc(new: v1::OidcAuthz, lost: &mut Lost) -> Option<v1alpha1::OidcAuthz> {
    let v1::OidcAuthz {
        ca_cert_config_map,
        issuer_url,
        jwks_cache_lifespan_seconds,
        jwks_request_timeout_seconds,
        secret_key_name,
        secret_ref,
        token_env_var,
        verify_ssl,
    } = new;
    let Some(secret_ref) = secret_ref else {
        lost.note("oidc", true);
        return None;
    };
    lost.within("oidc", |lost| {
        lost.note("caCertConfigMap", ca_cert_config_map.is_some());
        lost.note("issuerUrl", issuer_url.is_some());
        lost.note(
            "jwksCacheLifespanSeconds",
            jwks_cache_lifespan_seconds.is_some(),
        );
        lost.note(
            "jwksRequestTimeoutSeconds",
            jwks_request_timeout_seconds.is_some(),
        );
        lost.note("secretKeyName", secret_key_name.is_some());
        lost.note("tokenEnvVar", token_env_var.is_some());
        lost.note("verifySSL", verify_ssl.is_some());
    });
    Some(v1alpha1::OidcAuthz { secret_ref })
}

fn services(new: v1::FeatureStoreServices, lost: &mut Lost) -> v1alpha1::FeatureStoreServices {
    let v1::FeatureStoreServices {
        affinity,
        deployment_strategy,
        disable_init_containers,
        init_image,
        node_selector,
        offline_store: new_offline_store,
        online_store: new_online_store,
        pod_annotations,
        pod_disruption_budgets,
        registry: new_registry,
        resource_claims,
        run_feast_apply_on_init,
        scaling,
        security_context,
        tolerations,
        topology_spread_constraints,
        ui,
        volumes,
    } = new;
    lost.note("affinity", affinity.is_some());
    lost.note("initImage", init_image.is_some());
    let offline_store = lost.map("offlineStore", new_offline_store, offline_store);
    let online_store = lost.map("onlineStore", new_online_store, online_store);
    lost.note("podAnnotations", pod_annotations.is_some());
    lost.note("podDisruptionBudgets", pod_disruption_budgets.is_some());
    let registry = lost.map("registry", new_registry, registry);
    lost.note("resourceClaims", resource_claims.is_some());
    lost.note("scaling", scaling.is_some());
    lost.note(
        "topologySpreadConstraints",
        topology_spread_constraints.is_some(),
    );
    v1alpha1::FeatureStoreServices {
        deployment_strategy,
        disable_init_containers,
        node_selector,
        offline_store,
        online_store,
        registry,
        run_feast_apply_on_init,
        security_context,
        tolerations,
        ui,
        volumes,
    }
}

fn offline_store(new: v1::OfflineStore, lost: &mut Lost) -> v1alpha1::OfflineStore {
    let v1::OfflineStore {
        persistence,
        server,
    } = new;
    v1alpha1::OfflineStore {
        persistence: lost.map("persistence", persistence, offline_persistence),
        server,
    }
}

fn offline_persistence(
    new: v1::OfflineStorePersistence,
    lost: &mut Lost,
) -> v1alpha1::OfflineStorePersistence {
    let v1::OfflineStorePersistence { file, store } = new;
    v1alpha1::OfflineStorePersistence {
        file,
        store: store.and_then(|new| offline_db_store(new, lost)),
    }
}

fn offline_db_store(
    new: v1::OfflineStoreDbStorePersistence,
    lost: &mut Lost,
) -> Option<v1alpha1::OfflineStoreDbStorePersistence> {
    let v1::OfflineStoreDbStorePersistence {
        secret_key_name,
        secret_ref,
        type_,
    } = new;
    let Some(type_) = offline_store_type(type_) else {
        lost.note("store", true);
        return None;
    };
    Some(v1alpha1::OfflineStoreDbStorePersistence {
        secret_key_name,
        secret_ref,
        type_,
    })
}

fn offline_store_type(new: v1::OfflineStoreType) -> Option<v1alpha1::OfflineStoreType> {
    new.as_str().parse().ok()
}

fn online_store(new: v1::OnlineStore, lost: &mut Lost) -> v1alpha1::OnlineStore {
    let v1::OnlineStore {
        disabled,
        persistence,
        server,
        serving,
    } = new;
    lost.note("disabled", disabled.is_some());
    lost.note("serving", serving.is_some());
    v1alpha1::OnlineStore {
        persistence,
        server,
    }
}

fn registry(new: v1::Registry, lost: &mut Lost) -> v1alpha1::Registry {
    let v1::Registry { local, remote } = new;
    v1alpha1::Registry {
        local: lost.map("local", local, local_registry),
        remote,
    }
}

fn local_registry(new: v1::LocalRegistryConfig, lost: &mut Lost) -> v1alpha1::LocalRegistryConfig {
    let v1::LocalRegistryConfig {
        persistence,
        server,
    } = new;
    v1alpha1::LocalRegistryConfig {
        persistence,
        server: lost.map("server", server, registry_server),
    }
}

fn registry_server(
    new: v1::RegistryServerConfigs,
    lost: &mut Lost,
) -> v1alpha1::RegistryServerConfigs {
    let v1::RegistryServerConfigs {
        env,
        env_from,
        grpc,
        image,
        image_pull_policy,
        log_level,
        mcp,
        metrics,
        node_selector,
        resources,
        rest_api,
        tls,
        volume_mounts,
        worker_configs,
    } = new;
    lost.note("mcp", mcp.is_some());
    v1alpha1::RegistryServerConfigs {
        grpc,
        rest_api,
        env,
        env_from,
        image,
        image_pull_policy,
        log_level,
        metrics,
        node_selector,
        resources,
        tls,
        volume_mounts,
        worker_configs,
    }
}

fn status(new: v1::FeatureStoreStatus, lost: &mut Lost) -> v1alpha1::FeatureStoreStatus {
    let v1::FeatureStoreStatus {
        applied,
        client_config_map,
        conditions,
        cron_job,
        feast_version,
        phase,
        replicas,
        scaling_status,
        selector,
        service_hostnames,
    } = new;
    let boxed = |applied: Box<_>, lost: &mut Lost| Box::new(spec(*applied, lost));
    let applied = lost.map("applied", applied, boxed);
    lost.note("replicas", replicas.is_some());
    lost.note("scalingStatus", scaling_status.is_some());
    lost.note("selector", selector.is_some());
    v1alpha1::FeatureStoreStatus {
        applied,
        client_config_map,
        conditions,
        cron_job,
        feast_version,
        phase,
        service_hostnames: lost.map("serviceHostnames", service_hostnames, hostnames),
    }
}

fn hostnames(new: v1::ServiceHostnames, lost: &mut Lost) -> v1alpha1::ServiceHostnames {
    let v1::ServiceHostnames {
        lineage,
        offline_store,
        online_store,
        registry,
        registry_rest,
        ui,
    } = new;
    lost.note("lineage", lineage.is_some());
    v1alpha1::ServiceHostnames {
        offline_store,
        online_store,
        registry,
        registry_rest,
        ui,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn down(spec: &Value) -> (Value, Vec<String>) {
        let fs = v1::FeatureStore::from_value(json!({
            "apiVersion": "feast.dev/v1",
            "kind": "FeatureStore",
            "metadata": { "name": "sample" },
            "spec": spec,
        }));
        let Downgraded { object, lost } = downgrade(fs.unwrap());
        (serde_json::to_value(object).unwrap()["spec"].take(), lost)
    }

    #[test]
    fn one_replica_is_no_loss() {
        let (spec, lost) = down(&json!({ "feastProject": "p", "replicas": 1 }));
        assert_eq!(spec, json!({ "feastProject": "p" }));
        assert!(lost.is_empty());
    }

    #[test]
    fn a_store_of_an_unknown_type_is_lost() {
        let store = json!({ "type": "oracle", "secretRef": { "name": "s" } });
        let (spec, lost) = down(&json!({
            "feastProject": "p",
            "services": { "offlineStore": { "persistence": { "store": store } } },
        }));
        assert_eq!(spec["services"]["offlineStore"]["persistence"], json!({}));
        assert_eq!(lost, ["spec.services.offlineStore.persistence.store"]);
    }

    #[test]
    fn oidc_needs_a_secret() {
        let oidc = json!({ "issuerUrl": "https://issuer" });
        let (spec, lost) = down(&json!({ "feastProject": "p", "authz": { "oidc": oidc } }));
        assert_eq!(spec["authz"], json!({}));
        assert_eq!(lost, ["spec.authz.oidc"]);

        let oidc = json!({ "issuerUrl": "https://issuer", "secretRef": { "name": "s" } });
        let (spec, lost) = down(&json!({ "feastProject": "p", "authz": { "oidc": oidc } }));
        assert_eq!(
            spec["authz"]["oidc"],
            json!({ "secretRef": { "name": "s" } })
        );
        assert_eq!(lost, ["spec.authz.oidc.issuerUrl"]);
    }

    #[test]
    fn only_oracle_is_new_among_offline_stores() {
        let new: Vec<_> = v1::OfflineStoreType::ALL
            .iter()
            .filter(|new| offline_store_type(**new).is_none())
            .collect();
        assert_eq!(new, [&v1::OfflineStoreType::Oracle]);
    }
}
