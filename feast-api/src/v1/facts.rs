//! Common questions about a spec: how it scales, which servers it runs, where its data is. For an
//! absent field the answer is the operator's default, where documented.

use super::{
    AuthzConfig, AutoscalingConfig, FeastCronJob, FeatureStoreServices, FeatureStoreSpec,
    LineageServer, LocalRegistryConfig, OfflineStore, OfflineStoreDbStorePersistence, OidcAuthz,
    OnlineStore, OnlineStoreDbStorePersistence, OpenLineageConsumer, PvcConfig,
    RegistryDbStorePersistence, RegistryFilePersistence, RegistryServerConfigs,
    RemoteRegistryConfig, TlsConfigs,
};
use crate::rules;

/// How clients are authorized.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "one for each field of `AuthzConfig`; another one requires a new version of this crate"
)]
pub enum AuthzMode {
    /// Kubernetes RBAC.
    Kubernetes,
    /// Tokens of an OpenID Connect provider.
    Oidc,
    /// No authorization.
    NoAuth,
}

impl FeatureStoreSpec {
    /// The settings of the HorizontalPodAutoscaler, if the spec has one.
    pub fn autoscaling(&self) -> Option<&AutoscalingConfig> {
        let scaling = self.services.as_ref()?.scaling.as_ref()?;
        scaling.autoscaling.as_ref()
    }

    /// Whether there can be more than one replica: `replicas` is above 1, or an autoscaler is set.
    ///
    /// The rules on scaling, such as [`SCALING_ONLINE_STORE`](rules::SCALING_ONLINE_STORE), decide
    /// the same way. A KEDA `ScaledObject` or a HorizontalPodAutoscaler of your own scales through
    /// `replicas`, which the scale subresource writes.
    ///
    /// ```
    /// use feast_api::v1::FeatureStoreSpec;
    ///
    /// let mut spec = FeatureStoreSpec::default();
    /// assert!(!spec.is_scaling());
    /// spec.replicas = Some(3);
    /// assert!(spec.is_scaling());
    /// ```
    pub fn is_scaling(&self) -> bool {
        self.replicas.is_some_and(|replicas| replicas > 1) || self.autoscaling().is_some()
    }

    /// The OpenID Connect settings, if clients are authorized by it.
    pub fn oidc(&self) -> Option<&OidcAuthz> {
        self.authz.as_ref()?.oidc.as_ref()
    }

    /// The receiver of lineage events, if the spec has one.
    pub fn lineage_consumer(&self) -> Option<&OpenLineageConsumer> {
        self.openlineage.as_ref()?.consumer.as_ref()
    }

    /// The lineage server, if there is one. It has its own Deployment.
    pub fn lineage_server(&self) -> Option<&LineageServer> {
        self.lineage_consumer()?.lineage_server.as_ref()
    }
}

impl AuthzConfig {
    /// How clients are authorized. `kubernetes` takes precedence over `oidc`, as in the operator;
    /// an admitted object has exactly one mode.
    ///
    /// ```
    /// use feast_api::v1::{AuthzConfig, AuthzMode};
    ///
    /// let authz = AuthzConfig { no_auth: Some(true), ..Default::default() };
    /// assert_eq!(authz.mode(), AuthzMode::NoAuth);
    /// ```
    pub fn mode(&self) -> AuthzMode {
        if self.kubernetes.is_some() {
            AuthzMode::Kubernetes
        } else if self.oidc.is_some() {
            AuthzMode::Oidc
        } else {
            AuthzMode::NoAuth
        }
    }
}

