//! What texts have for each other, collected text by text.

use std::collections::BTreeSet;
use std::fmt;

use feast_api::Admitted;
use feast_api::v1::FeatureStoreStatus;

use super::read::Read;
use super::{Around, Checker, Depth, Place, place, referenced};

/// Collects the objects that texts have for each other, so that not all texts need to be in memory at
/// once.
///
/// ```
/// use feast_check::{Checker, Settings, Text};
/// use feast_render::{OperatorSettings, Time};
///
/// let now = Time("2026-01-01T00:00:00Z".parse()?);
/// let checker = Checker::new(Settings::new(OperatorSettings::reference(), now));
/// let secret = || Text::new("secret.yaml", "
/// apiVersion: v1
/// kind: Secret
/// metadata: {name: db}
/// stringData: {sql: 'path: ${SQL_PATH}'}
/// ");
/// let shop = || Text::new("shop.yaml", "
/// apiVersion: feast.dev/v1
/// kind: FeatureStore
/// metadata: {name: shop}
/// spec:
///   feastProject: shop
///   services:
///     registry: {local: {persistence: {store: {type: sql, secretRef: {name: db}}}}}
/// ");
///
/// let mut gathering = checker.gathering();
/// for text in [shop(), secret()] {
///     // After this the text may be forgotten.
///     gathering.add(&mut checker.read(text));
/// }
/// let around = gathering.finish(&checker, []);
/// let outcomes = checker.finish(checker.read(shop()), &around);
/// assert!(outcomes[0].checked.findings.iter().all(|finding| finding.code != "not-renderable"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Gathering {
    around: Around,
    /// FeatureStores that others refer to.
    wanted: BTreeSet<Place>,
}

impl Checker {
    /// Starts to collect what texts have for each other; [`gather`](Self::gather) does it at once. Lints
    /// compare the FeatureStores of texts with those of the cluster, too.
    pub fn gathering(&self) -> Gathering {
        let mut around = Around::new(&self.settings.namespace);
        if self.settings.reach() == Depth::Lints {
            around.add_known(self.known.values());
        }
        Gathering {
            around,
            wanted: BTreeSet::new(),
        }
    }

    /// The status that a FeatureStore would have.
    fn status(&self, store: &Admitted, around: &Around) -> Option<FeatureStoreStatus> {
        let rendering = self.render(store.clone(), around).ok()?;
        Some(rendering.rendered.ok()?.status)
    }
}

impl Gathering {
    /// Takes the objects that a text has for others. Call it once for each text.
    pub fn add(&mut self, read: &mut Read) {
        let mut part = read.take_part();
        self.wanted.append(&mut part.wanted);
        self.around.add(read.file(), part);
    }

    /// Whether a text has a FeatureStore that an added text refers to. Once all texts are added,
    /// [`finish`](Self::finish) needs all texts that do.
    pub fn wants(&self, stores: &[(String, String)]) -> bool {
        stores.iter().any(|store| self.wanted.contains(store))
    }

    /// The collected objects, with the status of each FeatureStore in `read` that others refer to.
    pub fn finish<'r>(
        mut self,
        checker: &Checker,
        read: impl IntoIterator<Item = &'r Read>,
    ) -> Around {
        let all = read.into_iter().flat_map(Read::referable);
        let mut served: Vec<_> = all
            .filter(|store| self.wanted.contains(&place(store)))
            .collect();
        // Process references first: the referring FeatureStore needs their status.
        served.sort_by_key(|store| referenced(store).next().is_some());
        for store in served {
            let status = store.status.clone();
            let status = status.or_else(|| checker.status(store, &self.around));
            if status.is_some() {
                let store = store.clone().with_status(status);
                self.around.add_feature_store(store);
            }
        }
        self.around
    }
}

/// Shows counts only: the data may be Secrets.
impl fmt::Debug for Gathering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gathering")
            .field("around", &self.around)
            .field("wanted", &self.wanted.len())
            .finish()
    }
}
