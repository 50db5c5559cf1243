//! The webhook, registered with the server.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use k8s_openapi::ByteString;
use serde_json::{Value, json};

use crate::cluster::{Cluster, eventually, installation, reference};
use crate::operator::free_address;
use crate::stores;

#[tokio::test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
async fn the_server_asks_before_it_stores() {
    let cluster = Cluster::start("webhook").await;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(&cluster.namespace);
    let certificate = certify(&folder);
    let address = free_address();
    let flags = [
        "--webhook-listen",
        &address.to_string(),
        "--webhook-certificates",
        folder.to_str().unwrap(),
        "--refuse=default-persistence",
    ];
    let operator = cluster.operator_with(&flags).await;
    let configuration = registration(&cluster, address, certificate).await;
    cluster.create(&configuration, "user").await;

    // The server needs a while to use the registration.
    let loses_data = manifest(&folder, "loses-data", &stores::minimal());
    let create = ["create", "--dry-run=server", "--filename", &loses_data];
    eventually(async || match cluster.kubectl(&create).await {
        Err(refusal) if refusal.contains("[default-persistence]") => Ok(()),
        answer => Err(format!("{answer:?}")),
    })
    .await;

    let good = manifest(&folder, "good", &stores::scaled(1));
    let create = ["create", "--warnings-as-errors", "--filename", &good];
    let warnings = cluster.kubectl(&create).await.unwrap_err();
    assert!(warnings.contains("Warning: "), "{warnings}");
    assert!(
        warnings.contains("[disruption-budget-without-effect]"),
        "{warnings}"
    );
    // It does not read Secrets.
    assert!(!warnings.contains("-store-parameter]"), "{warnings}");
    cluster.put(&cluster.namespace, stores::secret()).await;
    eventually(async || cluster.is_planned("good").await).await;

    let reviews = operator.reviews().await;
    let scale = ["scale", "featurestore/good", "--replicas=3"];
    cluster.kubectl(&scale).await.unwrap();
    eventually(async || cluster.is_planned("good").await).await;
    assert!(operator.reviews().await > reviews, "scaling is reviewed");

    cluster.delete(&reference(&configuration)).await;
    cluster.end(operator).await;
}

/// Creates a certificate for this machine, in a folder for the operator.
fn certify(folder: &Path) -> ByteString {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join("tls.key"), made.signing_key.serialize_pem()).unwrap();
    std::fs::write(folder.join("tls.crt"), made.cert.pem()).unwrap();
    ByteString(made.cert.pem().into_bytes())
}

/// The registration from the installation manifests, for one namespace of a server that cannot
/// reach Services.
async fn registration(cluster: &Cluster, address: SocketAddr, certificate: ByteString) -> Value {
    let installed = installation("self-signed", &[]).await;
    let mut configurations = installed
        .into_iter()
        .filter(|object| object["kind"] == "ValidatingWebhookConfiguration");
    let mut configuration = configurations.next().unwrap();
    configuration["metadata"] = json!({ "name": cluster.namespace });
    let webhook = &mut configuration["webhooks"][0];
    let path = webhook["clientConfig"]["service"]["path"].as_str().unwrap();
    let url = format!("https://{address}{path}");
    webhook["clientConfig"] = json!({ "url": url, "caBundle": certificate });
    webhook["failurePolicy"] = "Fail".into();
    webhook["namespaceSelector"] =
        json!({ "matchLabels": { "kubernetes.io/metadata.name": cluster.namespace } });
    configuration
}

/// Writes a FeatureStore to a file; returns its name.
fn manifest(folder: &Path, name: &str, spec: &Value) -> String {
    let store = stores::store(name, spec);
    let file: PathBuf = folder.join(format!("{name}.json"));
    std::fs::write(&file, store.to_string()).unwrap();
    file.to_str().unwrap().to_owned()
}
