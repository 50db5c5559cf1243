//! Selection of FeatureStores by label.

use apimachinery::labels::Selector;

/// Selects FeatureStores by label.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Selection {
    /// Select FeatureStores by label, as in kubectl: 'team=ml,tier!=dev', 'team in (ml,risk)', 'team',
    /// '!team'. References to others still resolve
    #[arg(
        short = 'l',
        long = "selector",
        value_name = "SELECTOR",
        default_value_t,
        hide_default_value = true
    )]
    pub(crate) selector: Selector,
}
