//! Releases of Feast's operator.

use std::fmt;
use std::str::FromStr;

macro_rules! releases {
    ($( $(#[doc = $doc:literal])+ $release:ident = $name:literal, adds [$($field:literal),* $(,)?]; )+) => {
        /// A release of Feast's operator, and whatever it is that it renders.
        ///
        /// Later ones are greater. The first is the first with horizontal scaling.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Release {
            $( $(#[doc = $doc])+ $release, )+
        }

        impl Release {
            /// Every release that is known, the oldest first.
            pub const ALL: &'static [Self] = &[$(Self::$release),+];

            /// The release's name, such as `0.66.0`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$release => $name,)+ }
            }

            /// The fields of a FeatureStore's `spec` that its CRD has and that of the release before
            /// does not; for those within others, the outermost. `[]` stands for each element.
            /// The first release that is known has none.
            pub const fn new_fields(self) -> &'static [&'static str] {
                match self { $(Self::$release => &[$($field),*],)+ }
            }
        }
    };
}

releases! {
    /// 0.61.0.
    V0_61 = "0.61.0", adds [];
    /// 0.62.0.
    V0_62 = "0.62.0", adds [
        "authz.oidc.caCertConfigMap",
        "authz.oidc.issuerUrl",
        "authz.oidc.secretKeyName",
        "authz.oidc.tokenEnvVar",
        "authz.oidc.verifySSL",
        "services.podAnnotations",
        "services.runFeastApplyOnInit",
    ];
    /// 0.63.0.
    V0_63 = "0.63.0", adds [
        "cronJob.containerConfigs.resources.claims[].request",
        "materialization",
        "openlineage",
        "services.offlineStore.server.resources.claims[].request",
        "services.onlineStore.server.resources.claims[].request",
        "services.onlineStore.serving",
        "services.registry.local.server.resources.claims[].request",
        "services.scaling.autoscaling.behavior.scaleDown.tolerance",
        "services.scaling.autoscaling.behavior.scaleUp.tolerance",
        "services.securityContext.seLinuxChangePolicy",
        "services.securityContext.supplementalGroupsPolicy",
        "services.ui.resources.claims[].request",
        "services.volumes[].image",
    ];
    /// 0.64.0.
    V0_64 = "0.64.0", adds [
        "dataQualityMonitoring",
        "services.registry.local.server.mcp",
        "services.resourceClaims",
    ];
    /// 0.65.0.
    V0_65 = "0.65.0", adds [
        "cronJob.containerConfigs.env[].valueFrom.fileKeyRef",
        "feastProjectDir.git.env[].valueFrom.fileKeyRef",
        "openlineage.consumer",
        "services.offlineStore.server.env[].valueFrom.fileKeyRef",
        "services.onlineStore.server.env[].valueFrom.fileKeyRef",
        "services.registry.local.server.env[].valueFrom.fileKeyRef",
        "services.ui.env[].valueFrom.fileKeyRef",
        "services.volumes[].projected.sources[].podCertificate",
    ];
    /// 0.66.0, the newest with a tag.
    V0_66 = "0.66.0", adds [
        "authz.noAuth",
        "authz.oidc.jwksCacheLifespanSeconds",
        "authz.oidc.jwksRequestTimeoutSeconds",
        "feastProjectDir.packaged",
        "mlflow",
        "openlineage.consumer.lineageServer",
        "openlineage.consumer.retentionCheckIntervalHours",
        "openlineage.consumer.retentionDays",
        "services.initImage",
        "services.onlineStore.disabled",
    ];
    /// The commit after 0.66.0, which no tag names. It knows two fields that 0.66.0 does not,
    /// `services.tolerations` and `services.nodeSelector`, and renders all else alike. The CRD of
    /// `feast-api` is this one's.
    Main = "main", adds [
        "services.nodeSelector",
        "services.tolerations",
    ];
}

impl Release {
    /// The release of Feast that servers run unless an image is given, which is also the
    /// `feastVersion` of the status. Between tags it is that of the last one.
    pub const fn feast_version(self) -> &'static str {
        match self {
            Self::Main => Self::V0_66.name(),
            tagged => tagged.name(),
        }
    }

    /// The servers' image, unless one is given.
    pub(crate) fn feature_server_image(self) -> String {
        format!("quay.io/feastdev/feature-server:{}", self.feast_version())
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text names no release that is known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} is no release of Feast's operator that is known; those are {}",
    known()
)]
pub struct UnknownRelease {
    text: String,
}

fn known() -> String {
    let names: Vec<_> = Release::ALL.iter().map(|release| release.name()).collect();
    names.join(", ")
}

/// Reads `0.66.0`, `v0.66.0` or `0.66`.
///
/// ```
/// use feast_render::Release;
///
/// assert_eq!("v0.63".parse(), Ok(Release::V0_63));
/// assert!("0.60.0".parse::<Release>().is_err());
/// ```
impl FromStr for Release {
    type Err = UnknownRelease;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = text.strip_prefix('v').unwrap_or(text);
        let is_meant = |release: &Self| {
            let name = release.name();
            wanted == name || name.strip_suffix(".0") == Some(wanted)
        };
        let found = Self::ALL.iter().copied().find(is_meant);
        found.ok_or_else(|| UnknownRelease {
            text: text.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_release_is_found_by_its_name() {
        for release in Release::ALL {
            assert_eq!(release.name().parse(), Ok(*release));
            assert_eq!(format!("v{release}").parse(), Ok(*release));
        }
        let unknown = "0.60".parse::<Release>().expect_err("scaling came later");
        assert_eq!(
            unknown.to_string(),
            "\"0.60\" is no release of Feast's operator that is known; those are 0.61.0, 0.62.0, \
             0.63.0, 0.64.0, 0.65.0, 0.66.0, main"
        );
    }

    #[test]
    fn releases_are_in_their_order() {
        assert!(Release::ALL.is_sorted());
    }
}
