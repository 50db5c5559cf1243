//! The operator's command line.

#[cfg(test)]
mod reference;

use std::future::pending;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

use clap::{Parser, Subcommand, ValueEnum};
use feast_operator::context::Context;
use feast_operator::controller::{self, Shutdown};
use feast_operator::foreseen::{Foreseen, Summary};
use feast_operator::leader::Election;
use feast_operator::manifests::{Installation, manifests};
use feast_operator::metrics::Metrics;
use feast_operator::platform::Offer;
use feast_operator::preview::{Preview, previews};
use feast_operator::serve;
use feast_operator::settings::{Duties, Serving, Settings};
#[cfg(feature = "opentelemetry")]
use feast_operator::traces::Traces;
use feast_operator::webhook::{self, Certificates, Issuing, Limits, Policy};
use feast_render::REQUEUE;
use futures::FutureExt;
use futures::future::BoxFuture;
use kube::Client;
use kube::config::{Config, KubeConfigOptions, Kubeconfig};
use mimalloc::MiMalloc;
use tokio::runtime::Builder;
#[cfg(feature = "opentelemetry")]
use tokio::runtime::Handle;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tracing::Level;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

/// Faster than glibc's for many small values, and much faster than musl's. It does not ask for huge
/// pages, of which a small heap fills little.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Operator for Feast FeatureStores
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Reconcile the FeatureStores of a cluster
    Run(Box<Run>),
    /// Show what `run` with the same flags would change; only reads the cluster
    ///
    /// Exit codes: 0: no changes; 1: changes; 2: error.
    Plan(Box<Plan>),
    /// Print the manifests that install the operator, for `kubectl apply --server-side --filename -`
    Manifests(Installation),
}

#[derive(Debug, clap::Args)]
struct Run {
    #[command(flatten)]
    settings: Settings,
    /// Log level, or levels by module as in `feast_operator=debug,warn`
    #[arg(long, env = "RUST_LOG", value_name = "FILTER", default_value = "info")]
    log: String,
    /// Log format
    #[arg(long, value_enum, default_value_t = Format::Json)]
    log_format: Format,
}

#[derive(Debug, clap::Args)]
struct Plan {
    #[command(flatten)]
    duties: Duties,
    /// Show all namespaces, overriding `--namespace` and `WATCH_NAMESPACE`
    #[arg(short = 'A', long)]
    all_namespaces: bool,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = Telling::Text)]
    output: Telling,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Telling {
    /// Text
    Text,
    /// One JSON document
    Json,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// A JSON object per line
    Json,
    /// Text
    Text,
}

/// An error that ends the operator.
type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse();
    match command {
        Command::Run(arguments) => {
            let tracing = match listen(&arguments) {
                Ok(tracing) => tracing,
                Err(error) => {
                    complain(&error);
                    return ExitCode::FAILURE;
                }
            };
            let code = Box::pin(run(arguments.settings)).await;
            let code = code.unwrap_or_else(|error| {
                tracing::error!(error, "ending");
                ExitCode::FAILURE
            });
            tracing.await;
            code
        }
        Command::Plan(arguments) => {
            encrypt();
            let warnings = tracing_subscriber::fmt().with_max_level(Level::WARN);
            warnings.with_writer(io::stderr).init();
            let code = Box::pin(plan(*arguments)).await;
            code.unwrap_or_else(|error| {
                complain(&error);
                ExitCode::from(2)
            })
        }
        Command::Manifests(installation) => match print(&installation) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                complain(&error);
                ExitCode::FAILURE
            }
        },
    }
}

/// Selects TLS's cryptography provider, because two crates offer one.
fn encrypt() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

fn complain(error: &Failure) {
    let text = error.to_string();
    // Argument errors already have this prefix.
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    // If this fails, there is nowhere to report it.
    let _ = writeln!(io::stderr(), "error: {}", text.trim_end());
}

