use std::io::{self, Write};
use std::process::ExitCode;

use clap_complete::ArgValueCandidates;
use feast_api::Release;
use feast_check::brought::Brought;
use feast_render::OperatorRelease;

use crate::candidates;
use crate::format::{Documents, Format};
use crate::stdout;

/// List what each release of Feast changed
///
/// Without a release, counts the changes of each. With one, lists its changes to the CRD and, since 0.61,
/// to the objects that the operator creates.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  kubectl feast releases
  kubectl feast releases 0.66
  kubectl feast releases --output json")]
pub(crate) struct Args {
    /// Feast release, from 0.42 to main [default: a table of all]
    #[arg(value_name = "RELEASE", add = ArgValueCandidates::new(candidates::releases))]
    release: Option<Release>,
    /// Output format for programs
    #[arg(short, long, value_enum)]
    output: Option<Format>,
}

pub(crate) fn run(args: &Args) -> io::Result<ExitCode> {
    let is_wanted = |name| args.release.is_none_or(|wanted| wanted.name() == name);
    let mut brought = Brought::all().filter(|brought| is_wanted(brought.release));
    stdout::write(|out| match (args.output, args.release) {
        (Some(format), _) => {
            let mut documents = Documents::new(out, format);
            brought.try_for_each(|brought| documents.write(&brought))
        }
        (None, Some(_)) => brought.try_for_each(|brought| one(out, &brought)),
        (None, None) => {
            writeln!(out, "RELEASE  DATE        VERSIONS      CRD  OPERATOR")?;
            brought.try_for_each(|brought| row(out, &brought))
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

/// A line of the table.
fn row(out: &mut impl Write, brought: &Brought) -> io::Result<()> {
    let Brought { release, date, .. } = brought;
    let versions = brought.versions.join(",");
    let crd = brought.crd.len();
    let operator = if brought.is_rendered {
        brought.operator.len().to_string()
    } else {
        "unknown".to_owned()
    };
    writeln!(
        out,
        "{release:<7}  {date}  {versions:<12}  {crd:>3}  {operator:>8}"
    )
}

fn one(out: &mut impl Write, brought: &Brought) -> io::Result<()> {
    let Brought { release, date, .. } = brought;
    writeln!(
        out,
        "{release} ({date}) serves {}.",
        brought.versions.join(" and ")
    )?;
    if !brought.crd.is_empty() {
        writeln!(out, "\nFields and rules:")?;
    }
    for change in &brought.crd {
        writeln!(out, "  {change}")?;
    }
    if !brought.operator.is_empty() {
        writeln!(out, "\nChanges of the operator:")?;
    }
    for change in &brought.operator {
        writeln!(out, "  {}: {}", change.name, change.summary)?;
    }
    if !brought.is_rendered {
        writeln!(
            out,
            "\nIts operator is not supported: rendering starts with {}.",
            OperatorRelease::FIRST
        )?;
    }
    Ok(())
}
