//! The server under test, with a part of it for each test.

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

/// The namespace of operators and of shared objects.
pub(crate) const OPERATORS: &str = "feast-operator-system";
/// How long to wait for a condition.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long nothing may happen before the operator counts as idle.
const QUIET: Duration = Duration::from_millis(1500);

/// Operators of one namespace can run in parallel; tests of all namespaces need the server for
/// themselves.
static TURNS: RwLock<()> = RwLock::const_new(());

/// Waits until a condition holds; otherwise fails with the reason.
pub(crate) async fn eventually<T>(holds: impl AsyncFn() -> Result<T, String>) -> T {
    within(PATIENCE, holds).await
}

/// Like [`eventually`], with another timeout.
pub(crate) async fn within<T>(patience: Duration, holds: impl AsyncFn() -> Result<T, String>) -> T {
    let start = Instant::now();
    loop {
        // The stack of a test is small.
        match Box::pin(holds()).await {
            Ok(found) => return found,
            Err(why) => assert!(start.elapsed() < patience, "{why}"),
        }
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
}

/// The server, with a namespace and an operator's kubeconfig for one test.
pub(crate) struct Cluster {
    pub(crate) client: Client,
    pub(crate) proxy: Proxy,
    pub(crate) namespace: String,
    pub(crate) settings: Settings,
    flags: Vec<String>,
    /// The operator's kubeconfig.
    kubeconfig: PathBuf,
    log: PathBuf,
    _turn: Box<dyn Any>,
}

impl Cluster {
    /// The server in `FEAST_KUBECONFIG`, for an operator of one namespace.
    pub(crate) async fn start(name: &str) -> Self {
        Self::with_flags(name, &["--no-leader-election"]).await
    }

    /// Like [`start`](Self::start), for a hardened operator with these flags.
    pub(crate) async fn with_flags(name: &str, flags: &[&str]) -> Self {
        let namespace = format!("{name}-{}", std::process::id());
        let flags = [flags, &["--hardened", "--namespace", &namespace]].concat();
        let turn = Box::new(TURNS.read().await);
        Box::pin(Self::new(&namespace, &flags, turn)).await
    }

    /// Like [`start`](Self::start), for an operator that cannot run beside others.
    pub(crate) async fn alone(name: &str, flags: &[&str]) -> Self {
        let namespace = format!("{name}-{}", std::process::id());
        let flags = [flags, &["--no-leader-election"]].concat();
        let turn = Box::new(TURNS.write().await);
        Box::pin(Self::new(&namespace, &flags, turn)).await
    }

    async fn new(namespace: &str, flags: &[&str], turn: Box<dyn Any>) -> Self {
        let admin = kubeconfig();
        // Two crates offer a TLS cryptography provider; select one.
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

    /// Sets the flags of operators started from now on.
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

    /// The output and exit code of the operator's `plan`.
    pub(crate) async fn foreseen(&self) -> (String, Option<i32>) {
        let mut plan = Command::new(PROGRAM);
        let plan = plan.arg("plan").arg("--kubeconfig").arg(&self.kubeconfig);
        let flags = self.flags.iter();
        let flags = flags.filter(|flag| *flag != "--no-leader-election");
        let output = plan.args(flags).output().await.unwrap();
        let told = String::from_utf8(output.stdout).unwrap();
        (told, output.status.code())
    }

    /// Waits until an operator has been idle for a while.
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

    /// Deletes all FeatureStores of these namespaces, and stops the operator. Checks that no object
    /// is left behind, and that the operator was never forbidden anything.
    pub(crate) async fn end(self, operator: Operator) {
        let namespaces = std::slice::from_ref(&self.namespace);
        Box::pin(self.end_all(operator, namespaces)).await;
    }

    /// Like [`end`](Self::end), for several namespaces.
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

    /// Creates a namespace, unless it exists.
    pub(crate) async fn make_namespace(&self, name: &str) {
        make_namespace(&self.client, name).await;
    }

    /// A reference to an object in the test's namespace.
    pub(crate) fn object(&self, api_version: &str, kind: &str, name: &str) -> ObjectRef {
        ObjectRef {
            namespace: Some(self.namespace.clone()),
            ..cluster_wide(api_version, kind, name)
        }
    }

    /// A reference to an object of a FeatureStore; `name` is the part after `feast-`.
    pub(crate) fn own<K: k8s_openapi::Resource>(&self, name: &str) -> ObjectRef {
        ObjectRef::new::<K>(Some(&self.namespace), format!("feast-{name}"))
    }

    /// A reference to a FeatureStore of the test.
    pub(crate) fn store(&self, name: &str) -> ObjectRef {
        self.object(feast_api::Version::V1.api_version(), feast_api::KIND, name)
    }

    /// Applies a FeatureStore, after the Secret that it may refer to.
    pub(crate) async fn put_store(&self, name: &str, spec: Value) {
        self.put(&self.namespace, stores::secret()).await;
        let store = stores::store(name, &spec);
        self.put(&self.namespace, store).await;
    }

    /// Applies a user's object; does nothing if the server lacks its kind.
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

    /// Applies a cluster-scoped object.
    pub(crate) async fn put_cluster_wide(&self, object: &Value) {
        let applied = apply(&self.client, &reference(object), "user", object).await;
        applied.unwrap();
    }

    /// Creates an object like a controller without server-side apply.
    pub(crate) async fn create(&self, object: &Value, manager: &str) {
        let params = PostParams {
            field_manager: Some(manager.to_owned()),
            ..PostParams::default()
        };
        let api = self.api(&reference(object));
        let object = serde_json::from_value(object.clone()).unwrap();
        api.create(&params, &object).await.unwrap();
    }

    /// Creates an object like the Go operator.
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

    /// An object, if it exists; the server may lack its kind.
    pub(crate) async fn get(&self, object: &ObjectRef) -> Option<Value> {
        match self.api(object).get(&object.name).await {
            Ok(found) => Some(typed(found, object)),
            Err(kube::Error::Api(status)) if status.code == 404 => None,
            Err(error) => panic!("{object}: {error}"),
        }
    }

    /// The objects of a kind that a selector matches.
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

    /// Runs kubectl in the test's namespace; returns its output or error.
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

/// A reference to a cluster-scoped object.
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

/// The settings for the operator's flags.
fn settings(flags: &[&str]) -> Settings {
    #[derive(clap::Parser)]
    struct Arguments {
        #[command(flatten)]
        settings: Settings,
    }
    let arguments = ["feast-operator"].iter().chain(flags);
    <Arguments as clap::Parser>::parse_from(arguments).settings
}

/// Installs the CRD, and creates the namespace of operators.
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

/// The installation manifests for some namespaces, or for all.
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

/// The output of `manifests`.
pub(crate) async fn printed(flags: &[&str]) -> String {
    let printed = Command::new(PROGRAM).arg("manifests").args(flags).output();
    String::from_utf8(printed.await.unwrap().stdout).unwrap()
}

/// Grants the operator's ServiceAccount its permissions in these namespaces; returns its token.
async fn rights(client: &Client, namespaces: &[String]) -> String {
    for object in installation("none", namespaces).await {
        // The test runs the operator itself.
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

/// The reference to an object.
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

/// The object as JSON, with its type, which lists omit.
fn typed(object: DynamicObject, kind: &ObjectRef) -> Value {
    let mut object = serde_json::to_value(object).unwrap();
    object["apiVersion"] = kind.api_version.as_ref().into();
    object["kind"] = kind.kind.as_ref().into();
    object
}
