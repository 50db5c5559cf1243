//! Groups of objects.

use crate::palette::{self, Colors, Hue};

/// The purpose of an object: drawings use a colour for each group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Group {
    /// FeatureStores themselves.
    Store,
    /// Objects that serve requests and run jobs: a Deployment, Services, Routes, claims, a `CronJob`.
    Serving,
    /// Objects that determine the number of pods and of unavailable pods: autoscalers,
    /// disruption budgets.
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
        self.hue().light
    }

    /// The colours of a box in dark mode.
    pub const fn dark(self) -> Colors {
        self.hue().dark
    }

    const fn hue(self) -> Hue {
        match self {
            Self::Store => palette::PLAIN,
            Self::Serving => palette::BLUE,
            Self::Scaling => palette::GREEN,
            Self::Rights => palette::PURPLE,
            Self::Configuration => palette::AMBER,
            Self::Inputs => palette::RED,
        }
    }
}
