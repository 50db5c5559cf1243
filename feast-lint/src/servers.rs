//! The servers of a FeatureStore.

use apimachinery::FieldPath;
use feast_api::v1::{
    FeatureStoreServices, FeatureStoreSpec, RegistryServerConfigs, ServerConfigs, ServerType,
};

/// A server of the FeatureStore, as its spec has it.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    /// `registry`, `offline`, `online` or `ui`, as its container is called.
    pub(crate) name: &'static str,
    pub(crate) path: FieldPath,
    pub(crate) config: ServerConfigs,
}

impl Server {
    /// Processes that open stores. How many workers -1 makes depends on the node; there are three at
    /// least.
    pub(crate) fn processes(&self) -> u64 {
        let configs = self.config.worker_configs.as_ref();
        match configs.and_then(|configs| configs.workers) {
            Some(-1) => 3,
            Some(workers) => u64::try_from(workers).unwrap_or(1).max(1),
            None => 1,
        }
    }
}

/// The servers that run, those too that the spec only implies.
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

/// What is said of a server; of the online store's there may be nothing.
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
