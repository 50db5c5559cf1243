//! Plays a recorded case: the initial cluster, and its events step by step.

use std::collections::{BTreeMap, BTreeSet};

use crd_admission::Crd;

use feast_api::v1::FeatureStore;
use feast_render::documents::Documents;
use feast_render::{
    Change, Environment, OperatorRelease, OperatorSettings, Platform, REQUEUE, affected,
};
use feast_testing::cluster::{Cluster, Key, Store};
use serde_json::{Map, Value, json};

use super::corpus::{Case, Step};
use crate::reference::{Operator, Pass};

/// The uid of each case's FeatureStore.
const UID: &str = "00000000-0000-0000-0000-000000000001";

/// The objects of a cluster by key.
pub(super) type Objects = BTreeMap<Key, Value>;

/// The state after a step.
pub(super) struct Played {
    pub(super) feature_store: Key,
    pub(super) objects: Objects,
    pub(super) status: Value,
    pub(super) documents: BTreeMap<String, String>,
    pub(super) error: Option<String>,
    pub(super) requeue_after_seconds: Option<u64>,
    pub(super) metric: Value,
    pub(super) requeues: Value,
    pub(super) deleted: BTreeSet<String>,
}

type Reconcile = Box<dyn FnMut(&mut Store, &Key) -> Pass>;

/// The environment of a recording.
#[derive(Clone, Copy)]
pub(super) struct Reference<'a> {
    /// The operator.
    pub(super) release: OperatorRelease,
    /// The CRD of the API server before it.
    pub(super) crd: &'a Crd,
}

/// Plays the steps of a case with an operator on feast-render.
pub(super) struct Player<'a> {
    reference: Reference<'a>,
    cluster: Cluster<Reconcile>,
    key: Key,
    documents: BTreeMap<String, String>,
}

impl<'a> Player<'a> {
    /// The cluster before the first step.
    pub(super) fn new(case: &Case, reference: Reference<'a>) -> Self {
        let operator = operator(case, reference.release);
        let reconcile = move |store: &mut Store, key: &Key| operator.reconcile(store, key);
        let mut cluster = Cluster::new(Box::new(reconcile) as Reconcile);
        begin(&mut cluster.store, case);
        Self {
            reference,
            cluster,
            key: feature_store(case),
            documents: BTreeMap::new(),
        }
    }

    /// Performs a step's events, and reconciles until nothing changes.
    pub(super) fn play(&mut self, step: &Step) -> Played {
        let store = &mut self.cluster.store;
        happen(store, step, &self.key);
        if let Some(given) = &step.feature_store {
            store.put(stored(given, self.reference.crd));
        }
        if let Some(replicas) = step.scale {
            store.scale(&self.key, replicas);
        }
        if step.delete {
            store.delete(&self.key);
        }
        let mut settled = self
            .cluster
            .settle_one(&self.key)
            .expect("an end of changes");
        let outcome = settled.outcomes.remove(&self.key).expect("an outcome");
        let deleted = settled.changes.deleted.iter().map(Key::to_string).collect();
        self.played(outcome, deleted)
    }

    fn played(&mut self, pass: Pass, deleted: BTreeSet<String>) -> Played {
        let mut objects = self.cluster.store.objects().clone();
        let feature_store = objects.remove(&self.key).unwrap_or_default();
        let mut played = Played {
            feature_store: self.key.clone(),
            status: feature_store["status"].clone(),
            requeues: self.requeues(&objects),
            objects,
            documents: BTreeMap::new(),
            error: None,
            requeue_after_seconds: None,
            metric: Value::Null,
            deleted,
        };
        match pass {
            Ok(Some(rendered)) => {
                played.requeue_after_seconds = rendered.requeue_after.map(|after| after.as_secs());
                let metric = rendered.metric.as_ref().map(|metric| {
                    let labels = metric.labels().into_iter();
                    labels.map(|(name, value)| (name, json!(value))).collect()
                });
                played.metric = metric.unwrap_or_default();
                self.documents = documents(&rendered.documents);
            }
            Ok(None) => {}
            Err(failure) => {
                played.requeue_after_seconds = Some(REQUEUE.as_secs());
                played.error = Some(failure.to_string());
            }
        }
        played.documents.clone_from(&self.documents);
        played
    }

