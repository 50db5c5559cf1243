//! Changes in another CustomResourceDefinition.

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use feast_api::Release;
use feast_check::check::is_definition;
use feast_check::drift::{Drift, Effect, drift};
use feast_check::{Checked, Checker, Depth, Finding, Level, Settings, Text};
use feast_render::OperatorSettings;
use serde::Serialize;
use serde_json::Value;

use crate::format::{Documents, Format};
use crate::input::{Files, Unreadable};
use crate::setting::now;
use crate::stdout;

/// The changes in a CRD.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Comparison {
    /// The release it is compared with.
    release: &'static str,
    differences: Vec<Drift>,
    /// New errors and warnings of the API server about FeatureStores.
    feature_stores: Vec<Said>,
}

/// Findings about a FeatureStore.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Said {
    file: String,
    line: usize,
    feature_store: String,
    findings: Vec<Line>,
}

/// A finding.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    is_refused: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    field: String,
    message: String,
}

/// Compares the CRD of a release with the one in a file, which is newer, and validates the
/// FeatureStores in other files with it. As for `diff`, exit code 1 means that there are
/// differences.
pub(super) fn run(
    release: Release,
    file: &Path,
    stores: &[PathBuf],
    format: Option<Format>,
) -> io::Result<ExitCode> {
    let comparison = match Comparison::of(release, file, stores) {
        Ok(comparison) => comparison,
        Err(error) => return crate::fail(&error.0),
    };
    stdout::write(|out| match format {
        Some(format) => Documents::new(out, format).write(&comparison),
        None => comparison.write(out),
    })?;
    Ok(ExitCode::from(u8::from(!comparison.is_empty())))
}

impl Comparison {
    fn of(release: Release, file: &Path, stores: &[PathBuf]) -> Result<Self, Unreadable> {
        let text = read_one(file)?;
        let crd = definition(&text)?;
        let mut settings = Settings::new(OperatorSettings::reference(), now()).of_release(release);
        let differences = drift(&release.crd(), &crd, &settings);
        settings.depth = Depth::Verdict;
        let today = Checker::new(settings);
        let mut then = today.clone();
        let refused = then.add_crds(&text);
        if let Some(fault) = refused.iter().flat_map(|checked| &checked.findings).next() {
            let name = file.display();
            return Err(Unreadable(format!(
                "{name}: {}: {}",
                fault.field, fault.message
            )));
        }
        let mut said = Vec::new();
        for text in Files::of(stores.to_vec()).texts() {
            let text = text?;
            said.extend(new_findings(
                today.check([text.clone()]),
                then.check([text]),
            ));
        }
        Ok(Self {
            release: release.name(),
            differences,
            feature_stores: said,
        })
    }

    fn is_empty(&self) -> bool {
        self.differences.is_empty() && self.feature_stores.is_empty()
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        if self.is_empty() {
            return writeln!(out, "no differences from the CRD of {}", self.release);
        }
        for difference in &self.differences {
            write_difference(out, difference)?;
        }
        for said in &self.feature_stores {
            writeln!(out, "\n{}:{}: {}", said.file, said.line, said.feature_store)?;
            for Line {
                is_refused,
                field,
                message,
            } in &said.findings
            {
                let sign = if *is_refused { '!' } else { '-' };
                writeln!(out, "{sign} {field}: {message}")?;
            }
        }
        writeln!(out, "\n{}", self.summary())
    }

    /// The number of differences with each effect.
    fn summary(&self) -> String {
        let effects = [
            (Effect::Refuses, "may reject objects"),
            (Effect::Drops, "drop fields"),
            (Effect::Changes, "change what is stored"),
            (Effect::Admits, "admit more"),
        ];
        let counts = effects.map(|(effect, word)| {
            let all = self.differences.iter();
            let count = all.filter(|difference| difference.effect == effect).count();
            (count, word)
        });
        let counts = counts.iter().filter(|(count, _)| *count > 0);
        let counts: Vec<_> = counts
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        let all = self.differences.len();
        let noun = if all == 1 {
            "difference"
        } else {
            "differences"
        };
        format!(
            "{all} {noun} from the CRD of {}: {}",
            self.release,
            counts.join(", ")
        )
    }
}

fn write_difference(out: &mut impl Write, drift: &Drift) -> io::Result<()> {
    let sign = match drift.effect {
        Effect::Refuses => '!',
        Effect::Drops => '-',
        Effect::Changes => '~',
        Effect::Admits => '+',
        Effect::None => ' ',
    };
    let path = if drift.path.is_empty() {
        "the CRD"
    } else {
        &drift.path
    };
    writeln!(
        out,
        "{sign} {path}: {} ({})",
        drift.change,
        drift.versions.join(", ")
    )?;
    let untyped = ["not in `feast-api`".to_owned()];
    let concerned = [
        (
            "types",
            if drift.is_typed {
                &[][..]
            } else {
                &untyped[..]
            }
            .join(""),
        ),
        ("lints", drift.lints.join(", ")),
        ("objects", drift.objects.join(", ")),
    ];
    for (what, which) in concerned.iter().filter(|(_, which)| !which.is_empty()) {
        writeln!(out, "    {what}: {which}")?;
    }
    Ok(())
}

fn read_one(file: &Path) -> Result<Arc<Text>, Unreadable> {
    let files = Files::of(vec![file.to_owned()]);
    let mut texts = files.texts();
    texts
        .next()
        .unwrap_or_else(|| Err(Unreadable(format!("{}: empty file", file.display()))))
}

/// The FeatureStore CRD in a text.
fn definition(text: &Text) -> Result<Value, Unreadable> {
    let name = text.name();
    for document in text.documents() {
        let document = document.map_err(|error| Unreadable(format!("{name}: {}", error.fault)))?;
        let value = Value::Object(document.object().clone());
        if is_definition(&document) && value["spec"]["group"] == feast_api::GROUP {
            return Ok(value);
        }
    }
    Err(Unreadable(format!(
        "{name}: contains no CustomResourceDefinition of {}",
        feast_api::GROUP
    )))
}

/// The findings that the current CRD does not have.
fn new_findings(today: Vec<Checked>, then: Vec<Checked>) -> Vec<Said> {
    let key = |finding: &Finding| (finding.field.clone(), finding.message.clone());
    let mut said = Vec::new();
    for (today, then) in today.into_iter().zip(then) {
        let known: HashSet<_> = today.findings.iter().map(key).collect();
        let new = then
            .findings
            .iter()
            .filter(|finding| !known.contains(&key(finding)));
        let findings: Vec<_> = new
            .map(|finding| Line {
                is_refused: finding.level == Level::Error,
                field: finding.field.clone(),
                message: finding.message.clone(),
            })
            .collect();
        if !findings.is_empty() {
            said.push(Said {
                file: then.file.to_string(),
                line: then.start.line,
                feature_store: then.name().unwrap_or_default().to_owned(),
                findings,
            });
        }
    }
    said
}
