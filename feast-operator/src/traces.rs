//! Sends the [spans](crate::spans) of passes to an OpenTelemetry collector, with OTLP over HTTP.
//!
//! A separate thread sends completed spans in batches. Nothing waits for it: if a collector is too
//! slow, spans are dropped.

use std::error::Error;
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

/// Path for traces on a collector.
const PATH: &str = "/v1/traces";
/// Timeout for sending.
const SENDING: Duration = Duration::from_secs(10);
/// How long the shutdown waits for unsent spans.
const ENDING: Duration = Duration::from_secs(3);
/// Maximum size of a collector's response in bytes.
const ANSWER: usize = 64 * 1024;

/// Sends spans to a collector until [`end`](Self::end).
pub struct Traces(SdkTracerProvider);

/// The collector cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BadEndpoint {
    /// It is not a URL.
    #[error("`{0}` is not the URL of a collector, such as http://collector:4318")]
    Uri(String),
    /// It contains a user or a password.
    #[error(
        "the URL of a collector must not contain a user or password; use OTEL_EXPORTER_OTLP_HEADERS"
    )]
    Credentials,
    /// The client does not support it.
    #[error("cannot use {0} as a collector: {1}")]
    Unreachable(Uri, #[source] Box<kube::Error>),
    /// An environment variable is invalid.
    #[error("cannot send spans: {0}")]
    Settings(#[from] opentelemetry_otlp::ExporterBuildError),
}

impl Traces {
    /// Sends spans to this collector, such as `http://collector:4318`, on `runtime`. Respects
    /// `OTEL_EXPORTER_OTLP_HEADERS` and `OTEL_RESOURCE_ATTRIBUTES`. `https` needs a certificate that
    /// the system trusts, and a `kube` with TLS, as the feature `cli` has.
    ///
    /// # Errors
    ///
    /// The URL or a variable is invalid, or there is no TLS.
    pub fn to(endpoint: &str, runtime: &Handle) -> Result<Self, BadEndpoint> {
        let uri = address(endpoint)?;
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

    /// A layer that receives only the spans of passes.
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

    /// Sends the remaining spans, and waits for a limited time.
    pub async fn end(self) {
        let ended = spawn_blocking(move || self.0.shutdown_with_timeout(ENDING)).await;
        if let Ok(Err(error)) = ended {
            tracing::warn!(%error, "some spans were not sent");
        }
    }
}

/// Parses the URL of a collector. Errors never repeat a password.
fn address(endpoint: &str) -> Result<Uri, BadEndpoint> {
    if endpoint.contains('@') {
        return Err(BadEndpoint::Credentials);
    }
    let uri = endpoint.parse::<Uri>().ok();
    let uri = uri.filter(|uri| matches!(uri.scheme_str(), Some("http" | "https")));
    uri.ok_or_else(|| BadEndpoint::Uri(endpoint.to_owned()))
}

/// Omits the collector.
impl fmt::Debug for Traces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Traces").finish_non_exhaustive()
    }
}

/// A collector, reached through the same kind of client as API servers, with the same TLS.
struct Collector {
    client: Client,
    runtime: Handle,
}

impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collector").finish_non_exhaustive()
    }
}

/// A pending response.
type Answer<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'a>>;

impl HttpClient for Collector {
    fn send_bytes<'me, 'a>(&'me self, request: Request<Bytes>) -> Answer<'a>
    where
        'me: 'a,
        Self: 'a,
    {
        // The calling thread has no runtime.
        let answer = self.runtime.spawn(send(self.client.clone(), request));
        Box::pin(async move {
            let answer = answer.await?;
            if let Err(error) = &answer {
                // The exporter omits the causes, such as an untrusted certificate.
                tracing::warn!(error = causes(&**error), "spans were not sent");
            }
            answer
        })
    }
}

/// Formats an error with all its causes.
fn causes(error: &(dyn Error + 'static)) -> String {
    let (mut told, mut cause) = (error.to_string(), error.source());
    while let Some(error) = cause {
        told = format!("{told}: {error}");
        cause = error.source();
    }
    told
}

async fn send(client: Client, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
    let (mut parts, body) = request.into_parts();
    // The client adds the rest.
    parts.uri = Uri::from_static(PATH);
    let request = Request::from_parts(parts, Body::from(body.to_vec()));
    timeout(SENDING, async {
        let (parts, body) = client.send(request).await?.into_parts();
        let body = Limited::new(body, ANSWER).collect().await?.to_bytes();
        Ok(Response::from_parts(parts, body))
    })
    .await?
}
