use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use feast_api::v1::FeatureStore;
use feast_kube::gather::Gathered;
use feast_kube::manifest::{self, Document};
use feast_kube::stored;
use feast_render::{Deviations, Environment, Inputs, Platform, Rendered, StoreYaml};
use feast_validate::{Request, Validator};
use serde::Serialize;
use serde_json::Value;

use crate::Format;
use crate::input::{self, Files, Source};
use crate::report::{Place, Report};

/// Print the Kubernetes objects that FeatureStores call for
///
/// The files hold FeatureStores together with the Secrets and ConfigMaps that they refer to.
/// Objects come in the order in which they should be applied.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  kubectl feast render store.yaml | kubectl apply --server-side -f -
  kubectl feast render store.yaml secrets.yaml --output-dir objects/
  kubectl feast render store.yaml --document service

Exit codes: 0 all were rendered, 1 some would be refused, 2 a file could not be read.")]
pub(crate) struct Args {
    #[command(flatten)]
    files: Files,
    /// Form of the output
    #[arg(short, long, value_enum, default_value_t = Format::Yaml)]
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
    #[command(flatten)]
    setting: Setting,
}

/// What surrounds the FeatureStores.
#[derive(Debug, clap::Args)]
struct Setting {
    /// Namespace of objects that name none
    #[arg(short, long, default_value = "default")]
    namespace: String,
    /// Render for OpenShift: serving certificates and Routes
    #[arg(long)]
    openshift: bool,
    /// The cluster has ServiceMonitors (monitoring.coreos.com/v1)
    #[arg(long)]
    service_monitor: bool,
    /// Image of the servers [default: that of Feast's operator]
    #[arg(long, value_name = "IMAGE")]
    feature_server_image: Option<String>,
    /// Image of the CronJob [default: that of Feast's operator]
    #[arg(long, value_name = "IMAGE")]
    cron_job_image: Option<String>,
    /// Which of the operator's faults to correct
    #[arg(long, value_enum, default_value_t = Corrections::None)]
    corrections: Corrections,
    /// Keep feature_store.yaml in a Secret, so that no Deployment shows credentials
    #[arg(long)]
    store_yaml_in_secret: bool,
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

/// A choice of deviations from the operator.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Corrections {
    /// The operator to the letter.
    None,
    /// What restarts no pod of a running deployment.
    WithoutRestarts,
    /// Everything.
    All,
}

impl Setting {
    fn inputs(&self, gathered: &Gathered) -> Inputs {
        let mut platform = if self.openshift {
            Platform::openshift()
        } else {
            Platform::kubernetes()
        };
        platform.service_monitor = self.service_monitor;
        let environment = Environment {
            feature_server_image: self.feature_server_image.clone(),
            cron_job_image: self.cron_job_image.clone(),
            ..Environment::default()
        };
        let deviations = match self.corrections {
            Corrections::None => Deviations::NONE,
            Corrections::WithoutRestarts => Deviations::without_restarts(),
            Corrections::All => Deviations::ALL,
        };
        let store_yaml = if self.store_yaml_in_secret {
            StoreYaml::InSecret
        } else {
            StoreYaml::InDeployment
        };
        gathered
            .inputs(platform)
            .environment(environment)
            .deviations(deviations)
            .store_yaml(store_yaml)
            .build()
    }
}

/// A FeatureStore that was admitted, and where it is.
struct Admitted {
    file: String,
    document: usize,
    line: usize,
    fs: FeatureStore,
}

impl Admitted {
    fn place(&self) -> Place<'_> {
        Place {
            file: &self.file,
            document: self.document,
            line: self.line,
        }
    }

    /// Whether it needs the status of another FeatureStore.
    fn refers(&self) -> bool {
        let registry = self
            .fs
            .spec
            .services
            .as_ref()
            .and_then(|services| services.registry.as_ref());
        let remote = registry.and_then(|registry| registry.remote.as_ref());
        remote.is_some_and(|remote| remote.feast_ref.is_some())
    }
}

pub(crate) fn run(args: &Args) -> io::Result<ExitCode> {
    let mut report = Report::new(io::stderr().lock());
    let mut gathered = Gathered::new(&args.setting.namespace);
    let mut admitted = Vec::new();
    for file in &args.files.files {
        match input::read(file) {
            Ok(source) => gather(&source, &mut gathered, &mut admitted, &mut report)?,
            Err(message) => report.unreadable(&message)?,
        }
    }
    let rendered = render(admitted, &mut gathered, args, &mut report)?;
    if let Some(folder) = &args.output_dir {
        write_files(&rendered, folder, args.output)?;
    } else {
        let mut out = Documents::new(io::stdout().lock(), args.output);
        for rendered in &rendered {
            print(rendered, args, &mut out)?;
        }
    }
    Ok(report.exit_code())
}

