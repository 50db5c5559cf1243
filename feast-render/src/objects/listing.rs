//! A FeatureStore's entries in the discovery ConfigMaps.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::changes::Change;
use crate::corrections::Correction;
use crate::names::{Names, types};
use crate::settings::OperatorSettings;

/// A FeatureStore's entries in the shared discovery ConfigMaps, or their removal.
///
/// Independent of other FeatureStores; a [`Directory`](crate::Directory) merges it with their
/// entries.
#[derive(Clone, Debug, PartialEq)]
pub struct Listing {
    pub(crate) namespace: String,
    pub(crate) name: String,
    /// The namespace of the ConfigMaps.
    pub(crate) shared: String,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) client: Client,
    pub(crate) consumer: Wish,
    /// Whether the advertised consumer remains when another one is added.
    pub(crate) keeps_advertised: bool,
}

/// What happens to the client ConfigMap's entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Client {
    Leave,
    Out,
    In,
}

/// What happens to the consumer's entry.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Wish {
    Leave,
    Out,
    /// There is no consumer, but the ConfigMap must exist.
    Place,
    In(Consumer),
}

/// A receiver of events.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Consumer {
    pub(crate) url: String,
    pub(crate) endpoint: String,
    pub(crate) tls: bool,
}

impl Listing {
    /// The removal of a deleted FeatureStore's entries; `None` if nothing is shared.
    pub fn leaving(settings: &OperatorSettings, namespace: &str, name: &str) -> Option<Self> {
        let mut listing = Self::unchanged(settings, namespace, name)?;
        listing.client = Client::Out;
        let corrects = settings.corrections.contains(Correction::LeftoverDiscovery);
        if corrects || settings.release.has(Change::LineageDiscovery) {
            listing.consumer = Wish::Out;
        }
        Some(listing)
    }

    /// Leaves the FeatureStore's entries unchanged.
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

    /// Whether it adds an entry, which must be removed when the FeatureStore is deleted.
    pub fn is_entered(&self) -> bool {
        self.client == Client::In || matches!(self.consumer, Wish::In(_) | Wish::Place)
    }

    /// Whether it removes the entries.
    pub fn is_leaving(&self) -> bool {
        self.client == Client::Out
    }

    /// Name of the client ConfigMap.
    pub(super) fn client(&self) -> String {
        Names::of(&self.name).of_type(types::CLIENT)
    }

    /// Key of the consumer.
    pub(super) fn consumer(&self) -> String {
        [&self.namespace, "/", &self.name].concat()
    }
}