fn print(installation: &Installation) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    for object in manifests(installation)? {
        write!(output, "---\n{}", serde_saphyr::to_string(&object)?)?;
    }
    Ok(output.flush()?)
}

/// Sets up logging, and a trace collector if there is one; returns the future to await at the end.
fn listen(arguments: &Run) -> Result<BoxFuture<'static, ()>, Failure> {
    encrypt();
    let filter = EnvFilter::builder().parse_lossy(&arguments.log);
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    let log = match arguments.log_format {
        Format::Json => {
            let lines = lines.json().flatten_event(true).with_span_list(false);
            lines.with_filter(filter).boxed()
        }
        Format::Text => lines.with_filter(filter).boxed(),
    };
    let listening = tracing_subscriber::registry().with(log);
    #[cfg(feature = "opentelemetry")]
    if let Some(endpoint) = &arguments.settings.serving.otlp_endpoint {
        let traces = Traces::to(endpoint, &Handle::current())?;
        listening.with(traces.layer()).init();
        return Ok(traces.end().boxed());
    }
    listening.init();
    Ok(async {}.boxed())
}

/// Prints what the operator would do.
async fn plan(arguments: Plan) -> Result<ExitCode, Failure> {
    let mut duties = arguments.duties;
    if arguments.all_namespaces {
        duties.namespaces.clear();
    }
    let config = connect(&mut duties).await?;
    let client = Client::try_from(config)?;
    let offer = Offer::discover(&client).await?;
    let context = Context::new(client, duties.configuration(), offer);
    let previews = previews(&context).await?;
    let foreseen = Foreseen::new(&previews);
    let mut output = io::stdout().lock();
    match arguments.output {
        Telling::Json => writeln!(output, "{}", serde_json::to_string_pretty(&foreseen)?)?,
        Telling::Text => tell(&mut output, &previews, foreseen.summary)?,
    }
    output.flush()?;
    Ok(ExitCode::from(u8::from(!foreseen.summary.is_nothing())))
}

fn tell(output: &mut impl io::Write, previews: &[Preview], summary: Summary) -> io::Result<()> {
    for preview in previews {
        write!(output, "{preview}")?;
    }
    let Summary {
        changing,
        restarting,
        failing,
        ..
    } = summary;
    let all = previews.len();
    writeln!(
        output,
        "{changing} of {all} FeatureStores change, {restarting} restart pods, {failing} fail"
    )
}

/// How to connect to the API server; also sets the operator's namespace, unless it is given.
async fn connect(duties: &mut Duties) -> Result<Config, Failure> {
    let config = config(duties).await?;
    let namespace = &mut duties.operator_namespace;
    namespace.get_or_insert_with(|| config.default_namespace.clone());
    Ok(config)
}

async fn run(mut settings: Settings) -> Result<ExitCode, Failure> {
    let shutdown = shutdown()?;
    let policy = Policy::new(
        &settings.serving.refused_lints,
        &settings.serving.allowed_lints,
    )?;
    // Report conflicting flags before connecting to the server.
    let times = settings.election.times()?;
    settings.configuration()?;
    let config = connect(&mut settings.duties).await?;
    let configuration = settings.configuration()?;
    let client = Client::try_from(config.clone())?;
    let offer = tokio::select! {
        offer = discover(&client) => offer,
        () = shutdown.clone() => return Ok(ExitCode::SUCCESS),
    };
    tracing::info!(version = env!("CARGO_PKG_VERSION"), ?offer, "starting");

    let election = (!settings.election.no_leader_election).then(|| {
        let identity = configuration.identity.clone();
        let namespace = settings
            .duties
            .operator_namespace
            .as_deref()
            .unwrap_or_default();
        let name = settings.lease();
        Election::new(client.clone(), namespace, &name, identity).with_times(times)
    });
    let metrics = Arc::new(Metrics::default());
    let meter = Arc::clone(&metrics) as _;
    let context = Context::metered(client, configuration, offer, meter);
    let health = serve_health(&settings.serving, &context, metrics, &shutdown);
    let webhook = serve_webhook(settings, &context, config, policy, &shutdown)?;
    let controller = async {
        if let Some(election) = &election {
            return controller::run_elected(context, election, shutdown).await;
        }
        controller::run(context, std::future::ready(()), shutdown).await;
        Ok(())
    };
    tokio::select! {
        // Another replica may be active: stop at once.
        ended = controller => ended?,
        error = failure(health) => return Err(error),
        error = failure(webhook) => return Err(error),
    }
    tracing::info!("ended");
    Ok(ExitCode::SUCCESS)
}