impl FeatureStoreServices {
    /// The registry that this FeatureStore runs, with or without a server.
    ///
    /// ```
    /// use feast_api::v1::FeatureStoreServices;
    ///
    /// let services: FeatureStoreServices = serde_json::from_str(r#"{
    ///     "registry": {"local": {"persistence": {"file": {"path": "s3://bucket/registry.db"}}}}
    /// }"#)?;
    /// let registry = services.local_registry().unwrap();
    /// assert!(registry.file().unwrap().is_in_object_store());
    /// assert!(registry.database().is_none() && registry.pvc().is_none());
    /// assert!(services.registry_server().is_none() && services.remote_registry().is_none());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn local_registry(&self) -> Option<&LocalRegistryConfig> {
        self.registry.as_ref()?.local.as_ref()
    }

    /// The remote registry, if one is used.
    pub fn remote_registry(&self) -> Option<&RemoteRegistryConfig> {
        self.registry.as_ref()?.remote.as_ref()
    }

    /// The server of the local registry, if there is one.
    pub fn registry_server(&self) -> Option<&RegistryServerConfigs> {
        self.local_registry()?.server.as_ref()
    }

    /// Whether the online store and its server are disabled. By default they are enabled, even
    /// without `onlineStore`.
    pub fn is_online_store_disabled(&self) -> bool {
        self.online_store
            .as_ref()
            .is_some_and(OnlineStore::is_disabled)
    }

    /// The online store, unless it is disabled.
    pub fn enabled_online_store(&self) -> Option<&OnlineStore> {
        self.online_store
            .as_ref()
            .filter(|store| !store.is_disabled())
    }

    /// Whether init containers create the feature repository before the servers start. Default:
    /// true.
    pub fn has_init_containers(&self) -> bool {
        self.disable_init_containers != Some(true)
    }
}

impl OnlineStore {
    /// Whether the store and its server are disabled.
    pub fn is_disabled(&self) -> bool {
        self.disabled == Some(true)
    }

    /// The database with its data, if it uses one.
    pub fn database(&self) -> Option<&OnlineStoreDbStorePersistence> {
        self.persistence.as_ref()?.store.as_ref()
    }

    /// The persistent volume claim of its file, even if the store is disabled.
    pub fn pvc(&self) -> Option<&PvcConfig> {
        self.persistence.as_ref()?.file.as_ref()?.pvc.as_ref()
    }
}

impl OfflineStore {
    /// The database or warehouse with its data, if it uses one.
    pub fn database(&self) -> Option<&OfflineStoreDbStorePersistence> {
        self.persistence.as_ref()?.store.as_ref()
    }

    /// The persistent volume claim of its files.
    pub fn pvc(&self) -> Option<&PvcConfig> {
        self.persistence.as_ref()?.file.as_ref()?.pvc.as_ref()
    }
}

impl LocalRegistryConfig {
    /// The file with its data, on a disk or in an object store.
    pub fn file(&self) -> Option<&RegistryFilePersistence> {
        self.persistence.as_ref()?.file.as_ref()
    }

    /// The database with its data, if it uses one.
    pub fn database(&self) -> Option<&RegistryDbStorePersistence> {
        self.persistence.as_ref()?.store.as_ref()
    }

    /// The persistent volume claim of its file.
    pub fn pvc(&self) -> Option<&PvcConfig> {
        self.file()?.pvc.as_ref()
    }
}

impl RegistryFilePersistence {
    /// Whether the file is an object in S3 or Google Cloud Storage, which replicas can share.
    pub fn is_in_object_store(&self) -> bool {
        self.path.as_deref().is_some_and(rules::is_in_object_store)
    }
}

impl RegistryServerConfigs {
    /// Whether it serves gRPC. Default: true.
    pub fn serves_grpc(&self) -> bool {
        self.grpc != Some(false)
    }
}

impl TlsConfigs {
    /// Whether the server uses TLS: it has a Secret, and TLS is not disabled.
    ///
    /// ```
    /// use feast_api::v1::TlsConfigs;
    ///
    /// let mut tls: TlsConfigs = serde_json::from_str(r#"{"secretRef": {"name": "certificate"}}"#)?;
    /// assert!(tls.is_enabled());
    /// tls.disable = Some(true);
    /// assert!(!tls.is_enabled());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn is_enabled(&self) -> bool {
        self.secret_ref.is_some() && self.disable != Some(true)
    }
}

impl FeastCronJob {
    /// Whether a schedule is set. Without one, the operator suspends the CronJob unless `suspend`
    /// is set.
    pub fn is_scheduled(&self) -> bool {
        self.schedule
            .as_deref()
            .is_some_and(|schedule| !schedule.is_empty())
    }

    /// Whether it runs regularly: it has a schedule and is not suspended.
    ///
    /// ```
    /// use feast_api::v1::FeastCronJob;
    ///
    /// let mut job = FeastCronJob { schedule: Some("@daily".into()), ..Default::default() };
    /// assert!(job.runs_on_schedule());
    /// job.suspend = Some(true);
    /// assert!(job.is_scheduled() && !job.runs_on_schedule());
    /// ```
    pub fn runs_on_schedule(&self) -> bool {
        self.is_scheduled() && self.suspend != Some(true)
    }
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;
    use serde_json::{Value, json};

