use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use feast_render::Rendered;
use serde_json::Value;

use crate::color::Color;
use crate::format::{Documents, Format, yaml};
use crate::input::{Files, named};
use crate::load::{self, How};
use crate::origin::{Reach, or_live};
use crate::report::Report;
use crate::stdout;

/// Print the Kubernetes objects that the operator creates for FeatureStores
///
/// Reads FeatureStores, and the Secrets and ConfigMaps that they refer to, from the files or, with
/// --live, from the cluster. Prints objects in the order in which to apply them.
#[derive(Debug, clap::Args)]
#[command(
    mut_arg("files", or_live),
    after_help = "Examples:
  kubectl feast render store.yaml | kubectl apply --server-side -f -
  kubectl feast render store.yaml secrets.yaml --output-dir objects/
  kubectl feast render store.yaml --document service
  kubectl feast render store.yaml --hardened --allow-missing
  kubectl feast render store.yaml --observed live/
  kubectl feast render --live shop --namespace ml

Exit codes: 0: success; 1: some FeatureStores would be rejected; 2: a file cannot be read or written,
or there is no FeatureStore (see --allow-empty)."
)]
pub(crate) struct Args {
    #[command(flatten)]
    files: Files,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Format,
    /// Write a file for each object to this folder instead, numbered in apply order
    #[arg(long, value_name = "DIR", conflicts_with_all = ["document", "status"])]
    output_dir: Option<PathBuf>,
    /// Print a feature_store.yaml instead
    #[arg(long, value_enum, conflicts_with = "status")]
    document: Option<StoreDocument>,
    /// Print the status that the operator would set instead
    #[arg(long)]
    status: bool,
    /// The FeatureStore's uid in the cluster, for owner references
    #[arg(long, value_name = "UID", conflicts_with = "observed")]
    uid: Option<String>,
    /// Folder with the cluster's objects: also reports what would be deleted or patched
    #[arg(long, value_name = "DIR")]
    observed: Option<PathBuf>,
    #[command(flatten)]
    how: How,
    #[command(flatten)]
    reach: Reach,
}

/// One of the documents made from a FeatureStore.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum StoreDocument {
    /// For the servers.
    Service,
    /// For clients.
    Client,
    /// For the lineage server.
    Lineage,
}

pub(crate) fn run(args: &Args, color: Color) -> io::Result<ExitCode> {
    let (live, observed) = match args.observed.as_deref().map(load::observed).transpose() {
        Ok(observed) => observed.unwrap_or_default(),
        Err(error) => return crate::fail(&error.0),
    };
    let input = match args.how.input(&args.reach, &args.files) {
        Ok(input) if input.is_live() && (args.uid.is_some() || args.observed.is_some()) => {
            return crate::fail(
                "--live reads the uid and the objects from the cluster: remove --uid \
                                and --observed",
            );
        }
        Ok(input) => input,
        Err(error) => return crate::fail(&error.0),
    };
    let mut report = Report::new(color)?;
    let mut checker = args.how.checker(&input, &args.files);
    if args.observed.is_some() {
        checker = checker.observing(live, observed);
    }
    let mut loaded = load::load_input(&input, &args.files, checker, &mut report)?;
    if let Some(code) = loaded.nothing("render", &args.how, &report)? {
        return Ok(code);
    }
    if let Some(uid) = &args.uid {
        let mut stores = loaded.stores_mut();
        let (Some(only), None) = (stores.next(), stores.next()) else {
            return crate::fail("--uid needs exactly one FeatureStore");
        };
        *only = only.clone().with_uid(Some(uid.clone()));
    }
    let rendered = loaded.render(&mut report)?;
    let rendered: Vec<_> = rendered.into_iter().map(|(_, rendered)| rendered).collect();
    if let Some(folder) = &args.output_dir {
        write_files(&rendered, folder, args.output)?;
    } else {
        stdout::write(|out| {
            let mut out = Documents::new(out, args.output);
            let mut rendered = rendered.iter();
            rendered.try_for_each(|rendered| print(rendered, args, &mut out))
        })?;
    }
    rendered.iter().try_for_each(tell_deletions)?;
    let wants_lineage = matches!(args.document, Some(StoreDocument::Lineage));
    // If FeatureStores are rejected, only the reason is reported.
    if wants_lineage && !rendered.is_empty() && !rendered.iter().any(has_lineage) {
        return crate::fail("no FeatureStore has a lineage server");
    }
    Ok(report.exit_code())
}

fn has_lineage(rendered: &Rendered) -> bool {
    rendered.documents.lineage.is_some()
}

/// Prints on standard error what applying cannot do.
fn tell_deletions(rendered: &Rendered) -> io::Result<()> {
    let mut out = io::stderr().lock();
    for object in rendered.plan.delete() {
        writeln!(out, "to be deleted: {}", crate::diff::name(object))?;
    }
    for patch in rendered.plan.patch() {
        writeln!(
            out,
            "to be patched: {}: {}",
            crate::diff::name(&patch.object),
            patch.merge
        )?;
    }
    Ok(())
}

fn print<W: Write>(rendered: &Rendered, args: &Args, out: &mut Documents<W>) -> io::Result<()> {
    if args.status {
        return out.write(&rendered.status);
    }
    match args.document {
        None => rendered
            .plan
            .apply()
            .try_for_each(|object| out.write(&object.to_value())),
        Some(StoreDocument::Service) => out.text(rendered.documents.service.yaml()),
        Some(StoreDocument::Client) => out.text(rendered.documents.client.yaml()),
        Some(StoreDocument::Lineage) => match &rendered.documents.lineage {
            Some(document) => out.text(document.yaml()),
            None => Ok(()),
        },
    }
}

/// Writes a file for each object, numbered so that their names sort in apply order.
fn write_files(rendered: &[Rendered], folder: &Path, format: Format) -> io::Result<()> {
    let failed = |error| named(folder, &error);
    fs::create_dir_all(folder).map_err(failed)?;
    remove_stale(folder).map_err(failed)?;
    let objects = rendered.iter().flat_map(|rendered| rendered.plan.apply());
    for (index, object) in objects.enumerate() {
        let value = object.to_value();
        let (extension, text) = match format {
            Format::Yaml => ("yaml", yaml(&value)?),
            Format::Json => ("json", format!("{value:#}\n")),
        };
        let name = file_name(index, &value);
        let file = folder.join(format!("{name}.{extension}"));
        fs::write(&file, text).map_err(|error| named(&file, &error))?;
    }
    Ok(())
}

/// Removes files of an earlier run: objects that no longer exist must not be applied again.
fn remove_stale(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(is_ours) && entry.file_type()?.is_file() {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Whether a file has the form of a written file's name.
fn is_ours(name: &str) -> bool {
    let mut parts = name.splitn(3, '-');
    let (number, kind, rest) = (parts.next(), parts.next(), parts.next());
    let all = |part: Option<&str>, is: fn(char) -> bool| {
        part.is_some_and(|part| !part.is_empty() && part.chars().all(is))
    };
    number.is_some_and(|number| number.len() >= 3)
        && all(number, |c| c.is_ascii_digit())
        && all(kind, |c| c.is_ascii_lowercase())
        && rest
            .and_then(|rest| rest.rsplit_once('.'))
            .is_some_and(|(_, ending)| ["yaml", "json"].contains(&ending))
}

/// Such as `003-service-feast-sample-online`.
fn file_name(index: usize, object: &Value) -> String {
    let kind = object["kind"].as_str().unwrap_or_default().to_lowercase();
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    format!("{index:03}-{kind}-{name}")
}
