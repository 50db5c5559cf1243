use std::io;
use std::process::ExitCode;

use clap_complete::ArgValueCandidates;
use feast_api::convert::downgrade;
use feast_api::v1::FeatureStore;
use feast_api::{Version, v1alpha1};
use feast_check::manifest::Document;
use serde_json::Value;

use crate::admission;
use crate::candidates;
use crate::color::Color;
use crate::finding::{Checked, Finding, Level, Locator, Mark};
use crate::format::{Documents, Format};
use crate::input::{Files, Text};
use crate::report::Report;
use crate::stdout::{self, Out};

/// Convert FeatureStores to another API version
///
/// v1 has all fields of v1alpha1. Converting to v1alpha1 drops fields that it lacks, and reports each.
/// Other objects are printed unchanged.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  kubectl feast convert old.yaml > new.yaml
  kubectl feast convert store.yaml --to v1alpha1

Exit codes: 0: nothing was lost; 1: fields were lost, or a FeatureStore is invalid; 2: a file cannot
be read.")]
pub(crate) struct Args {
    #[command(flatten)]
    files: Files,
    /// API version to convert to, v1 or v1alpha1
    #[arg(long, value_name = "VERSION", default_value_t = Version::V1, add = ArgValueCandidates::new(candidates::versions))]
    to: Version,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Format,
}

pub(crate) fn run(args: &Args, color: Color) -> io::Result<ExitCode> {
    let mut report = Report::new(color)?;
    stdout::write(|out| print(args, Documents::new(out, args.output), &mut report))?;
    Ok(report.exit_code())
}

/// Prints the converted objects and reports lost fields.
fn print(args: &Args, mut out: Documents<&mut Out>, report: &mut Report) -> io::Result<()> {
    let selector = &args.files.selection.selector;
    let is_left_out = |document: &Document| {
        document.kind() == Some(feast_api::KIND) && !document.is_selected(selector)
    };
    for text in args.files.texts() {
        let text = match text {
            Ok(text) => text,
            Err(error) => {
                report.unreadable(&error)?;
                continue;
            }
        };
        for document in text.documents() {
            match document {
                Err(error) => report.checked(&Checked::fault(&text, &error))?,
                Ok(document) if is_left_out(&document) => {}
                Ok(document) => {
                    let (object, checked) = convert(&text, &document, args.to);
                    if let Some(object) = object {
                        out.write(&object)?;
                    }
                    report.checked(&checked)?;
                }
            }
        }
    }
    Ok(())
}

/// The converted object, and findings about it.
fn convert(text: &Text, document: &Document, to: Version) -> (Option<Value>, Checked) {
    let locator = Locator::new(text, document);
    let written = Value::Object(document.object().clone());
    let nothing = || locator.other(vec![]);
    let from = match document.feature_store_version() {
        Ok(Some(from)) => from,
        Ok(None) => return (Some(written), nothing()),
        Err(error) => return (None, admission::unrecognized(text, document, &error)),
    };
    if from == to {
        return (Some(written), nothing());
    }
    match converted(written, from) {
        Ok((object, lost)) => {
            let lost = lost.iter().map(|field| loss(field, to, &locator));
            (Some(object), locator.checked("", lost.collect()))
        }
        Err(error) => {
            let finding = Finding::new("unreadable-value", Level::Error, error.to_string());
            let span = locator.find(error.path()).mark().clone();
            let label = error.path().to_owned();
            let finding = finding.at(error.path(), Mark { span, label });
            (None, locator.checked("", vec![finding]))
        }
    }
}

/// The converted object, and the lost fields.
fn converted(object: Value, from: Version) -> Result<(Value, Vec<String>), feast_api::ReadError> {
    let value = |object: Result<Value, _>| object.expect("objects have string keys");
    Ok(match from {
        Version::V1Alpha1 => {
            let object: FeatureStore = v1alpha1::FeatureStore::from_value(object)?.into();
            (value(serde_json::to_value(object)), vec![])
        }
        Version::V1 => {
            let down = downgrade(FeatureStore::from_value(object)?);
            (value(serde_json::to_value(down.object)), down.lost)
        }
    })
}

fn loss(field: &str, to: Version, locator: &Locator<'_>) -> Finding {
    let span = locator.find(field).mark().clone();
    let label = field.to_owned();
    Finding::new(
        "lost-field",
        Level::Error,
        format!("{to} has no such field; it is dropped"),
    )
    .at(field, Mark { span, label })
}
