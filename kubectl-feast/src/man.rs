use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::CommandFactory;
use clap_mangen::Man;

use crate::Cli;
use crate::stdout;

/// Print the manual page
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  kubectl feast man | man -l -
  kubectl feast man --output-dir /usr/local/share/man/man1")]
pub(crate) struct Args {
    /// Write a page for each command to this folder instead
    #[arg(long, value_name = "DIR")]
    output_dir: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> io::Result<ExitCode> {
    if let Some(folder) = &args.output_dir {
        std::fs::create_dir_all(folder)?;
        clap_mangen::generate_to(Cli::command(), folder)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut page = Vec::new();
    Man::new(Cli::command()).render(&mut page)?;
    stdout::write(|out| out.write_all(&page))?;
    Ok(ExitCode::SUCCESS)
}
