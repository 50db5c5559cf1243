//! `kubectl feast diff`.

mod print;

use std::cell::RefCell;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use feast_api::{Admitted, Version};
use feast_check::check::is_about_inputs;
use feast_check::diff::{Diff, Error, Side, diff};
use feast_check::missing;
use feast_render::{Answer, ObjectRef, OperatorRelease, OperatorSettings, Wanted};
use feast_validate::{Rejection, Request, Validator};
use serde::Serialize;
use serde_json::Value;

use clap::ValueEnum;

use crate::color::Color;
use crate::input::Files;
use crate::load::{self, How, Loaded};
use crate::report::Report;

/// Show what a change of FeatureStores does to the cluster
///
/// Compares everything that the old and the new FeatureStores call for: objects that come, change
/// and go, which pods restart and why, which data is deleted, and what the status will say. What
/// Secrets hold is not shown.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  kubectl feast diff old.yaml new.yaml
  git show HEAD:store.yaml | kubectl feast diff - store.yaml
  kubectl feast diff store.yaml --scale 3
  kubectl feast diff store.yaml --from 0.65 --to 0.66
  KUBECTL_EXTERNAL_DIFF='kubectl-feast diff' kubectl diff -f store.yaml

Exit codes, as of `kubectl diff`: 0 nothing changes, 1 something does or would be refused, 2 a file
could not be read.")]
pub(crate) struct Args {
    /// YAML or JSON file or folder with the FeatureStores as they are, or `-`
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The same as they are to be
    #[arg(value_name = "NEW", required_unless_present_any = ["scale", "from", "to"])]
    new: Option<PathBuf>,
    /// What `kubectl scale --replicas N` would do instead
    #[arg(long, value_name = "N", conflicts_with = "new")]
    scale: Option<i32>,
    /// Release of Feast's operator before, such as 0.65 [default: that of --release]
    #[arg(long, value_name = "RELEASE")]
    from: Option<OperatorRelease>,
    /// Release of Feast's operator from then on: with it alone, or with --from, what its upgrade does
    /// [default: that of --release]
    #[arg(long, value_name = "RELEASE")]
    to: Option<OperatorRelease>,
    /// Form of the output
    #[arg(short, long, value_enum, default_value_t)]
    output: Form,
    #[command(flatten)]
    how: How,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Form {
    /// For people.
    #[default]
    Human,
    /// One JSON object for each FeatureStore, on a line.
    Json,
}

/// What happens to one FeatureStore.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    feature_store: String,
    /// Why the API server would not have it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refused: Vec<String>,
    #[serde(flatten)]
    diff: Diff,
}

