use std::io::{self, Write as _};
use std::process::ExitCode;

use feast_lint::Release;
use serde::Serialize;

use crate::format::{Documents, Format};
use crate::stdout;

/// Print the version, and the supported versions of Feast and Kubernetes
///
/// The version of Feast is the newest supported one, the default of `--release`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  kubectl feast version
  kubectl feast version -o json")]
pub(crate) struct Args {
    /// Output format for programs
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
    let versions = Versions {
        version: env!("CARGO_PKG_VERSION"),
        feast: feast_api::Release::NEWEST.name(),
        kubernetes: Release::ALL.to_vec(),
    };
    stdout::write(|out| {
        if let Some(format) = args.output {
            return Documents::new(out, format).write(&versions);
        }
        let releases: Vec<_> = versions.kubernetes.iter().map(Release::to_string).collect();
        writeln!(out, "kubectl-feast {}", versions.version)?;
        writeln!(out, "Feast {}", versions.feast)?;
        writeln!(out, "Kubernetes {}", releases.join(", "))
    })?;
    Ok(ExitCode::SUCCESS)
}
