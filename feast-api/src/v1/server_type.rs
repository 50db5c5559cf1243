//! The servers of a FeatureStore.

use super::{FeatureStoreServices, FeatureStoreSpec};

/// A server of a FeatureStore: a container in its pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "one for each server that a spec can have; another one requires a new version of this crate"
)]
pub enum ServerType {
    /// The registry, over gRPC or REST.
    Registry,
    /// The offline store.
    Offline,
    /// The online store: the feature server.
    Online,
    /// The user interface.
    Ui,
}

impl ServerType {
    /// All servers, in the order in which the operator handles them.
    pub const ALL: [Self; 4] = [Self::Registry, Self::Offline, Self::Online, Self::Ui];

    /// The name of its container and port, the value of the label `feast.dev/service-type` and the
    /// suffix of its Service's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Offline => "offline",
            Self::Online => "online",
            Self::Ui => "ui",
        }
    }

    /// The field that configures it.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Registry => "spec.services.registry.local.server",
            Self::Offline => "spec.services.offlineStore.server",
            Self::Online => "spec.services.onlineStore.server",
            Self::Ui => "spec.services.ui",
        }
    }
}

impl FeatureStoreSpec {
    /// The servers that run, in the order of [`ServerType::ALL`]: those in the spec, and the online
    /// server unless it is disabled.
    ///
    /// ```
    /// use feast_api::v1::{FeatureStoreSpec, ServerType};
    ///
    /// let minimal = FeatureStoreSpec::default();
    /// assert!(minimal.servers().eq([ServerType::Online]));
    ///
    /// let spec: FeatureStoreSpec = serde_json::from_str(r#"{
    ///     "feastProject": "scoring",
    ///     "services": {"onlineStore": {"disabled": true}, "offlineStore": {"server": {}}, "ui": {}}
    /// }"#)?;
    /// assert!(spec.servers().eq([ServerType::Offline, ServerType::Ui]));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn servers(&self) -> impl Iterator<Item = ServerType> + '_ {
        let services = self.services.as_ref();
        let runs = move |server: &ServerType| match services {
            Some(services) => services.runs(*server),
            None => *server == ServerType::Online,
        };
        ServerType::ALL.into_iter().filter(runs)
    }
}

impl FeatureStoreServices {
    fn runs(&self, server: ServerType) -> bool {
        match server {
            ServerType::Registry => self.registry_server().is_some(),
            ServerType::Offline => {
                let store = self.offline_store.as_ref();
                store.is_some_and(|store| store.server.is_some())
            }
            ServerType::Online => !self.is_online_store_disabled(),
            ServerType::Ui => self.ui.is_some(),
        }
    }
}
