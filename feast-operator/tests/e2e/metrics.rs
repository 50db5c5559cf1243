//! The metrics APIs that autoscalers read, `metrics.k8s.io` and `external.metrics.k8s.io`, with
//! load from the test.
//!
//! The API server forwards requests to them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use axum_server::tls_rustls::RustlsConfig;
use feast_render::ObjectRef;
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cluster::{Cluster, api, cluster_wide, eventually};
use crate::operator::free_address;

/// The served APIs, with their kinds.
const APIS: [(&str, &str, &str); 2] = [
    ("metrics.k8s.io", "pods", "PodMetrics"),
    (
        "external.metrics.k8s.io",
        WAITING,
        "ExternalMetricValueList",
    ),
];
const VERSION: &str = "v1beta1";
/// An external metric: waiting requests.
pub(crate) const WAITING: &str = "waiting-requests";

/// A load, served as metrics.
#[derive(Clone)]
pub(crate) struct Load(Arc<Shared>);

struct Shared {
    client: kube::Client,
    /// Total CPU use of all pods of a selector, in thousandths.
    millicores: AtomicU32,
    /// Number of waiting requests.
    waiting: AtomicU32,
}

impl Load {
    /// Starts serving metrics, without load.
    pub(crate) async fn start(cluster: &Cluster) -> Self {
        let load = Self(Arc::new(Shared {
            client: cluster.client.clone(),
            millicores: AtomicU32::new(0),
            waiting: AtomicU32::new(0),
        }));
        let address = free_address();
        let certificate = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let (certificate, key) = (
            certificate.cert.pem(),
            certificate.signing_key.serialize_pem(),
        );
        let tls = RustlsConfig::from_pem(certificate.into(), key.into()).await;
        let served = load.router().into_make_service();
        tokio::spawn(axum_server::bind_rustls(address, tls.unwrap()).serve(served));
        cluster.put(&cluster.namespace, service()).await;
        for (group, ..) in APIS {
            let service = registration(&cluster.namespace, group, address.port());
            cluster.put_cluster_wide(&service).await;
            eventually(async || is_available(cluster, group).await).await;
        }
        load
    }

    /// Sets the total CPU use of all pods of a selector, in thousandths.
    pub(crate) fn uses(&self, millicores: u32) {
        self.0.millicores.store(millicores, Ordering::Relaxed);
    }

    /// Sets the number of waiting requests.
    pub(crate) fn waits(&self, requests: u32) {
        self.0.waiting.store(requests, Ordering::Relaxed);
    }

    /// Unregisters the metrics APIs.
    pub(crate) async fn end(self, cluster: &Cluster) {
        for (group, ..) in APIS {
            cluster.delete(&api_service(group)).await;
        }
    }

    fn router(&self) -> Router {
        let (pods, external) = (APIS[0].0, APIS[1].0);
        let mut router = Router::new();
        for api in APIS {
            let path = format!("/apis/{}/{VERSION}", api.0);
            router = router.route(&path, get(async move || Json(resources(api))));
        }
        router
            .route(
                &format!("/apis/{pods}/{VERSION}/namespaces/{{namespace}}/pods"),
                get(pod_metrics),
            )
            .route(
                &format!("/apis/{external}/{VERSION}/namespaces/{{namespace}}/{WAITING}"),
                get(waiting),
            )
            .with_state(self.clone())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Selected {
    #[serde(default)]
    label_selector: String,
}

/// The use of pods, distributed equally over their containers.
async fn pod_metrics(
    State(Load(load)): State<Load>,
    Path(namespace): Path<String>,
    Query(selected): Query<Selected>,
) -> Json<Value> {
    let pods = ObjectRef::new::<Pod>(Some(&namespace), "");
    let params = kube::api::ListParams::default().labels(&selected.label_selector);
    let pods = api(&load.client, &pods).list(&params).await.unwrap().items;
    let names = |pod: &kube::api::DynamicObject| {
        let containers = pod.data["spec"]["containers"].as_array().cloned();
        let names = containers.into_iter().flatten();
        names
            .map(|container| container["name"].clone())
            .collect::<Vec<_>>()
    };
    let runs = |pod: &&kube::api::DynamicObject| pod.data["status"]["phase"] == "Running";
    let running: Vec<_> = pods.iter().filter(runs).collect();
    let containers: usize = running.iter().map(|pod| names(pod).len()).sum();
    let micro = u64::from(load.millicores.load(Ordering::Relaxed)) * 1000;
    let each = micro / u64::try_from(containers.max(1)).unwrap();
    let used = json!({ "cpu": format!("{each}u"), "memory": "1Mi" });
    let items = running.iter().map(|pod| {
        let containers = names(pod).into_iter();
        let containers = containers.map(|name| json!({ "name": name, "usage": used }));
        json!({
            "metadata": { "name": pod.metadata.name, "namespace": namespace, "labels": pod.metadata.labels },
            "timestamp": now(),
            "window": "1s",
            "containers": containers.collect::<Vec<_>>(),
        })
    });
    Json(list(
        APIS[0].0,
        "PodMetricsList",
        &items.collect::<Vec<_>>(),
    ))
}

async fn waiting(State(Load(load)): State<Load>) -> Json<Value> {
    let value = json!({
        "metricName": WAITING,
        "metricLabels": {},
        "timestamp": now(),
        "value": load.waiting.load(Ordering::Relaxed).to_string(),
    });
    Json(list(APIS[1].0, APIS[1].2, &[value]))
}

fn list(group: &str, kind: &str, items: &[Value]) -> Value {
    json!({
        "apiVersion": format!("{group}/{VERSION}"),
        "kind": kind,
        "metadata": {},
        "items": items,
    })
}

fn now() -> String {
    Timestamp::now().to_string()
}

/// The discovery document of an API.
fn resources((group, name, kind): (&str, &str, &str)) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "APIResourceList",
        "groupVersion": format!("{group}/{VERSION}"),
        "resources": [{
            "name": name,
            "singularName": "",
            "namespaced": true,
            "kind": kind,
            "verbs": ["get", "list"],
        }],
    })
}

/// The Service through which the API server reaches this process.
fn service() -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": { "name": "metrics" },
        "spec": { "type": "ExternalName", "externalName": "localhost" },
    })
}

fn registration(namespace: &str, group: &str, port: u16) -> Value {
    let reference = api_service(group);
    json!({
        "apiVersion": reference.api_version,
        "kind": reference.kind,
        "metadata": { "name": reference.name },
        "spec": {
            "group": group,
            "version": VERSION,
            "service": { "namespace": namespace, "name": "metrics", "port": port },
            "insecureSkipTLSVerify": true,
            "groupPriorityMinimum": 100,
            "versionPriority": 100,
        },
    })
}

fn api_service(group: &str) -> ObjectRef {
    let name = format!("{VERSION}.{group}");
    cluster_wide("apiregistration.k8s.io/v1", "APIService", &name)
}

/// Whether the API server forwards requests.
async fn is_available(cluster: &Cluster, group: &str) -> Result<(), String> {
    let found = cluster.get(&api_service(group)).await;
    let found = found.ok_or_else(|| format!("no {group}"))?;
    let conditions = found["status"]["conditions"].as_array();
    let mut conditions = conditions.into_iter().flatten();
    let is_true = |one: &Value| one["type"] == "Available" && one["status"] == "True";
    if conditions.any(is_true) {
        Ok(())
    } else {
        Err(found["status"].to_string())
    }
}
