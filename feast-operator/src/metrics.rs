//! Metrics for Prometheus.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use feast_api::v1::{ConditionStatus, FeatureStoreStatus};
use feast_render::{ConditionType, Metric, ObjectRef};
use jiff::Timestamp;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use crate::meter::{Meter, Outcome};

/// The condition of the FeatureStore as a whole.
const READY: &str = ConditionType::FeatureStore.as_str();

/// Metrics for Prometheus.
pub struct Metrics {
    registry: Registry,
    passes: Family<[(&'static str, &'static str); 1], Counter>,
    durations: Histogram,
    active: Gauge,
    writes: Family<[(&'static str, &'static str); 1], Counter>,
    reviews: Family<[(&'static str, bool); 1], Counter>,
    certificate: Gauge,
    leading: Gauge,
    errors: Family<[(&'static str, &'static str); 1], Counter>,
    interruptions: Family<[(&'static str, String); 1], Counter>,
    heard: Family<[(&'static str, String); 1], Gauge>,
    waiting: Gauge,
    succeeded: Family<Labels, Gauge>,
    ready: Family<Labels, Gauge>,
    phases: Family<Labels, Gauge>,
    stores: Family<Labels, Gauge>,
    told: Mutex<HashMap<ObjectRef, Told>>,
}

/// Labels of a FeatureStore.
type Labels = Vec<(&'static str, String)>;

/// Current labels of a FeatureStore's metrics.
#[derive(Debug, Default)]
struct Told {
    stores: Option<Labels>,
    phase: Option<Labels>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::default();
        let durations = Histogram::new(exponential_buckets(0.001, 4.0, 9));
        registry.register(
            "feast_operator_reconcile_duration_seconds",
            "Duration of passes",
            durations.clone(),
        );
        let it = &mut registry;
        Self {
            durations,
            passes: register(
                it,
                "feast_operator_reconciles",
                "Passes over a FeatureStore, by outcome",
            ),
            active: register(it, "feast_operator_reconciles_active", "Running passes"),
            writes: register(
                it,
                "feast_operator_writes",
                "Requests that changed the cluster, by verb",
            ),
            reviews: register(
                it,
                "feast_operator_reviews",
                "Responses of the webhook, by whether the request was allowed",
            ),
            certificate: register(
                it,
                "feast_operator_webhook_certificate_expiry_timestamp_seconds",
                "Expiry time of the webhook's certificate; 0 without a webhook",
            ),
            leading: register(
                it,
                "feast_operator_leading",
                "Whether this replica is the leader",
            ),
            errors: register(it, "feast_operator_errors", "Failed passes, by reason"),
            interruptions: register(
                it,
                "feast_operator_watch_interruptions",
                "Watches that were interrupted or rejected, by kind",
            ),
            heard: register(
                it,
                "feast_operator_watch_heard_timestamp_seconds",
                "When a watch last received data",
            ),
            waiting: register(
                it,
                "feast_operator_queue_depth",
                "FeatureStores that wait for a pass",
            ),
            succeeded: register(
                it,
                "feast_operator_feature_store_success_timestamp_seconds",
                "Time of the last successful pass over a FeatureStore",
            ),
            ready: register(
                it,
                "feast_operator_feature_store_ready",
                "Whether a FeatureStore is ready",
            ),
            phases: register(
                it,
                "feast_operator_feature_store_phase",
                "Phase of a FeatureStore",
            ),
            stores: register(it, Metric::NAME, "Types of a FeatureStore's stores"),
            told: Mutex::default(),
            registry,
        }
    }
}

/// Registers a metric.
fn register<M>(registry: &mut Registry, name: &str, help: &str) -> M
where
    M: prometheus_client::registry::Metric + Clone + Default,
{
    let metric = M::default();
    registry.register(name, help, metric.clone());
    metric
}

impl Metrics {
    /// The metrics in `OpenMetrics` format.
    ///
    /// # Errors
    ///
    /// The metrics cannot be formatted.
    pub fn encode(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

impl Meter for Metrics {
    fn begin(&self) {
        self.active.inc();
    }

    fn end(&self, outcome: Outcome, duration: Duration) {
        self.active.dec();
        let outcome = ("outcome", outcome.as_str());
        self.passes.get_or_create(&[outcome]).inc();
        self.durations.observe(duration.as_secs_f64());
    }

    fn succeeded(&self, key: &ObjectRef) {
        let succeeded = self.succeeded.get_or_create(&named(key));
        succeeded.set(Timestamp::now().as_second());
    }

    fn waiting(&self, count: usize) {
        self.waiting.set(i64::try_from(count).unwrap_or(i64::MAX));
    }

    fn write(&self, verb: &'static str) {
        self.writes.get_or_create(&[("verb", verb)]).inc();
    }

    fn review(&self, allowed: bool) {
        self.reviews.get_or_create(&[("allowed", allowed)]).inc();
    }

    fn certificate(&self, end: Timestamp) {
        self.certificate.set(end.as_second());
    }

    fn leads(&self, leads: bool) {
        self.leading.set(leads.into());
    }

    fn error(&self, reason: &'static str) {
        self.errors.get_or_create(&[("reason", reason)]).inc();
    }

    fn interruption(&self, kind: &str) {
        let kind = ("kind", kind.to_owned());
        self.interruptions.get_or_create(&[kind]).inc();
    }

    fn heard(&self, path: &str) {
        let watch = self.heard.get_or_create(&[("path", path.to_owned())]);
        watch.set(Timestamp::now().as_second());
    }

    fn store(&self, key: &ObjectRef, metric: &Metric) {
        let labels = metric
            .labels()
            .map(|(name, value)| (name, value.to_owned()))
            .to_vec();
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let told = told.entry(key.clone()).or_default();
        exchange(&self.stores, &mut told.stores, labels);
    }

    fn status(&self, key: &ObjectRef, status: &FeatureStoreStatus) {
        let conditions = status.conditions.iter().flatten();
        let is_ready = conditions
            .into_iter()
            .any(|one| one.type_ == READY && one.status == ConditionStatus::True);
        self.ready.get_or_create(&named(key)).set(is_ready.into());
        let mut labels = named(key);
        labels.push(("phase", status.phase.clone().unwrap_or_default()));
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let told = told.entry(key.clone()).or_default();
        exchange(&self.phases, &mut told.phase, labels);
    }

    fn forget(&self, key: &ObjectRef) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(told) = told.remove(key) {
            self.ready.remove(&named(key));
            self.succeeded.remove(&named(key));
            told.stores.map(|labels| self.stores.remove(&labels));
            told.phase.map(|labels| self.phases.remove(&labels));
        }
    }
}

/// Exports a FeatureStore with these labels instead of its previous ones.
fn exchange(family: &Family<Labels, Gauge>, told: &mut Option<Labels>, labels: Labels) {
    if let Some(before) = told.take().filter(|before| *before != labels) {
        family.remove(&before);
    }
    family.get_or_create(&labels).set(1);
    *told = Some(labels);
}

fn named(key: &ObjectRef) -> Labels {
    let namespace = key.namespace.clone().unwrap_or_default();
    vec![("namespace", namespace), ("name", key.name.clone())]
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use feast_api::Admitted;
    use feast_api::v1::{FeatureStore, FeatureStoreSpec};
    use feast_render::{Answer, OperatorSettings, Rendered, Time, render, resolve};

    #[test]
    fn a_feature_store_is_exported_until_it_is_deleted() {
        let key = ObjectRef::new::<FeatureStore>(Some("ml"), "a");
        let metrics = Metrics::default();
        metrics.store(&key, &rendered().metric.unwrap());
        let line = "feast_operator_feature_store_info{namespace=\"ml\",name=\"a\",\
            online_store_type=\"file\",offline_store_type=\"none\",registry_type=\"none\"} 1";
        assert!(
            metrics.encode().unwrap().contains(line),
            "{}",
            metrics.encode().unwrap()
        );
        metrics.forget(&key);
        assert!(!metrics.encode().unwrap().contains(line));
    }

    #[test]
    fn passes_are_counted() {
        let metrics = Metrics::default();
        metrics.begin();
        metrics.end(Outcome::Refused, Duration::from_millis(3));
        let text = metrics.encode().unwrap();
        assert!(
            text.contains("feast_operator_reconciles_total{outcome=\"refused\"} 1"),
            "{text}"
        );
        assert!(
            text.contains("feast_operator_reconciles_active 0"),
            "{text}"
        );
    }

    /// The guide documents exactly the exported metrics.
    #[test]
    fn the_guide_documents_all_metrics() {
        let guide = include_str!("../../docs/operator.md");
        let rows = guide.lines().filter_map(|line| line.strip_prefix("| `"));
        let names = rows.filter_map(|row| row.split(['{', '`']).next());
        let told: BTreeSet<_> = names.filter(|name| name.starts_with("feast_")).collect();
        let text = all_told().encode().unwrap();
        let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
        let types = types.filter_map(|line| line.split_once(' '));
        let exposed = types.map(|(name, kind)| match kind {
            "counter" => format!("{name}_total"),
            _ => name.to_owned(),
        });
        let exposed: BTreeSet<_> = exposed.collect();
        assert_eq!(told, exposed.iter().map(String::as_str).collect());
    }

    /// Metrics that all have a value; others are not written.
    fn all_told() -> Metrics {
        let metrics = Metrics::default();
        let key = ObjectRef::new::<FeatureStore>(Some("ml"), "a");
        metrics.begin();
        metrics.end(Outcome::Success, Duration::ZERO);
        metrics.succeeded(&key);
        metrics.waiting(0);
        metrics.write("apply");
        metrics.review(true);
        metrics.certificate(Timestamp::UNIX_EPOCH);
        metrics.leads(true);
        metrics.error("conflict");
        metrics.interruption("Secret");
        metrics.heard("/api/v1/secrets");
        metrics.status(&key, &FeatureStoreStatus::default());
        metrics.store(&key, &rendered().metric.unwrap());
        metrics
    }

    fn rendered() -> Rendered {
        let mut store = FeatureStore::new("a", FeatureStoreSpec::default());
        store.metadata.namespace = Some("ml".into());
        let store = Admitted::assume(store).unwrap();
        let (settings, now) = (OperatorSettings::reference(), Time(Timestamp::UNIX_EPOCH));
        let inputs = resolve(store, &settings, &now, |_| Answer::Absent).unwrap();
        render(&inputs).unwrap()
    }
}
