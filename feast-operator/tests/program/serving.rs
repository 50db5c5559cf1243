//! What the program serves from its start to its end: health and metrics.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

use tokio::task::spawn_blocking;

use crate::cluster::Cluster;
use crate::operator::Operator;
use crate::stores;

/// An address that nobody listens on.
fn free() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

/// The answer to a request for a path; `None` if nobody listens.
async fn get(address: SocketAddr, path: &'static str) -> Option<String> {
    let ask = move || {
        let mut stream = TcpStream::connect(address).ok()?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer)
    };
    spawn_blocking(ask).await.unwrap()
}

/// Waits until the answer to a request for a path has a text.
async fn has(address: SocketAddr, path: &'static str, text: &str) {
    let has = |answer: Option<String>| answer.is_some_and(|answer| answer.contains(text));
    while !has(get(address, path).await) {}
}

#[tokio::test]
async fn health_and_metrics_are_served_from_the_start_to_the_end() {
    let cluster = Cluster::start("serving").await;
    let mut store = stores::store("a", &stores::minimal());
    store["metadata"]["namespace"] = "ml".into();
    cluster.server.put(&store).unwrap();
    let address = free();
    let operator = Operator::start_with(&cluster, |command| {
        command.arg(format!("--listen={address}"))
    });
    has(address, "/healthz", "200 OK").await;
    has(address, "/readyz", "200 OK").await;
    let ready = "feast_operator_feature_store_ready{namespace=\"ml\",name=\"a\"} 1";
    has(address, "/metrics", ready).await;
    let metrics = get(address, "/metrics").await.unwrap();
    assert!(
        metrics.contains("application/openmetrics-text"),
        "{metrics}"
    );
    assert!(metrics.contains("feast_operator_leading 1"), "{metrics}");
    operator.end();
    assert_eq!(get(address, "/healthz").await, None);
}
