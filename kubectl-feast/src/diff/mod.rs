//! `kubectl feast diff`.

#[cfg(feature = "live")]
mod applied;
mod operator;
mod print;

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::ValueEnum;
use feast_api::Admitted;
use feast_check::diff::{self, Comparison, Pair, markdown};
use feast_check::{Checker, Settings, Text, visible};
use feast_render::ObjectRef;
use serde_json::json;

use self::operator::Operator;
use crate::color::Color;
use crate::input::{Files, Unreadable};
use crate::load::{self, How};
use crate::origin::{Reach, or_live};
use crate::report::Report;
use crate::selection::Selection;
use crate::stdout;

/// Show what a change of FeatureStores does to the cluster
///
/// Renders the old and the new FeatureStores and compares: objects that are created, changed and
/// deleted, pods that restart and why, data that is lost, and the status. Secret data is not shown.
#[derive(Debug, clap::Args)]
#[cfg_attr(feature = "live", command(mut_args(applied::explained)))]
#[command(
    mut_arg("new", or_live),
    after_help = "Examples:
  kubectl feast diff old.yaml new.yaml
  git show HEAD:store.yaml | kubectl feast diff - store.yaml
  kubectl feast diff store.yaml --scale 3
  kubectl feast diff stores/ --from 0.65 --to 0.66 -o markdown
  kubectl feast diff stores/ --to +hardened
  kubectl feast diff store.yaml --live
  KUBECTL_EXTERNAL_DIFF='kubectl-feast diff' kubectl diff -f store.yaml

