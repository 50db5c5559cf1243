//! What a FeatureStore has in the ConfigMaps in which all are found.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::changes::Change;
use crate::corrections::Correction;
use crate::names::{Names, types};
use crate::settings::OperatorSettings;

/// What a FeatureStore has in the ConfigMaps that all share: its entries, or that it is to have none.
///
/// It does not depend on who else is listed; a [`Directory`](crate::Directory) puts both together.
#[derive(Clone, Debug, PartialEq)]
pub struct Listing {
    pub(crate) namespace: String,
    pub(crate) name: String,
    /// Where the ConfigMaps are.
    pub(crate) shared: String,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) client: Client,
    pub(crate) consumer: Wish,
    /// Whether the consumer that is advertised stays so when another one comes.
    pub(crate) keeps_advertised: bool,
}

/// What becomes of the client ConfigMap's entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Client {
    Leave,
    Out,
    In,
}

/// What becomes of the consumer's entry.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Wish {
    Leave,
    Out,
    /// There is no consumer, but there shall be a ConfigMap.
    Place,
    In(Consumer),
}

/// Where events are taken.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Consumer {
    pub(crate) url: String,
    pub(crate) endpoint: String,
    pub(crate) tls: bool,
}

impl Listing {
    /// That a FeatureStore which goes has nothing there; `None` where nothing is shared.
    pub fn leaving(settings: &OperatorSettings, namespace: &str, name: &str) -> Option<Self> {
        let mut listing = Self::unchanged(settings, namespace, name)?;
        listing.client = Client::Out;
        let corrects = settings.corrections.contains(Correction::LeftoverDiscovery);
        if corrects || settings.release.has(Change::LineageDiscovery) {
            listing.consumer = Wish::Out;
        }
        Some(listing)
    }

    /// That a FeatureStore has what it has.
    pub(crate) fn unchanged(
        settings: &OperatorSettings,
        namespace: &str,
        name: &str,
    ) -> Option<Self> {
        Some(Self {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            shared: settings.discovery_namespace()?.to_owned(),
            labels: BTreeMap::new(),
            client: Client::Leave,
            consumer: Wish::Leave,
            keeps_advertised: settings.corrections.contains(Correction::SharedDiscovery),
        })
    }

    /// Whether it has an entry, which somebody has to take out when the FeatureStore goes.
    pub fn is_entered(&self) -> bool {
        self.client == Client::In || matches!(self.consumer, Wish::In(_) | Wish::Place)
    }

    /// Whether it has none, and is to have none.
    pub fn is_leaving(&self) -> bool {
        self.client == Client::Out
    }

    /// Name of the client ConfigMap.
    pub(super) fn client(&self) -> String {
        Names::of(&self.name).of_type(types::CLIENT)
    }

    /// Key of the consumer.
    pub(super) fn consumer(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }
}
