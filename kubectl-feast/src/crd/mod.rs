mod compare;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap_complete::ArgValueCandidates;
use feast_api::crd::{Options, json_schema_of};
use feast_api::{Release, Version};

use crate::candidates;
use crate::format::{Documents, Format};
use crate::kustomize::name_references;
use crate::stdout;

/// Print the CustomResourceDefinition of FeatureStore
///
/// Prints the CRD that Feast publishes with a release, with other descriptions. With --compare, shows
/// the changes in another CRD, the lints and objects that they affect, and new errors and warnings of the API
/// server for your FeatureStores. Exit codes are then those of `diff`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  kubectl feast crd | kubectl apply --server-side -f -
  kubectl feast crd --no-descriptions | kubectl apply -f -
  kubectl feast crd --release 0.63 --output json
  kubectl feast crd --json-schema > featurestore.schema.json
  kubectl feast crd --kustomize > featurestore.kustomize.yaml
  kubectl feast crd --compare feature_stores.yaml stores/")]
pub(crate) struct Args {
    /// Feast release, from 0.42 to main
    #[arg(long, value_name = "RELEASE", default_value_t = Release::NEWEST, add = ArgValueCandidates::new(candidates::releases))]
    release: Release,
    /// Only this API version, v1 or v1alpha1 [default: both]
    #[arg(long, value_name = "VERSION", add = ArgValueCandidates::new(candidates::versions))]
    version: Option<Version>,
    /// Omit descriptions, so that the CRD is small enough for a client-side `kubectl apply`
    #[arg(long)]
    no_descriptions: bool,
    /// Print a JSON Schema for editors instead
    #[arg(long, conflicts_with = "no_descriptions")]
    json_schema: bool,
    /// Print a kustomize configuration of the fields that refer to other objects, so that kustomize
    /// updates them when it renames an object
    #[arg(long, conflicts_with_all = ["no_descriptions", "json_schema", "version", "release"])]
    kustomize: bool,
    /// Compare the CRD in this file with that of the release
    #[arg(long, value_name = "CRD", conflicts_with_all = ["version", "no_descriptions", "json_schema", "kustomize"])]
    compare: Option<PathBuf>,
    /// FeatureStores to validate with the compared CRD: files, folders, patterns, or `-`
    #[arg(value_name = "FILE", requires = "compare")]
    stores: Vec<PathBuf>,
    /// Output format of the CRD (yaml by default) or of the comparison; a JSON Schema is always JSON
    #[arg(short, long, value_enum)]
    output: Option<Format>,
}

pub(crate) fn run(args: &Args) -> io::Result<ExitCode> {
    if let Some(file) = &args.compare {
        return compare::run(args.release, file, &args.stores, args.output);
    }
    let output = args.output.unwrap_or_default();
    if args.kustomize {
        stdout::write(|out| Documents::new(out, output).write(&name_references()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let served = args.release.versions();
    let versions: Vec<_> = served
        .iter()
        .copied()
        .filter(|version| args.version.is_none_or(|wanted| wanted == *version))
        .collect();
    if let Some(version) = args.version.filter(|_| versions.is_empty()) {
        return crate::fail(&format!(
            "release {} has no version {version}",
            args.release
        ));
    }
    let crd = args.release.crd();
    if args.json_schema {
        let schema = json_schema_of(&crd, &versions);
        stdout::write(|out| writeln!(out, "{schema:#}"))?;
        return Ok(ExitCode::SUCCESS);
    }
    let options = Options {
        version: args.version,
        descriptions: !args.no_descriptions,
    };
    let crd = options.select(crd);
    stdout::write(|out| Documents::new(out, output).write(&crd))?;
    Ok(ExitCode::SUCCESS)
}
