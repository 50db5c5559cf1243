use std::io;
use std::process::ExitCode;

use clap::ValueEnum;
use feast_check::graph::{Graph, Group};

use crate::color::Color;
use crate::drawing::{self, Drawing};
use crate::input::Files;
use crate::load::{self, How};
use crate::origin::{Reach, or_live};
use crate::report::Report;

/// Draw the objects of FeatureStores and their references
#[derive(Debug, clap::Args)]
#[command(
    mut_arg("files", or_live),
    after_help = "Examples:
  kubectl feast graph store.yaml
  kubectl feast graph store.yaml --without rights -o store.svg
  kubectl feast graph store.yaml --allow-missing -o mermaid
  kubectl feast graph store.yaml -o dot | dot -T png > store.png
  kubectl feast graph --live -o svg > cluster.svg

Objects that are required but not in the input are dashed or marked as missing.

Exit codes: 0: success; 1: some FeatureStores would be rejected; 2: a file cannot be read or written,
or there is no FeatureStore (see --allow-empty)."
)]
pub(crate) struct Args {
    #[command(flatten)]
    files: Files,
    /// text, mermaid, dot or svg; or a file that ends in .txt, .mmd, .dot or .svg
    #[arg(short, long, value_name = "FORM|FILE", default_value = "text")]
    output: Drawing<Form>,
    /// Omit a group of objects: serving, scaling, rights, configuration or inputs
    #[arg(long, value_name = "GROUP", value_delimiter = ',', value_parser = group)]
    without: Vec<Group>,
    #[command(flatten)]
    how: How,
    #[command(flatten)]
    reach: Reach,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    Text,
    Mermaid,
    Dot,
    Svg,
}

impl drawing::Form for Form {
    const EXTENSIONS: &'static [(&'static str, Self)] = &[
        ("txt", Self::Text),
        ("mmd", Self::Mermaid),
        ("mermaid", Self::Mermaid),
        ("dot", Self::Dot),
        ("gv", Self::Dot),
        ("svg", Self::Svg),
    ];
    const EXPECTED: &'static str =
        "use text, mermaid, dot, svg, or a file name that ends in .txt, .mmd, .dot or .svg";
}

pub(crate) fn run(args: &Args, color: Color) -> io::Result<ExitCode> {
    let input = match args.how.input(&args.reach, &args.files) {
        Ok(input) => input,
        Err(error) => return crate::fail(&error.0),
    };
    let mut report = Report::new(color)?;
    let checker = args.how.checker(&input, &args.files);
    let loaded = load::load_input(&input, &args.files, checker, &mut report)?;
    if let Some(code) = loaded.nothing("draw", &args.how, &report)? {
        return Ok(code);
    }
    let around = loaded.around.clone();
    let rendered = loaded.render(&mut report)?;
    let graph = Graph::of_input(&rendered, &around);
    let graph = args
        .without
        .iter()
        .fold(graph, |graph, group| graph.without(*group));
    let text = match args.output.form {
        Form::Text => graph.to_text(),
        Form::Mermaid => graph.to_mermaid(),
        Form::Dot => graph.to_dot(),
        Form::Svg => graph.to_svg(),
    };
    args.output.write(&text)?;
    Ok(report.exit_code())
}

/// Parses the name of a group.
fn group(name: &str) -> Result<Group, String> {
    let mut groups = Group::ALL
        .into_iter()
        .filter(|group| *group != Group::Store);
    let found = groups.clone().find(|group| group.name() == name);
    found.ok_or_else(|| {
        let names: Vec<_> = groups.by_ref().map(Group::name).collect();
        format!("use one of {}", names.join(", "))
    })
}
