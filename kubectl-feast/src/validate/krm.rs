//! `kubectl feast krm`.

use std::io::{self, Read as _, Write};
use std::process::ExitCode;

use feast_check::krm::{Checks, ResourceList};
use feast_check::{Checker, visible};
use serde_json::Value;

use super::FailOn;
use crate::config::{Configs, Flags, NAME};
use crate::input::{Source, Unreadable};
use crate::output::Summary;
use crate::setting::Setting;
use crate::stdout;

/// Validate and lint as a KRM function, for kustomize and kpt
///
/// Reads a ResourceList on standard input and prints it with findings as results; resources do not
/// change. Findings that fail the command also go to standard error, since kustomize does not show
/// results. A ConfigMap as functionConfig may contain the configuration, under `.feast-lint.yaml`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  kpt fn eval deploy/ --exec 'kubectl-feast krm'
  kustomize build --enable-alpha-plugins --enable-exec . # with a transformer, see docs/pipelines.md

Exit codes: 0: no findings at or above --fail-on; 1: findings; 2: the input is not a ResourceList, or the
command line is wrong.")]
pub(crate) struct Args {
    /// Fail on findings of this level or above
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t)]
    fail_on: FailOn,
    #[command(flatten)]
    flags: Flags,
    /// Reject unknown fields, as `kubectl apply` does by default, instead of warning
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    setting: Setting,
}

pub(crate) fn run(args: &Args) -> io::Result<ExitCode> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    let read = ResourceList::parse(text).map_err(|error| Unreadable(error.to_string()));
    let checker = |list: &ResourceList| checker(args, list.function_config());
    let (list, checker) = match read.and_then(|list| Ok((checker(&list)?, list))) {
        Ok((checker, list)) => (list, checker),
        Err(error) => return crate::fail(&error.0),
    };
    let checks = list.check(&checker);
    let results = list.with_results(&checks);
    stdout::write(|out| out.write_all(results.as_bytes()))?;
    let mut summary = Summary::default();
    for Checks { checked, .. } in &checks {
        summary.add(checked);
    }
    if !args.fail_on.fails(&summary) {
        return Ok(ExitCode::SUCCESS);
    }
    tell(&checks, args.fail_on)?;
    Ok(ExitCode::from(1))
}

/// The checker for the resources. Flags take precedence over the function's configuration, and that
/// over the file in the current folder.
fn checker(args: &Args, function: Option<&Value>) -> Result<Checker, Unreadable> {
    let own = function.and_then(|config| config["data"][NAME].as_str());
    let own = own.filter(|_| !args.flags.name_a_file());
    let mut configs = Configs::new(&args.flags)?;
    let number = match own {
        Some(text) => Some(configs.add(text)?),
        None => configs.of(&Source::stdin())?,
    };
    let mut settings = args.setting.settings();
    settings.strict = args.strict;
    let checker = Checker::new(settings);
    Ok(match number.and_then(|number| configs.all().get(number)) {
        Some(config) => config.apply(checker, args.setting.release),
        None => checker,
    })
}

/// Prints the findings that fail the command.
fn tell(checks: &[Checks], bar: FailOn) -> io::Result<()> {
    let mut out = io::stderr().lock();
    for Checks { checked, .. } in checks {
        let findings = checked.findings.iter();
        for finding in findings.filter(|finding| bar.counts(finding.level)) {
            let name = visible(checked.name().unwrap_or(&checked.file));
            let (level, code) = (finding.level, &finding.code);
            writeln!(out, "{name}: {level}[{code}]: {}", visible(&finding.text()))?;
        }
    }
    Ok(())
}
