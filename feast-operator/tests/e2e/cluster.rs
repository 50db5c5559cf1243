//! The server under test, and a part of it that belongs to one test.

use std::any::Any;
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use feast_api::v1::FeatureStore;
use feast_operator::REFERENCE_MANAGER;
use feast_operator::settings::Settings;
use feast_render::ObjectRef;
use k8s_openapi::api::authentication::v1::{TokenRequest, TokenRequestSpec};
use k8s_openapi::api::core::v1::ServiceAccount;
use kube::api::{Api, DeleteParams, DynamicObject, ListParams, Patch, PatchParams, PostParams};
use kube::config::{AuthInfo, KubeConfigOptions, Kubeconfig};
use kube::core::{ApiResource, GroupVersionKind};
use kube::{Client, Config};
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::sync::{OnceCell, RwLock};

use crate::operator::{Operator, PROGRAM};
use crate::proxy::{Exchange, Proxy};
use crate::stores;

/// The namespace that operators run in, and of what FeatureStores share.
pub(crate) const OPERATORS: &str = "feast-operator-system";
/// How long to wait for something.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long nothing happens when all is done.
const QUIET: Duration = Duration::from_millis(1500);

/// Operators of one namespace get along; what concerns all namespaces has the server for itself.
static TURNS: RwLock<()> = RwLock::const_new(());

/// Waits until something holds, or else says why it does not.
pub(crate) async fn eventually<T>(holds: impl AsyncFn() -> Result<T, String>) -> T {
    within(PATIENCE, holds).await
}

