//! An in-memory cluster with the operator.

use std::future::{pending, ready};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use crd_admission::Crd;
use feast_api::v1::FeatureStore;
use feast_operator::context::Context;
use feast_operator::controller;
use feast_operator::leader::Election;
use feast_operator::metrics::Metrics;
use feast_operator::platform::Offer;
use feast_operator::settings::Settings;
use feast_render::{ObjectRef, Platform};
use feast_testing::cluster::{Key, Store};
use feast_testing::server::{Exchange, Server};
use futures::FutureExt;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use kube::Client;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::{spans, stores};

/// The namespace of FeatureStores.
pub(crate) const NAMESPACE: &str = "ml";
/// The namespace of the operator and of shared objects.
pub(crate) const OPERATORS: &str = "operators";
/// How long nothing may be written before the operator counts as idle: longer than any delay before
/// a retry.
const QUIET: Duration = Duration::from_secs(900);

/// The CRD of FeatureStores.
pub(crate) static CRD: LazyLock<Crd> = LazyLock::new(|| {
    let crd = serde_json::to_vec(feast_api::crd()).unwrap();
    Crd::parse(&crd).unwrap()
});

/// An in-memory cluster with an operator, or with several replicas.
pub(crate) struct Rig {
    pub(crate) server: Server,
    pub(crate) settings: Settings,
    offer: Option<Offer>,
    operators: Vec<Operator>,
    /// Number of operators started.
    started: usize,
}

/// A running operator.
struct Operator {
    settings: Settings,
    /// Its context; `None` for one that may wait for the Lease.
    context: Option<Arc<Context>>,
    metrics: Arc<Metrics>,
    task: JoinHandle<()>,
}

/// It does not outlive the rig.
impl Drop for Operator {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A Kubernetes cluster with the CRD and controllers.
pub(crate) fn cluster() -> Server {
    spans::keep();
    Server::new()
        .with_crd(CRD.clone())
        .with_garbage_collection()
        .with_available_deployments()
}

impl Rig {
    /// Starts a hardened operator.
    pub(crate) async fn start() -> Self {
        Self::with_flags(&["--hardened"]).await
    }

    /// Starts an operator with these flags.
    pub(crate) async fn with_flags(flags: &[&str]) -> Self {
        let flags = [flags, &["--no-leader-election"]].concat();
        let rig = Self::on(cluster(), &flags, None).await;
        rig.put(secret()).unwrap();
        rig
    }

    /// Starts two replicas with these flags: a leader and a standby.
    pub(crate) async fn elected(flags: &[&str]) -> Self {
        let mut rig = Self::on(cluster(), flags, None).await;
        rig.put(secret()).unwrap();
        rig.begin().await;
        rig
    }

    /// Starts an operator with these flags on a cluster. The features are the given ones, or else
    /// discovered.
    pub(crate) async fn on(server: Server, flags: &[&str], offer: Option<Offer>) -> Self {
        let flags = [flags, &["--operator-namespace", OPERATORS]].concat();
        let flags: Vec<_> = flags.into_iter().map(str::to_owned).collect();
        let mut rig = Self {
            server,
            settings: Settings::from_arguments(&flags).unwrap(),
            offer,
            operators: Vec::new(),
            started: 0,
        };
        rig.begin().await;
        rig
    }

    /// Kills an operator at any point, preferably the active one, and starts another.
    pub(crate) async fn restart(&mut self) {
        let mut settings = self.settings.clone();
        if !self.operators.is_empty() {
            settings = self.operators.remove(0).settings.clone();
        }
        self.also(&settings).await;
    }

    /// Starts two operators that share the FeatureStores: the first has those of team a.
    pub(crate) async fn sharded() -> Self {
        let flags = [
            "--hardened",
            "--operator-namespace",
            OPERATORS,
            "--selector=team!=a",
        ];
        let mut rig = Self::with_flags(&["--hardened", "--selector=team=a"]).await;
        let second = flags.map(str::to_owned);
        let second = Settings {
            election: rig.settings.election.clone(),
            ..Settings::from_arguments(&second).unwrap()
        };
        rig.also(&second).await;
        rig
    }

    /// Starts another operator with the same flags.
    async fn begin(&mut self) {
        let settings = self.settings.clone();
        self.also(&settings).await;
    }

    /// Starts another operator.
    async fn also(&mut self, settings: &Settings) {
        self.started += 1;
        let user = format!("operator-{}", self.started);
        let client = self.server.client_of(&user);
        let offer = match &self.offer {
            Some(offer) => offer.clone(),
            None => Offer::discover(&client).await.unwrap(),
        };
        let operator = if settings.election.no_leader_election {
            Operator::start(client, settings, offer)
        } else {
            Operator::elect(client, settings, offer, user)
        };
        self.operators.push(operator);
    }

    /// Kills all operators at any point.
    pub(crate) fn kill(&mut self) {
        self.operators.clear();
    }

    pub(crate) fn context(&self) -> &Context {
        self.context_of(0)
    }

