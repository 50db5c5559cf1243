use std::io::{self, Write};
use std::process::ExitCode;

use feast_lint::Release;
use serde::Serialize;

use crate::format::{Documents, Format};

/// Print the version, and those of Feast and Kubernetes that it knows
///
/// What it calls 0.66.0 is the commit after that release of Feast, whose operator it renders as.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  kubectl feast version
  kubectl feast version -o json")]
pub(crate) struct Args {
    /// Form of the output, if it is not for people
    #[arg(short, long, value_enum)]
    output: Option<Format>,
}

#[derive(Serialize)]
struct Versions {
    version: &'static str,
    feast: &'static str,
    kubernetes: Vec<Release>,
}

pub(crate) fn run(args: &Args) -> io::Result<ExitCode> {
    let mut out = io::stdout().lock();
    let versions = Versions {
        version: env!("CARGO_PKG_VERSION"),
        feast: feast_api::Release::Main.feast_version(),
        kubernetes: Release::ALL.to_vec(),
    };
    if let Some(format) = args.output {
        Documents::new(out, format).write(&versions)?;
        return Ok(ExitCode::SUCCESS);
    }
    let releases: Vec<_> = versions.kubernetes.iter().map(Release::to_string).collect();
    writeln!(out, "kubectl-feast {}", versions.version)?;
    writeln!(out, "Feast {}", versions.feast)?;
    writeln!(out, "Kubernetes {}", releases.join(", "))?;
    Ok(ExitCode::SUCCESS)
}
