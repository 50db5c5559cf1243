//! `kubectl feast`: validates, renders and compares FeatureStores in files and clusters.
#![allow(
    clippy::doc_markdown,
    reason = "doc comments of arguments are their help, in plain text"
)]

mod candidates;
mod capacity;
mod color;
mod completions;
mod config;
mod convert;
mod crd;
mod diff;
mod drawing;
mod explain;
mod external;
mod foreign;
mod format;
mod graph;
mod input;
mod kustomize;
#[cfg(feature = "live")]
mod live;
mod load;
mod lsp;
mod man;
mod origin;
mod output;
#[cfg(all(test, feature = "live"))]
mod reference;
mod releases;
mod render;
mod report;
mod repository;
mod selection;
mod setting;
mod stdout;
mod validate;
mod version;

use std::env;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use feast_check::{admission, finding, visible_lines};
use mimalloc::MiMalloc;

use self::color::Color;

/// Faster than glibc's for many small values, and much faster than musl's.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Validate, lint, render and compare Feast FeatureStores
///
/// Computes what the API server answers to a FeatureStore and which objects Feast's operator creates, and
/// lints it. Reads files and needs no cluster; with --live it reads one and never changes it.
#[derive(Debug, Parser)]
#[command(name = "kubectl-feast", bin_name = "kubectl feast", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// When to use colour
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, global = true)]
    color: Color,
}

#[derive(Debug, Subcommand)]
enum Command {
    Validate(validate::Args),
    Render(render::Args),
    Diff(diff::Args),
    Explain(explain::Args),
    Graph(graph::Args),
    Capacity(capacity::Args),
    #[cfg(feature = "live")]
    Status(live::status::Args),
    Convert(convert::Args),
    Crd(crd::Args),
    Releases(releases::Args),
    Krm(validate::krm::Args),
    Lsp(lsp::Args),
    Completions(completions::Args),
    Man(man::Args),
    Version(version::Args),
}

fn main() -> ExitCode {
    completions::answer();
    let arguments = external::command_first(env::args_os().collect());
    let parsed = Cli::try_parse_from(arguments).map_err(foreign::hinted);
    let Cli { command, color } = parsed.unwrap_or_else(|error| error.exit());
    let result = match command {
        Command::Validate(args) => validate::run(&args, color),
        Command::Render(args) => render::run(&args, color),
        Command::Diff(args) => diff::run(&args, color),
        Command::Explain(args) => explain::run(&args),
        Command::Graph(args) => graph::run(&args, color),
        Command::Capacity(args) => capacity::run(&args, color),
        #[cfg(feature = "live")]
        Command::Status(args) => live::status::run(&args, color),
        Command::Convert(args) => convert::run(&args, color),
        Command::Crd(args) => crd::run(&args),
        Command::Releases(args) => releases::run(&args),
        Command::Krm(args) => validate::krm::run(&args),
        Command::Lsp(args) => lsp::run(&args),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&args),
        Command::Version(args) => version::run(&args),
    };
    match result {
        Ok(code) => code,
        Err(error) => fail(&input::reason(&error)).unwrap_or(ExitCode::from(2)),
    }
}

/// Prints an error about the command line or a file, and returns exit code 2.
fn fail(message: &str) -> io::Result<ExitCode> {
    writeln!(io::stderr(), "error: {}", visible_lines(message))?;
    Ok(ExitCode::from(2))
}
