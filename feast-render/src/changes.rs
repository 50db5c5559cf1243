//! What changed from release to release of Feast's operator, each by its name.
//!
//! Where a rendering depends on the release it asks for a change, never for a release. Fields that
//! came with a release are in [`known`](crate::known).

use std::fmt;

use feast_api::Release;

macro_rules! changes {
    ($( $release:ident { $( $(#[doc = $doc:literal])+ $name:ident $(= $pull_request:literal)?, )+ } )+) => {
        /// What a release of Feast's operator makes otherwise than the one before it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Change {
            $( $( $(#[doc = $doc])+ $name, )+ )+
        }

        impl Change {
            /// Every change, those of the oldest release first.
            pub const ALL: &'static [Self] = &[$( $(Self::$name),+ ),+];

            /// The change's name.
            pub const fn name(self) -> &'static str {
                match self { $( $(Self::$name => stringify!($name),)+ )+ }
            }

            /// What changed, in a sentence or two of Markdown, on one line.
            pub fn summary(self) -> &'static str {
                match self { $( $(Self::$name => concat!($($doc),+).trim(),)+ )+ }
            }

            /// The first release with the change.
            pub const fn since(self) -> Release {
                match self { $( $(Self::$name)|+ => Release::$release, )+ }
            }

            /// The number of Feast's pull request that made the change, if its history names one.
            pub const fn pull_request(self) -> Option<u32> {
                match self { $( $(Self::$name => changes!(@number $($pull_request)?),)+ )+ }
            }
        }
    };
    (@number) => { None };
    (@number $number:literal) => { Some($number) };
}

changes! {
    V0_62 {
        /// An init container runs `feast apply`, unless `services.runFeastApplyOnInit` is false.
        FeastApplyOnInit = 6106,
        /// The condition of a FeatureStore that is not available says which container fails and why.
        PodFailures = 6106,
        /// Init containers mount all that servers mount. Before, it was the offline store's claim
        /// and the room for files.
        InitContainerMounts,
        /// The cluster's bundle of trusted certificates is mounted as `odh-ca-bundle.crt` too.
        OdhCaBundle = 6089,
        /// An online server with metrics has a ServiceMonitor.
        ServiceMonitors = 6126,
        /// Servers need only OIDC's discovery URL, which may come from the issuer in the spec or in
        /// the operator's environment, and review tokens; clients are told no credentials. Before,
        /// both needed five properties from the Secret.
        OidcDiscovery = 6089,
        /// A FeatureStore may use the registry of one whose project has another name.
        RegistryOfOtherProjects,
    }
    V0_63 {
        /// Everything is labelled as managed by the operator; volume claims, and what all
        /// FeatureStores share, are labelled at all.
        ManagedByLabel = 6242,
        /// OIDC has a ClusterRole of its own, which reviews tokens and nothing else, and a
        /// condition. The binding of the other mode of authorization is deleted.
        OidcClusterRole = 6240,
    }
    V0_64 {
        /// There is an info metric for each FeatureStore.
        InfoMetric = 6354,
        /// The port of the registry's gRPC Service says that it speaks gRPC.
        GrpcAppProtocol = 6367,
    }
    V0_65 {
        /// A batch engine with jobs in pods has its permissions and an account for its drivers.
        BatchEngineAccess = 6597,
    }
    V0_66 {
        /// Without `authz` requests are authorized by Kubernetes. Before, they were not at all.
        KubernetesAuthorizationByDefault,
        /// An error with a Role or a RoleBinding of authorization says which one it was to make.
        NamedAuthorizationErrors,
        /// The CronJob has a ServiceAccount of its own and runs as no root. Before, it had the
        /// servers'.
        CronJobAccount,
        /// Servers may no longer create `subjectaccessreviews`, which they never did.
        NoSubjectAccessReviews,
        /// The ClusterRole of Kubernetes authorization is labelled as shared. Before, with the name of
        /// the FeatureStore that was reconciled last.
        SharedClusterRoleLabels,
        /// MLflow servers of the cluster are found and used.
        MlflowDiscovery = 6611,
        /// Lineage consumers of the cluster are listed in a ConfigMap that everybody may read.
        LineageDiscovery,
        /// An annotation keeps a FeatureStore out of discovery and tells its servers.
        ProtectedProjects,
        /// Servers check the audience and the issuer of OIDC tokens that the Secret names.
        OidcClaims = 6677,
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_is_one_line() {
        for change in Change::ALL {
            let words: Vec<_> = change.summary().split_whitespace().collect();
            assert_eq!(change.summary(), words.join(" "), "{change}");
        }
    }

    #[test]
    fn changes_are_in_the_order_of_their_releases() {
        assert!(Change::ALL.is_sorted_by_key(|change| change.since()));
    }
}
