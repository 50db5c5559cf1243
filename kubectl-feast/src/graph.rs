use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::ValueEnum;
use feast_check::graph::Graph;
use layout::backends::svg::SVGWriter;
use layout::gv::{DotParser, GraphBuilder};

use crate::color::Color;
use crate::input::{Files, named};
use crate::load::{self, How};
use crate::origin::{Reach, or_live};
use crate::report::Report;
use crate::stdout;

/// Draw the objects that FeatureStores call for and how they refer to each other
#[derive(Debug, clap::Args)]
#[command(
    mut_arg("files", or_live),
    after_help = "Examples:
  kubectl feast graph store.yaml
  kubectl feast graph store.yaml -o dot | dot -T png > store.png
  kubectl feast graph store.yaml --allow-missing -o store.svg
  kubectl feast graph --live -o svg > cluster.svg

Exit codes: 0 all were drawn, 1 some would be refused, 2 a file could not be read or written, or
there is no FeatureStore (see --allow-empty)."
)]
pub(crate) struct Args {
    #[command(flatten)]
    files: Files,
    /// mermaid, dot or svg; or a file whose name ends in .mmd, .dot or .svg
    #[arg(short, long, value_name = "FORM|FILE", default_value = "mermaid")]
    output: Output,
    #[command(flatten)]
    how: How,
    #[command(flatten)]
    reach: Reach,
}

/// Form of the drawing, and where it goes.
#[derive(Clone, Debug)]
struct Output {
    form: Form,
    file: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    Mermaid,
    Dot,
    Svg,
}

impl std::str::FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(form) = Form::from_str(text, false) {
            return Ok(Self { form, file: None });
        }
        let file = PathBuf::from(text);
        let form = match file.extension().and_then(|extension| extension.to_str()) {
            Some("mmd" | "mermaid") => Form::Mermaid,
            Some("dot" | "gv") => Form::Dot,
            Some("svg") => Form::Svg,
            _ => {
                return Err(
                    "use mermaid, dot, svg, or a file name that ends in .mmd, .dot or .svg"
                        .to_owned(),
                );
            }
        };
        Ok(Self {
            form,
            file: Some(file),
        })
    }
}

pub(crate) fn run(args: &Args, color: Color) -> io::Result<ExitCode> {
    let input = match args.how.input(&args.reach, &args.files) {
        Ok(input) => input,
        Err(error) => return crate::fail(&error.0),
    };
    let mut report = Report::new(color)?;
    let checker = args.how.checker(&input, &args.files);
    let texts = input.texts(&args.files).into_iter();
    let texts = texts.map(|text| text.map(Arc::new));
    let loaded = load::load(texts, checker, &mut report)?;
    if let Some(code) = loaded.nothing("draw", &args.how, &report)? {
        return Ok(code);
    }
    let mut graph = Graph::default();
    for (store, rendered) in loaded.render(&mut report)? {
        graph.add(&store, &rendered);
    }
    let text = match args.output.form {
        Form::Mermaid => graph.to_mermaid(),
        Form::Dot => graph.to_dot(),
        Form::Svg => svg(&graph)?,
    };
    match &args.output.file {
        Some(file) => fs::write(file, text).map_err(|error| named(file, &error))?,
        None => stdout::write(|out| out.write_all(text.as_bytes()))?,
    }
    Ok(report.exit_code())
}

/// Laid out and drawn.
fn svg(graph: &Graph) -> io::Result<String> {
    let dot = graph.to_dot();
    let tree = DotParser::new(&dot).process().map_err(io::Error::other)?;
    let mut builder = GraphBuilder::new();
    builder.visit_graph(&tree);
    let mut svg = SVGWriter::new();
    builder.get().do_it(false, false, false, &mut svg);
    Ok(svg.finalize() + "\n")
}
