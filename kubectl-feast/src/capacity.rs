use std::io;
use std::process::ExitCode;

use clap::ValueEnum;
use feast_check::capacity::{Capacity, Limits, Measure};

use crate::color::Color;
use crate::drawing::{self, Drawing};
use crate::input::{Files, Unreadable};
use crate::load::{self, How};
use crate::origin::{Input, Needs, Reach, or_live};
use crate::report::Report;

/// Show the resources that FeatureStores need as they scale, and whether they fit
///
/// Shows pods, CPU, memory and database connections at the minimum and maximum of the autoscaler
/// (an HPA, or KEDA's), and at the peak of each: a rolling update that adds pods while the CronJob
/// runs. ResourceQuotas and LimitRanges in the input apply to their namespace, the limits below to
/// all FeatureStores together.
#[derive(Debug, clap::Args)]
#[command(
    mut_arg("files", or_live),
    after_help = "Examples:
  kubectl feast capacity store.yaml
  kubectl feast capacity store.yaml --max-connections 100 --max-cpu 16
  kubectl feast capacity store.yaml quota.yaml -o json
  kubectl feast capacity store.yaml -o capacity.svg
  kubectl feast capacity --live --max-connections 400

Counts connections of SQL registries and PostgreSQL stores, with full pools. Terminating pods and other
workloads are not counted.

Exit codes: 0: everything fits the known limits; 1: something does not, or some FeatureStores would be
rejected; 2: a file cannot be read or written, or there is no FeatureStore (see --allow-empty)."
)]
pub(crate) struct Args {
    #[command(flatten)]
    files: Files,
    /// text, json or svg; or a file that ends in .txt, .json or .svg
    #[arg(short, long, value_name = "FORM|FILE", default_value = "text")]
    output: Drawing<Form>,
    #[command(flatten)]
    flags: Flags,
    #[command(flatten)]
    how: How,
    #[command(flatten)]
    reach: Reach,
}

/// Limits for all FeatureStores together.
#[derive(Clone, Debug, clap::Args)]
#[expect(clippy::struct_field_names, reason = "each is a flag")]
#[command(next_help_heading = "Limits")]
struct Flags {
    /// Maximum number of pods
    #[arg(long, value_name = "COUNT")]
    max_pods: Option<u64>,
    /// Maximum CPU requests, such as 16 or 7500m
    #[arg(long, value_name = "QUANTITY", value_parser = |text: &str| read(Measure::CpuRequests, text))]
    max_cpu: Option<u64>,
    /// Maximum memory requests, such as 64Gi
    #[arg(long, value_name = "QUANTITY", value_parser = |text: &str| read(Measure::MemoryRequests, text))]
    max_memory: Option<u64>,
    /// Maximum connections to each database, such as PostgreSQL's max_connections
    #[arg(long, value_name = "COUNT")]
    max_connections: Option<u64>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    Text,
    Json,
    Svg,
}

impl drawing::Form for Form {
    const EXTENSIONS: &'static [(&'static str, Self)] = &[
        ("txt", Self::Text),
        ("json", Self::Json),
        ("svg", Self::Svg),
    ];
    const EXPECTED: &'static str =
        "use text, json, svg, or a file name that ends in .txt, .json or .svg";
}

pub(crate) fn run(args: &Args, color: Color) -> io::Result<ExitCode> {
    let needs = Needs {
        limits: true,
        ..args.how.needs(&args.files)
    };
    let input = match Input::of(&args.reach, &args.files, needs) {
        Ok(input) => input,
        Err(error) => return crate::fail(&error.0),
    };
    let mut report = Report::new(color)?;
    let checker = args.how.checker(&input, &args.files);
    let loaded = load::load_input(&input, &args.files, checker, &mut report)?;
    if let Some(code) = loaded.nothing("measure", &args.how, &report)? {
        return Ok(code);
    }
    let around = loaded.around.clone();
    let mut limits = args.flags.limits();
    for object in around.beside() {
        if let Err(error) = limits.add(object, around.namespace()) {
            report.unreadable(&Unreadable(error.to_string()))?;
        }
    }
    let mut capacity = Capacity::new(limits);
    for (store, rendered) in loaded.render(&mut report)? {
        capacity.add(&store, &rendered, around.concerning(&store));
    }
    let is_colored = args.output.is_printed() && color.on_stdout().is_on();
    let text = match args.output.form {
        Form::Text => capacity.to_text(is_colored),
        Form::Json => format!("{:#}\n", capacity.to_json()),
        Form::Svg => capacity.to_svg(),
    };
    args.output.write(&text)?;
    let code = report.exit_code();
    Ok(if code == ExitCode::SUCCESS && !capacity.fits() {
        ExitCode::from(1)
    } else {
        code
    })
}

impl Flags {
    fn limits(&self) -> Limits {
        let flags = [
            (Measure::Pods, self.max_pods, "--max-pods"),
            (Measure::CpuRequests, self.max_cpu, "--max-cpu"),
            (Measure::MemoryRequests, self.max_memory, "--max-memory"),
            (
                Measure::Connections,
                self.max_connections,
                "--max-connections",
            ),
        ];
        let given = flags.into_iter();
        let given = given.filter_map(|(measure, most, flag)| Some((measure, most?, flag)));
        given.fold(Limits::default(), |limits, (measure, most, flag)| {
            limits.at_most(measure, most, flag)
        })
    }
}

/// An amount as Kubernetes writes it.
fn read(measure: Measure, text: &str) -> Result<u64, String> {
    if text.starts_with('-') {
        return Err("a limit cannot be negative".to_owned());
    }
    measure.read(text).map_err(|error| error.to_string())
}
