//! Condition types, with their messages and reasons.

/// Condition types, in the order in which the operator sets them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ConditionType {
    /// Authorization objects.
    Authorization,
    /// The offline store.
    OfflineStore,
    /// The online store.
    OnlineStore,
    /// The registry.
    Registry,
    /// The user interface.
    Ui,
    /// The lineage server.
    Lineage,
    /// The ConfigMap for clients.
    Client,
    /// The CronJob.
    CronJob,
    /// The FeatureStore as a whole.
    FeatureStore,
}

impl ConditionType {
    /// All types except [`FeatureStore`](Self::FeatureStore), in order.
    pub(crate) const PARTS: [Self; 8] = [
        Self::Authorization,
        Self::OfflineStore,
        Self::OnlineStore,
        Self::Registry,
        Self::Ui,
        Self::Lineage,
        Self::Client,
        Self::CronJob,
    ];

    /// The condition type with this name; `None` if another controller set the condition.
    ///
    /// ```
    /// use feast_render::ConditionType;
    ///
    /// assert_eq!(ConditionType::of("UI"), Some(ConditionType::Ui));
    /// assert_eq!(ConditionType::of("Backup"), None);
    /// ```
    pub fn of(type_: &str) -> Option<Self> {
        let mut all = Self::PARTS.into_iter().chain([Self::FeatureStore]);
        all.find(|known| known.as_str() == type_)
    }

    /// The name in the status.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Authorization => "Authorization",
            Self::OfflineStore => "OfflineStore",
            Self::OnlineStore => "OnlineStore",
            Self::Registry => "Registry",
            Self::Ui => "UI",
            Self::Lineage => "Lineage",
            Self::Client => "Client",
            Self::CronJob => "CronJob",
            Self::FeatureStore => "FeatureStore",
        }
    }

    /// The message on success.
    pub(crate) const fn complete(self, oidc: bool) -> &'static str {
        match self {
            Self::Authorization if oidc => "OIDC authorization installation complete",
            Self::Authorization => "Kubernetes authorization installation complete",
            Self::OfflineStore => "Offline Store installation complete",
            Self::OnlineStore => "Online Store installation complete",
            Self::Registry => "Registry installation complete",
            Self::Ui => "UI installation complete",
            Self::Lineage => "Lineage server installation complete",
            Self::Client => "Client installation complete",
            Self::CronJob => "CronJob installation complete",
            Self::FeatureStore => "FeatureStore installation complete",
        }
    }

    /// The reason on failure.
    pub(crate) const fn failure(self, oidc: bool) -> &'static str {
        match self {
            Self::Authorization if oidc => "OidcAuthorizationDeploymentFailed",
            Self::Authorization => "KubernetesAuthorizationDeploymentFailed",
            Self::OfflineStore => "OfflineStoreDeploymentFailed",
            Self::OnlineStore => "OnlineStoreDeploymentFailed",
            Self::Registry => "RegistryDeploymentFailed",
            Self::Ui => "UIDeploymentFailed",
            Self::Lineage => "LineageDeploymentFailed",
            Self::Client => "ClientDeploymentFailed",
            Self::CronJob => "CronJobDeploymentFailed",
            Self::FeatureStore => "FeatureStoreFailed",
        }
    }
}