/// Takes out of a source what is rendered and what that needs.
fn gather(
    source: &Source,
    gathered: &mut Gathered,
    admitted: &mut Vec<Admitted>,
    report: &mut Report<impl Write>,
) -> io::Result<()> {
    for document in manifest::read(&source.text) {
        let document = match document {
            Ok(document) => document,
            Err(error) => {
                report.document(&source.name, &error)?;
                continue;
            }
        };
        let place = Place::of(source, &document);
        if let Err(unreadable) = gathered.add(&document) {
            report.error(place, &unreadable.to_string())?;
        }
        if let Some(fs) = admit(place, &document, gathered, report)? {
            admitted.push(Admitted {
                file: source.name.clone(),
                document: document.number,
                line: document.line,
                fs,
            });
        }
    }
    Ok(())
}

/// Has a FeatureStore admitted, and reports what the API server would say.
fn admit(
    place: Place<'_>,
    document: &Document,
    gathered: &Gathered,
    report: &mut Report<impl Write>,
) -> io::Result<Option<FeatureStore>> {
    let version = match document.feature_store_version() {
        Ok(Some(version)) => version,
        Ok(None) => return Ok(None),
        Err(unrecognized) => {
            report.error(place, &unrecognized.to_string())?;
            return Ok(None);
        }
    };
    let verdict = Validator::of(version).run(Request::create(&document.json));
    report.verdict(place, &verdict, false)?;
    if !verdict.is_allowed() {
        return Ok(None);
    }
    match stored(version, verdict) {
        Ok(mut fs) => {
            // A manifest may carry the status of a FeatureStore that others refer to.
            fs.status = FeatureStore::from_json(document.json.as_bytes())
                .ok()
                .and_then(|given| given.status);
            if !document.has_namespace() {
                fs.metadata.namespace = Some(gathered.namespace().to_owned());
            }
            Ok(Some(fs))
        }
        Err(error) => {
            report.error(place, &error.to_string())?;
            Ok(None)
        }
    }
}

/// Renders each FeatureStore; those that others refer to come first, for their status.
fn render(
    admitted: Vec<Admitted>,
    gathered: &mut Gathered,
    args: &Args,
    report: &mut Report<impl Write>,
) -> io::Result<Vec<Rendered>> {
    let (referring, alone): (Vec<_>, Vec<_>) = admitted.into_iter().partition(Admitted::refers);
    let mut all = Vec::new();
    for group in [alone, referring] {
        let inputs = args.setting.inputs(gathered);
        for mut admitted in group {
            match feast_render::render(&admitted.fs, &inputs) {
                Ok(rendered) => {
                    let status = admitted
                        .fs
                        .status
                        .take()
                        .or_else(|| Some(rendered.status.clone()));
                    gathered.add_feature_store(FeatureStore {
                        status,
                        ..admitted.fs
                    });
                    all.push(rendered);
                }
                Err(error) => report.error(admitted.place(), &explain(&error))?,
            }
        }
    }
    Ok(all)
}

/// The operator's words, and what to do where it takes only another file.
fn explain(error: &feast_render::Error) -> String {
    use feast_render::{Error, StoreYamlError};
    match error {
        Error::StoreSecretNotFound { .. }
        | Error::StoreYaml(
            StoreYamlError::SecretNotFound { .. } | StoreYamlError::ConfigMapNotFound { .. },
        ) => format!("{error}: add it to the files"),
        Error::ReferenceNotFound { .. } => format!("{error}: add that FeatureStore to the files"),
        _ => error.to_string(),
    }
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
        Some(StoreDocument::Service) => out.text(&rendered.store_yaml.service),
        Some(StoreDocument::Client) => out.text(&rendered.store_yaml.client),
        Some(StoreDocument::Lineage) => match &rendered.store_yaml.lineage {
            Some(document) => out.text(document),
            None => Ok(()),
        },
    }
}

/// Documents, one after the other.
struct Documents<W> {
    out: W,
    format: Format,
    first: bool,
}

impl<W: Write> Documents<W> {
    fn new(out: W, format: Format) -> Self {
        Self {
            out,
            format,
            first: true,
        }
    }

    fn write(&mut self, object: &impl Serialize) -> io::Result<()> {
        match self.format {
            Format::Json => writeln!(self.out, "{}", serde_json::to_string(object)?),
            Format::Yaml => self.text(&yaml(object)?),
        }
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        if !self.first {
            writeln!(self.out, "---")?;
        }
        self.first = false;
        self.out.write_all(text.as_bytes())
    }
}

fn yaml(object: &impl Serialize) -> io::Result<String> {
    serde_saphyr::to_string(object).map_err(io::Error::other)
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
