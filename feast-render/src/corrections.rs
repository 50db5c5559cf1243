//! Named fixes for bugs of the reference, Feast's own operator.
//!
//! [`Corrections::NONE`] renders exactly as the reference does, so that replacing the Go operator
//! on a running cluster restarts no pods and changes no host names or object names. New deployments
//! should use [`Corrections::ALL`]; a replacement can then go to [`Corrections::without_restarts`].

use std::fmt;
use std::str::FromStr;

macro_rules! corrections {
    ($( $(#[doc = $doc:literal])+ $name:ident = $restarts:literal, )+) => {
        /// A fix for a bug of the reference operator.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Correction {
            $( $(#[doc = $doc])+ $name, )+
        }

        impl Correction {
            /// All corrections, in order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The correction's name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)+ }
            }

            /// The bug and its fix.
            pub fn summary(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc, "\n"),+).trim(),)+ }
            }

            /// Whether enabling this restarts pods of a running FeatureStore, because it changes a
            /// pod template or a document that pods read.
            pub const fn restarts_pods(self) -> bool {
                match self { $(Self::$name => $restarts,)+ }
            }
        }
    };
}

corrections! {
    /// Values of the specification (git URL, ref, configuration, project name, paths) are quoted in
    /// the init script. The reference does not quote them: `user.name=a b` breaks the command, and
    /// `;` runs any command.
    QuotedInitScripts = true,
    /// Init scripts stop at the first failing command. The reference continues, and a failed clone
    /// counts as success.
    FailingInitScripts = true,
    /// The Service of the registry's REST API is deleted with `registry.local`. The reference keeps
    /// it.
    LeftoverRegistryRestService = false,
    /// The batch driver's ServiceAccount is deleted with the engine, even if it has its own name or
    /// the engine names another one. The reference keeps it. A ServiceAccount with another owner is
    /// left alone; the reference takes it over and deletes it with the FeatureStore.
    ForeignServiceAccounts = false,
    /// Names of ClusterRoleBindings contain the namespace. In the reference, FeatureStores of the same
    /// name in two namespaces overwrite each other's binding.
    NamespacedClusterBindings = false,
    /// Deleting a FeatureStore deletes its ClusterRoleBindings, which have no owner. The reference
    /// keeps them.
    LeftoverClusterBindings = false,
    /// A FeatureStore that becomes a protected project, or disables its lineage consumer, is
    /// removed from the cluster-wide discovery ConfigMaps. The reference keeps its entry.
    LeftoverDiscovery = false,
    /// Shared objects of cluster-wide discovery are labelled as managed, without a FeatureStore's
    /// name, and the advertised lineage consumer remains while it exists. The reference overwrites
    /// both for each FeatureStore it reconciles, and creates a ConfigMap without consumers and
    /// labels.
    SharedDiscovery = false,
    /// Shared objects are in the operator's own namespace, on Kubernetes and OpenShift. The
    /// reference always uses `feast-operator-system`, which may not exist or may belong to another
    /// tenant.
    DiscoveryNamespace = false,
    /// Obsolete annotations are removed: those for serving certificates from Services without TLS,
    /// and those of a CronJob whose specification no longer has any.
    StaleAnnotations = false,
    /// `status.serviceHostnames.registry` and the documents name a registry only if it has a
    /// Service. The reference names the gRPC Service even if gRPC is disabled.
    RegistryHostname = false,
    /// With a remote registry, the status also has the host names of the UI and the lineage server.
    RemoteRegistryHostnames = false,
    /// The lineage server reaches a local registry through its Service's port, with its TLS and
    /// with authorization. The reference names the container's port, which the Service lacks.
    LineageRegistryAddress = true,
    /// The lineage server's container, Service and producers use its TLS settings. The reference
    /// announces https for a server that serves http.
    LineageTls = true,
    /// The lineage server's pod has the ServiceAccount, environment sources, volume mounts, pull
    /// policy, log level, node selector and security context of the specification.
    LineagePod = true,
    /// A lineage server requires a registry only with authorization. The reference always requires one.
    LineageWithoutAuthz = false,
    /// A lineage server that could not start is rejected, because its consumer is disabled or it
    /// has no connection string.
    LineageServerRefused = false,
    /// An empty image variable in the operator's environment counts as unset. The reference creates
    /// containers without an image.
    EmptyImageVariables = true,
    /// The client document always has a registry, which the SDK requires. The reference omits it if
    /// there is no registry server.
    ClientRegistry = false,
    /// Numbers are written so that YAML 1.1 parsers read them as numbers: `1.0e-07`, and `1.0`
    /// stays a float.
    YamlFloats = true,
    /// Client credentials in OIDC Secrets are strings, as the SDK requires, even if they look like
    /// numbers.
    OidcStrings = true,
    /// In a store's Secret, the type key of the other kind of store is dropped, and cache settings
    /// given as strings are read. The reference keeps the former and drops the latter.
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
    /// Exactly as the reference operator.
    pub const NONE: Self = Self(0);

    /// All corrections: recommended for new deployments.
    pub const ALL: Self = Self((1 << Correction::ALL.len()) - 1);

    /// The corrections that restart no pods.
    #[must_use]
    pub fn without_restarts() -> Self {
        let kept = |correction: &Correction| !correction.restarts_pods();
        Correction::ALL.iter().copied().filter(kept).collect()
    }

    /// Adds a correction.
    #[must_use]
    pub const fn with(self, correction: Correction) -> Self {
        Self(self.0 | Self::bit(correction))
    }

    /// Removes a correction.
    #[must_use]
    pub const fn without(self, correction: Correction) -> Self {
        Self(self.0 & !Self::bit(correction))
    }

    /// Whether the set has this correction.
    pub const fn contains(self, correction: Correction) -> bool {
        self.0 & Self::bit(correction) != 0
    }

    /// The corrections of the set, in order of declaration.
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

/// A named set of corrections, for use as a program's option.
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
    /// Exactly as the operator does.
    None,
    /// All fixes that restart no pods.
    WithoutRestarts,
    /// All fixes.
    All,
}

impl CorrectionSet {
    /// All sets.
    pub const ALL: &'static [Self] = &[Self::None, Self::WithoutRestarts, Self::All];

    /// The set's name, such as `without-restarts`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::WithoutRestarts => "without-restarts",
            Self::All => "all",
        }
    }

    /// The corrections of the set.
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

/// The text is not the name of a correction set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown set of corrections {0:?}: use none, without-restarts or all")]
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
