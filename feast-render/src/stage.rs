//! The reference's stages, with their objects and conditions.

use crate::condition_type::ConditionType;
use crate::names::{DISCOVERY_CONFIG_MAPS, TYPE_LABEL, types};
use crate::plan::Object;
use crate::server::ServerType;

/// The reference's stages, in order. Conditions of earlier stages are set before a later stage
/// fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// Looks up the referenced FeatureStore.
    Reference,
    /// Authorization objects.
    Authorization,
    /// Servers in general: checks which run, and the CA for clients.
    Servers,
    /// Secret, volume claim and Service of the offline store.
    OfflineStore,
    /// Secret, volume claim and Service of the online store.
    OnlineStore,
    /// Secret, volume claim and Services of the registry.
    Registry,
    /// Service of the user interface.
    Ui,
    /// The user interface's Route.
    Route,
    /// Checks and Service of the lineage server.
    Lineage,
    /// ServiceAccount, batch engine, the Deployment with its documents, and its scaling.
    Deployment,
    /// Deployment of the lineage server.
    LineageServer,
    /// The client ConfigMap.
    Client,
    /// Objects shared by all FeatureStores of the cluster.
    Discovery,
    /// The CronJob and its objects.
    CronJob,
    /// The ServiceMonitor.
    ServiceMonitor,
}

impl Stage {
    /// The stage that creates an object.
    pub(crate) fn of(object: Object<'_>) -> Self {
        let metadata = object.metadata();
        let labels = metadata.labels.as_ref();
        let purpose = labels
            .and_then(|labels| labels.get(TYPE_LABEL))
            .map(String::as_str);
        let name = metadata.name.as_deref().unwrap_or_default();
        match object {
            Object::ClusterRole(_) | Object::ClusterRoleBinding(_) => Self::Authorization,
            Object::Role(_) | Object::RoleBinding(_) => match purpose {
                Some(types::AUTHORIZATION) => Self::Authorization,
                Some(types::CRON_JOB) => Self::CronJob,
                Some(_) => Self::Deployment,
                None => Self::Discovery,
            },
            Object::ServiceAccount(_) => match purpose {
                Some(types::CRON_JOB) => Self::CronJob,
                _ => Self::Deployment,
            },
            Object::ConfigMap(_) if purpose == Some(types::CLIENT) => Self::Client,
            Object::ConfigMap(_) if DISCOVERY_CONFIG_MAPS.contains(&name) => Self::Discovery,
            Object::ConfigMap(_) => Self::Servers,
            // Claims of older releases have no label, but all are named after their store.
            Object::PersistentVolumeClaim(_) => Self::of_server(name.rsplit('-').next()),
            Object::Service(_) if purpose == Some(types::LINEAGE) => Self::Lineage,
            Object::Service(_) => Self::of_server(purpose),
            Object::Route(_) => Self::Route,
            Object::Deployment(_) if purpose == Some(types::LINEAGE) => Self::LineageServer,
            Object::Deployment(_)
            | Object::Secret(_)
            | Object::HorizontalPodAutoscaler(_)
            | Object::PodDisruptionBudget(_) => Self::Deployment,
            Object::CronJob(_) => Self::CronJob,
            Object::ServiceMonitor(_) => Self::ServiceMonitor,
        }
    }

    /// The stage of a server or its store.
    pub(crate) fn of_server(name: Option<&str>) -> Self {
        let mut servers = ServerType::ALL.into_iter();
        match servers.find(|server| name == Some(server.name())) {
            Some(ServerType::Offline) => Self::OfflineStore,
            Some(ServerType::Online) => Self::OnlineStore,
            Some(ServerType::Registry) => Self::Registry,
            Some(ServerType::Ui) => Self::Ui,
            None => Self::Servers,
        }
    }

