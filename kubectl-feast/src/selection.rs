//! Which FeatureStores a command is about.

use apimachinery::labels::Selector;

/// Which FeatureStores of the files are meant.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Selection {
    /// Take FeatureStores by their labels, as kubectl does: 'team=ml,tier!=dev', 'team in (ml,risk)',
    /// 'team', '!team'. Others are there for those that refer to them
    #[arg(
        short = 'l',
        long = "selector",
        value_name = "SELECTOR",
        default_value_t,
        hide_default_value = true
    )]
    pub(crate) selector: Selector,
}
