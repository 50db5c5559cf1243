use std::io;
use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use crate::Cli;

/// Print completions for a shell
///
/// kubectl completes plugins through an executable called kubectl_complete-feast; shells complete
/// `kubectl-feast` itself with what this prints.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  kubectl feast completions bash > /etc/bash_completion.d/kubectl-feast
  kubectl feast completions zsh > ~/.zfunc/_kubectl-feast")]
pub(crate) struct Args {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn run(args: &Args) -> io::Result<ExitCode> {
    let mut script = Vec::new();
    let mut command = Cli::command().bin_name("kubectl-feast");
    generate(args.shell, &mut command, "kubectl-feast", &mut script);
    io::Write::write_all(&mut io::stdout(), &script)?;
    Ok(ExitCode::SUCCESS)
}
