//! The cost of a FeatureStore for the operator program, for different numbers of FeatureStores: CPU
//! time, memory and requests.
//!
//! ```text
//! FEAST_LOAD=1000,5000,20000 cargo test --release --package feast-operator --test load -- \
//!     --ignored --nocapture
//! ```

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "whatever fails ends the measurement"
)]

#[allow(dead_code, reason = "others use more of it")]
#[path = "e2e/stores.rs"]
mod stores;

use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use crd_admission::Crd;
use feast_render::ObjectRef;
use feast_testing::cluster::Key;
use feast_testing::server::Server;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tower::{Service as _, service_fn};

/// Number of FeatureStores in a namespace.
const TOGETHER: usize = 50;
/// How long nothing may be written before the operator counts as idle.
const QUIET: Duration = Duration::from_secs(3);

/// The operator, in its own process.
struct Operator(Child);

impl Drop for Operator {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Operator {
    fn start(kubeconfig: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_feast-operator"));
        command.args(["run", "--hardened", "--no-leader-election", "--log=warn"]);
        command.args(["--operator-namespace=operators", "--listen=127.0.0.1:0"]);
        command.arg("--kubeconfig").arg(kubeconfig);
        let started = command.stdin(Stdio::null()).spawn();
        Self(started.unwrap())
    }

    fn file(&self, name: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{name}", self.0.id())).unwrap()
    }

    /// CPU time so far, in microseconds.
    fn processor(&self) -> u64 {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.0.id())).unwrap();
        let spent = tasks.map(|task| {
            let told = fs::read_to_string(task.unwrap().path().join("schedstat")).unwrap();
            let nanoseconds = told.split(' ').next().unwrap();
            nanoseconds.parse::<u64>().unwrap() / 1_000
        });
        spent.sum()
    }

    /// Peak memory so far, in KiB.
    fn memory(&self) -> u64 {
        let status = self.file("status");
        let line = status
            .lines()
            .find(|line| line.starts_with("VmHWM"))
            .unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

/// An in-memory cluster, served over HTTP.
struct Cluster {
    server: Server,
    kubeconfig: PathBuf,
}

impl Cluster {
    async fn start(count: usize) -> Self {
        let crd = serde_json::to_vec(feast_api::crd()).unwrap();
        let server = Server::new()
            .with_crd(Crd::parse(&crd).unwrap())
            .with_garbage_collection()
            .with_available_deployments();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let kubeconfig = std::env::temp_dir().join(format!("feast-load-{}", std::process::id()));
        let config = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "load",
            "clusters": [{ "name": "load", "cluster": { "server": format!("http://{address}") } }],
            "users": [{ "name": "load", "user": {} }],
            "contexts": [{ "name": "load", "context": { "cluster": "load", "user": "load" } }],
        });
        fs::write(&kubeconfig, config.to_string()).unwrap();
        let api = server.clone();
        let answer = service_fn(move |request: Request| {
            let mut api = api.clone();
            async move {
                let (parts, body) = request.into_parts();
                let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
                let body = kube::client::Body::from(body.to_vec());
                let answer = api.call(http::Request::from_parts(parts, body)).await;
                Ok::<Response, Infallible>(answer.unwrap().map(Body::new))
            }
        });
        let app = axum::Router::new().fallback_service(answer);
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        let secret = json!({
            "apiVersion": "v1", "kind": "Secret", "data": data(),
        });
        for number in (0..count).step_by(TOGETHER) {
            let mut secret = secret.clone();
            secret["metadata"] = json!({ "name": "stores", "namespace": namespace(number) });
            server.put(&secret).unwrap();
        }
        Self { server, kubeconfig }
    }

    /// Waits until nothing has been written for a while.
    async fn rests(&self) {
        self.server.rest(QUIET).await.unwrap();
    }
}

/// The parameters of the FeatureStores' stores.
fn data() -> Value {
    use k8s_openapi::ByteString;
    let texts = stores::secret();
    let texts = texts["stringData"].as_object().unwrap().iter();
    let data = texts.map(|(key, text)| {
        let text = text.as_str().unwrap().as_bytes().to_vec();
        (key.clone(), json!(ByteString(text)))
    });
    Value::Object(data.collect())
}

fn namespace(number: usize) -> String {
    format!("team-{}", number / TOGETHER)
}

fn key(number: usize) -> Key {
    let name = format!("store-{number}");
    let store = ObjectRef::new::<feast_api::v1::FeatureStore>(Some(&namespace(number)), name);
    Key::from(&store)
}

/// A third are minimal, a third have databases and an autoscaler, and a third have several
/// replicas.
fn store(number: usize, replicas: i32) -> Value {
    let spec = match number % 3 {
        0 => stores::minimal(),
        1 => stores::autoscaled(),
        _ => stores::scaled(replicas),
    };
    let mut store = stores::store(&format!("store-{number}"), &spec);
    store["metadata"]["namespace"] = namespace(number).into();
    store
}

/// Prints the cost of each of this many FeatureStores: for creating its objects, for checking it on
/// startup, for changing a third of them, and for deleting it.
async fn measure(count: usize) {
    let cluster = Cluster::start(count).await;
    let put = |replicas| {
        for number in 0..count {
            cluster.server.put(&store(number, replicas)).unwrap();
        }
    };
    put(3);
    let each = |total: u64| total / count as u64;
    let mut operator = Operator::start(&cluster.kubeconfig);
    cluster.rests().await;
    let requests = cluster.server.exchanges().len() as u64;
    let (made, memory) = (operator.processor(), operator.memory());
    drop(operator);
    operator = Operator::start(&cluster.kubeconfig);
    tokio::time::sleep(QUIET).await;
    let mut spent = operator.processor();
    loop {
        tokio::time::sleep(QUIET).await;
        let now = operator.processor();
        if now - spent < 50_000 {
            break;
        }
        spent = now;
    }
    let begun = operator.processor();
    put(5);
    cluster.rests().await;
    let changed = operator.processor() - begun;
    let start = operator.processor();
    for number in 0..count {
        cluster.server.change(|store| store.delete(&key(number)));
    }
    cluster.rests().await;
    let gone = operator.processor() - start;
    assert_eq!(cluster.server.of_kind("apps/v1", "Deployment").len(), 0);
    println!(
        "| {count} | {} | {} | {} | {} | {}.{} | {} |",
        each(made),
        each(begun),
        each(changed),
        each(gone),
        requests / count as u64,
        10 * requests / count as u64 % 10,
        memory / 1024,
    );
    fs::remove_file(&cluster.kubeconfig).unwrap();
}

#[tokio::test(flavor = "current_thread")]
#[ignore = "measures"]
async fn what_a_feature_store_costs() {
    println!("| FeatureStores | made, µs | begun | changed | gone | requests | MiB at most |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    let sizes = std::env::var("FEAST_LOAD").unwrap_or_else(|_| "100,1000".to_owned());
    for size in sizes.split(',') {
        measure(size.parse().unwrap()).await;
    }
}
