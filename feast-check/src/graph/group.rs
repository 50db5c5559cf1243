//! Groups of objects.

/// The purpose of an object: drawings use a colour for each group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Group {
    /// FeatureStores themselves.
    Store,
    /// Objects that serve requests and run jobs: a Deployment, Services, Routes, claims, a `CronJob`.
    Serving,
    /// What sets how many pods there are, and how many may be missing: autoscalers, disruption
    /// budgets.
    Scaling,
    /// ServiceAccounts and their rights.
    Rights,
    /// Configuration of servers and clients: ConfigMaps, Secrets.
    Configuration,
    /// Objects that must already exist, such as a Secret with credentials.
    Inputs,
}

impl Group {
    /// All groups, in display order.
    pub const ALL: [Self; 6] = [
        Self::Store,
        Self::Serving,
        Self::Scaling,
        Self::Rights,
        Self::Configuration,
        Self::Inputs,
    ];

    /// The name of the group, such as `serving`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Serving => "serving",
            Self::Scaling => "scaling",
            Self::Rights => "rights",
            Self::Configuration => "configuration",
            Self::Inputs => "inputs",
        }
    }

    /// The group of a kind of object that a FeatureStore creates.
    pub fn of_kind(kind: &str) -> Self {
        match kind {
            feast_api::KIND => Self::Store,
            "HorizontalPodAutoscaler" | "PodDisruptionBudget" | "ScaledObject" => Self::Scaling,
            "ServiceAccount" | "Role" | "RoleBinding" | "ClusterRole" | "ClusterRoleBinding" => {
                Self::Rights
            }
            "ConfigMap" | "Secret" => Self::Configuration,
            _ => Self::Serving,
        }
    }

    /// The colours of a box in light mode.
    pub const fn light(self) -> Colors {
        let (ground, line) = match self {
            Self::Store => ("#ffffff", "#334155"),
            Self::Serving => ("#e0f2fe", "#0369a1"),
            Self::Scaling => ("#dcfce7", "#15803d"),
            Self::Rights => ("#f3e8ff", "#7e22ce"),
            Self::Configuration => ("#fef3c7", "#a16207"),
            Self::Inputs => ("#ffe4e6", "#be123c"),
        };
        Colors { ground, line }
    }

    /// The colours of a box in dark mode.
    pub const fn dark(self) -> Colors {
        let (ground, line) = match self {
            Self::Store => ("#1e293b", "#cbd5e1"),
            Self::Serving => ("#0c3a57", "#7dd3fc"),
            Self::Scaling => ("#12402a", "#86efac"),
            Self::Rights => ("#3b1d5c", "#d8b4fe"),
            Self::Configuration => ("#453411", "#fcd34d"),
            Self::Inputs => ("#4c1525", "#fda4af"),
        };
        Colors { ground, line }
    }
}

/// The colours of a box, as in CSS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Colors {
    /// Fill colour.
    pub ground: &'static str,
    /// Outline colour.
    pub line: &'static str,
}
