//! An in-memory cluster that the plugin reaches over HTTP.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use crd_admission::Crd;
use feast_check::manifest::Document;
use feast_testing::server::Server;
use kube::Client;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Builder;

use crate::objects::{DB, SHOP};

static CLUSTERS: AtomicUsize = AtomicUsize::new(0);

pub(crate) struct Cluster {
    pub(crate) server: Server,
    kubeconfig: PathBuf,
}

/// The result of a run of the plugin.
#[derive(Debug, PartialEq)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Cluster {
    /// A cluster with the FeatureStore CRD.
    pub(crate) fn new() -> Self {
        let definition = serde_json::to_value(feast_api::crd()).expect("JSON");
        let crd = Crd::parse(definition.to_string().as_bytes()).expect("a CRD");
        let cluster = Self::of(Server::new().with_crd(crd));
        cluster.put(&definition);
        cluster
    }

    /// A cluster with a FeatureStore and its Secret.
    pub(crate) fn with_shop() -> Self {
        let cluster = Self::new();
        cluster.add(SHOP);
        cluster.add(DB);
        cluster
    }

    /// A cluster with this server.
    pub(crate) fn of(server: Server) -> Self {
        let address = serve(server.clone());
        let number = CLUSTERS.fetch_add(1, Ordering::Relaxed);
        let name = format!("kubeconfig-{}-{number}", std::process::id());
        let kubeconfig = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let cluster = Self { server, kubeconfig };
        cluster.lead_to(&format!("http://{address}"));
        cluster
    }

    /// Sets the address in the kubeconfig.
    pub(crate) fn lead_to(&self, address: &str) {
        self.configure(address, "{}");
    }

    /// Sets a credential plugin in the kubeconfig.
    pub(crate) fn log_in(&self, program: &str, shell: &str) {
        let exec = json!({ "exec": {
            "apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never",
            "command": program, "args": ["-c", shell],
        } });
        self.configure("http://127.0.0.1:1", &exec.to_string());
    }

    fn configure(&self, address: &str, user: &str) {
        let config = format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: ml\n\
             clusters: [{{name: memory, cluster: {{server: '{address}'}}}}]\n\
             users: [{{name: viewer, user: {user}}}]\n\
             contexts:\n\
             - {{name: ml, context: {{cluster: memory, user: viewer, namespace: ml}}}}\n\
             - {{name: other, context: {{cluster: memory, user: viewer}}}}\n"
        );
        fs::write(&self.kubeconfig, config).expect("a file");
    }

    /// Adds another CRD.
    pub(crate) fn with(self, crd: Crd) -> Self {
        let _ = self.server.clone().with_crd(crd);
        self
    }

    /// Adds the objects in a YAML text.
    pub(crate) fn add(&self, text: &str) {
        for document in go_yaml_documents(text) {
            self.put(&document);
        }
    }

    pub(crate) fn put(&self, object: &Value) {
        self.server.put(object).expect("the server takes it");
    }

    /// Runs the plugin with the kubeconfig of this cluster.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        let kubeconfig = self.kubeconfig.to_str().expect("text");
        run(&[arguments, &["--kubeconfig", kubeconfig]].concat())
    }
}

/// Runs the plugin without a kubeconfig.
pub(crate) fn run(arguments: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_kubectl-feast"))
        .args(arguments)
        .env("HOME", "/nowhere")
        .env_remove("KUBECONFIG")
        .output()
        .expect("the plugin runs");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    Run {
        code: output.status.code(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

fn go_yaml_documents(text: &str) -> Vec<Value> {
    let documents = feast_check::Text::new("objects", text).documents();
    let object = |document: Document| Value::Object(document.object().clone());
    let documents = documents.into_iter();
    documents
        .map(|document| object(document.expect("an object")))
        .collect()
}

/// Serves a cluster on a local port until the test ends.
fn serve(server: Server) -> SocketAddr {
    let (sender, receiver) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let address = listener.local_addr().expect("an address");
            sender.send(address).expect("somebody waits");
            let client = server.client_of("viewer");
            let router = Router::new().fallback(forward).with_state(client);
            axum::serve(listener, router).await.expect("it serves");
        });
    });
    receiver.recv().expect("it serves")
}

async fn forward(State(client): State<Client>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let request = Request::from_parts(parts, body.to_vec().into());
    match client.send(request).await {
        Ok(response) => response.map(Body::new),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
