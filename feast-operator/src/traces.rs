//! Sends the [spans](crate::spans) of passes to a collector of OpenTelemetry, by OTLP over HTTP.
//!
//! A thread of its own sends what has ended, some at a time. Nothing waits for it: spans that a collector
//! does not take fast enough are dropped.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Limited};
use kube::client::Body;
use kube::{Client, Config};
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{Bytes, HttpClient, HttpError};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::resource::EnvResourceDetector;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use tracing::{Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::registry::LookupSpan;

use crate::MANAGER;
use crate::spans::TARGET;

/// Where a collector takes spans.
const PATH: &str = "/v1/traces";
/// How long sending may take.
const SENDING: Duration = Duration::from_secs(10);
/// How long the end of the operator waits for what has not been sent yet.
const ENDING: Duration = Duration::from_secs(3);
/// Most bytes of a collector's answer.
const ANSWER: usize = 64 * 1024;

/// Sends spans to a collector until it [ends](Self::end).
pub struct Traces(SdkTracerProvider);

/// Spans cannot be sent to this place.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BadEndpoint {
    /// It is no address.
    #[error("`{0}` is no address of a collector, such as http://collector:4318")]
    Uri(String),
    /// It cannot be reached in the way that it asks for.
    #[error("{0} cannot be a collector: {1}")]
    Unreachable(Uri, #[source] Box<kube::Error>),
    /// A variable of the environment is wrong.
    #[error("spans cannot be sent: {0}")]
    Settings(#[from] opentelemetry_otlp::ExporterBuildError),
}

impl Traces {
    /// Sends spans to this collector, such as `http://collector:4318`. `runtime` does it. The variables
    /// `OTEL_EXPORTER_OTLP_HEADERS` and `OTEL_RESOURCE_ATTRIBUTES` count.
    ///
    /// # Errors
    ///
    /// It is no address, or a variable is wrong.
    pub fn to(endpoint: &str, runtime: &Handle) -> Result<Self, BadEndpoint> {
        let uri = endpoint.parse::<Uri>().ok();
        let uri = uri.filter(|uri| uri.host().is_some() && uri.scheme().is_some());
        let uri = uri.ok_or_else(|| BadEndpoint::Uri(endpoint.to_owned()))?;
        let mut config = Config::new(uri.clone());
        config.connect_timeout = Some(SENDING);
        let client = {
            let _within = runtime.enter();
            Client::try_from(config)
        };
        let client = client.map_err(|error| BadEndpoint::Unreachable(uri, Box::new(error)))?;
        let runtime = runtime.clone();
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Collector { client, runtime })
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{}{PATH}", endpoint.trim_end_matches('/')))
            .with_timeout(SENDING)
            .build()?;
        let resource = Resource::builder_empty().with_service_name(MANAGER);
        let resource = resource.with_detector(Box::new(EnvResourceDetector::new()));
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource.build());
        Ok(Self(provider.build()))
    }

    /// Takes the spans of passes, and nothing else.
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
    {
        let layer = tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer(MANAGER))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false);
        layer.with_filter(Targets::new().with_target(TARGET, Level::DEBUG))
    }

    /// Sends what has ended, and waits for it, though not for long.
    pub async fn end(self) {
        let ended = spawn_blocking(move || self.0.shutdown_with_timeout(ENDING)).await;
        if let Ok(Err(error)) = ended {
            tracing::warn!(%error, "some spans were not sent");
        }
    }
}

/// Shows nothing of where spans go.
impl fmt::Debug for Traces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Traces").finish_non_exhaustive()
    }
}

/// A collector, reached by a client as API servers are, with the same TLS.
struct Collector {
    client: Client,
    runtime: Handle,
}

impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collector").finish_non_exhaustive()
    }
}

/// An answer that is awaited.
type Answer<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'a>>;

impl HttpClient for Collector {
    fn send_bytes<'me, 'a>(&'me self, request: Request<Bytes>) -> Answer<'a>
    where
        'me: 'a,
        Self: 'a,
    {
        // The thread that asks has no runtime.
        let answer = self.runtime.spawn(send(self.client.clone(), request));
        Box::pin(async move { answer.await? })
    }
}

async fn send(client: Client, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
    let (mut parts, body) = request.into_parts();
    // The client knows the rest.
    parts.uri = Uri::from_static(PATH);
    let request = Request::from_parts(parts, Body::from(body.to_vec()));
    timeout(SENDING, async {
        let (parts, body) = client.send(request).await?.into_parts();
        let body = Limited::new(body, ANSWER).collect().await?.to_bytes();
        Ok(Response::from_parts(parts, body))
    })
    .await?
}