/// The same with as much patience.
pub(crate) async fn within<T>(patience: Duration, holds: impl AsyncFn() -> Result<T, String>) -> T {
    let start = Instant::now();
    loop {
        // A test's stack is small.
        match Box::pin(holds()).await {
            Ok(found) => return found,
            Err(why) => assert!(start.elapsed() < patience, "{why}"),
        }
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
}

/// The server, with a namespace and an operator's way to it for one test.
pub(crate) struct Cluster {
    pub(crate) client: Client,
    pub(crate) proxy: Proxy,
    pub(crate) namespace: String,
    pub(crate) settings: Settings,
    flags: Vec<String>,
    /// The operator's.
    kubeconfig: PathBuf,
    log: PathBuf,
    _turn: Box<dyn Any>,
}

impl Cluster {
    /// The server that `FEAST_KUBECONFIG` leads to, for an operator of one namespace.
    pub(crate) async fn start(name: &str) -> Self {
        Self::with_flags(name, &["--no-leader-election"]).await
    }

    /// The same for an operator with these flags, hardened.
    pub(crate) async fn with_flags(name: &str, flags: &[&str]) -> Self {
        let namespace = format!("{name}-{}", std::process::id());
        let flags = [flags, &["--hardened", "--namespace", &namespace]].concat();
        let turn = Box::new(TURNS.read().await);
        Box::pin(Self::new(&namespace, &flags, turn)).await
    }

    /// The same for an operator that gets along with no other.
    pub(crate) async fn alone(name: &str, flags: &[&str]) -> Self {
        let namespace = format!("{name}-{}", std::process::id());
        let flags = [flags, &["--no-leader-election"]].concat();
        let turn = Box::new(TURNS.write().await);
        Box::pin(Self::new(&namespace, &flags, turn)).await
    }

    async fn new(namespace: &str, flags: &[&str], turn: Box<dyn Any>) -> Self {
        let admin = kubeconfig();
        // Two crates could provide TLS's cryptography; this is the one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut config = config(admin).await;
        let client = Client::try_from(config.clone()).unwrap();
        prepare(&client).await;
        config.auth_info = AuthInfo::default();
        config.default_retry = false;
        let proxy = Proxy::start(Client::try_from(config).unwrap()).await;
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let cluster = Self {
            kubeconfig: folder.join(format!("{namespace}.json")),
            log: folder.join(format!("{namespace}.log")),
            namespace: namespace.to_owned(),
            settings: settings(flags),
            flags: flags.iter().map(|flag| (*flag).to_owned()).collect(),
            client,
            proxy,
            _turn: turn,
        };
        cluster.make_namespace(namespace).await;
        for looked_after in &cluster.settings.duties.namespaces {
            cluster.make_namespace(looked_after).await;
        }
        let token = rights(&cluster.client, &cluster.settings.duties.namespaces).await;
        let server = format!("http://{}", cluster.proxy.address);
        let kubeconfig = json!({
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{ "name": "proxy", "cluster": { "server": server } }],
            "users": [{ "name": "operator", "user": { "token": token } }],
            "contexts": [{ "name": "test", "context": {
                "cluster": "proxy", "user": "operator", "namespace": OPERATORS,
            } }],
            "current-context": "test",
        });
        std::fs::write(&cluster.kubeconfig, kubeconfig.to_string()).unwrap();
        cluster
    }

    /// Has further operators be told these flags.
    pub(crate) fn tell(&mut self, flags: &[&str]) {
        self.settings = settings(flags);
        self.flags = flags.iter().map(|flag| (*flag).to_owned()).collect();
    }

    /// Starts an operator, which reaches the server through the proxy.
    pub(crate) async fn operator(&self) -> Operator {
        self.operator_with(&[]).await
    }

    /// Starts an operator with further flags.
    pub(crate) async fn operator_with(&self, more: &[&str]) -> Operator {
        let more = more.iter().map(|flag| (*flag).to_owned());
        let flags: Vec<_> = self.flags.iter().cloned().chain(more).collect();
        Box::pin(Operator::start(&self.kubeconfig, &flags, &self.log)).await
    }

    /// What an operator says that it would do, and its exit code.
    pub(crate) async fn foreseen(&self) -> (String, Option<i32>) {
        let mut plan = Command::new(PROGRAM);
        let plan = plan.arg("plan").arg("--kubeconfig").arg(&self.kubeconfig);
        let flags = self.flags.iter();
        let flags = flags.filter(|flag| *flag != "--no-leader-election");
        let output = plan.args(flags).output().await.unwrap();
        let told = String::from_utf8(output.stdout).unwrap();
        (told, output.status.code())
    }

    /// Waits until an operator has had nothing to do for a while.
    pub(crate) async fn rests(&self, operator: &Operator) {
        let writes = Cell::new(0);
        let since = Cell::new(Instant::now());
        eventually(async || {
            let (active, count) = (operator.active().await, self.proxy.writes().len());
            if active > 0 || writes.replace(count) != count {
                since.set(Instant::now());
            }
            if since.get().elapsed() > QUIET {
                return Ok(());
            }
            Err(format!("{active} passes, {count} writes"))
        })
        .await;
    }

    /// Deletes all FeatureStores of these namespaces and ends the operator: nothing is left that
    /// nobody collects, and the operator was refused nothing.
    pub(crate) async fn end(self, operator: Operator) {
        let namespaces = std::slice::from_ref(&self.namespace);
        Box::pin(self.end_all(operator, namespaces)).await;
    }

    /// The same for several namespaces.
    pub(crate) async fn end_all(&self, operator: Operator, namespaces: &[String]) {
        for namespace in namespaces {
            let stores: Api<FeatureStore> = Api::namespaced(self.client.clone(), namespace);
            let (params, all) = (DeleteParams::default(), ListParams::default());
            stores.delete_collection(&params, &all).await.unwrap();
        }
        for namespace in namespaces {
            eventually(async || self.is_clean(namespace).await).await;
        }
        operator.stop().await;
        for namespace in namespaces {
            let reference = cluster_wide("v1", "Namespace", namespace);
            self.delete(&reference).await;
        }
        let forbidden: Vec<_> = self
            .proxy
            .exchanges()
            .into_iter()
            .filter(Exchange::lacks_a_right)
            .collect();
        assert!(forbidden.is_empty(), "{forbidden:#?}");
    }

    /// Makes a namespace, unless it is there.
    pub(crate) async fn make_namespace(&self, name: &str) {
        make_namespace(&self.client, name).await;
    }

    /// An object of a kind in the namespace of the test.
    pub(crate) fn object(&self, api_version: &str, kind: &str, name: &str) -> ObjectRef {
        ObjectRef {
            namespace: Some(self.namespace.clone()),
            ..cluster_wide(api_version, kind, name)
        }
    }

    /// An object that is made for a FeatureStore; `name` is what follows `feast-`.
    pub(crate) fn own<K: k8s_openapi::Resource>(&self, name: &str) -> ObjectRef {
        ObjectRef::new::<K>(Some(&self.namespace), format!("feast-{name}"))
    }

    /// A FeatureStore of the test.
    pub(crate) fn store(&self, name: &str) -> ObjectRef {
        self.object(feast_api::Version::V1.api_version(), feast_api::KIND, name)
    }

    /// Applies a FeatureStore, after the Secret that it may refer to.
    pub(crate) async fn put_store(&self, name: &str, spec: Value) {
        self.put(&self.namespace, stores::secret()).await;
        let store = stores::store(name, &spec);
        self.put(&self.namespace, store).await;
    }

    /// Applies what a user wrote; nothing if the server has no such kind.
    pub(crate) async fn put(&self, namespace: &str, mut object: Value) {
        object["metadata"]["namespace"] = namespace.into();
        match apply(&self.client, &reference(&object), "user", &object).await {
            Ok(()) => {}
            Err(kube::Error::Api(status)) if status.code == 404 => {
                println!("skipped: no {}", object["kind"]);
            }
            Err(error) => panic!("{error}"),
        }
    }

    /// Applies an object of the cluster as a whole.
    pub(crate) async fn put_cluster_wide(&self, object: &Value) {
        let applied = apply(&self.client, &reference(object), "user", object).await;
        applied.unwrap();
    }

    /// Creates an object as a controller does that knows no server-side apply.
    pub(crate) async fn create(&self, object: &Value, manager: &str) {
        let params = PostParams {
            field_manager: Some(manager.to_owned()),
            ..PostParams::default()
        };
        let api = self.api(&reference(object));
        let object = serde_json::from_value(object.clone()).unwrap();
        api.create(&params, &object).await.unwrap();
    }

    /// Creates an object as the Go operator does.
    pub(crate) async fn create_as_reference(&self, object: &Value) {
        self.create(object, REFERENCE_MANAGER).await;
    }

    /// Changes an object with a merge patch.
    pub(crate) async fn patch(&self, object: &ObjectRef, patch: Value) {
        let params = PatchParams {
            field_manager: Some("user".to_owned()),
            ..PatchParams::default()
        };
        let (api, patch) = (self.api(object), Patch::Merge(patch));
        api.patch(&object.name, &params, &patch).await.unwrap();
    }

    /// An object, if it exists; the server need not know its kind.
    pub(crate) async fn get(&self, object: &ObjectRef) -> Option<Value> {
        match self.api(object).get(&object.name).await {
            Ok(found) => Some(typed(found, object)),
            Err(kube::Error::Api(status)) if status.code == 404 => None,
            Err(error) => panic!("{object}: {error}"),
        }
    }

    /// The objects of a kind that a selector finds.
    pub(crate) async fn list(&self, kind: &ObjectRef, selector: &str) -> Vec<Value> {
        let params = ListParams::default().labels(selector);
        let found = self.api(kind).list(&params).await.unwrap();
        let found = found.items.into_iter();
        found.map(|found| typed(found, kind)).collect()
    }

    /// Deletes an object.
    pub(crate) async fn delete(&self, object: &ObjectRef) {
        let api = self.api(object);
        api.delete(&object.name, &DeleteParams::default())
            .await
            .unwrap();
    }

    pub(crate) fn api(&self, object: &ObjectRef) -> Api<DynamicObject> {
        api(&self.client, object)
    }

    /// Runs kubectl in the namespace of the test; its output, or what it complains about.
    pub(crate) async fn kubectl(&self, arguments: &[&str]) -> Result<String, String> {
        let program = std::env::var("KUBECTL").unwrap_or_else(|_| "kubectl".into());
        let output = Command::new(program)
            .args(["--kubeconfig", &std::env::var("FEAST_KUBECONFIG").unwrap()])
            .args(["--namespace", &self.namespace])
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .await
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        if output.status.success() {
            Ok(text(output.stdout))
        } else {
            Err(text(output.stderr))
        }
    }
}

