//! Which FeatureStores a command is about.

use apimachinery::labels::Selector;

/// Which FeatureStores of the files are meant.
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
