//! `kubectl feast validate`.

mod fix;
mod held;
pub(crate) mod krm;
mod progress;
mod watch;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::ValueEnum;
use clap_complete::ArgValueCandidates;
use feast_check::check::{Around, Read};
use feast_check::{Checker, Depth, Level, visible};
use feast_render::OperatorRelease;

use self::held::{Held, MOST, Room, Text};
use self::progress::Progress;
use crate::candidates;
use crate::color::Color;
use crate::config::{Configs, Flags};
use crate::finding::Checked;
use crate::input::{self, Files, Source, Unit, Unreadable};
use crate::origin::{Input, Needs, Reach, or_live};
use crate::output::{Form, Output, Summary};
use crate::setting::Setting;
use crate::stdout;

/// Validate FeatureStores as the API server would, and lint them
///
/// Reports what a Kubernetes API server with the FeatureStore CRD rejects, and what it accepts but then
/// fails, loses data or exposes credentials (`kubectl feast explain lints`). Uses the Secrets,
/// ConfigMaps and autoscalers in the files. Also validates CustomResourceDefinitions in the files,
/// and the resources of their kinds and of those in --crd; other kinds are ignored. In folders, reads
/// *.yaml, *.yml and *.json files that .gitignore and .ignore do not exclude.
#[derive(Debug, clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag")]
#[command(
    mut_arg("files", or_live),
    after_help = "Examples:
  kubectl feast validate store.yaml
  kubectl feast validate deploy/ --output github --fail-on warning
  kubectl feast validate 'teams/*/feast.yaml' --allow no-authorization
  kubectl feast validate new.yaml --old old.yaml
  kubectl feast validate deploy/ --crd keda-crds.yaml
  kubectl feast validate deploy/ --upgrade-from 0.65 --release 0.66
  kubectl feast validate deploy/ --fix
  kubectl feast validate deploy/ --watch
  kustomize build . | kubectl feast validate -
  kubectl feast validate --live --all-namespaces --release 0.66

Exit codes: 0: no findings at or above --fail-on; 1: findings; 2: a file cannot be read, nothing was
validated (see --allow-empty), or the command line is wrong."
)]
pub(crate) struct Args {
    #[command(flatten)]
    files: Files,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Form,
    /// Fail on findings of this level or above
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t)]
    fail_on: FailOn,
    #[command(flatten)]
    flags: Flags,
    /// Files or folders with the resources before the change: validates it as an update
    #[arg(long, value_name = "FILE")]
    old: Vec<PathBuf>,
    /// Files or folders with CustomResourceDefinitions, to validate resources of their kinds; one for
    /// FeatureStore replaces the built-in one
    #[arg(long, value_name = "FILE")]
    crd: Vec<PathBuf>,
    /// Release of the operator that runs now: adds the lints of the group `upgrade`, which report what
    /// changes with --release
    #[arg(long, value_name = "RELEASE", add = ArgValueCandidates::new(candidates::releases))]
    upgrade_from: Option<OperatorRelease>,
    /// Reject unknown fields, as `kubectl apply` does by default, instead of warning
    #[arg(long)]
    strict: bool,
    /// Apply safe fixes to the files, keep comments and layout, and print the changes on standard
    /// error. For standard input, print the fixed text, and findings on standard error
    #[arg(long)]
    fix: bool,
    /// Validate again whenever a file changes, until Ctrl-C
    #[arg(short, long, conflicts_with = "fix")]
    watch: bool,
    /// Succeed if there is nothing to validate
    #[arg(long)]
    allow_empty: bool,
    /// Print findings only, without a summary
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
    /// List skipped files: files in folders that are not manifests, and those that the configuration
    /// excludes
    #[arg(short, long)]
    verbose: bool,
    #[command(flatten)]
    setting: Setting,
    #[command(flatten)]
    reach: Reach,
}

/// The level from which findings fail the command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// Errors.
    #[default]
    Error,
    /// Errors and warnings.
    Warning,
    /// Never, except for unreadable files.
    Never,
}

impl FailOn {
    /// Whether findings of a level make the command fail.
    fn counts(self, level: Level) -> bool {
        match self {
            Self::Never => false,
            Self::Error => level == Level::Error,
            Self::Warning => true,
        }
    }

    fn fails(self, summary: &Summary) -> bool {
        (summary.errors > 0 && self.counts(Level::Error))
            || (summary.warnings > 0 && self.counts(Level::Warning))
    }
}

pub(crate) fn run(args: &Args, color: Color) -> io::Result<ExitCode> {
    if !args.watch {
        return once(args, color);
    }
    if args.files.have_stdin() || args.files.are_none() {
        return crate::fail("--watch needs files: standard input and clusters cannot be watched");
    }
    watch::run(args, color)
}

