use std::io;
use std::process::ExitCode;

use feast_kube::manifest::{self, Document};
use feast_validate::{Request, Validator};

use crate::input::{self, Files, Source};
use crate::report::{Place, Report};

/// Check FeatureStores as the API server would
///
/// Says what a Kubernetes API server with the FeatureStore CRD would answer to their creation.
/// Other kinds in the files are passed by.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  kubectl feast validate store.yaml
  kustomize build . | kubectl feast validate -

Exit codes: 0 all would be created, 1 some would be refused, 2 a file could not be read.")]
pub(crate) struct Args {
    #[command(flatten)]
    files: Files,
    /// Refuse unknown fields instead of warning, as `kubectl apply` does by default
    #[arg(long)]
    strict: bool,
}

pub(crate) fn run(args: &Args) -> io::Result<ExitCode> {
    let mut report = Report::new(io::stdout().lock());
    let mut checked = 0;
    for file in &args.files.files {
        match input::read(file) {
            Ok(source) => checked += check(&source, args.strict, &mut report)?,
            Err(message) => report.unreadable(&message)?,
        }
    }
    report.summary(checked)?;
    Ok(report.exit_code())
}

/// Checks the FeatureStores of a source and says how many there were.
fn check(source: &Source, strict: bool, report: &mut Report<impl io::Write>) -> io::Result<usize> {
    let mut checked = 0;
    for document in manifest::read(&source.text) {
        match document {
            Ok(document) => checked += usize::from(verdict(source, &document, strict, report)?),
            Err(error) => report.document(&source.name, &error)?,
        }
    }
    Ok(checked)
}

/// Reports the verdict on a document; whether it is a FeatureStore.
fn verdict(
    source: &Source,
    document: &Document,
    strict: bool,
    report: &mut Report<impl io::Write>,
) -> io::Result<bool> {
    let place = Place::of(source, document);
    let version = match document.feature_store_version() {
        Ok(Some(version)) => version,
        Ok(None) => return Ok(false),
        Err(unrecognized) => {
            report.error(place, &unrecognized.to_string())?;
            return Ok(false);
        }
    };
    let verdict = Validator::of(version).run(Request::create(&document.json));
    report.verdict(place, &verdict, strict)?;
    Ok(true)
}
