//! The operator's settings, and properties of its cluster.

use crate::corrections::{Correction, CorrectionSet, Corrections};
use crate::names::OPERATOR_NAMESPACE;
use crate::release::OperatorRelease;

/// The operator's settings, and the platform it runs on.
///
/// Exhaustive on purpose: a new setting breaks the build of callers that do not set it. Start from
/// [`reference`](Self::reference) or [`hardened`](Self::hardened).
///
/// ```
/// use feast_render::{OperatorSettings, Platform};
///
/// let settings = OperatorSettings {
///     platform: Platform::openshift(),
///     namespace: Some("feast".into()),
///     ..OperatorSettings::hardened()
/// };
/// assert_eq!(settings.discovery_namespace(), Some("feast"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorSettings {
    /// The release of Feast's operator to render as. Later fields of the spec are ignored.
    pub release: OperatorRelease,
    /// The cluster's features.
    pub platform: Platform,
    /// The operator's namespace; `None` if unknown.
    pub namespace: Option<String>,
    /// Images and the OIDC issuer.
    pub environment: Environment,
    /// The corrections that are enabled.
    pub corrections: Corrections,
    /// Where to keep the `feature_store.yaml` of pods.
    pub storage: DocumentStorage,
}

impl OperatorSettings {
    /// Exactly as Feast's own operator in the [newest](OperatorRelease::NEWEST) release, on plain
    /// Kubernetes, with its default images: no corrections, and documents in Deployments.
    ///
    /// The default of programs, so that replacing Feast's operator restarts nothing.
    pub fn reference() -> Self {
        Self {
            release: OperatorRelease::NEWEST,
            platform: Platform::kubernetes(),
            namespace: Some(OPERATOR_NAMESPACE.to_owned()),
            environment: Environment::default(),
            corrections: Corrections::NONE,
            storage: DocumentStorage::InDeployment,
        }
    }

    /// All corrections, and documents in Secrets: recommended for new installations. Otherwise as
    /// [`reference`](Self::reference).
    pub fn hardened() -> Self {
        Self {
            corrections: Corrections::ALL,
            storage: DocumentStorage::InSecret,
            ..Self::reference()
        }
    }

    /// Like [`hardened`](Self::hardened) or [`reference`](Self::reference), with the given
    /// overrides; made for programs' flags.
    ///
    /// ```
    /// use feast_render::{CorrectionSet, OperatorSettings};
    ///
    /// let all = OperatorSettings::chosen(false, Some(CorrectionSet::All), None);
    /// assert_eq!(all.corrections, OperatorSettings::hardened().corrections);
    /// assert_eq!(all.storage, OperatorSettings::reference().storage);
    /// ```
    pub fn chosen(
        hardened: bool,
        corrections: Option<CorrectionSet>,
        storage: Option<DocumentStorage>,
    ) -> Self {
        let unless_told = if hardened {
            Self::hardened()
        } else {
            Self::reference()
        };
        Self {
            corrections: corrections.map_or(unless_told.corrections, CorrectionSet::corrections),
            storage: storage.unwrap_or(unless_told.storage),
            ..unless_told
        }
    }

    /// The namespace of shared objects. `None` if there are none: on OpenShift, if the operator
    /// does not know its namespace.
    ///
    /// On OpenShift it is the operator's namespace. On Kubernetes the reference always uses
    /// `feast-operator-system`; with [`Correction::DiscoveryNamespace`] it is the operator's
    /// namespace.
    pub fn discovery_namespace(&self) -> Option<&str> {
        let own = self.namespace.as_deref().filter(|own| !own.is_empty());
        if self.platform.openshift {
            return own;
        }
        let corrected = self.corrections.contains(Correction::DiscoveryNamespace);
        own.filter(|_| corrected).or(Some(OPERATOR_NAMESPACE))
    }
}

/// The cluster's features.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Platform {
    /// OpenShift: serving certificates and Routes.
    pub openshift: bool,
    /// Whether the API `monitoring.coreos.com/v1` exists.
    pub service_monitor: bool,
}

impl Platform {
    /// Plain Kubernetes.
    #[must_use]
    pub fn kubernetes() -> Self {
        Self::default()
    }

    /// OpenShift.
    #[must_use]
    pub fn openshift() -> Self {
        Self {
            openshift: true,
            ..Self::default()
        }
    }

    /// Adds the API of `ServiceMonitor`.
    #[must_use]
    pub fn with_service_monitor(self) -> Self {
        Self {
            service_monitor: true,
            ..self
        }
    }
}

/// The Go operator's environment variables. By default none is set.
///
/// Exhaustive, so that it can be written as a literal, like [`OperatorSettings`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// `RELATED_IMAGE_FEATURE_SERVER`: image of the servers.
    pub feature_server_image: Option<String>,
    /// `RELATED_IMAGE_CRON_JOB`: image of the CronJob's containers.
    pub cron_job_image: Option<String>,
    /// `OIDC_ISSUER_URL`: issuer for FeatureStores that set none.
    pub oidc_issuer_url: Option<String>,
}

/// Where to keep the `feature_store.yaml` of pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DocumentStorage {
    /// In an environment variable of the Deployment, base64-encoded, as with the Go operator.
    /// Everyone who can read Deployments can then read the stores' credentials.
    InDeployment,
    /// In a Secret that the FeatureStore owns and the containers refer to.
    InSecret,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms() {
        let platform = Platform::openshift().with_service_monitor();
        assert!(platform.openshift && platform.service_monitor);
        let platform = Platform::kubernetes();
        assert!(!platform.openshift && !platform.service_monitor);
    }

    #[test]
    fn shared_objects_are_in_the_operators_namespace_with_the_correction() {
        let own = Some("own");
        let reference = Some(OPERATOR_NAMESPACE);
        for (openshift, corrections, namespace, expected) in [
            (true, Corrections::NONE, own, own),
            (true, Corrections::ALL, None, None),
            (true, Corrections::ALL, Some(""), None),
            (false, Corrections::NONE, own, reference),
            (false, Corrections::ALL, own, own),
            (false, Corrections::ALL, None, reference),
        ] {
            let mut settings = OperatorSettings {
                namespace: namespace.map(str::to_owned),
                corrections,
                ..OperatorSettings::reference()
            };
            settings.platform.openshift = openshift;
            assert_eq!(settings.discovery_namespace(), expected, "{settings:?}");
        }
    }
}
