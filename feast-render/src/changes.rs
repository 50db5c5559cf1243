//! Named changes between releases of Feast's operator.
//!
//! Rendering code checks for a change, never for a release. Fields that a release added are in
//! [`known`](crate::known).

use std::fmt;

use feast_api::Release;

macro_rules! changes {
    ($( $release:ident { $( $(#[doc = $doc:literal])+ $name:ident $(= $pull_request:literal)?, )+ } )+) => {
        /// A difference between a release of Feast's operator and the one before it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Change {
            $( $( $(#[doc = $doc])+ $name, )+ )+
        }

        impl Change {
            /// All changes, oldest release first.
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
        /// The condition of an unavailable FeatureStore names the failing container and the reason.
        PodFailures = 6106,
        /// Init containers mount all volumes of the servers. Before, they mounted only the offline store's
        /// claim and the volume for files.
        InitContainerMounts,
        /// The cluster's trusted CA bundle is also mounted as `odh-ca-bundle.crt`.
        OdhCaBundle = 6089,
        /// An online server with metrics gets a ServiceMonitor.
        ServiceMonitors = 6126,
        /// For OIDC, servers need only permission to review tokens and the discovery URL, from the
        /// issuer in the spec or in the operator's environment; client configurations have no
        /// credentials. Before, both needed five properties from the Secret.
        OidcDiscovery = 6089,
        /// A FeatureStore may use the registry of a FeatureStore with another project.
        RegistryOfOtherProjects,
    }
    V0_63 {
        /// All objects are labelled as managed by the operator. Before, volume claims and shared objects had
        /// no labels.
        ManagedByLabel = 6242,
        /// OIDC has its own ClusterRole, which only allows reviewing tokens, and a condition. The binding of
        /// the other authorization mode is deleted.
        OidcClusterRole = 6240,
    }
    V0_64 {
        /// The operator exports an info metric for each FeatureStore.
        InfoMetric = 6354,
        /// The port of the registry's gRPC Service has `appProtocol: grpc`.
        GrpcAppProtocol = 6367,
    }
    V0_65 {
        /// A batch engine that runs jobs in pods gets permissions, and a ServiceAccount for its drivers.
        BatchEngineAccess = 6597,
    }
    V0_66 {
        /// Without `authz`, requests need Kubernetes authorization. Before, they needed none.
        KubernetesAuthorizationByDefault,
        /// Errors about a Role or RoleBinding for authorization name the object.
        NamedAuthorizationErrors,
        /// The CronJob has its own ServiceAccount and does not run as root. Before, it used the servers'
        /// ServiceAccount.
        CronJobAccount,
        /// Servers lose the right to create `subjectaccessreviews`, which they never used.
        NoSubjectAccessReviews,
        /// The ClusterRole of Kubernetes authorization is labelled as shared. Before, it had the name of the
        /// FeatureStore reconciled last.
        SharedClusterRoleLabels,
        /// MLflow servers in the cluster are discovered and used.
        MlflowDiscovery = 6611,
        /// A ConfigMap that everyone may read lists the cluster's lineage consumers.
        LineageDiscovery,
        /// An annotation hides a FeatureStore from discovery, and its servers are told so.
        ProtectedProjects,
        /// Servers verify audience and issuer of OIDC tokens as set in the Secret.
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