Exit codes, as for `kubectl diff`: 0: no changes; 1: changes, or something would be rejected; 2: a
file cannot be read, or there is no FeatureStore (see --allow-empty)."
)]
pub(crate) struct Args {
    /// File or folder with the current FeatureStores, or `-`
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// File or folder with the new FeatureStores
    #[arg(value_name = "NEW", required_unless_present_any = ["scale", "from", "to"])]
    new: Option<PathBuf>,
    /// Show what `kubectl scale --replicas N` does, instead of NEW
    #[arg(long, value_name = "N", conflicts_with = "new")]
    scale: Option<i32>,
    /// Current operator: a Feast release such as 0.65, with corrections as in 0.65+all, or corrections
    /// alone: +none, +without-restarts, +all or +hardened [default: from --release and the other
    /// operator flags]
    #[arg(long, value_name = "OPERATOR")]
    from: Option<Operator>,
    /// New operator: shows what an upgrade does, alone or with --from [default: from --release and the
    /// other operator flags]
    #[arg(long, value_name = "OPERATOR")]
    to: Option<Operator>,
    #[command(flatten)]
    selection: Selection,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Form,
    #[command(flatten)]
    how: How,
    #[command(flatten)]
    reach: Reach,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Form {
    /// For people.
    #[default]
    Human,
    /// A JSON object per line for each FeatureStore, and one for the summary.
    Json,
    /// Markdown for a pull request: a table, and the changes of each FeatureStore.
    Markdown,
}

pub(crate) fn run(args: &Args, color: Color) -> io::Result<ExitCode> {
    let mut out = Report::new(color)?;
    let report = match (&args.new, is_live(args)) {
        (_, Err(error)) => return crate::fail(&error.0),
        #[cfg(feature = "live")]
        (_, Ok(true)) => match applied::applied(args, &mut out)? {
            Ok(report) => report,
            Err(error) => return crate::fail(&error.0),
        },
        (Some(new), _) => updated(new, args, &mut out)?,
        (None, _) => upgraded(args, &mut out)?,
    };
    // An unreadable FeatureStore would look like a deleted one.
    let Some(report) = report else {
        return Ok(out.exit_code());
    };
    if report.entries().is_empty() && !args.how.allow_empty {
        return load::nothing("compare");
    }
    print(&report, args.output, color)
}

/// Whether the manifests are compared with a cluster.
#[cfg(feature = "live")]
fn is_live(args: &Args) -> Result<bool, Unreadable> {
    let is_live = args.reach.is_live()?;
    let is_other = args.new.is_some()
        || args.scale.is_some()
        || args.from.is_some()
        || args.to.is_some()
        || args.reach.target.all_namespaces;
    if is_live && is_other {
        let why = "--live compares a file with the cluster: remove NEW, --scale, --from, --to and \
                   --all-namespaces";
        return Err(Unreadable(why.to_owned()));
    }
    Ok(is_live)
}

#[cfg(not(feature = "live"))]
#[allow(clippy::unnecessary_wraps, reason = "same signature as with a cluster")]
fn is_live(_: &Args) -> Result<bool, Unreadable> {
    Ok(false)
}

/// The settings for rendering before and after.
fn sides(args: &Args, selection: &Selection) -> [Settings; 2] {
    [args.from, args.to].map(|operator| {
        let settings = args.how.settings(selection);
        operator.map_or_else(
            || settings.clone(),
            |operator| operator.of(settings.clone()),
        )
    })
}

/// Adds the compared operators as title.
fn titled(report: diff::Report, [before, after]: &[Settings; 2]) -> diff::Report {
    if before.operator == after.operator {
        return report;
    }
    let [before, after] = [before, after].map(|side| operator::name(&side.operator));
    report.titled(format!("Feast's operator: {before} to {after}"))
}

/// The changes from one folder or file to another; `None` if they cannot be parsed.
fn updated(new: &Path, args: &Args, report: &mut Report) -> io::Result<Option<diff::Report>> {
    // A FeatureStore that is selected on either side is compared.
    let sides = sides(args, &Selection::default());
    let [before, after] = &sides;
    let old = load::load(texts(&args.old), Checker::new(before.clone()), report)?;
    let new = load::load(texts(new), Checker::new(after.clone()), report)?;
    old.report(report)?;
    new.report(report)?;
    if report.exit_code() != ExitCode::SUCCESS {
        return Ok(None);
    }
    let is_selected = |store: &Admitted| {
        let labels = store.metadata.labels.as_ref();
        let selector = &args.selection.selector;
        selector.matches(labels.unwrap_or(&BTreeMap::new()))
    };
    let comparison = Comparison::new([old.known(), new.known()]);
    let pairs = Pair::of(old.stores(), new.stores()).into_iter();
    let pairs = pairs.filter(|pair| pair.stores().any(is_selected));
    let entries = pairs.map(|pair| comparison.update(&pair));
    Ok(Some(titled(entries.collect(), &sides)))
}

/// The changes for the same manifests; `None` if they cannot be parsed.
fn upgraded(args: &Args, report: &mut Report) -> io::Result<Option<diff::Report>> {
    let sides = sides(args, &args.selection);
    let [before, after] = &sides;
    // Standard input can only be read once.
    let texts: Vec<_> = texts(&args.old).collect();
    let old = load::load(texts.iter().cloned(), Checker::new(before.clone()), report)?;
    if report.exit_code() != ExitCode::SUCCESS {
        return Ok(None);
    }
    let new = load::load(texts.into_iter(), Checker::new(after.clone()), report)?;
    new.report_since(&old, report)?;
    if report.exit_code() != ExitCode::SUCCESS {
        return Ok(None);
    }
    let comparison = Comparison::new([old.known(), new.known()]);
    let upgrades = old.read.iter().zip(&new.read);
    let upgrades = upgrades.flat_map(|(old, new)| diff::upgrades(old, new, after.release));
    let entries = upgrades.map(|upgrade| comparison.upgrade(&upgrade, args.scale));
    Ok(Some(titled(entries.collect(), &sides)))
}

/// Prints the report; the exit code tells whether anything changes.
fn print(report: &diff::Report, form: Form, color: Color) -> io::Result<ExitCode> {
    stdout::write(|out| match form {
        Form::Human => print::report(out, report, color.on_stdout().is_on()),
        Form::Markdown => out.write_all(markdown(report).as_bytes()),
        Form::Json => {
            let mut entries = report.entries().iter();
            entries.try_for_each(|entry| writeln!(out, "{}", serde_json::to_string(entry)?))?;
            writeln!(out, "{}", json!({ "summary": report.summary() }))
        }
    })?;
    Ok(if report.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

fn texts(path: &Path) -> impl Iterator<Item = Result<Arc<Text>, Unreadable>> + use<> {
    let files = Files::of(vec![path.to_owned()]);
    let texts: Vec<_> = files.texts().collect();
    texts.into_iter()
}

/// `Kind namespace/name`.
pub(crate) fn name(object: &ObjectRef) -> String {
    let (kind, name) = (&object.kind, &object.name);
    let name = match &object.namespace {
        Some(namespace) => format!("{kind} {namespace}/{name}"),
        None => format!("{kind} {name}"),
    };
    visible(&name).into_owned()
}
