//! `kubectl feast validate`.

mod advice;
mod check;
mod config;
mod old;
mod progress;
mod surroundings;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;

use self::check::Checker;
use self::config::Config;
use self::old::Old;
use self::progress::Progress;
use self::surroundings::Surroundings;
use crate::color::Color;
use crate::finding::Checked;
use crate::input::{self, Files, Source, Unit, Unreadable};
use crate::output::{Form, Output, Summary};
use crate::setting::Setting;

/// Check FeatureStores as the API server would, and for what users regret
///
/// Says what a Kubernetes API server with the FeatureStore CRD would answer, and what it lets
/// through and then does not work, loses data or shows credentials (`kubectl feast explain lints`).
/// Secrets, ConfigMaps and autoscalers in the files are taken into account; other kinds are passed
/// by. In folders, files called *.yaml, *.yml and *.json are read, unless .gitignore or .ignore
/// names them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  kubectl feast validate store.yaml
  kubectl feast validate deploy/ --output github --fail-on warning
  kubectl feast validate 'teams/*/feast.yaml' -A no-authorization
  kubectl feast validate new.yaml --old old.yaml
  kustomize build . | kubectl feast validate -

Exit codes: 0 nothing was found that matters, 1 something was (see --fail-on), 2 a file could not
be read or the command line is wrong.")]
pub(crate) struct Args {
    #[command(flatten)]
    files: Files,
    /// Form of the output
    #[arg(short, long, value_enum, default_value_t)]
    output: Form,
    /// What makes the command fail
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t)]
    fail_on: FailOn,
    /// Do not look for a lint, or a group of them; `all` for every one
    #[arg(short = 'A', long, value_name = "LINT")]
    allow: Vec<String>,
    /// Report a lint, or a group of them, as a warning
    #[arg(short = 'W', long, value_name = "LINT")]
    warn: Vec<String>,
    /// Report a lint, or a group of them, as an error
    #[arg(short = 'D', long, value_name = "LINT")]
    deny: Vec<String>,
    /// Levels and options of lints, and files to leave out [default: .feast-lint.yaml, if it is there]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Files or folders with the FeatureStores as they are: what they become is an update
    #[arg(long, value_name = "FILE")]
    old: Vec<PathBuf>,
    /// Refuse unknown fields instead of warning, as `kubectl apply` does by default
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    setting: Setting,
}

/// What makes the command fail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// Errors.
    #[default]
    Error,
    /// Errors and warnings.
    Warning,
    /// Nothing but files that cannot be read.
    Never,
}

pub(crate) fn run(args: &Args, color: Color) -> io::Result<ExitCode> {
    let config = match Config::read(args) {
        Ok(config) => config,
        Err(error) => return crate::fail(&error.0),
    };
    let old = match Old::read(&args.old, &args.setting.namespace) {
        Ok(old) => old,
        Err(error) => return crate::fail(&error.0),
    };
    let (sources, failed) = sources(args, &config);
    let surroundings = if config.has_lints() {
        Surroundings::gather(|| units(&sources), &args.setting)?
    } else {
        Surroundings::none(&args.setting)
    };
    let checker = Checker {
        config: &config,
        old: &old,
        surroundings: &surroundings,
        strict: args.strict,
    };
    let out = io::BufWriter::new(io::stdout().lock());
    let mut report = Report {
        output: args.output.start(Box::new(out), color.on_stdout())?,
        summary: Summary::default(),
    };
    failed
        .iter()
        .try_for_each(|error| report.unreadable(error))?;
    let progress = Progress::new(sources.len());
    input::in_order(
        units(&sources),
        |unit| unit.read().map(|text| checker.text(&text)),
        |result| {
            progress.advance();
            match result {
                Ok(documents) => documents
                    .iter()
                    .try_for_each(|checked| report.checked(checked)),
                Err(error) => report.unreadable(&error),
            }
        },
    )?;
    progress.finish();
    report.output.finish(&report.summary)?;
    drop(report.output);
    io::stdout().flush()?;
    Ok(exit_code(report.summary, args.fail_on))
}

/// What is read, and what cannot be. If it is read twice, standard input is held.
fn sources(args: &Args, config: &Config) -> (Vec<Source>, Vec<Unreadable>) {
    let (mut sources, mut failed) = (Vec::new(), Vec::new());
    for source in args.files.sources() {
        match source.and_then(|source| {
            if config.has_lints() {
                source.held()
            } else {
                Ok(source)
            }
        }) {
            Ok(source) if config.leaves_out(&source.name) => {}
            Ok(source) => sources.push(source),
            Err(error) => failed.push(error),
        }
    }
    (sources, failed)
}

fn units(sources: &[Source]) -> impl Iterator<Item = Unit> {
    sources.iter().cloned().flat_map(Source::units)
}

/// Counts what it hands on.
struct Report<'w> {
    output: Box<dyn Output + 'w>,
    summary: Summary,
}

impl Report<'_> {
    fn checked(&mut self, checked: &Checked) -> io::Result<()> {
        self.summary.add(checked);
        self.output.checked(checked)
    }

    fn unreadable(&mut self, error: &Unreadable) -> io::Result<()> {
        self.summary.unreadable += 1;
        self.output.unreadable(&error.0)
    }
}

fn exit_code(summary: Summary, fail_on: FailOn) -> ExitCode {
    let Summary {
        errors, warnings, ..
    } = summary;
    let fails = match fail_on {
        FailOn::Never => false,
        FailOn::Error => errors > 0,
        FailOn::Warning => errors + warnings > 0,
    };
    match (summary.unreadable > 0, fails) {
        (true, _) => ExitCode::from(2),
        (false, true) => ExitCode::from(1),
        (false, false) => ExitCode::SUCCESS,
    }
}