pub(crate) fn run(args: &Args, color: Color) -> io::Result<ExitCode> {
    let mut report = Report::new(color)?;
    let old = load(&args.old, &args.how, &mut report)?;
    let new = match &args.new {
        Some(new) => Some(load(new, &args.how, &mut report)?),
        None => None,
    };
    // What is not understood would look as if it was deleted.
    if report.exit_code() != ExitCode::SUCCESS {
        return Ok(report.exit_code());
    }
    let mut entries = Vec::new();
    let mut is_failed = false;
    for (before, after) in pairs(&old, new.as_ref(), args.scale) {
        let after_inputs = new.as_ref().unwrap_or(&old);
        match entry(before, after.as_ref(), &old, after_inputs, args) {
            Ok(entry) => entries.push(entry),
            Err(message) => {
                writeln!(io::stderr(), "error: {message}")?;
                is_failed = true;
            }
        }
    }
    let mut out = io::stdout().lock();
    for entry in &entries {
        match args.output {
            Form::Json => writeln!(out, "{}", serde_json::to_string(entry)?)?,
            Form::Human => print::entry(&mut out, entry, color.on_stdout().is_on())?,
        }
    }
    let changes = |entry: &Entry| !entry.refused.is_empty() || !entry.diff.is_empty();
    let is_same = !is_failed && !entries.iter().any(changes);
    Ok(if is_same {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

fn load(path: &std::path::Path, how: &How, report: &mut Report) -> io::Result<Loaded> {
    let files = Files::of(vec![path.to_owned()]);
    let loaded = load::load(&files, how.checker(), report)?;
    loaded.report(report)?;
    Ok(loaded)
}

/// `Kind namespace/name`.
pub(crate) fn name(object: &ObjectRef) -> String {
    match &object.namespace {
        Some(namespace) => format!("{} {namespace}/{}", object.kind, object.name),
        None => format!("{} {}", object.kind, object.name),
    }
}

/// What was with what will be, by namespace and name.
fn pairs<'l>(
    old: &'l Loaded,
    new: Option<&'l Loaded>,
    scale: Option<i32>,
) -> Vec<(Option<&'l Admitted>, Option<Admitted>)> {
    let same = |a: &Admitted, b: &Admitted| (a.namespace(), a.name()) == (b.namespace(), b.name());
    let Some(new) = new else {
        let scaled = |store: &Admitted| {
            let mut spec = store.spec.clone();
            spec.replicas = scale.or(spec.replicas);
            store.clone().with_spec(spec)
        };
        let stores = old.stores().map(|old| (Some(old), Some(scaled(old))));
        return stores.collect();
    };
    let pairs = old.stores().map(|old| {
        let found = new.stores().find(|new| same(new, old));
        (Some(old), found.cloned())
    });
    let added = new
        .stores()
        .filter(|new| !old.stores().any(|old| same(old, new)));
    let added = added.map(|new| (None, Some(new.clone())));
    pairs.chain(added).collect()
}

fn entry(
    before: Option<&Admitted>,
    after: Option<&Admitted>,
    old: &Loaded,
    new: &Loaded,
    args: &Args,
) -> Result<Entry, String> {
    let store = before.or(after).expect("a pair has one of them");
    let feature_store = format!("{}/{}", store.namespace(), store.name());
    let refused = match (before, after) {
        (Some(before), Some(after)) if args.new.is_some() || args.scale.is_some() => {
            refusals(before, after, args.scale)
        }
        _ => vec![],
    };
    if !refused.is_empty() {
        let diff = Diff::default();
        return Ok(Entry {
            feature_store,
            refused,
            diff,
        });
    }
    let missed = RefCell::new(Vec::new());
    let lookup = |loaded: &Loaded, wanted: &Wanted| -> Answer {
        let answer = loaded.around.answer(wanted);
        if args.how.allow_missing {
            return missing::fill(wanted, answer);
        }
        missed
            .borrow_mut()
            .extend(missing::missing(wanted, &answer));
        answer
    };
    let (old_lookup, new_lookup) = (
        |wanted: &Wanted| lookup(old, wanted),
        |wanted: &Wanted| lookup(new, wanted),
    );
    let settings = args.how.setting.settings().operator;
    let of_release = |release: Option<OperatorRelease>| OperatorSettings {
        release: release.unwrap_or(settings.release),
        ..settings.clone()
    };
    let (old_settings, new_settings) = (of_release(args.from), of_release(args.to));
    let old_side = before.map(|store| Side {
        store,
        settings: &old_settings,
        lookup: &old_lookup,
    });
    let new_side = after.map(|store| Side {
        store,
        settings: &new_settings,
        lookup: &new_lookup,
    });
    let diff = diff(old_side, new_side).map_err(|error| {
        let missing = match &error {
            Error::Refused(refusal) if is_about_inputs(refusal) => missed.take(),
            _ => vec![],
        };
        let mut lines: Vec<_> = missing
            .iter()
            .map(|missing| format!("\n  missing: {missing}"))
            .collect();
        lines.sort();
        lines.dedup();
        let hint = if lines.is_empty() {
            ""
        } else {
            "\n  add it to the files, or use --allow-missing"
        };
        format!(
            "FeatureStore {feature_store}: {error}{}{hint}",
            lines.concat()
        )
    })?;
    Ok(Entry {
        feature_store,
        refused,
        diff,
    })
}

/// What the API server has against the change.
fn refusals(before: &Admitted, after: &Admitted, scale: Option<i32>) -> Vec<String> {
    let value = |store: &Admitted| {
        serde_json::to_value(&**store).expect("a FeatureStore has text keys only")
    };
    let (old, new): (Value, Value) = (value(before), value(after));
    let request = match scale {
        Some(replicas) => Request::scale(&old, replicas),
        None => Request::update(&old, &new),
    };
    let verdict = Validator::of(Version::V1).run(request);
    let violations = verdict
        .rejection()
        .into_iter()
        .flat_map(Rejection::violations);
    violations.map(ToString::to_string).collect()
}
