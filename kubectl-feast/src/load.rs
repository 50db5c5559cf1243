//! Loads FeatureStores and everything they need.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use feast_api::Admitted;
use feast_api::v1::FeatureStore;
use feast_check::check::{Around, Live, Outcome, Read};
use feast_check::{Absent, Checker, Depth, Finding, Level, Settings, Text};
use feast_render::{ObjectRef, OperatorRelease, Rendered};
use serde_json::Value;

use crate::input::{Files, Unreadable};
use crate::origin::{Input, Needs, Reach};
use crate::report::Report;
use crate::selection::Selection;
use crate::setting::Setting;

/// How to render FeatureStores.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct How {
    /// Use visible placeholders for missing Secrets, ConfigMaps and FeatureStores
    #[arg(long)]
    pub(crate) allow_missing: bool,
    /// Succeed if there is no FeatureStore
    #[arg(long)]
    pub(crate) allow_empty: bool,
    #[command(flatten)]
    pub(crate) setting: Setting,
}

impl How {
    /// The FeatureStores to render, from files or a cluster.
    pub(crate) fn input(&self, reach: &Reach, files: &Files) -> Result<Input, Unreadable> {
        Input::of(reach, files, self.needs(files))
    }

    /// What rendering needs from a cluster.
    pub(crate) fn needs(&self, files: &Files) -> Needs<'_> {
        Needs {
            settings: self.settings(&files.selection),
            namespace: self.setting.namespace.as_deref(),
            live: true,
            definition: self.setting.release.is_none(),
            limits: false,
        }
    }

    /// The checker that renders them.
    pub(crate) fn checker(&self, input: &Input, files: &Files) -> Checker {
        input.checker(input.settings(self.settings(&files.selection)))
    }

    /// The settings for rendering the selected ones.
    pub(crate) fn settings(&self, selection: &Selection) -> Settings {
        let mut settings = self.setting.settings();
        settings.depth = Depth::Rendering;
        settings.selector.clone_from(&selection.selector);
        settings.absent = if self.allow_missing {
            Absent::Filled
        } else {
            Absent::Reported
        };
        settings
    }
}

/// The loaded texts.
pub(crate) struct Loaded {
    checker: Checker,
    pub(crate) read: Vec<Read>,
    pub(crate) around: Around,
}

/// Reads texts, which may be shared. Reports unreadable ones, and a release whose operator cannot
/// be rendered.
pub(crate) fn load(
    texts: impl Iterator<Item = Result<Arc<Text>, Unreadable>>,
    checker: Checker,
    report: &mut Report,
) -> io::Result<Loaded> {
    let mut read = Vec::new();
    let release = OperatorRelease::try_from(checker.settings().release);
    if let Err(error) = &release {
        report.unreadable(&Unreadable(error.to_string()))?;
    }
    for text in texts.filter(|_| release.is_ok()) {
        match text {
            Ok(text) => read.push(checker.read(text)),
            Err(error) => report.unreadable(&error)?,
        }
    }
    let around = checker.gather(read.iter_mut());
    Ok(Loaded {
        checker,
        read,
        around,
    })
}

/// Reads the input from files or a cluster.
pub(crate) fn load_input(
    input: &Input,
    files: &Files,
    checker: Checker,
    report: &mut Report,
) -> io::Result<Loaded> {
    let texts = input.texts(files).into_iter();
    load(texts, checker, report)
}

/// Reports that there is nothing to do, which should not look like success.
pub(crate) fn nothing(what: &str) -> io::Result<ExitCode> {
    crate::fail(&format!("nothing to {what}: there is no FeatureStore"))
}

impl Loaded {
    /// The exit code if there is nothing to do, unless errors are the reason.
    pub(crate) fn nothing(
        &self,
        what: &str,
        how: &How,
        report: &Report,
    ) -> io::Result<Option<ExitCode>> {
        let mut checked = self.read.iter().flat_map(Read::checked);
        let says_something =
            checked.any(|it| it.feature_store.is_some() || !it.findings.is_empty());
        let is_wrong = report.exit_code() != ExitCode::SUCCESS;
        (!says_something && !is_wrong && !how.allow_empty)
            .then(|| nothing(what))
            .transpose()
    }

    /// The checker and the objects in the texts.
    pub(crate) fn known(&self) -> (&Checker, &Around) {
        (&self.checker, &self.around)
    }

    /// The FeatureStores that the API server admits.
    pub(crate) fn stores(&self) -> impl Iterator<Item = &Admitted> {
        self.read.iter().flat_map(Read::admitted)
    }

    /// Mutable, for example to set the uid.
    pub(crate) fn stores_mut(&mut self) -> impl Iterator<Item = &mut Admitted> {
        self.read.iter_mut().flat_map(Read::admitted_mut)
    }

    /// Reports the API server's findings.
    pub(crate) fn report(&self, report: &mut Report) -> io::Result<()> {
        let checked = self.read.iter().flat_map(Read::checked);
        checked
            .into_iter()
            .try_for_each(|checked| report.checked(&checked))
    }

    /// Reports the API server's findings about other objects, and warnings about FeatureStores that
    /// were already there before. New findings about FeatureStores, and rejections, are in the
    /// diff.
    pub(crate) fn report_since(&self, before: &Self, report: &mut Report) -> io::Result<()> {
        let said =
            |loaded: &Self| -> Vec<_> { loaded.read.iter().flat_map(Read::checked).collect() };
        for (mut after, before) in said(self).into_iter().zip(said(before)) {
            if after.feature_store.is_some() {
                after.findings.retain(|finding| {
                    let is_same =
                        |old: &Finding| (&old.code, &old.field) == (&finding.code, &finding.field);
                    finding.level == Level::Warning && before.findings.iter().any(is_same)
                });
            }
            report.checked(&after)?;
        }
        Ok(())
    }

    /// Renders each FeatureStore, and reports errors.
    pub(crate) fn render(self, report: &mut Report) -> io::Result<Vec<(Admitted, Rendered)>> {
        let mut all = Vec::new();
        for read in self.read {
            for outcome in self.checker.finish(read, &self.around) {
                let Outcome {
                    checked, rendered, ..
                } = outcome;
                report.checked(&checked)?;
                all.extend(rendered.map(|rendered| *rendered));
            }
        }
        Ok(all)
    }
}

/// Objects and FeatureStores of a cluster, saved in a folder.
///
/// # Errors
///
/// A file cannot be read, or does not contain an object.
pub(crate) fn observed(folder: &Path) -> Result<(Live, Vec<FeatureStore>), Unreadable> {
    let files = Files::of(vec![PathBuf::from(folder)]);
    let (mut live, mut stores) = (Live::new(), Vec::new());
    for text in files.texts() {
        let text = text?;
        let fault = |message: String| Unreadable(format!("{}: {message}", text.name()));
        for document in text.documents() {
            let document = document.map_err(|error| fault(error.to_string()))?;
            let object = Value::Object(document.object().clone());
            if document.kind() == Some(feast_api::KIND) {
                let store = FeatureStore::from_value(object);
                stores.push(store.map_err(|error| fault(error.to_string()))?);
                continue;
            }
            let number = document.number;
            let unclear = || fault(format!("document {number} is no readable object"));
            let reference = ObjectRef::of_value(&object).ok_or_else(unclear)?;
            live.insert(reference, object);
        }
    }
    Ok((live, stores))
}