/// An object of the cluster as a whole.
pub(crate) fn cluster_wide(api_version: &str, kind: &str, name: &str) -> ObjectRef {
    ObjectRef {
        api_version: api_version.to_owned().into(),
        kind: kind.to_owned().into(),
        namespace: None,
        name: name.to_owned(),
    }
}

fn kubeconfig() -> Kubeconfig {
    let file = std::env::var("FEAST_KUBECONFIG").expect("FEAST_KUBECONFIG leads to an API server");
    Kubeconfig::read_from(file).unwrap()
}

async fn config(kubeconfig: Kubeconfig) -> Config {
    let options = KubeConfigOptions::default();
    let config = Config::from_custom_kubeconfig(kubeconfig, &options).await;
    config.unwrap()
}

/// What the operator makes of its flags.
fn settings(flags: &[&str]) -> Settings {
    #[derive(clap::Parser)]
    struct Arguments {
        #[command(flatten)]
        settings: Settings,
    }
    let arguments = ["feast-operator"].iter().chain(flags);
    <Arguments as clap::Parser>::parse_from(arguments).settings
}

/// Installs the CRD, and makes the namespace of operators.
async fn prepare(client: &Client) {
    static ONCE: OnceCell<()> = OnceCell::const_new();
    let prepared = async {
        let crd = serde_json::to_value(feast_api::crd()).unwrap();
        apply(client, &reference(&crd), "test", &crd).await.unwrap();
        let stores: Api<FeatureStore> = Api::all(client.clone());
        eventually(async || {
            let listed = stores.list(&ListParams::default()).await;
            listed.map_err(|error| error.to_string())
        })
        .await;
        make_namespace(client, OPERATORS).await;
    };
    ONCE.get_or_init(|| prepared).await;
}

