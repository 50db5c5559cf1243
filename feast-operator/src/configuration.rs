//! What an operator is to do.

use std::sync::LazyLock;

use apimachinery::labels::Selector;
use feast_render::{OperatorSettings, Platform};

use crate::backoff::Delays;
use crate::pace::Rate;

/// What an operator is to do. The default looks after all FeatureStores as the reference does.
///
/// ```
/// use feast_operator::configuration::Configuration;
/// use feast_render::OperatorSettings;
///
/// let configuration = Configuration {
///     namespaces: vec!["ml".to_owned()],
///     rendering: OperatorSettings::hardened(),
///     ..Configuration::default()
/// };
/// assert_eq!(configuration.scopes(), [Some("ml".to_owned())]);
/// ```
#[derive(Clone, Debug)]
pub struct Configuration {
    /// Namespaces to look after, all of them if none is given.
    pub namespaces: Vec<String>,
    /// Labels of the FeatureStores to look after; all of them if there are no requirements.
    pub selector: Selector,
    /// What is made of a FeatureStore. Which platform it is says the cluster.
    pub rendering: OperatorSettings,
    /// Passes over FeatureStores at the same time.
    pub concurrency: u16,
    /// Whether FeatureStores get the [finalizer](crate::finalizer) that has them taken out of what
    /// several share. Otherwise it is removed where it is set, and cleaning up is left to others.
    pub finalizers: bool,
    /// Whether claims that FeatureStores create stay when these go, or no longer call for them; an
    /// [annotation](crate::KEEP_CLAIMS) says so for one of them.
    pub keep_claims: bool,
    /// How many requests it makes of the API server; as many as it takes if `None`. Those that keep its
    /// [Lease](crate::leader) do not count.
    pub rate: Option<Rate>,
    /// When a pass that failed is made again.
    pub delays: Delays,
    /// Name of the operator among others.
    pub identity: String,
}

impl Default for Configuration {
    fn default() -> Self {
        /// One that no other process has, be it in a container where every process is the first.
        static IDENTITY: LazyLock<String> =
            LazyLock::new(|| format!("{}-{:016x}", crate::MANAGER, fastrand::u64(..)));
        Self {
            namespaces: Vec::new(),
            selector: Selector::default(),
            rendering: OperatorSettings::reference(),
            concurrency: 16,
            finalizers: true,
            keep_claims: false,
            rate: None,
            delays: Delays::default(),
            identity: IDENTITY.clone(),
        }
    }
}

impl Configuration {
    /// The parts of the cluster to watch: namespaces, or `None` for all of it.
    pub fn scopes(&self) -> Vec<Option<String>> {
        let named = self.namespaces.iter();
        let mut named: Vec<_> = named.filter(|name| !name.is_empty()).collect();
        named.sort();
        named.dedup();
        if named.is_empty() {
            return vec![None];
        }
        named.into_iter().cloned().map(Some).collect()
    }

    /// Whether others look after some of the FeatureStores in its namespaces.
    pub fn is_sharded(&self) -> bool {
        !self.selector.is_everything()
    }

    /// What rendering is told on this platform.
    pub fn operator(&self, platform: Platform) -> OperatorSettings {
        OperatorSettings {
            platform,
            ..self.rendering.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_namespaces_unless_some_are_named() {
        let named = |names: &[&str]| Configuration {
            namespaces: names.iter().map(|name| (*name).to_owned()).collect(),
            ..Configuration::default()
        };
        assert_eq!(named(&[]).scopes(), [None]);
        assert_eq!(named(&[""]).scopes(), [None]);
        let scopes = named(&["b", "a", "a"]).scopes();
        assert_eq!(scopes, [Some("a".into()), Some("b".into())]);
    }
}
