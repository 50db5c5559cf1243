//! The operator's command line.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::{Parser, Subcommand, ValueEnum};
use feast_operator::context::Context;
use feast_operator::controller::{self, Shutdown};
use feast_operator::leader::Election;
use feast_operator::platform::Offer;
use feast_operator::serve;
use feast_operator::settings::Settings;
use futures::FutureExt;
use kube::Client;
use kube::config::{Config, KubeConfigOptions, Kubeconfig};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// An operator for Feast FeatureStores
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Look after the FeatureStores of a cluster
    Run(Run),
}

#[derive(Debug, clap::Args)]
struct Run {
    #[command(flatten)]
    settings: Settings,
    /// What to log: a level, or levels by module as in `feast_operator=debug,warn`
    #[arg(long, env = "RUST_LOG", value_name = "FILTER", default_value = "info")]
    log: String,
    /// How to log
    #[arg(long, value_enum, default_value_t = Format::Json)]
    log_format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// An object a line
    Json,
    /// For reading
    Text,
}

/// What ends the operator before it is told to end.
type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { command } = Arguments::parse();
    match command {
        Command::Run(arguments) => {
            log(&arguments);
            match run(arguments.settings).await {
                Ok(code) => code,
                Err(error) => {
                    tracing::error!(%error, "ending");
                    ExitCode::FAILURE
                }
            }
        }
    }
}

fn log(arguments: &Run) {
    let filter = EnvFilter::builder().parse_lossy(&arguments.log);
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match arguments.log_format {
        Format::Json => subscriber
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .init(),
        Format::Text => subscriber.init(),
    }
}

async fn run(mut settings: Settings) -> Result<ExitCode, Failure> {
    // Two crates could provide TLS's cryptography; this is the one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let shutdown = shutdown()?;
    let config = config(&settings).await?;
    settings
        .operator_namespace
        .get_or_insert_with(|| config.default_namespace.clone());
    let client = Client::try_from(config)?;
    let offer = Offer::discover(&client).await?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), ?offer, "starting");

    let namespace = settings.operator_namespace.clone().unwrap_or_default();
    let election = Election::new(
        client.clone(),
        &namespace,
        &settings.election.lease,
        settings.identity(),
    );
    let elects = !settings.election.no_leader_election;
    let address = settings.serving.listen;
    let context = Context::new(client, settings, offer);
    let ready = Arc::new(AtomicBool::new(false));

    let serving = serve::serve(
        address,
        Arc::clone(&context),
        Arc::clone(&ready),
        shutdown.clone(),
    );
    let serving = tokio::spawn(serving);
    let (won, is_ours) = tokio::sync::oneshot::channel();
    let turn = async {
        if elects {
            election.win().await;
        }
        // The receiver is gone only when everything ends.
        let _ = won.send(());
    };
    let lost = async {
        match is_ours.await {
            Ok(()) if elects => election.keep().await,
            _ => std::future::pending().await,
        }
    };
    let work = controller::run(Arc::clone(&context), ready, turn, shutdown);
    tokio::select! {
        () = work => {}
        // Another operator may be at work: stop in the middle of whatever it is.
        () = lost => return Ok(ExitCode::FAILURE),
        failed = serving => failed??,
    }
    if elects {
        election.release().await;
    }
    tracing::info!("ended");
    Ok(ExitCode::SUCCESS)
}

/// How to reach the API server.
async fn config(settings: &Settings) -> Result<Config, Failure> {
    let Some(file) = &settings.kubeconfig else {
        return Ok(Config::infer().await?);
    };
    let kubeconfig = Kubeconfig::read_from(file)?;
    Ok(Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await?)
}

/// When the operator is told to end.
fn shutdown() -> std::io::Result<Shutdown> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let told = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("told to end");
    };
    Ok(told.boxed().shared())
}
