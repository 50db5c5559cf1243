//! What an operator is told, and what it finds out about its cluster.

use crate::corrections::{Correction, CorrectionSet, Corrections};
use crate::names::OPERATOR_NAMESPACE;
use crate::release::OperatorRelease;

/// The settings of the operator that renders, and the platform that it runs on.
///
/// Exhaustive on purpose: whoever builds one says everything, and a new setting breaks the build of
/// those who have not thought of it. [`reference`](Self::reference) and
/// [`hardened`](Self::hardened) are two whole answers to start from.
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
    /// The release of Feast's operator that rendering follows. Fields of the spec that came after it
    /// are as if nobody had written them.
    pub release: OperatorRelease,
    /// What the cluster offers.
    pub platform: Platform,
    /// The namespace that the operator runs in; `None` if it does not know.
    pub namespace: Option<String>,
    /// Images and the OIDC issuer.
    pub environment: Environment,
    /// The corrections of the reference that are on.
    pub corrections: Corrections,
    /// Where pods read their `feature_store.yaml` from.
    pub storage: DocumentStorage,
}

impl OperatorSettings {
    /// Feast's own operator of the [newest](OperatorRelease::NEWEST) release to the letter, on plain
    /// Kubernetes, with its default images: no correction, and documents in Deployments.
    ///
    /// Programs start from it, so that nothing restarts where one replaces Feast's operator.
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

    /// What a new operator should take: every correction, and documents in Secrets. Otherwise as
    /// [`reference`](Self::reference).
    pub fn hardened() -> Self {
        Self {
            corrections: Corrections::ALL,
            storage: DocumentStorage::InSecret,
            ..Self::reference()
        }
    }

    /// As [`hardened`](Self::hardened) or as [`reference`](Self::reference), and otherwise as is
    /// chosen: what programs let their users decide.
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

    /// The namespace of what all FeatureStores share. `None` means that nothing is shared: on
    /// OpenShift, an operator that does not know its namespace.
    ///
    /// On OpenShift it is the operator's namespace. On Kubernetes it is `feast-operator-system` for
    /// the reference, wherever the operator runs; [`Correction::DiscoveryNamespace`] makes it the
    /// operator's own there too.
    pub fn discovery_namespace(&self) -> Option<&str> {
        let own = self.namespace.as_deref().filter(|own| !own.is_empty());
        if self.platform.openshift {
            return own;
        }
        let corrected = self.corrections.contains(Correction::DiscoveryNamespace);
        own.filter(|_| corrected).or(Some(OPERATOR_NAMESPACE))
    }
}

/// What the cluster offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Platform {
    /// OpenShift: serving certificates and Routes.
    pub openshift: bool,
    /// The API `monitoring.coreos.com/v1` is there.
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

    /// With the API of `ServiceMonitor`.
    #[must_use]
    pub fn with_service_monitor(self) -> Self {
        Self {
            service_monitor: true,
            ..self
        }
    }
}

/// What the Go operator reads from its environment. Nothing is set by default.
///
/// Exhaustive, so that it can be written as a literal, as [`OperatorSettings`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// `RELATED_IMAGE_FEATURE_SERVER`: image of the servers.
    pub feature_server_image: Option<String>,
    /// `RELATED_IMAGE_CRON_JOB`: image of the CronJob's containers.
    pub cron_job_image: Option<String>,
    /// `OIDC_ISSUER_URL`: issuer for FeatureStores that name none.
    pub oidc_issuer_url: Option<String>,
}

/// Where pods read their `feature_store.yaml` from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DocumentStorage {
    /// From an environment variable of the Deployment, in base64, as with the Go operator.
    /// Credentials of stores are then readable for whoever may read Deployments.
    InDeployment,
    /// From a Secret that the FeatureStore owns and that containers refer to.
    InSecret,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_is_what_it_was_made_of() {
        let platform = Platform::openshift().with_service_monitor();
        assert!(platform.openshift && platform.service_monitor);
        let platform = Platform::kubernetes();
        assert!(!platform.openshift && !platform.service_monitor);
    }

    #[test]
    fn what_is_shared_is_in_the_operators_namespace_unless_the_reference_says_otherwise() {
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
