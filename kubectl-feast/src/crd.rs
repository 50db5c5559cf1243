use std::io::{self, Write};
use std::process::ExitCode;

use clap_complete::ArgValueCandidates;
use feast_api::Version;
use feast_api::crd::{Options, json_schema};

use crate::candidates;
use crate::format::{Documents, Format};
use crate::kustomize::name_references;

/// Print the CustomResourceDefinition of FeatureStore
///
/// It is the one that Feast publishes, with descriptions of our own.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  kubectl feast crd | kubectl apply --server-side -f -
  kubectl feast crd --no-descriptions | kubectl apply -f -
  kubectl feast crd --json-schema > featurestore.schema.json
  kubectl feast crd --kustomize > featurestore.kustomize.yaml")]
pub(crate) struct Args {
    /// Only this version, v1 or v1alpha1 [default: both]
    #[arg(long, value_name = "VERSION", add = ArgValueCandidates::new(candidates::versions))]
    version: Option<Version>,
    /// Leave out descriptions, which makes it small enough for a client-side `kubectl apply`
    #[arg(long)]
    no_descriptions: bool,
    /// Print a JSON Schema for editors instead
    #[arg(long, conflicts_with = "no_descriptions")]
    json_schema: bool,
    /// Print what tells kustomize which fields name other objects, so that it renames them, too
    #[arg(long, conflicts_with_all = ["no_descriptions", "json_schema", "version"])]
    kustomize: bool,
    /// Form of the CRD; a JSON Schema is always JSON
    #[arg(short, long, value_enum, default_value_t)]
    output: Format,
}

pub(crate) fn run(args: &Args) -> io::Result<ExitCode> {
    let mut out = io::stdout().lock();
    if args.json_schema {
        writeln!(out, "{:#}", json_schema(args.version))?;
        return Ok(ExitCode::SUCCESS);
    }
    if args.kustomize {
        Documents::new(out, args.output).write(&name_references())?;
        return Ok(ExitCode::SUCCESS);
    }
    let options = Options {
        version: args.version,
        descriptions: !args.no_descriptions,
    };
    let crd = serde_json::to_value(feast_api::schema::generate())?;
    Documents::new(out, args.output).write(&options.select(crd))?;
    Ok(ExitCode::SUCCESS)
}
