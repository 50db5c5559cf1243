//! The webhook over TLS, as API servers call it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "whatever goes wrong fails the test"
)]

mod load;

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crd_admission::Crd;
use feast_operator::configuration::Configuration;
use feast_operator::context::Context;
use feast_operator::platform::Offer;
use feast_operator::webhook::{self, Certificates, Issuing, Limits, PATH, Policy};
use feast_testing::server::Server;
use futures::FutureExt;
use futures::future::join_all;
use k8s_openapi::api::admissionregistration::v1::ValidatingWebhookConfiguration;
use kube::{Api, Client, Config};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A running webhook, with its certificate.
struct Webhook {
    address: SocketAddr,
    folder: PathBuf,
    certificate: Vec<u8>,
}

impl Webhook {
    async fn start(name: &str, limits: Limits) -> Self {
        let folder =
            std::env::temp_dir().join(format!("feast-operator-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let certificate = certify(&folder);
        let address = serve(Certificates::Folder(folder.clone()), limits).await;
        Self {
            address,
            folder,
            certificate,
        }
    }

    /// A client that only trusts this certificate.
    fn client(&self, certificate: &[u8]) -> Client {
        client(self.address, certificate)
    }

    async fn post(&self, body: Vec<u8>) -> Result<String, kube::Error> {
        post(&self.client(&self.certificate), body).await
    }
}

/// Serves the webhook of an operator without knowledge; returns its address.
async fn serve(certificates: Certificates, limits: Limits) -> SocketAddr {
    let nowhere = Client::try_from(Config::new("http://127.0.0.1:1".parse().unwrap())).unwrap();
    let context = Context::new(nowhere, Configuration::default(), Offer::default());
    serve_of(context, certificates, limits).await
}

/// Serves the webhook of an operator; returns its address.
async fn serve_of(context: Arc<Context>, certificates: Certificates, limits: Limits) -> SocketAddr {
    serve_with(context, certificates, limits, Policy::default()).await
}

/// Like [`serve_of`], with a policy.
async fn serve_with(
    context: Arc<Context>,
    certificates: Certificates,
    limits: Limits,
    policy: Policy,
) -> SocketAddr {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    tokio::spawn(async move {
        let shutdown = std::future::pending().boxed().shared();
        let serving = webhook::serve(address, certificates, context, policy, limits, shutdown);
        serving.await.unwrap();
    });
    while TcpStream::connect(address).await.is_err() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    address
}

/// A client that only trusts this certificate.
fn client(address: SocketAddr, certificate: &[u8]) -> Client {
    let mut config = Config::new(format!("https://{address}").parse().unwrap());
    config.root_cert = Some(vec![certificate.to_vec()]);
    config.tls_server_name = Some("localhost".to_owned());
    Client::try_from(config).unwrap()
}

impl Drop for Webhook {
    fn drop(&mut self) {
        // The rest is in a temporary folder.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

async fn post(client: &Client, body: Vec<u8>) -> Result<String, kube::Error> {
    let request = http::Request::post(PATH).header("content-type", "application/json");
    client.request_text(request.body(body).unwrap()).await
}

/// Creates a certificate; returns it in DER.
fn certify(folder: &Path) -> Vec<u8> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(folder.join("tls.key"), made.signing_key.serialize_pem()).unwrap();
    std::fs::write(folder.join("tls.crt"), made.cert.pem()).unwrap();
    made.cert.der().to_vec()
}

fn review(replicas: i32) -> Value {
    json!({ "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
        "uid": "7", "name": "a", "namespace": "ml", "operation": "CREATE",
        "resource": { "group": "feast.dev", "version": "v1", "resource": "featurestores" },
        "object": {
            "apiVersion": "feast.dev/v1",
            "kind": "FeatureStore",
            "metadata": { "name": "a", "namespace": "ml" },
            "spec": { "feastProject": "a", "replicas": replicas },
        },
    } })
}

#[tokio::test]
async fn the_scale_of_what_another_operator_looks_after_is_judged() {
    let crd = serde_json::to_vec(feast_api::crd()).unwrap();
    let server = Server::new().with_crd(Crd::parse(&crd).unwrap());
    let store = json!({
        "apiVersion": "feast.dev/v1",
        "kind": "FeatureStore",
        "metadata": { "name": "a", "namespace": "ml" },
        "spec": { "feastProject": "a" },
    });
    server.put(&store).unwrap();
    let folder = std::env::temp_dir().join(format!("feast-operator-shard-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let certificate = certify(&folder);
    let scale = |name: &str, replicas: i32| {
        let scale = |replicas: i32| {
            json!({
                "apiVersion": "autoscaling/v1", "kind": "Scale",
                "metadata": { "name": name, "namespace": "ml" },
                "spec": { "replicas": replicas },
            })
        };
        json!({ "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
            "uid": "7", "name": name, "namespace": "ml", "operation": "UPDATE",
            "resource": { "group": "feast.dev", "version": "v1", "resource": "featurestores" },
            "subResource": "scale", "oldObject": scale(1), "object": scale(replicas),
        } })
    };
    for (selector, expected) in [("team=a", false), ("", true)] {
        let configuration = Configuration {
            selector: selector.parse().unwrap(),
            ..Configuration::default()
        };
        let context = Context::new(server.client(), configuration, Offer::default());
        let certificates = Certificates::Folder(folder.clone());
        let address = serve_of(context, certificates, Limits::default()).await;
        let client = client(address, &certificate);
        let allowed = async |name, replicas| {
            let body = scale(name, replicas).to_string().into_bytes();
            let answer: Value = serde_json::from_str(&post(&client, body).await.unwrap()).unwrap();
            answer["response"]["allowed"] == true
        };
        assert!(allowed("a", 1).await);
        // An operator of all FeatureStores that has not seen it yet.
        assert_eq!(allowed("a", 3).await, expected, "files belong to one pod");
        assert!(allowed("nowhere", 3).await, "the API server knows");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

async fn allowed(client: &Client, replicas: i32) -> Result<bool, kube::Error> {
    let answer = post(client, review(replicas).to_string().into_bytes()).await?;
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["response"]["uid"], "7");
    Ok(answer["response"]["allowed"] == true)
}

fn code(result: Result<String, kube::Error>) -> u16 {
    match result.unwrap_err() {
        kube::Error::Api(status) => status.code,
        error => panic!("{error}"),
    }
}

#[tokio::test]
async fn reviews_are_answered() {
    let webhook = Webhook::start("answers", Limits::default()).await;
    let client = webhook.client(&webhook.certificate);
    assert!(allowed(&client, 1).await.unwrap());
    assert!(!allowed(&client, 3).await.unwrap());
}

#[tokio::test]
async fn what_is_no_review_is_refused() {
    let limits = Limits {
        body: 10_000,
        ..Limits::default()
    };
    let webhook = Webhook::start("refuses", limits).await;
    assert_eq!(code(webhook.post(b"{".to_vec()).await), 400);
    assert_eq!(code(webhook.post(vec![b' '; 10_001]).await), 413);
    // And it keeps serving.
    assert!(
        allowed(&webhook.client(&webhook.certificate), 1)
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn whoever_is_slow_is_cut_off() {
    let limits = Limits {
        request: Duration::from_millis(200),
        ..Limits::default()
    };
    let webhook = Webhook::start("cuts", limits).await;
    let root = rustls_connector(&webhook.certificate);
    let stream = TcpStream::connect(webhook.address).await.unwrap();
    let name = rustls::pki_types::ServerName::try_from("localhost").unwrap();
    let mut stream = root.connect(name, stream).await.unwrap();
    let head = format!("POST {PATH} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{{");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    let read = tokio::time::timeout(Duration::from_secs(5), read).await;
    assert!(read.is_ok(), "the connection stays open");
    let answer = String::from_utf8_lossy(&answer);
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 408"),
        "{answer}"
    );
}

/// Long timeouts: no test waits for the clock.
fn patient() -> Limits {
    Limits {
        request: Duration::from_secs(3_600),
        ..Limits::default()
    }
}

#[tokio::test]
async fn many_at_once_are_answered() {
    let webhook = Webhook::start("crowd", patient()).await;
    let client = webhook.client(&webhook.certificate);
    let reviews = (0..200).map(|number| allowed(&client, 1 + number % 3));
    for (number, allowed) in join_all(reviews).await.into_iter().enumerate() {
        let is_one = number % 3 == 0;
        assert_eq!(allowed.unwrap(), is_one, "one replica alone is allowed");
    }
}

/// Measures how long a thousand concurrent reviews take, and how much they delay another thread,
/// such as the one that renews the Lease.
#[tokio::test]
#[ignore = "measures: cargo test --package feast-operator --test webhook -- --ignored --nocapture"]
async fn a_thousand_at_once() {
    let late = Arc::new(AtomicU64::new(0));
    let latest = Arc::clone(&late);
    thread::spawn(move || {
        loop {
            let start = Instant::now();
            thread::sleep(Duration::from_millis(10));
            let over = start.elapsed().saturating_sub(Duration::from_millis(10));
            let over = u64::try_from(over.as_millis()).unwrap();
            latest.fetch_max(over, Ordering::Relaxed);
        }
    });
    let webhook = Webhook::start("measure", patient()).await;
    let client = webhook.client(&webhook.certificate);
    let start = Instant::now();
    let reviews = (0..1_000).map(|_| async {
        assert!(allowed(&client, 1).await.unwrap());
        start.elapsed()
    });
    let mut times = join_all(reviews).await;
    times.sort_unstable();
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let memory = status.lines().find(|line| line.starts_with("VmHWM"));
    println!(
        "all after {:?}, half after {:?}; another thread late by {} ms at most; {}",
        times[999],
        times[499],
        late.load(Ordering::Relaxed),
        memory.unwrap_or("memory unknown"),
    );
}

#[tokio::test]
async fn a_new_certificate_is_taken_up() {
    let limits = Limits {
        certificate: Duration::from_millis(20),
        ..Limits::default()
    };
    let webhook = Webhook::start("renews", limits).await;
    assert!(
        allowed(&webhook.client(&webhook.certificate), 1)
            .await
            .unwrap()
    );
    let renewed = certify(&webhook.folder);
    for _ in 0..200 {
        if allowed(&webhook.client(&renewed), 1)
            .await
            .is_ok_and(|allowed| allowed)
        {
            assert!(
                allowed(&webhook.client(&webhook.certificate), 1)
                    .await
                    .is_err()
            );
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the old certificate is still served");
}

#[tokio::test]
async fn the_operator_makes_the_certificate_and_has_api_servers_trust_it() {
    let server = Server::new();
    let name = "feast-operator-webhook";
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "metadata": { "name": name, "namespace": "operators" },
    });
    let webhook = json!({
        "name": "featurestores.feast.dev", "admissionReviewVersions": ["v1"], "sideEffects": "None",
        "clientConfig": { "service": { "name": "feast-operator", "namespace": "operators" } },
    });
    let configuration = json!({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
        "metadata": { "name": "feast-operator" }, "webhooks": [webhook],
    });
    for object in [&secret, &configuration] {
        server.put(object).unwrap();
    }
    let hosts = vec!["localhost".to_owned()];
    let issuing = || Issuing::new(server.client(), "operators", name, hosts.clone());
    let mut written = Vec::new();
    // Two operators share one certificate.
    for _ in 0..2 {
        let address = serve(Certificates::Secret(Box::new(issuing())), patient()).await;
        let configurations: Api<ValidatingWebhookConfiguration> = Api::all(server.client());
        let registered = configurations.get("feast-operator").await.unwrap();
        let webhook = &registered.webhooks.as_ref().unwrap()[0];
        let trusted = &webhook.client_config.ca_bundle.as_ref().unwrap().0;
        let trusted = CertificateDer::from_pem_slice(trusted).unwrap();
        assert!(allowed(&client(address, &trusted), 1).await.unwrap());
        written.push(server.writes().len());
    }
    assert_eq!(written[0], written[1], "nothing is left to write");
}

fn rustls_connector(certificate: &[u8]) -> tokio_rustls::TlsConnector {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(certificate.to_vec().into()).unwrap();
    let config = rustls::ClientConfig::builder().with_root_certificates(roots);
    Arc::new(config.with_no_client_auth()).into()
}
