//! The operator's configuration.

use std::sync::LazyLock;

use apimachinery::labels::Selector;
use feast_render::{OperatorSettings, Platform};

use crate::backoff::Delays;
use crate::pace::Rate;

/// The operator's configuration. By default it reconciles all FeatureStores, exactly as the
/// reference does.
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
    /// Namespaces to watch; all if empty.
    pub namespaces: Vec<String>,
    /// Selects FeatureStores by their labels; all if it has no requirements.
    pub selector: Selector,
    /// How to render FeatureStores. The platform is discovered from the cluster.
    pub rendering: OperatorSettings,
    /// Number of concurrent passes over FeatureStores.
    pub concurrency: u16,
    /// Whether to set the [finalizer](crate::finalizer), which lets the operator remove a
    /// FeatureStore from shared objects when it is deleted. Otherwise existing finalizers are
    /// removed, and others must clean up.
    pub finalizers: bool,
    /// Whether to keep claims when their FeatureStore is deleted or no longer needs them; an
    /// [annotation](crate::KEEP_CLAIMS) overrides this for one FeatureStore.
    pub keep_claims: bool,
    /// Maximum rate of requests to the API server; `None` for no limit. Requests for the
    /// [Lease](crate::leader) do not count.
    pub rate: Option<Rate>,
    /// Delays before a failed pass is retried.
    pub delays: Delays,
    /// Name that distinguishes this operator from others.
    pub identity: String,
}

impl Default for Configuration {
    fn default() -> Self {
        /// A unique name: in containers, every process may have the same ID.
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
    /// The scopes to watch: namespaces, or `None` for the whole cluster.
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

    /// Whether other operators reconcile some of the FeatureStores in its namespaces.
    pub fn is_sharded(&self) -> bool {
        !self.selector.is_everything()
    }

    /// The rendering settings on this platform.
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
