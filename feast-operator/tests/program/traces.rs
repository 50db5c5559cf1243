//! A collector of OpenTelemetry over TLS gets spans if the system trusts its certificate, or
//! `SSL_CERT_FILE` has it.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use axum_server::tls_rustls::RustlsConfig;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::cluster::Cluster;
use crate::operator::{ANYWHERE, Operator};
use crate::stores;

/// Makes a certificate; its file and that of its key.
fn certify(folder: &Path, name: &str) -> (PathBuf, PathBuf) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let [certificate, key] = ["crt", "key"].map(|kind| folder.join(name).with_extension(kind));
    fs::write(&certificate, made.cert.pem()).unwrap();
    fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    (certificate, key)
}

/// Serves a collector with this certificate; where, and what it gets.
async fn collect(certificate: &Path, key: &Path) -> (SocketAddr, UnboundedReceiver<Bytes>) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let (got, gets) = unbounded_channel();
    let take = async move |body: Bytes| {
        // Nobody listens when the test has ended.
        let _ = got.send(body);
    };
    let app = Router::new().route("/v1/traces", post(take));
    let tls = RustlsConfig::from_pem_file(certificate, key).await.unwrap();
    let serves = axum_server::from_tcp_rustls(listener, tls).unwrap();
    tokio::spawn(serves.serve(app.into_make_service()));
    (address, gets)
}

/// Has the operator send what has ended at once to this collector, and trust only this certificate.
fn send<'a>(command: &'a mut Command, endpoint: &str, trusted: &Path) -> &'a mut Command {
    command
        .arg(ANYWHERE)
        .arg(format!("--otlp-endpoint={endpoint}"))
        .env("OTEL_BSP_SCHEDULE_DELAY", "10")
        .env("SSL_CERT_FILE", trusted)
        .env_remove("SSL_CERT_DIR")
}

#[tokio::test]
async fn a_collector_over_tls_gets_spans_if_its_certificate_is_trusted() {
    let cluster = Cluster::start("trusted").await;
    let (certificate, key) = certify(&cluster.folder, "collector");
    let (address, mut gets) = collect(&certificate, &key).await;
    let mut store = stores::store("a", &stores::minimal());
    store["metadata"]["namespace"] = "ml".into();
    cluster.server.put(&store).unwrap();
    let endpoint = format!("https://localhost:{}", address.port());
    let _operator =
        Operator::start_with(&cluster, |command| send(command, &endpoint, &certificate));
    let mut is_told = false;
    while !is_told {
        let request = ExportTraceServiceRequest::decode(gets.recv().await.unwrap()).unwrap();
        let scopes = request.resource_spans.iter().flat_map(|it| &it.scope_spans);
        let mut spans = scopes.flat_map(|scope| &scope.spans);
        is_told = spans.any(|span| span.name == "pass");
    }
}

#[tokio::test]
async fn it_is_logged_that_a_certificate_is_not_trusted() {
    let cluster = Cluster::start("untrusted").await;
    let (certificate, key) = certify(&cluster.folder, "collector");
    let (other, _) = certify(&cluster.folder, "other");
    let (address, mut gets) = collect(&certificate, &key).await;
    let mut store = stores::store("a", &stores::minimal());
    store["metadata"]["namespace"] = "ml".into();
    cluster.server.put(&store).unwrap();
    let endpoint = format!("https://localhost:{}", address.port());
    let mut operator = Operator::start_with(&cluster, |command| {
        send(command, &endpoint, &other).stderr(Stdio::piped())
    });
    let log = operator.0.stderr.take().unwrap();
    let told = tokio::task::spawn_blocking(move || {
        let mut lines = BufReader::new(log).lines().map(Result::unwrap);
        lines.find(|line| line.contains("spans were not sent"))
    });
    let told = told.await.unwrap().unwrap();
    assert!(told.contains("invalid peer certificate"), "{told}");
    assert!(gets.try_recv().is_err());
}

#[tokio::test]
async fn an_operator_that_trusts_nobody_says_so_at_its_start() {
    let cluster = Cluster::start("nobody").await;
    let mut operator = Operator::start_with(&cluster, |command| {
        send(command, "https://localhost:4318", Path::new("/dev/null")).stderr(Stdio::piped())
    });
    let mut log = operator.0.stderr.take().unwrap();
    let told = tokio::task::spawn_blocking(move || {
        let mut told = String::new();
        log.read_to_string(&mut told).unwrap();
        told
    });
    let told = told.await.unwrap();
    assert!(
        told.contains("cannot use https://localhost:4318/ as a collector"),
        "{told}"
    );
}
