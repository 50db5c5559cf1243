//! A cluster in memory, and the operator on it.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use crd_admission::Crd;
use feast_api::v1::FeatureStore;
use feast_operator::context::Context;
use feast_operator::controller;
use feast_operator::platform::Offer;
use feast_operator::settings::Settings;
use feast_render::ObjectRef;
use feast_testing::cluster::Key;
use feast_testing::server::{Exchange, Server};
use futures::FutureExt;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::stores;

/// The namespace of FeatureStores.
pub(crate) const NAMESPACE: &str = "ml";
/// The namespace of the operator, and of what FeatureStores share.
pub(crate) const OPERATORS: &str = "operators";
/// How long nothing is written when all is done: longer than any wait before another attempt.
const QUIET: Duration = Duration::from_secs(900);

/// The CRD of FeatureStores.
static CRD: LazyLock<Crd> = LazyLock::new(|| {
    let crd = serde_json::to_vec(feast_api::crd()).unwrap();
    Crd::parse(&crd).unwrap()
});

/// A cluster in memory, with an operator.
pub(crate) struct Rig {
    pub(crate) server: Server,
    pub(crate) settings: Settings,
    pub(crate) operator: Option<Operator>,
}

/// An operator at work.
pub(crate) struct Operator {
    context: Arc<Context>,
    task: JoinHandle<()>,
}

/// It does not outlive the rig.
impl Drop for Operator {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Rig {
    /// An operator, hardened.
    pub(crate) async fn start() -> Self {
        Self::with_flags(&["--hardened"]).await
    }

    /// An operator with these flags.
    pub(crate) async fn with_flags(flags: &[&str]) -> Self {
        let more = ["--operator-namespace", OPERATORS, "--no-leader-election"];
        let flags = flags.iter().chain(&more).map(|flag| (*flag).to_owned());
        let server = Server::new()
            .with_crd(CRD.clone())
            .with_garbage_collection()
            .with_available_deployments();
        let mut rig = Self {
            server,
            settings: Settings::from_arguments(&flags.collect::<Vec<_>>()).unwrap(),
            operator: None,
        };
        rig.put(secret()).unwrap();
        rig.restart().await;
        rig
    }

    /// Kills the operator in the middle of whatever it does, if there is one, and starts another.
    pub(crate) async fn restart(&mut self) {
        self.kill();
        let client = self.server.client();
        let offer = Offer::discover(&client).await.unwrap();
        let context = Context::new(client, self.settings.clone(), offer);
        let shutdown = std::future::pending().boxed().shared();
        let turn = std::future::ready(());
        let running = controller::run(Arc::clone(&context), turn, shutdown);
        let task = tokio::spawn(running);
        self.operator = Some(Operator { context, task });
    }

    /// Kills the operator in the middle of whatever it does.
    pub(crate) fn kill(&mut self) {
        self.operator = None;
    }

    pub(crate) fn context(&self) -> &Context {
        &self.operator.as_ref().unwrap().context
    }

    /// Lets so many seconds pass.
    pub(crate) async fn seconds(seconds: u64) {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }

    /// What the status of a FeatureStore says: its phase, and the message of the condition of the
    /// whole.
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

    /// Creates or replaces what a user wrote.
    pub(crate) fn put(&self, mut object: Value) -> Result<Value, String> {
        object["metadata"]["namespace"] = NAMESPACE.into();
        let put = self.server.put(&object);
        put.map_err(|refused| refused.message)
    }

    /// Creates or replaces a FeatureStore.
    pub(crate) fn put_store(&self, name: &str, spec: &Value) {
        self.put(stores::store(name, spec)).unwrap();
    }

    /// Deletes an object as a user does.
    pub(crate) fn delete(&self, key: &Key) {
        self.server.change(|store| store.delete(key));
    }

    /// Waits until the operator has nothing to do; what it wrote since this was asked last.
    pub(crate) async fn rests(&self) -> Vec<Exchange> {
        let before = self.server.writes().len();
        self.server.rest(QUIET).await.unwrap();
        self.server.writes().split_off(before)
    }
}

/// An object that is made for a FeatureStore; `name` is what follows `feast-`.
pub(crate) fn own<K: k8s_openapi::Resource>(name: &str) -> Key {
    let object = ObjectRef::new::<K>(Some(NAMESPACE), format!("feast-{name}"));
    Key::from(&object)
}

/// A FeatureStore.
pub(crate) fn key(name: &str) -> Key {
    Key::from(&ObjectRef::new::<FeatureStore>(Some(NAMESPACE), name))
}

/// The parameters of the stores of FeatureStores.
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
