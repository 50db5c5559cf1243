//! FeatureStores and what they need, out of files.

use std::io;
use std::path::{Path, PathBuf};

use feast_api::v1::FeatureStore;
use feast_api::{Admitted, Release};
use feast_check::check::{Around, Live, Outcome, Read};
use feast_check::{Absent, Checker, Depth};
use feast_render::{ObjectRef, OperatorRelease, Rendered};
use serde_json::Value;

use crate::input::{Files, Unreadable};
use crate::report::Report;
use crate::setting::Setting;

/// How to render what is loaded.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct How {
    /// Render with visible placeholders for Secrets, ConfigMaps and FeatureStores that are missing
    #[arg(long)]
    pub(crate) allow_missing: bool,
    #[command(flatten)]
    pub(crate) setting: Setting,
}

impl How {
    /// What renders the FeatureStores of files.
    pub(crate) fn checker(&self, files: &Files) -> Checker {
        self.checker_of(files, None)
    }

    /// The same, judged by the CRD of a release, if that is later.
    pub(crate) fn checker_of(&self, files: &Files, later: Option<Release>) -> Checker {
        let mut settings = self.setting.settings();
        settings.release = later.map_or(settings.release, |later| later.max(settings.release));
        settings.depth = Depth::Rendering;
        settings.selector.clone_from(&files.selection.selector);
        settings.absent = if self.allow_missing {
            Absent::Filled
        } else {
            Absent::Reported
        };
        Checker::new(settings)
    }
}

/// What files hold.
pub(crate) struct Loaded {
    checker: Checker,
    read: Vec<Read>,
    pub(crate) around: Around,
}

/// Reads files; those that cannot be read are reported, as is a release whose operator is not known.
pub(crate) fn load(files: &Files, checker: Checker, report: &mut Report) -> io::Result<Loaded> {
    let mut read = Vec::new();
    let release = OperatorRelease::try_from(checker.settings().release);
    if let Err(error) = &release {
        report.unreadable(&Unreadable(error.to_string()))?;
    }
    for text in release.iter().flat_map(|_| files.texts()) {
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

impl Loaded {
    /// The FeatureStores that the API server admits.
    pub(crate) fn stores(&self) -> impl Iterator<Item = &Admitted> {
        self.read.iter().flat_map(Read::admitted)
    }

    /// The same, to be changed.
    pub(crate) fn stores_mut(&mut self) -> impl Iterator<Item = &mut Admitted> {
        self.read.iter_mut().flat_map(Read::admitted_mut)
    }

    /// Reports what the API server says.
    pub(crate) fn report(&self, report: &mut Report) -> io::Result<()> {
        let checked = self.read.iter().flat_map(Read::checked);
        checked
            .into_iter()
            .try_for_each(|checked| report.checked(&checked))
    }

    /// Renders each FeatureStore; what is wrong is reported.
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

/// Objects and FeatureStores as they are in a cluster, out of a folder.
///
/// # Errors
///
/// A file that cannot be read, and what is no object.
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