    /// The condition of the stage; if it has none, only `FeatureStore` reports it.
    pub(crate) const fn condition(self) -> Option<ConditionType> {
        Some(match self {
            Self::Authorization => ConditionType::Authorization,
            Self::OfflineStore => ConditionType::OfflineStore,
            Self::OnlineStore => ConditionType::OnlineStore,
            Self::Registry => ConditionType::Registry,
            Self::Ui => ConditionType::Ui,
            Self::Lineage | Self::LineageServer => ConditionType::Lineage,
            Self::Client => ConditionType::Client,
            Self::CronJob => ConditionType::CronJob,
            Self::Reference
            | Self::Servers
            | Self::Route
            | Self::Deployment
            | Self::Discovery
            | Self::ServiceMonitor => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::render::render;
    use crate::settings::{DocumentStorage, Platform};
    use crate::testing::given;

    /// A FeatureStore that needs all objects.
    fn spec(authz: &Value) -> Value {
        let file = json!({"file": {"pvc": {"create": {}, "mountPath": "/data"}}});
        let registry = json!({"restAPI": true, "grpc": true});
        let consumer = json!({
            "enabled": true, "lineageServer": {}, "connectionStringSecretRef": {"name": "lineage"},
        });
        json!({
            "feastProject": "a",
            "authz": authz,
            "batchEngine": {"configMapRef": {"name": "engine"}},
            "openlineage": {"enabled": true, "consumer": consumer},
            "services": {
                "offlineStore": {"persistence": file, "server": {}},
                "onlineStore": {"persistence": file, "server": {"metrics": true}},
                "registry": {"local": {"persistence": file, "server": registry}},
                "ui": {},
                "scaling": {"autoscaling": {"maxReplicas": 3}},
                "podDisruptionBudgets": {"maxUnavailable": 1},
            },
        })
    }

    /// The objects of a release's plan, each with its stage.
    fn stages(release: &str, authz: &Value) -> Vec<String> {
        let engine = json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": "engine", "namespace": "ml"},
            "data": {"config": "type: spark_application\n"},
        });
        let lineage = json!({
            "apiVersion": "v1", "kind": "Secret",
            "metadata": {"name": "lineage", "namespace": "ml"},
            "data": {"connection_string": "c3FsaXRlOi8v"},
        });
        let mut given = given()
            .platform(Platform::openshift().with_service_monitor())
            .storage(DocumentStorage::InSecret)
            .objects([engine, lineage]);
        given.settings.release = release.parse().expect("a release");
        let plan = render(&given.inputs(&spec(authz))).expect("renders").plan;
        let line = |object: Object<'_>| {
            let reference = object.reference();
            format!(
                "{:?} {} {}",
                Stage::of(object),
                reference.kind,
                reference.name
            )
        };
        plan.apply().map(line).collect()
    }

    #[test]
    fn each_object_has_its_stage() {
        let kubernetes = json!({"kubernetes": {"roles": ["reader"]}});
        assert_eq!(
            stages("main", &kubernetes),
            [
                "Authorization ClusterRole feast-token-review-cluster-role",
                "Authorization ClusterRoleBinding feast-sample-cluster-binding",
                "Deployment ServiceAccount feast-sample",
                "Deployment ServiceAccount feast-sample-batch-driver",
                "CronJob ServiceAccount feast-sample-cronjob",
                "Authorization Role feast-sample",
                "Authorization Role reader",
                "Deployment Role feast-sample-batch-engine",
                "Deployment Role feast-sample-batch-driver",
                "Discovery Role feast-configs-registry-reader",
                "Discovery Role feast-openlineage-config-reader",
                "CronJob Role feast-sample-cronjob",
                "Authorization RoleBinding feast-sample",
                "Deployment RoleBinding feast-sample-batch-engine",
                "Deployment RoleBinding feast-sample-batch-driver",
                "Discovery RoleBinding feast-configs-registry-reader",
                "Discovery RoleBinding feast-openlineage-config-reader",
                "CronJob RoleBinding feast-sample-cronjob",
                "Deployment Secret feast-sample-feature-store-yaml",
                "Servers ConfigMap feast-sample-client-ca",
                "Client ConfigMap feast-sample-client",
                "OfflineStore PersistentVolumeClaim feast-sample-offline",
                "OnlineStore PersistentVolumeClaim feast-sample-online",
                "Registry PersistentVolumeClaim feast-sample-registry",
                "OfflineStore Service feast-sample-offline",
                "OnlineStore Service feast-sample-online",
                "Registry Service feast-sample-registry",
                "Registry Service feast-sample-registry-rest",
                "Ui Service feast-sample-ui",
                "Lineage Service feast-sample-lineage",
                "Deployment Deployment feast-sample",
                "LineageServer Deployment feast-sample-lineage",
                "Deployment HorizontalPodAutoscaler feast-sample",
                "Deployment PodDisruptionBudget feast-sample",
                "CronJob CronJob feast-sample",
                "Route Route feast-sample-ui",
                "ServiceMonitor ServiceMonitor feast-sample-online",
                "Discovery ConfigMap feast-configs-registry",
                "Discovery ConfigMap feast-openlineage-config",
            ]
        );
    }

    #[test]
    fn objects_without_labels_have_their_stage() {
        let stages = stages("0.62", &json!({"noAuth": true}));
        for expected in [
            "OfflineStore PersistentVolumeClaim feast-sample-offline",
            "OnlineStore PersistentVolumeClaim feast-sample-online",
            "Registry PersistentVolumeClaim feast-sample-registry",
            "Discovery Role feast-configs-registry-reader",
            "Discovery RoleBinding feast-configs-registry-reader",
            "Discovery ConfigMap feast-configs-registry",
        ] {
            assert!(
                stages.contains(&expected.to_owned()),
                "{expected}: {stages:#?}"
            );
        }
    }
}
