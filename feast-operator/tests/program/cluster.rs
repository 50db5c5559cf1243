//! A cluster in memory, served over HTTP.

use std::convert::Infallible;
use std::fs;
use std::path::PathBuf;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use crd_admission::Crd;
use feast_testing::server::Server;
use serde_json::json;
use tokio::net::TcpListener;
use tower::{Service as _, service_fn};

/// A cluster in memory, served for other processes.
pub(crate) struct Cluster {
    pub(crate) server: Server,
    pub(crate) folder: PathBuf,
}

impl Cluster {
    /// Serves a cluster; its kubeconfig is in a folder of this name.
    pub(crate) async fn start(name: &str) -> Self {
        let crd = serde_json::to_vec(feast_api::crd()).unwrap();
        let server = Server::new()
            .with_crd(Crd::parse(&crd).unwrap())
            .with_garbage_collection()
            .with_available_deployments();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let folder = std::env::temp_dir().join(format!("feast-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let cluster = Self { server, folder };
        let config = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "memory",
            "clusters": [{ "name": "memory", "cluster": { "server": format!("http://{address}") } }],
            "users": [{ "name": "memory", "user": {} }],
            "contexts": [{ "name": "memory", "context": { "cluster": "memory", "user": "memory" } }],
        });
        fs::write(cluster.kubeconfig(), config.to_string()).unwrap();
        let api = cluster.server.clone();
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
        cluster
    }

    pub(crate) fn kubeconfig(&self) -> PathBuf {
        self.folder.join("kubeconfig")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // What is left of it is in a folder for temporary files.
        let _ = fs::remove_dir_all(&self.folder);
    }
}
