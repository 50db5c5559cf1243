//! Corrections of the reference operator, each by its name.
//!
//! [`Deviations::NONE`], the default, is the reference to the letter. It is the default because
//! somebody who replaces the Go operator on a running cluster must not have pods restarted, host
//! names changed or objects renamed by the replacement itself. A new operator should take
//! [`Deviations::ALL`], a replacement can start with [`Deviations::without_restarts`].

use std::fmt;

macro_rules! deviations {
    ($( $(#[doc = $doc:literal])+ $name:ident = $restarts:literal, )+) => {
        /// One correction.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Deviation {
            $( $(#[doc = $doc])+ $name, )+
        }

        impl Deviation {
            /// Every correction, in the order of their declaration.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The correction's name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)+ }
            }

            /// Whether switching this on changes the pods of a running FeatureStore, and so
            /// restarts them: a pod template, or a document that pods read.
            pub const fn restarts_pods(self) -> bool {
                match self { $(Self::$name => $restarts,)+ }
            }
        }
    };
}

deviations! {
    /// Words of the init script that come from the specification (git URL, ref, configuration,
    /// project name, paths) are quoted for the shell. The reference pastes them in, so that
    /// `user.name=a b` breaks the command and `;` runs anything.
    QuotedInitScripts = true,
    /// Init scripts stop at the first command that fails. The reference goes on, and a failed
    /// clone ends as a success.
    FailingInitScripts = true,
    /// The Service of the registry's REST API goes when `registry.local` does. The reference
    /// leaves it.
    LeftoverRegistryRestService = false,
    /// The batch driver's ServiceAccount goes with the engine even if it has a name of its own,
    /// and one that somebody else made is left alone instead of being taken over (and deleted
    /// with the FeatureStore).
    ForeignServiceAccounts = false,
    /// ClusterRoleBindings carry the namespace in their name. The reference gives FeatureStores of
    /// one name in two namespaces the same binding, and they take it from each other.
    NamespacedClusterBindings = false,
    /// Deleting a FeatureStore deletes its ClusterRoleBindings, which have no owner. The reference
    /// leaves them.
    LeftoverClusterBindings = false,
    /// A FeatureStore that turns into a protected project or switches its lineage consumer off
    /// leaves the cluster-wide discovery ConfigMaps. The reference keeps its entry.
    LeftoverDiscovery = false,
    /// What all FeatureStores share in cluster-wide discovery is labelled as managed, with no
    /// FeatureStore's name, and a lineage consumer that is advertised stays so while it is there.
    /// The reference writes both anew for whichever FeatureStore it reconciles, so that they take
    /// them from each other, and makes a ConfigMap without consumers that has no label.
    SharedDiscovery = false,
    /// Annotations that are no longer called for are removed: serving certificates of Services
    /// without TLS, and those of a CronJob whose specification has none any more.
    StaleAnnotations = false,
    /// `status.serviceHostnames.registry` and the documents name a registry only if a Service
    /// answers there. The reference names the gRPC Service even with gRPC off.
    RegistryHostname = false,
    /// With a remote registry, the status has the host names of the UI and the lineage server too.
    RemoteRegistryHostnames = false,
    /// The lineage server reaches a local registry through its Service's port, with its TLS and
    /// with authorization. The reference names the container's port, which the Service lacks.
    LineageRegistryAddress = true,
    /// The lineage server's TLS settings are honoured by its container, Service and producers. The
    /// reference announces https for a server that speaks http.
    LineageTls = true,
    /// The lineage server's pod has the ServiceAccount, environment sources, volume mounts, pull
    /// policy, log level, node selector and security context of the specification.
    LineagePod = true,
    /// A lineage server needs a registry only; it is not refused for what `authz` says.
    LineageWithoutAuthz = false,
    /// A lineage server that could not start is refused: its consumer disabled, or without a
    /// connection string.
    LineageServerRefused = false,
    /// An image variable of the operator's environment that is set to nothing counts as not set.
    /// The reference makes containers without an image.
    EmptyImageVariables = true,
    /// The client document always has a registry, as the SDK demands. The reference leaves it out
    /// when there is no registry server.
    ClientRegistry = false,
    /// Numbers are written so that YAML 1.1 readers see numbers: `1.0e-07`, and `1.0` stays a
    /// fraction.
    YamlFloats = true,
    /// Client credentials in OIDC Secrets are strings, as the SDK demands, also if they look like
    /// numbers.
    OidcStrings = true,
    /// The other store's type key in a store Secret is dropped, and cache settings given as text
    /// are read instead of being dropped.
    StoreParameters = true,
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of corrections.
///
/// ```
/// use feast_render::{Deviation, Deviations};
///
/// let some = Deviations::NONE.with(Deviation::YamlFloats);
/// assert!(some.contains(Deviation::YamlFloats));
/// assert_eq!(Deviations::ALL.iter().count(), Deviation::ALL.len());
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Deviations(u32);

const _: () = assert!(Deviation::ALL.len() < 32, "the set is a word of bits");

impl Deviations {
    /// The reference to the letter.
    pub const NONE: Self = Self(0);

    /// Every correction: what a new operator should take.
    pub const ALL: Self = Self((1 << Deviation::ALL.len()) - 1);

    /// The corrections that leave running pods alone.
    #[must_use]
    pub fn without_restarts() -> Self {
        let kept = |deviation: &Deviation| !deviation.restarts_pods();
        Deviation::ALL.iter().copied().filter(kept).collect()
    }

    /// This set and one more.
    #[must_use]
    pub const fn with(self, deviation: Deviation) -> Self {
        Self(self.0 | Self::bit(deviation))
    }

    /// This set without one.
    #[must_use]
    pub const fn without(self, deviation: Deviation) -> Self {
        Self(self.0 & !Self::bit(deviation))
    }

    /// Whether the set has this correction.
    pub const fn contains(self, deviation: Deviation) -> bool {
        self.0 & Self::bit(deviation) != 0
    }

    /// The corrections of the set, in the order of their declaration.
    pub fn iter(self) -> impl Iterator<Item = Deviation> {
        let chosen = move |deviation: &Deviation| self.contains(*deviation);
        Deviation::ALL.iter().copied().filter(chosen)
    }

    const fn bit(deviation: Deviation) -> u32 {
        1 << deviation as u32
    }
}

impl FromIterator<Deviation> for Deviations {
    fn from_iter<I: IntoIterator<Item = Deviation>>(deviations: I) -> Self {
        deviations.into_iter().fold(Self::NONE, Self::with)
    }
}

impl fmt::Debug for Deviations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests;