    /// The context of the operator with this index.
    pub(crate) fn context_of(&self, number: usize) -> &Context {
        self.operators[number].context.as_ref().unwrap()
    }

    /// The metrics.
    pub(crate) fn metrics(&self) -> String {
        self.operators[0].metrics.encode().unwrap()
    }

    /// Whether all corrections are enabled.
    pub(crate) fn is_hardened(&self) -> bool {
        self.settings.duties.rendering.hardened
    }

    /// The cluster's platform.
    pub(crate) fn platform(&self) -> Platform {
        let offer = self.offer.clone().unwrap_or_default();
        offer.platform
    }

    /// Advances the clock by this many seconds.
    pub(crate) async fn seconds(seconds: u64) {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }

    /// The phase of a FeatureStore, and the message of its `FeatureStore` condition.
    pub(crate) fn says(&self, name: &str) -> (String, String) {
        let store = self.server.get(&key(name)).unwrap();
        let status = &store["status"];
        let conditions = status["conditions"].as_array().into_iter().flatten();
        let whole = conditions
            .into_iter()
            .find(|condition| condition["type"] == "FeatureStore");
        let message = whole.map(|condition| condition["message"].as_str().unwrap_or_default());
        let phase = status["phase"].as_str().unwrap_or_default();
        (phase.to_owned(), message.unwrap_or_default().to_owned())
    }

    /// Creates or replaces a user's object, by default in the usual namespace.
    pub(crate) fn put(&self, mut object: Value) -> Result<Value, String> {
        let namespace = &mut object["metadata"]["namespace"];
        if namespace.is_null() {
            *namespace = NAMESPACE.into();
        }
        let put = self.server.put(&object);
        put.map_err(|refused| refused.message)
    }

    /// Creates or replaces a FeatureStore.
    pub(crate) fn put_store(&self, name: &str, spec: &Value) {
        self.put(stores::store(name, spec)).unwrap();
    }

    /// Deletes an object like a user.
    pub(crate) fn delete(&self, key: &Key) {
        self.server.change(|store| store.delete(key));
    }

    /// Waits until the operators are idle; returns the objects.
    pub(crate) async fn settles(&self) -> Store {
        self.server.settle(QUIET).await.unwrap()
    }

    /// Waits until the operator is idle; returns its writes since the last call.
    pub(crate) async fn rests(&self) -> Vec<Exchange> {
        let before = self.server.writes().len();
        self.server.rest(QUIET).await.unwrap();
        self.server.writes().split_off(before)
    }
}

impl Operator {
    /// Starts an operator that is always active.
    fn start(client: Client, settings: &Settings, offer: Offer) -> Self {
        let metrics = Arc::new(Metrics::default());
        let meter = Arc::clone(&metrics) as _;
        let context = Context::metered(client, settings.configuration().unwrap(), offer, meter);
        let shutdown = pending().boxed().shared();
        let running = controller::run(Arc::clone(&context), ready(()), shutdown);
        Self {
            settings: settings.clone(),
            context: Some(context),
            metrics,
            task: tokio::spawn(running),
        }
    }

    /// Starts an operator that is active while it is the leader. If it loses the Lease, it is
    /// restarted, as by a node.
    fn elect(client: Client, settings: &Settings, offer: Offer, identity: String) -> Self {
        let election = Election::new(client.clone(), OPERATORS, "lease", identity);
        let configuration = settings.configuration().unwrap();
        let running = async move {
            loop {
                let context = Context::new(client.clone(), configuration.clone(), offer.clone());
                let shutdown = pending().boxed().shared();
                let ended = controller::run_elected(context, &election, shutdown).await;
                ended.unwrap_err();
            }
        };
        Self {
            settings: settings.clone(),
            context: None,
            metrics: Arc::default(),
            task: tokio::spawn(running),
        }
    }
}

/// A reference to an object of a FeatureStore; `name` is the part after `feast-`.
pub(crate) fn own<K: k8s_openapi::Resource>(name: &str) -> Key {
    let object = ObjectRef::new::<K>(Some(NAMESPACE), format!("feast-{name}"));
    Key::from(&object)
}

/// A FeatureStore in the usual namespace.
pub(crate) fn key(name: &str) -> Key {
    key_in(NAMESPACE, name)
}

/// A FeatureStore.
pub(crate) fn key_in(namespace: &str, name: &str) -> Key {
    Key::from(&ObjectRef::new::<FeatureStore>(Some(namespace), name))
}

/// The parameters of the FeatureStores' stores.
fn secret() -> Value {
    let secret = stores::secret();
    let texts = secret["stringData"].as_object().unwrap();
    let data = texts.iter().map(|(key, text)| {
        let text = text.as_str().unwrap().as_bytes().to_vec();
        (key.clone(), ByteString(text))
    });
    let mut encoded: Secret = serde_json::from_value(secret.clone()).unwrap();
    encoded.string_data = None;
    encoded.data = Some(data.collect());
    json!(encoded)
}