/// Checks the current input once.
fn once(args: &Args, color: Color) -> io::Result<ExitCode> {
    let mut plan = match plan(args) {
        Ok(plan) => plan,
        Err(error) => return crate::fail(&error.0),
    };
    if let Some(error) = fix::refused(&plan, args).filter(|_| args.fix) {
        return crate::fail(&error.0);
    }
    let summary = stdout::write(|out| {
        if !args.fix {
            return report(plan, args, Box::new(out), color.on_stdout());
        }
        fix::run(&mut plan, out)?;
        if args.files.have_stdin() {
            return report(plan, args, Box::new(io::stderr()), color.on_stderr());
        }
        report(plan, args, Box::new(out), color.on_stdout())
    })?;
    Ok(exit_code(summary, args))
}

/// Writes the findings.
fn report(plan: Plan, args: &Args, out: Box<dyn Write + '_>, color: Color) -> io::Result<Summary> {
    let Plan {
        sources,
        left_out,
        failed,
        definitions,
        base,
        checkers,
    } = plan;
    let mut report = Report {
        output: args.output.start(out, color, args.quiet)?,
        summary: Summary::default(),
        is_verbose: args.verbose,
    };
    let why = "excluded by the configuration";
    let mut left_out = left_out.iter().map(|name| format!("{name}: {why}"));
    left_out.try_for_each(|passed| report.passes_by(&passed))?;
    failed
        .iter()
        .try_for_each(|error| report.unreadable(error))?;
    definitions
        .iter()
        .try_for_each(|definition| report.checked(definition))?;
    let progress = Progress::new(sources.len(), !args.quiet);
    let jobs = sources.into_iter().flat_map(|(number, source)| {
        let checker = checkers.get(number).unwrap_or(&base);
        source.units().map(move |unit| Job { checker, unit })
    });
    match base.settings().depth {
        Depth::Verdict => one_by_one(&base, jobs, &mut report, &progress)?,
        _ => together(&base, jobs, &mut report, &progress)?,
    }
    progress.finish();
    report.output.finish(&report.summary)?;
    Ok(report.summary)
}

/// The input, and how to check it.
struct Plan {
    /// The sources, each with the index of its checker.
    sources: Vec<(usize, Source)>,
    /// The names of excluded sources.
    left_out: Vec<Arc<str>>,
    /// Sources that cannot be read.
    failed: Vec<Unreadable>,
    /// Findings about the given CRDs.
    definitions: Vec<Checked>,
    /// The common checker.
    base: Checker,
    /// A checker for each configuration.
    checkers: Vec<Checker>,
}

fn plan(args: &Args) -> Result<Plan, Unreadable> {
    let mut configs = Configs::new(&args.flags)?;
    let (mut sources, mut left_out, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    let input = Input::of(&args.reach, &args.files, needs(args))?;
    configs.kubernetes = input.kubernetes();
    for source in input.sources(&args.files) {
        match source {
            Ok(source) => match configs.of(&source)? {
                Some(number) => sources.push((number, source)),
                None => left_out.push(source.name),
            },
            Err(error) => failed.push(error),
        }
    }
    let (base, definitions) = checker(args, &configs, &input)?;
    let configs = configs.all().iter();
    let checkers = configs.map(|config| config.apply(base.clone(), args.setting.release));
    Ok(Plan {
        sources,
        left_out,
        failed,
        definitions,
        checkers: checkers.collect(),
        base,
    })
}

/// What is needed from a cluster. Existing objects do not affect findings.
fn needs(args: &Args) -> Needs<'_> {
    Needs {
        settings: args.setting.settings(),
        namespace: args.setting.namespace.as_deref(),
        live: false,
        definition: args.setting.release.is_none() && args.crd.is_empty(),
        limits: false,
    }
}

/// The common checker, and findings about the given CRDs.
fn checker(
    args: &Args,
    configs: &Configs,
    input: &Input,
) -> Result<(Checker, Vec<Checked>), Unreadable> {
    let mut settings = args.setting.settings();
    settings.strict = args.strict;
    settings.upgraded_from = args.upgrade_from;
    settings.selector.clone_from(&args.files.selection.selector);
    if !configs.have_lints() {
        settings.depth = Depth::Verdict;
    }
    // Every configured Kubernetes release must accept the CRDs.
    let releases = configs.all().iter();
    let releases = releases.map(|config| config.lints.options.kubernetes);
    settings.lints.options.kubernetes = releases.min().unwrap_or_default();
    let mut checker = input.checker(input.settings(settings));
    let definitions = add_crds(&mut checker, &args.crd)?;
    for text in Files::of(args.old.clone()).texts() {
        let text = text?;
        for document in text.documents() {
            let fault = |error| Unreadable(format!("{}: {error}", text.name()));
            checker.add_old(&document.map_err(fault)?);
        }
    }
    Ok((checker, definitions))
}

