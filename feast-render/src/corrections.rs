//! Corrections of the reference operator, each by its name.
//!
//! [`Corrections::NONE`] is the reference to the letter, for
//! somebody who replaces the Go operator on a running cluster must not have pods restarted, host
//! names changed or objects renamed by the replacement itself. A new operator should take
//! [`Corrections::ALL`], a replacement can start with [`Corrections::without_restarts`].

use std::fmt;
use std::str::FromStr;

macro_rules! corrections {
    ($( $(#[doc = $doc:literal])+ $name:ident = $restarts:literal, )+) => {
        /// One correction.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Correction {
            $( $(#[doc = $doc])+ $name, )+
        }

        impl Correction {
            /// Every correction, in the order of their declaration.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The correction's name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)+ }
            }

            /// What it corrects.
            pub fn summary(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc, "\n"),+).trim(),)+ }
            }

            /// Whether switching this on changes the pods of a running FeatureStore, and so
            /// restarts them: a pod template, or a document that pods read.
            pub const fn restarts_pods(self) -> bool {
                match self { $(Self::$name => $restarts,)+ }
            }
        }
    };
}

corrections! {
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
    /// The batch driver's ServiceAccount goes with the engine even if it has a name of its own, and
    /// when the engine names another one; and one that somebody else made is left alone instead of being taken over (and deleted
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
    /// What all FeatureStores share is in the namespace that the operator runs in, on Kubernetes as
    /// on OpenShift. The reference writes it to `feast-operator-system` wherever it runs, which may
    /// not exist or be somebody else's.
    DiscoveryNamespace = false,
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

impl fmt::Display for Correction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of corrections.
///
/// ```
/// use feast_render::{Correction, Corrections};
///
/// let some = Corrections::NONE.with(Correction::YamlFloats);
/// assert!(some.contains(Correction::YamlFloats));
/// assert_eq!(Corrections::ALL.iter().count(), Correction::ALL.len());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Corrections(u32);

const _: () = assert!(Correction::ALL.len() < 32, "the set is a word of bits");

impl Corrections {
    /// The reference to the letter.
    pub const NONE: Self = Self(0);

    /// Every correction: what a new operator should take.
    pub const ALL: Self = Self((1 << Correction::ALL.len()) - 1);

    /// The corrections that leave running pods alone.
    #[must_use]
    pub fn without_restarts() -> Self {
        let kept = |correction: &Correction| !correction.restarts_pods();
        Correction::ALL.iter().copied().filter(kept).collect()
    }

    /// This set and one more.
    #[must_use]
    pub const fn with(self, correction: Correction) -> Self {
        Self(self.0 | Self::bit(correction))
    }

    /// This set without one.
    #[must_use]
    pub const fn without(self, correction: Correction) -> Self {
        Self(self.0 & !Self::bit(correction))
    }

    /// Whether the set has this correction.
    pub const fn contains(self, correction: Correction) -> bool {
        self.0 & Self::bit(correction) != 0
    }

    /// The corrections of the set, in the order of their declaration.
    pub fn iter(self) -> impl Iterator<Item = Correction> {
        let chosen = move |correction: &Correction| self.contains(*correction);
        Correction::ALL.iter().copied().filter(chosen)
    }

    const fn bit(correction: Correction) -> u32 {
        1 << correction as u32
    }
}

impl FromIterator<Correction> for Corrections {
    fn from_iter<I: IntoIterator<Item = Correction>>(corrections: I) -> Self {
        corrections.into_iter().fold(Self::NONE, Self::with)
    }
}

impl fmt::Debug for Corrections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// A choice of corrections, as programs offer it.
///
/// ```
/// use feast_render::{CorrectionSet, Corrections};
///
/// let set: CorrectionSet = "without-restarts".parse()?;
/// assert_eq!(set.corrections(), Corrections::without_restarts());
/// # Ok::<(), feast_render::UnknownCorrectionSet>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
#[non_exhaustive]
pub enum CorrectionSet {
    /// The operator to the letter.
    None,
    /// What restarts no pod of a running deployment.
    WithoutRestarts,
    /// Everything.
    All,
}

impl CorrectionSet {
    /// Every choice.
    pub const ALL: &'static [Self] = &[Self::None, Self::WithoutRestarts, Self::All];

    /// The choice's name, such as `without-restarts`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::WithoutRestarts => "without-restarts",
            Self::All => "all",
        }
    }

    /// What is chosen.
    pub fn corrections(self) -> Corrections {
        match self {
            Self::None => Corrections::NONE,
            Self::WithoutRestarts => Corrections::without_restarts(),
            Self::All => Corrections::ALL,
        }
    }
}

impl fmt::Display for CorrectionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text names no choice of corrections.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no choice of corrections: those are none, without-restarts and all")]
pub struct UnknownCorrectionSet(String);

impl FromStr for CorrectionSet {
    type Err = UnknownCorrectionSet;

    fn from_str(text: &str) -> Result<Self, UnknownCorrectionSet> {
        let found = Self::ALL.iter().find(|set| set.name() == text);
        found
            .copied()
            .ok_or_else(|| UnknownCorrectionSet(text.to_owned()))
    }
}

#[cfg(test)]
mod tests;