async fn make_namespace(client: &Client, name: &str) {
    let namespace = json!({
        "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name },
    });
    apply(client, &reference(&namespace), "test", &namespace)
        .await
        .unwrap();
}

/// What installs the operator of some namespaces, or of all of them.
pub(crate) async fn installation(webhook: &str, namespaces: &[String]) -> Vec<Value> {
    let webhook = format!("--webhook={webhook}");
    let namespaces: Vec<_> = namespaces
        .iter()
        .map(|name| format!("--namespace={name}"))
        .collect();
    let mut flags = vec!["--no-crd", &webhook, "--operator-namespace", OPERATORS];
    flags.extend(namespaces.iter().map(String::as_str));
    objects(&printed(&flags).await)
}

/// What `manifests` prints.
pub(crate) async fn printed(flags: &[&str]) -> String {
    let printed = Command::new(PROGRAM).arg("manifests").args(flags).output();
    String::from_utf8(printed.await.unwrap().stdout).unwrap()
}

/// Gives the operator's ServiceAccount what it needs in these namespaces; its token.
async fn rights(client: &Client, namespaces: &[String]) -> String {
    for object in installation("none", namespaces).await {
        // The test is what runs it.
        if object["kind"] != "Deployment" {
            apply(client, &reference(&object), "test", &object)
                .await
                .unwrap();
        }
    }
    let accounts: Api<ServiceAccount> = Api::namespaced(client.clone(), OPERATORS);
    let request = TokenRequest {
        spec: TokenRequestSpec {
            expiration_seconds: Some(3600),
            ..TokenRequestSpec::default()
        },
        ..TokenRequest::default()
    };
    let made = accounts
        .create_token_request("feast-operator", &PostParams::default(), &request)
        .await;
    made.unwrap().status.unwrap().token
}

async fn apply(
    client: &Client,
    reference: &ObjectRef,
    manager: &str,
    object: &Value,
) -> kube::Result<()> {
    let params = PatchParams::apply(manager).force();
    let (api, patch) = (api(client, reference), Patch::Apply(object));
    api.patch(&reference.name, &params, &patch).await.map(drop)
}

pub(crate) fn api(client: &Client, object: &ObjectRef) -> Api<DynamicObject> {
    let (group, version) = object
        .api_version
        .split_once('/')
        .unwrap_or(("", &object.api_version));
    let kind = GroupVersionKind::gvk(group, version, &object.kind);
    let resource = ApiResource::from_gvk(&kind);
    match &object.namespace {
        Some(namespace) => Api::namespaced_with(client.clone(), namespace, &resource),
        None => Api::all_with(client.clone(), &resource),
    }
}

/// The objects of a manifest.
pub(crate) fn objects(manifest: &str) -> Vec<Value> {
    let documents = go_yaml::documents(manifest, go_yaml::Duplicates::LastWins);
    let objects = documents.into_iter().map(|document| document.json.unwrap());
    objects
        .map(|json| serde_json::from_str(&json).unwrap())
        .collect()
}

/// Which object it is.
pub(crate) fn reference(object: &Value) -> ObjectRef {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let metadata = &object["metadata"];
    ObjectRef {
        api_version: text(&object["apiVersion"]).into(),
        kind: text(&object["kind"]).into(),
        namespace: metadata["namespace"].as_str().map(str::to_owned),
        name: text(&metadata["name"]),
    }
}

/// The object as JSON; lists do not say what their items are.
fn typed(object: DynamicObject, kind: &ObjectRef) -> Value {
    let mut object = serde_json::to_value(object).unwrap();
    object["apiVersion"] = kind.api_version.as_ref().into();
    object["kind"] = kind.kind.as_ref().into();
    object
}
