//! `v1alpha1` to `v1`; nothing is lost.

use crate::{v1, v1alpha1};

impl From<v1alpha1::FeatureStore> for v1::FeatureStore {
    fn from(old: v1alpha1::FeatureStore) -> Self {
        Self {
            metadata: old.metadata,
            spec: old.spec.into(),
            status: old.status.map(Into::into),
        }
    }
}

impl From<v1alpha1::FeatureStoreSpec> for v1::FeatureStoreSpec {
    fn from(old: v1alpha1::FeatureStoreSpec) -> Self {
        Self {
            authz: old.authz.map(Into::into),
            cron_job: old.cron_job,
            feast_project: old.feast_project,
            feast_project_dir: old.feast_project_dir,
            services: old.services.map(Into::into),
            ..Self::default()
        }
    }
}

impl From<v1alpha1::AuthzConfig> for v1::AuthzConfig {
    fn from(old: v1alpha1::AuthzConfig) -> Self {
        Self {
            kubernetes: old.kubernetes,
            no_auth: old.no_auth,
            oidc: old.oidc.map(Into::into),
        }
    }
}

impl From<v1alpha1::OidcAuthz> for v1::OidcAuthz {
    fn from(old: v1alpha1::OidcAuthz) -> Self {
        Self {
            secret_ref: Some(old.secret_ref),
            ..Self::default()
        }
    }
}

impl From<v1alpha1::FeatureStoreServices> for v1::FeatureStoreServices {
    fn from(old: v1alpha1::FeatureStoreServices) -> Self {
        Self {
            deployment_strategy: old.deployment_strategy,
            disable_init_containers: old.disable_init_containers,
            node_selector: old.node_selector,
            offline_store: old.offline_store.map(Into::into),
            online_store: old.online_store.map(Into::into),
            registry: old.registry.map(Into::into),
            run_feast_apply_on_init: old.run_feast_apply_on_init,
            security_context: old.security_context,
            tolerations: old.tolerations,
            ui: old.ui,
            volumes: old.volumes,
            ..Self::default()
        }
    }
}

impl From<v1alpha1::OfflineStore> for v1::OfflineStore {
    fn from(old: v1alpha1::OfflineStore) -> Self {
        Self {
            persistence: old.persistence.map(Into::into),
            server: old.server,
        }
    }
}

impl From<v1alpha1::OfflineStorePersistence> for v1::OfflineStorePersistence {
    fn from(old: v1alpha1::OfflineStorePersistence) -> Self {
        Self {
            file: old.file,
            store: old.store.map(Into::into),
        }
    }
}

impl From<v1alpha1::OfflineStoreDbStorePersistence> for v1::OfflineStoreDbStorePersistence {
    fn from(old: v1alpha1::OfflineStoreDbStorePersistence) -> Self {
        Self {
            secret_key_name: old.secret_key_name,
            secret_ref: old.secret_ref,
            type_: old.type_.into(),
        }
    }
}

impl From<v1alpha1::OfflineStoreType> for v1::OfflineStoreType {
    fn from(old: v1alpha1::OfflineStoreType) -> Self {
        use v1alpha1::OfflineStoreType as Old;
        match old {
            Old::Snowflake => Self::Snowflake,
            Old::Bigquery => Self::Bigquery,
            Old::Redshift => Self::Redshift,
            Old::Spark => Self::Spark,
            Old::Postgres => Self::Postgres,
            Old::Trino => Self::Trino,
            Old::Athena => Self::Athena,
            Old::Mssql => Self::Mssql,
            Old::Couchbase => Self::Couchbase,
            Old::Clickhouse => Self::Clickhouse,
            Old::Ray => Self::Ray,
            Old::Hybrid => Self::Hybrid,
        }
    }
}

impl From<v1alpha1::OnlineStore> for v1::OnlineStore {
    fn from(old: v1alpha1::OnlineStore) -> Self {
        Self {
            persistence: old.persistence,
            server: old.server,
            ..Self::default()
        }
    }
}

impl From<v1alpha1::Registry> for v1::Registry {
    fn from(old: v1alpha1::Registry) -> Self {
        Self {
            local: old.local.map(Into::into),
            remote: old.remote,
        }
    }
}

impl From<v1alpha1::LocalRegistryConfig> for v1::LocalRegistryConfig {
    fn from(old: v1alpha1::LocalRegistryConfig) -> Self {
        Self {
            persistence: old.persistence,
            server: old.server.map(Into::into),
        }
    }
}

impl From<v1alpha1::RegistryServerConfigs> for v1::RegistryServerConfigs {
    fn from(old: v1alpha1::RegistryServerConfigs) -> Self {
        Self {
            env: old.env,
            env_from: old.env_from,
            grpc: old.grpc,
            image: old.image,
            image_pull_policy: old.image_pull_policy,
            log_level: old.log_level,
            mcp: None,
            metrics: old.metrics,
            node_selector: old.node_selector,
            resources: old.resources,
            rest_api: old.rest_api,
            tls: old.tls,
            volume_mounts: old.volume_mounts,
            worker_configs: old.worker_configs,
        }
    }
}

impl From<v1alpha1::FeatureStoreStatus> for v1::FeatureStoreStatus {
    fn from(old: v1alpha1::FeatureStoreStatus) -> Self {
        Self {
            applied: old.applied.map(|applied| Box::new((*applied).into())),
            client_config_map: old.client_config_map,
            conditions: old.conditions,
            cron_job: old.cron_job,
            feast_version: old.feast_version,
            phase: old.phase,
            service_hostnames: old.service_hostnames.map(Into::into),
            ..Self::default()
        }
    }
}

impl From<v1alpha1::ServiceHostnames> for v1::ServiceHostnames {
    fn from(old: v1alpha1::ServiceHostnames) -> Self {
        Self {
            lineage: None,
            offline_store: old.offline_store,
            online_store: old.online_store,
            registry: old.registry,
            registry_rest: old.registry_rest,
            ui: old.ui,
        }
    }
}