/// Asks for the cluster's features until the server responds: it may be starting, too.
async fn discover(client: &Client) -> Offer {
    loop {
        match Offer::discover(client).await {
            Ok(offer) => return offer,
            Err(error) => tracing::warn!(%error, "cannot discover the API server's features"),
        }
        tokio::time::sleep(REQUEUE).await;
    }
}

fn serve_health(
    serving: &Serving,
    context: &Arc<Context>,
    metrics: Arc<Metrics>,
    shutdown: &Shutdown,
) -> JoinHandle<io::Result<()>> {
    let context = Arc::clone(context);
    tokio::spawn(serve::serve(
        serving.listen,
        context,
        metrics,
        shutdown.clone(),
    ))
}

/// Serves the webhook, if enabled, on its own thread and with its own client, so that reviews do
/// not delay the renewal of the Lease.
fn serve_webhook(
    settings: Settings,
    context: &Arc<Context>,
    config: Config,
    policy: Policy,
    shutdown: &Shutdown,
) -> io::Result<JoinHandle<io::Result<()>>> {
    let Some(address) = settings.serving.webhook_listen else {
        return Ok(tokio::spawn(pending()));
    };
    let (context, shutdown) = (Arc::clone(context), shutdown.clone());
    let serving = async move {
        let certificates = certificates(&settings, config)?;
        let limits = Limits::default();
        webhook::serve(address, certificates, context, policy, limits, shutdown).await
    };
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let (ended, has_ended) = oneshot::channel();
    // The receiver is dropped on shutdown.
    let run = move || drop(ended.send(runtime.block_on(serving)));
    thread::Builder::new()
        .name("webhook".to_owned())
        .spawn(run)?;
    let died = |_| Err(io::Error::other("the webhook's thread has died"));
    let ended = async move { has_ended.await.unwrap_or_else(died) };
    Ok(tokio::spawn(ended))
}

/// The source of the webhook's certificate.
fn certificates(settings: &Settings, config: Config) -> io::Result<Certificates> {
    if let Some(folder) = &settings.serving.webhook_certificates {
        return Ok(Certificates::Folder(folder.clone()));
    }
    let namespace = settings
        .duties
        .operator_namespace
        .as_deref()
        .unwrap_or_default();
    let secret = settings.serving.webhook_secret.as_deref();
    let client = Client::try_from(config).map_err(io::Error::other)?;
    let hosts = webhook::hosts(namespace);
    let issuing = Issuing::new(client, namespace, secret.unwrap_or_default(), hosts);
    Ok(Certificates::Secret(Box::new(issuing)))
}

/// The error of a task; pending forever if the task ended without one.
async fn failure(task: JoinHandle<io::Result<()>>) -> Failure {
    match task.await {
        Ok(Ok(())) => pending().await,
        Ok(Err(error)) => error.into(),
        Err(error) => error.into(),
    }
}

/// How to connect to the API server.
async fn config(duties: &Duties) -> Result<Config, Failure> {
    let Some(file) = &duties.kubeconfig else {
        return Ok(Config::infer().await?);
    };
    let kubeconfig = Kubeconfig::read_from(file)?;
    Ok(Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await?)
}

/// Resolves on a termination signal.
fn shutdown() -> io::Result<Shutdown> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let told = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("received a termination signal");
    };
    Ok(told.boxed().shared())
}
