use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use feast_api::v1::FeatureStore;
use feast_render::Rendered;
use serde_json::Value;

use crate::color::Color;
use crate::format::{Documents, Format, yaml};
use crate::input::Files;
use crate::load::{self, How, Loaded};
use crate::report::Report;

/// Print the Kubernetes objects that FeatureStores call for
///
/// The files hold FeatureStores together with the Secrets and ConfigMaps that they refer to.
/// Objects come in the order in which they should be applied.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  kubectl feast render store.yaml | kubectl apply --server-side -f -
  kubectl feast render store.yaml secrets.yaml --output-dir objects/
  kubectl feast render store.yaml --document service
  kubectl feast render store.yaml --hardened --allow-missing
  kubectl feast render store.yaml --observed live/

Exit codes: 0 all were rendered, 1 some would be refused, 2 a file could not be read.")]
pub(crate) struct Args {
    #[command(flatten)]
    files: Files,
    /// Form of the output
    #[arg(short, long, value_enum, default_value_t)]
    output: Format,
    /// Write a file for each object into this folder instead, named in apply order
    #[arg(long, value_name = "DIR", conflicts_with_all = ["document", "status"])]
    output_dir: Option<PathBuf>,
    /// Print a feature_store.yaml instead
    #[arg(long, value_enum, conflicts_with = "status")]
    document: Option<StoreDocument>,
    /// Print the status that the operator would report instead
    #[arg(long)]
    status: bool,
    /// The FeatureStore's uid in the cluster: objects name it as their owner, so that they go with it
    #[arg(long, value_name = "UID", conflicts_with = "observed")]
    uid: Option<String>,
    /// Folder with the objects of the cluster as they are: what is to be deleted or patched is told
    #[arg(long, value_name = "DIR")]
    observed: Option<PathBuf>,
    #[command(flatten)]
    how: How,
}

/// One of the documents made from a FeatureStore.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum StoreDocument {
    /// What the servers read.
    Service,
    /// What clients read.
    Client,
    /// What the lineage server reads.
    Lineage,
}

pub(crate) fn run(args: &Args, color: Color) -> io::Result<ExitCode> {
    let (live, observed) = match args.observed.as_deref().map(load::observed).transpose() {
        Ok(observed) => observed.unwrap_or_default(),
        Err(error) => return crate::fail(&error.0),
    };
    let mut report = Report::new(color)?;
    let mut loaded = load::load(&args.files, &args.how.setting.namespace, &mut report)?;
    recognize(&mut loaded, &observed);
    if let Some(uid) = &args.uid {
        let [only] = &mut loaded.stores[..] else {
            return crate::fail("--uid is that of one FeatureStore: give one");
        };
        only.store = only.store.clone().with_uid(Some(uid.clone()));
    }
    let rendered = loaded.render(&args.how, &live, &mut report)?;
    let rendered: Vec<_> = rendered.into_iter().map(|(_, rendered)| rendered).collect();
    if let Some(folder) = &args.output_dir {
        write_files(&rendered, folder, args.output)?;
    } else {
        let out = io::BufWriter::new(io::stdout().lock());
        let mut out = Documents::new(out, args.output);
        for rendered in &rendered {
            print(rendered, args, &mut out)?;
        }
    }
    rendered.iter().try_for_each(tell_deletions)?;
    Ok(report.exit_code())
}

/// Takes uid and status of FeatureStores from the cluster.
fn recognize(loaded: &mut Loaded, observed: &[FeatureStore]) {
    for placed in &mut loaded.stores {
        let store = &mut placed.store;
        let is_same = |other: &&FeatureStore| {
            (&other.metadata.namespace, &other.metadata.name)
                == (&store.metadata.namespace, &store.metadata.name)
        };
        if let Some(found) = observed.iter().find(is_same) {
            let known = store.clone().with_uid(found.metadata.uid.clone());
            *store = known.with_status(found.status.clone());
        }
    }
}

/// Says on standard error what applying cannot do.
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
    fs::create_dir_all(folder)?;
    let objects = rendered.iter().flat_map(|rendered| rendered.plan.apply());
    for (index, object) in objects.enumerate() {
        let value = object.to_value();
        let (extension, text) = match format {
            Format::Yaml => ("yaml", yaml(&value)?),
            Format::Json => ("json", format!("{value:#}\n")),
        };
        let name = file_name(index, &value);
        fs::write(folder.join(format!("{name}.{extension}")), text)?;
    }
    Ok(())
}

/// Such as `003-service-feast-sample-online`.
fn file_name(index: usize, object: &Value) -> String {
    let kind = object["kind"].as_str().unwrap_or_default().to_lowercase();
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    format!("{index:03}-{kind}-{name}")
}
