//! The operator process.

use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use axum::http::Request;
use kube::{Client, Config};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::cluster::eventually;

/// The operator's program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_feast-operator");

/// A running operator; killed on drop.
pub(crate) struct Operator {
    child: Child,
    serves: Client,
}

impl Operator {
    /// Starts it, and waits until its caches are full.
    pub(crate) async fn start(kubeconfig: &Path, flags: &[String], log: &Path) -> Self {
        let address = free_address();
        let log = File::options().create(true).append(true).open(log).unwrap();
        let child = Command::new(PROGRAM)
            .arg("run")
            .arg("--kubeconfig")
            .arg(kubeconfig)
            .arg("--listen")
            .arg(address.to_string())
            .args(["--log-format", "text", "--log", "feast_operator=debug,warn"])
            .args(flags)
            .stderr(Stdio::from(log))
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let uri = format!("http://{address}").parse().unwrap();
        let serves = Client::try_from(Config::new(uri)).unwrap();
        let operator = Self { child, serves };
        eventually(async || operator.get("/readyz").await).await;
        operator
    }

    async fn get(&self, path: &str) -> Result<String, String> {
        let request = Request::get(path).body(vec![]).unwrap();
        let answer = self.serves.request_text(request).await;
        answer.map_err(|error| format!("{path}: {error}"))
    }

    /// Number of completed passes, successful or not.
    pub(crate) async fn passes(&self) -> u32 {
        self.metric("feast_operator_reconciles_total").await
    }

    /// Number of running passes.
    pub(crate) async fn active(&self) -> u32 {
        self.metric("feast_operator_reconciles_active").await
    }

    /// Number of answered reviews.
    pub(crate) async fn reviews(&self) -> u32 {
        self.metric("feast_operator_reviews_total").await
    }

    /// Number of requests that change the cluster.
    pub(crate) async fn writes(&self) -> u32 {
        self.metric("feast_operator_writes_total").await
    }

    /// The sum of a metric over its labels.
    async fn metric(&self, name: &str) -> u32 {
        let metrics = self.get("/metrics").await.unwrap();
        let samples = metrics.lines().filter_map(|line| {
            let rest = line.strip_prefix(name)?;
            let labelled = rest.starts_with('{') || rest.starts_with(' ');
            labelled.then(|| rest.rsplit(' ').next())?
        });
        samples.map(|value| value.parse::<u32>().unwrap()).sum()
    }

    /// Kills it, like a node that is out of memory.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Terminates it, like a cluster does.
    pub(crate) async fn stop(mut self) {
        let id = self.child.id().unwrap().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status();
        assert!(told.await.unwrap().success());
        let ended = timeout(Duration::from_secs(20), self.child.wait()).await;
        let status = ended.expect("the operator ends when it is told to");
        assert!(status.unwrap().success(), "the operator ends well");
    }
}

/// An address without a listener.
pub(crate) fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}