    use super::*;

    fn read<T: DeserializeOwned>(value: Value) -> T {
        serde_json::from_value(value).expect("a value of the type")
    }

    #[test]
    fn scaling_is_several_replicas_or_an_autoscaler() {
        let autoscaling = json!({ "scaling": { "autoscaling": { "maxReplicas": 1 } } });
        for (spec, expected) in [
            (json!({}), false),
            (json!({ "replicas": 1 }), false),
            (json!({ "replicas": 2 }), true),
            (json!({ "services": { "scaling": {} } }), false),
            (json!({ "services": autoscaling }), true),
            (json!({ "replicas": 1, "services": autoscaling }), true),
        ] {
            let mut whole = spec.clone();
            whole["feastProject"] = "a".into();
            let whole: FeatureStoreSpec = read(whole);
            assert_eq!(whole.is_scaling(), expected, "{spec}");
        }
    }

    #[test]
    fn the_mode_of_authorization() {
        for (authz, expected) in [
            (json!({ "kubernetes": {} }), AuthzMode::Kubernetes),
            (json!({ "oidc": {} }), AuthzMode::Oidc),
            (json!({ "noAuth": true }), AuthzMode::NoAuth),
            // The presence of the field selects the mode.
            (json!({ "noAuth": false }), AuthzMode::NoAuth),
        ] {
            assert_eq!(
                read::<AuthzConfig>(authz.clone()).mode(),
                expected,
                "{authz}"
            );
        }
    }

    #[test]
    fn an_online_store_is_enabled_unless_it_is_disabled() {
        for (services, disabled, given) in [
            (json!({}), false, false),
            (json!({ "onlineStore": {} }), false, true),
            (json!({ "onlineStore": { "disabled": false } }), false, true),
            (json!({ "onlineStore": { "disabled": true } }), true, false),
        ] {
            let read: FeatureStoreServices = read(services.clone());
            assert_eq!(read.is_online_store_disabled(), disabled, "{services}");
            assert_eq!(read.enabled_online_store().is_some(), given, "{services}");
        }
    }

    #[test]
    fn data_is_in_a_file_or_a_database() {
        let pvc = json!({ "mountPath": "/data" });
        let file = json!({ "persistence": { "file": { "pvc": pvc } } });
        let database = json!({ "persistence": { "store": {
            "type": "sql", "secretRef": { "name": "database" },
        } } });
        let of = |mut value: Value, kind: &str| {
            if value["persistence"]["store"].is_object() {
                value["persistence"]["store"]["type"] = kind.into();
            }
            value
        };
        for (value, is_database) in [(file, false), (database, true)] {
            let registry: LocalRegistryConfig = read(of(value.clone(), "sql"));
            assert_eq!(registry.database().is_some(), is_database);
            assert_eq!(registry.pvc().is_some(), !is_database);
            let online: OnlineStore = read(of(value.clone(), "redis"));
            assert_eq!(online.database().is_some(), is_database);
            assert_eq!(online.pvc().is_some(), !is_database);
            let offline: OfflineStore = read(of(value, "postgres"));
            assert_eq!(offline.database().is_some(), is_database);
            assert_eq!(offline.pvc().is_some(), !is_database);
        }
    }

    #[test]
    fn grpc_and_init_containers_are_enabled_by_default() {
        for (given, expected) in [(None, true), (Some(true), true), (Some(false), false)] {
            let server = RegistryServerConfigs {
                grpc: given,
                ..Default::default()
            };
            assert_eq!(server.serves_grpc(), expected);
            let services = FeatureStoreServices {
                disable_init_containers: given.map(|given| !given),
                ..Default::default()
            };
            assert_eq!(services.has_init_containers(), expected);
        }
    }

    #[test]
    fn an_empty_schedule_is_none() {
        for (job, expected) in [
            (json!({}), false),
            (json!({ "schedule": "" }), false),
            (json!({ "schedule": "@daily" }), true),
            (json!({ "schedule": "@daily", "suspend": false }), true),
        ] {
            let read: FeastCronJob = read(job.clone());
            assert_eq!(read.runs_on_schedule(), expected, "{job}");
        }
    }

    #[test]
    fn tls_needs_a_secret() {
        assert!(!read::<TlsConfigs>(json!({})).is_enabled());
        assert!(!read::<TlsConfigs>(json!({ "disable": false })).is_enabled());
    }
}
