//! `kubectl feast`: checks and renders FeatureStores without a cluster.
#![allow(
    clippy::doc_markdown,
    reason = "doc comments of arguments are their help, in plain text"
)]

mod crd;
mod input;
mod render;
mod report;
mod validate;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

/// Checks and renders Feast FeatureStores without a cluster.
#[derive(Debug, Parser)]
#[command(name = "kubectl-feast", bin_name = "kubectl feast", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Validate(validate::Args),
    Render(render::Args),
    Crd(crd::Args),
}

/// Form of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// YAML, documents separated by `---`.
    Yaml,
    /// JSON on one line each.
    Json,
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Validate(args) => validate::run(&args),
        Command::Render(args) => render::run(&args),
        Command::Crd(args) => crd::run(&args),
    };
    match result {
        Ok(code) => code,
        // Whoever read our output has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::from(2)
        }
    }
}
