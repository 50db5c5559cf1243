//! Spans of passes, as received by an OpenTelemetry collector.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use feast_operator::traces::Traces;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, Span};
use prost::Message;
use tokio::runtime::{Builder, Handle};
use tracing::subscriber::set_default;
use tracing_subscriber::layer::SubscriberExt;

use crate::rig::Rig;
use crate::stores;

/// A timeout that no test reaches.
const LONG: Duration = Duration::from_secs(60);

/// A collector that forwards what it receives.
struct Collector {
    address: SocketAddr,
    /// Its runtime, whose clock is not paused.
    runtime: Handle,
    got: Receiver<Bytes>,
}

impl Collector {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let (got, gets) = channel();
        let runtime = elsewhere(async move {
            let take = |State(got): State<Sender<Bytes>>, body: Bytes| async move {
                // The receiver is dropped at the end of the test.
                let _ = got.send(body);
            };
            let app = Router::new()
                .route("/v1/traces", post(take))
                .with_state(got);
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, app).await.unwrap();
        });
        Self {
            address,
            runtime,
            got: gets,
        }
    }

    fn traces(&self) -> Traces {
        Traces::to(&format!("http://{}", self.address), &self.runtime).unwrap()
    }

    /// Everything it received, decoded and as bytes.
    fn got(self) -> (Vec<ResourceSpans>, Vec<u8>) {
        let bodies: Vec<Bytes> = self.got.try_iter().collect();
        let read = bodies.iter().map(|body| {
            let request = ExportTraceServiceRequest::decode(body.clone()).unwrap();
            request.resource_spans
        });
        (read.flatten().collect(), bodies.concat())
    }
}

/// Runs a future on another thread; returns its runtime.
fn elsewhere(work: impl Future<Output = ()> + Send + 'static) -> Handle {
    let (told, handle) = channel();
    thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        told.send(runtime.handle().clone()).unwrap();
        runtime.block_on(work);
    });
    handle.recv_timeout(LONG).unwrap()
}

fn attributes(span: &Span) -> BTreeMap<&str, &str> {
    let texts = span.attributes.iter().filter_map(|attribute| {
        match attribute.value.as_ref()?.value.as_ref()? {
            Value::StringValue(text) => Some((attribute.key.as_str(), text.as_str())),
            _ => None,
        }
    });
    texts.collect()
}

#[tokio::test(start_paused = true)]
async fn a_collector_gets_the_spans_of_a_pass_and_no_secrets() {
    let collector = Collector::start();
    let traces = collector.traces();
    let listens = set_default(tracing_subscriber::registry().with(traces.layer()));
    let rig = Rig::start().await;
    rig.put_store("a", &stores::scaled(2));
    rig.rests().await;
    rig.is_planned("a");
    drop((listens, rig));
    traces.end().await;

    let (got, bytes) = collector.got();
    let resource = got[0].resource.as_ref().unwrap();
    assert!(
        format!("{resource:?}").contains("\"feast-operator\""),
        "{resource:?}"
    );
    let scopes = got.iter().flat_map(|spans| &spans.scope_spans);
    let spans: Vec<&Span> = scopes.flat_map(|scope| &scope.spans).collect();
    let passes: Vec<&&Span> = spans.iter().filter(|span| span.name == "pass").collect();
    let is_well = passes.iter().any(|pass| {
        let found = attributes(pass);
        found["feature_store"] == "ml/a" && found["outcome"] == "success"
    });
    assert!(is_well);
    let is_apply = |span: &&&Span| {
        let found = attributes(span);
        span.name == "write" && found["kind"] == "Deployment" && found["verb"] == "apply"
    };
    let apply = spans.iter().find(is_apply).unwrap();
    let found = attributes(apply);
    assert_eq!((found["name"], found["result"]), ("feast-a", "ok"));
    let mut passes = passes.iter();
    let is_within =
        passes.any(|pass| pass.trace_id == apply.trace_id && pass.span_id == apply.parent_span_id);
    assert!(is_within, "it is no part of a pass");
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.contains("feast-a") && !text.contains("change-me"));
}

#[tokio::test(start_paused = true)]
async fn a_collector_that_does_not_answer_holds_nothing_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let runtime = elsewhere(std::future::pending());
    let traces = Traces::to(&format!("http://{address}"), &runtime).unwrap();
    let listens = set_default(tracing_subscriber::registry().with(traces.layer()));
    let rig = Rig::start().await;
    // More spans than fit into the queue.
    for number in 0..100 {
        rig.put_store(&format!("a-{number}"), &stores::minimal());
    }
    rig.rests().await;
    for number in 0..100 {
        rig.is_planned(&format!("a-{number}"));
    }
    // It was called all the while.
    let (mut asks, _) = listener.accept().unwrap();
    let mut byte = [0];
    std::io::Read::read_exact(&mut asks, &mut byte).unwrap();
    assert_eq!(byte, *b"P");
    drop((listens, rig, asks, listener));
    drop(traces);
}

#[tokio::test]
async fn what_is_no_address_is_refused() {
    for wrong in [
        "collector",
        "/v1/traces",
        "",
        "http://",
        "https://",
        "grpc://collector:4317",
    ] {
        let refused = Traces::to(wrong, &Handle::current()).unwrap_err();
        assert!(refused.to_string().contains("not the URL"), "{refused}");
    }
}

#[tokio::test]
async fn a_password_is_refused_and_not_repeated() {
    for wrong in [
        "https://user:change-me@collector:4318",
        "user:change-me@collector",
    ] {
        let refused = Traces::to(wrong, &Handle::current()).unwrap_err();
        let told = format!("{refused} {refused:?}");
        assert!(!told.contains("change-me"), "{told}");
        assert!(told.contains("OTEL_EXPORTER_OTLP_HEADERS"), "{told}");
    }
}