    /// Whether a change of other objects requeues the FeatureStore.
    fn requeues(&self, others: &Objects) -> Value {
        let feature_store = self.cluster.store.get(&self.key);
        let feature_store = feature_store
            .map(|fs| FeatureStore::from_value(fs.clone()).expect("it was read before"));
        let release = self.reference.release;
        let mut requeues = Map::new();
        for key in others.keys() {
            let name = match key.kind.as_str() {
                "FeatureStore" => format!("FeatureStore/{}/{}", key.namespace, key.name),
                "MLflow" if release.has(Change::MlflowDiscovery) => "MLflow".to_owned(),
                _ => continue,
            };
            let affected = affected(&key.into(), release, &feature_store).into_iter();
            let affected = affected.map(|_| format!("{}/{}", self.key.namespace, self.key.name));
            requeues.insert(name, affected.collect());
        }
        if requeues.is_empty() {
            Value::Null
        } else {
            requeues.into()
        }
    }
}

fn documents(documents: &Documents) -> BTreeMap<String, String> {
    let lineage = documents.lineage.as_ref();
    let documents = [
        ("service", &documents.service),
        ("client", &documents.client),
    ];
    let documents = documents
        .into_iter()
        .chain(lineage.map(|document| ("lineage", document)));
    documents
        .map(|(name, document)| (name.to_owned(), document.yaml().to_owned()))
        .collect()
}

/// The operator of a case.
pub(super) fn operator(case: &Case, release: OperatorRelease) -> Operator {
    let platform = &case.platform;
    let variable = |name| case.platform.env.get(name).cloned();
    let mut offered = Platform::kubernetes();
    offered.openshift = platform.openshift;
    offered.service_monitor = platform.service_monitor;
    Operator::from(OperatorSettings {
        release,
        platform: offered,
        namespace: platform.operator_namespace.clone(),
        environment: Environment {
            feature_server_image: variable("RELATED_IMAGE_FEATURE_SERVER"),
            cron_job_image: variable("RELATED_IMAGE_CRON_JOB"),
            oidc_issuer_url: variable("OIDC_ISSUER_URL"),
        },
        ..OperatorSettings::reference()
    })
}

/// A FeatureStore as the API server stores it.
pub(super) fn stored(given: &Value, crd: &Crd) -> Value {
    let version = crd.version("v1").expect("every release has it");
    let verdict = version.create(given);
    let mut stored = verdict.stored().expect("an admitted FeatureStore").clone();
    stored["metadata"]["uid"] = UID.into();
    stored
}

/// The key of a case's FeatureStore.
pub(super) fn feature_store(case: &Case) -> Key {
    let mut given = case
        .steps
        .iter()
        .filter_map(|step| step.feature_store.as_ref());
    Key::of(given.next().expect("every case has a FeatureStore"))
}

/// Creates a case's initial objects.
pub(super) fn begin(store: &mut Store, case: &Case) {
    for object in &case.cluster {
        store.put(object.clone());
    }
}

/// Performs a step's events, except those of the FeatureStore.
pub(super) fn happen(store: &mut Store, step: &Step, feature_store: &Key) {
    for key in &step.cluster_delete {
        store.delete(&key.parse().expect("a key"));
    }
    for object in &step.cluster {
        store.put(object.clone());
    }
    let name = format!("feast-{}", feature_store.name);
    let deployment = Key::new("apps/v1", "Deployment", &feature_store.namespace, &name);
    if let Some(replicas) = step.deployment_replicas {
        store.scale(&deployment, replicas);
    }
    if let Some(status) = &step.deployment_status {
        store.set_status(&deployment, status.clone());
    }
}