/// Adds the CRDs in files and folders; each must have some.
fn add_crds(checker: &mut Checker, paths: &[PathBuf]) -> Result<Vec<Checked>, Unreadable> {
    let mut all = Vec::new();
    for path in paths {
        let before = all.len();
        for text in Files::of(vec![path.clone()]).texts() {
            all.extend(checker.add_crds(&*text?));
        }
        if all.len() == before {
            let why = format!("{}: contains no CustomResourceDefinition", path.display());
            return Err(Unreadable(why));
        }
    }
    Ok(all)
}

/// A part of the input, with its checker.
#[derive(Clone)]
struct Job<'c> {
    checker: &'c Checker,
    unit: Unit,
}

impl<'c> Job<'c> {
    fn read(self) -> Result<(&'c Checker, Read), Unreadable> {
        let text = self.unit.read()?;
        Ok((self.checker, self.checker.read(text)))
    }

    /// Reads what the text has for others.
    fn survey(self) -> Result<Read, Unreadable> {
        Ok(self.checker.survey(self.unit.read()?))
    }

    fn size(&self) -> usize {
        self.unit.size()
    }
}

/// Checks FeatureStores together with other objects: what all texts have for others is known before
/// the first one is finished.
fn together<'c>(
    base: &Checker,
    jobs: impl Iterator<Item = Job<'c>>,
    report: &mut Report<'_>,
    progress: &Progress,
) -> io::Result<()> {
    let room = Room::new(MOST);
    let mut held = Held::default();
    let mut gathering = base.gathering();
    let read = |job| room.read(job);
    input::in_order(jobs, Job::size, read, |first| {
        if let Ok(first) = &first {
            report.passed_by(first.read())?;
        }
        held.add(first, &mut gathering);
        Ok(())
    })?;
    held.read_wanted(&gathering);
    let around = gathering.finish(base, held.kept());
    let finish = |(checker, read): (&Checker, Read)| checker.findings(read, &around);
    input::in_order(
        held.into_iter(),
        Text::size,
        |text| text.read().map(finish),
        |checked| report.text(checked, progress),
    )
}

/// Checks each text as it is read, because verdicts need no other text. Objects that wait for a CRD
/// come last.
fn one_by_one<'c>(
    base: &Checker,
    jobs: impl Iterator<Item = Job<'c>>,
    report: &mut Report<'_>,
    progress: &Progress,
) -> io::Result<()> {
    let around = Around::default();
    let mut waiting: Vec<(&Checker, Read)> = Vec::new();
    input::in_order(jobs, Job::size, Job::read, |read| {
        if let Ok((_, read)) = &read {
            report.passed_by(read)?;
        }
        let checked = read.map(|(checker, mut read)| {
            waiting.extend(read.take_waiting().map(|read| (checker, read)));
            checker.findings(read, &around)
        });
        report.text(checked, progress)
    })?;
    let around = base.gather(waiting.iter_mut().map(|(_, read)| read));
    for (checker, read) in waiting {
        for checked in checker.findings(read, &around) {
            report.checked(&checked)?;
        }
    }
    Ok(())
}

/// Writes and counts findings.
struct Report<'w> {
    output: Box<dyn Output + 'w>,
    summary: Summary,
    is_verbose: bool,
}

impl Report<'_> {
    /// Lists skipped documents.
    fn passed_by(&self, read: &Read) -> io::Result<()> {
        let mut passed = read.passed_by();
        passed.try_for_each(|passed| self.passes_by(&passed))
    }

    fn passes_by(&self, passed: &str) -> io::Result<()> {
        if !self.is_verbose {
            return Ok(());
        }
        writeln!(io::stderr(), "skipped: {}", visible(passed))
    }

    /// Writes the results of a text.
    fn text(
        &mut self,
        checked: Result<Vec<Checked>, Unreadable>,
        progress: &Progress,
    ) -> io::Result<()> {
        progress.advance();
        match checked {
            Ok(checked) => checked.iter().try_for_each(|checked| self.checked(checked)),
            Err(error) => self.unreadable(&error),
        }
    }

    fn checked(&mut self, checked: &Checked) -> io::Result<()> {
        self.summary.add(checked);
        self.output.checked(checked)
    }

    fn unreadable(&mut self, error: &Unreadable) -> io::Result<()> {
        self.summary.unreadable += 1;
        self.output.unreadable(&error.0)
    }
}

fn exit_code(summary: Summary, args: &Args) -> ExitCode {
    let is_nothing = summary.is_nothing() && !args.allow_empty;
    match (
        summary.unreadable > 0 || is_nothing,
        args.fail_on.fails(&summary),
    ) {
        (true, _) => ExitCode::from(2),
        (false, true) => ExitCode::from(1),
        (false, false) => ExitCode::SUCCESS,
    }
}
