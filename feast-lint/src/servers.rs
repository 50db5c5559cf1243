//! The servers of a FeatureStore.

use apimachinery::FieldPath;
use feast_api::v1::{
    FeatureStoreServices, FeatureStoreSpec, RegistryServerConfigs, ServerConfigs, ServerType,
};

/// A server of the FeatureStore, with its settings.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    /// The name of its container: `registry`, `offline`, `online` or `ui`.
    pub(crate) name: &'static str,
    pub(crate) path: FieldPath,
    pub(crate) config: ServerConfigs,
}

impl Server {
    /// The number of processes that open stores. For -1 workers it depends on the node, but is at
    /// least three.
    pub(crate) fn processes(&self) -> u64 {
        let configs = self.config.worker_configs.as_ref();
        match configs.and_then(|configs| configs.workers) {
            Some(-1) => 3,
            Some(workers) => u64::try_from(workers).unwrap_or(1).max(1),
            None => 1,
        }
    }
}

/// The servers that run, including implied ones.
pub(crate) fn servers(spec: &FeatureStoreSpec) -> Vec<Server> {
    let services = spec.services.as_ref();
    let server = |server: ServerType| Server {
        name: server.name(),
        path: FieldPath::of(server.field()),
        config: services
            .and_then(|services| config(services, server))
            .unwrap_or_default(),
    };
    spec.servers().map(server).collect()
}

/// The settings of a server. The online server may have none.
fn config(services: &FeatureStoreServices, server: ServerType) -> Option<ServerConfigs> {
    match server {
        ServerType::Registry => services
            .registry_server()
            .map(RegistryServerConfigs::to_server),
        ServerType::Offline => services.offline_store.as_ref()?.server.clone(),
        ServerType::Online => services.online_store.as_ref()?.server.clone(),
        ServerType::Ui => services.ui.clone(),
    }
}
