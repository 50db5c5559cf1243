//! `kubectl feast explain`: documents the names in findings, and the fields of the resource.

mod field;
mod names;
mod offered;
mod text;

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap_complete::{ArgValueCandidates, ArgValueCompleter};
use feast_api::Version;
use feast_api::rules::{self, RULES, Rule};
use feast_check::codes;
use feast_lint::{Group, LINTS, Lint};
use feast_render::Correction;

use self::names::names;
pub(crate) use self::names::similar;
use self::text::{indented, wrapped};
use crate::candidates;
use crate::stdout;

/// Explain a rule, a lint, a correction or a field
///
/// Takes the code of a finding, such as scaling-online-store, or the path of a field, such as
/// spec.services.onlineStore (`spec.` is optional). `rules`, `lints` and `corrections` list all of them.
/// Without a name, lists the fields of a FeatureStore.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  kubectl feast explain
  kubectl feast explain scaling-online-store
  kubectl feast explain services.onlineStore.persistence
  kubectl feast explain services.volumes --recursive
  kubectl feast explain lints")]
pub(crate) struct Args {
    /// Rule, lint, group of lints, correction or field; or `rules`, `lints`, `corrections`
    #[arg(value_name = "NAME|PATH", default_value = "", hide_default_value = true, add = ArgValueCompleter::new(offered::explained))]
    name: String,
    /// List all fields below a field
    #[arg(long)]
    recursive: bool,
    /// API version of the field, v1 or v1alpha1
    #[arg(long, value_name = "VERSION", default_value_t = Version::V1, add = ArgValueCandidates::new(candidates::versions))]
    version: Version,
}

pub(crate) fn run(args: &Args) -> io::Result<ExitCode> {
    let Args {
        name,
        version,
        recursive,
    } = args;
    if let Some(text) = explanation(name, *version, *recursive) {
        stdout::write(|out| out.write_all(text.as_bytes()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let message = field::missing(name, *version).unwrap_or_else(|| {
        let hint = similar(name, names());
        let lists = "`explain rules`, `explain lints` and `explain spec` list them";
        format!("unknown rule, lint or field `{name}`{hint}\n  {lists}")
    });
    crate::fail(&message)
}

fn explanation(name: &str, version: Version, recursive: bool) -> Option<String> {
    if let Some(rule) = rules::find(name) {
        return Some(of_rule(rule));
    }
    if let Some(lint) = feast_lint::find(name) {
        return Some(of_lint(lint));
    }
    if let Some(group) = Group::ALL.iter().find(|group| group.name() == name) {
        let lints = LINTS.iter().filter(|lint| lint.group == *group);
        return Some(format!(
            "{}\n\n{}",
            wrapped(group.summary()),
            list(lints.copied())
        ));
    }
    let mut known = Correction::ALL.iter();
    if let Some(correction) = known.find(|correction| correction.name() == name) {
        return Some(of_correction(*correction));
    }
    if let Some(code) = codes::find(name) {
        return Some(format!("{name}\n\n{}\n", indented(code.text)));
    }
    match name {
        "rules" => Some(rows(RULES.iter().map(|rule| (rule.name, rule.message)))),
        "lints" => Some(lints()),
        "corrections" => Some(corrections()),
        _ => field::explanation(name, version, recursive),
    }
}

fn of_rule(rule: &Rule) -> String {
    let places = rule.places.iter().map(|place| match *place {
        "" => "spec".to_owned(),
        place => format!("spec.{place}"),
    });
    let places: Vec<_> = places.collect();
    let kind = if rule.is_transition() {
        "Compares an update with the stored object."
    } else {
        "Checks the object. An update that does not touch these fields is not rejected."
    };
    format!(
        "{} (rule of the CRD, since {})\n\n{}\n\n  at: {}\n\n{}\n\nCEL:\n{}\n",
        rule.name,
        rule.since,
        indented(rule.message),
        places.join(", "),
        indented(kind),
        indented(rule.expression),
    )
}

fn of_correction(correction: Correction) -> String {
    format!(
        "{} (correction of Feast's operator, {})\n\n{}\n",
        correction.name(),
        restarts(correction),
        indented(correction.summary()),
    )
}

fn of_lint(lint: &Lint) -> String {
    let docs = &lint.docs;
    let mut text = format!(
        "{} (lint, group {}, default {}, since {})\n\n{}\n\n{}\n",
        lint.name,
        lint.group,
        lint.level,
        lint.since,
        indented(&format!("Finds {}.", lint.summary)),
        indented(docs.why),
    );
    // Writing to a string cannot fail.
    let _ = write!(text, "\nExample:\n{}\n", code(docs.example));
    let _ = write!(
        text,
        "\nInstead:\n{}\n{}\n",
        indented(docs.instead),
        code(docs.mended)
    );
    if !docs.sources.is_empty() {
        let _ = write!(text, "\nSources:\n");
        for source in docs.sources {
            let _ = writeln!(text, "  {source}");
        }
    }
    let _ = write!(
        text,
        "\nTo suppress it for one FeatureStore, with a reason:\n  metadata:\n    annotations:\n      {}{}: \"...\"\n",
        feast_lint::ANNOTATION_PREFIX,
        lint.name,
    );
    text
}

fn code(yaml: &str) -> String {
    let lines = yaml.trim_matches('\n').lines();
    lines
        .map(|line| format!("  {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn lints() -> String {
    let mut text = String::new();
    for group in Group::ALL {
        let lints: Vec<_> = LINTS
            .iter()
            .filter(|lint| lint.group == *group)
            .copied()
            .collect();
        if !lints.is_empty() {
            let _ = writeln!(text, "{group}: {}", group.summary());
            let _ = writeln!(text, "{}", list(lints));
        }
    }
    text
}

fn list(lints: impl IntoIterator<Item = &'static Lint>) -> String {
    rows(lints.into_iter().map(|lint| (lint.name, lint.summary)))
}

fn corrections() -> String {
    let all = Correction::ALL.iter();
    rows(all.map(|correction| (correction.name(), restarts(*correction))))
}

/// The effect of enabling a correction on a running FeatureStore.
fn restarts(correction: Correction) -> &'static str {
    if correction.restarts_pods() {
        "restarts running pods"
    } else {
        "restarts no pods"
    }
}

/// Names with descriptions, in two columns.
fn rows<'a>(rows: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let rows: Vec<_> = rows.collect();
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let lines = rows
        .iter()
        .map(|(name, text)| format!("  {name:width$}  {text}\n"));
    lines.collect()
}
