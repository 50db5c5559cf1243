//! The CRDs to compare.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use crd_admission::{CompileError, Crd};
use feast_api::Release;
use serde_json::Value;

/// A CRD with its name.
pub(crate) struct Subject {
    pub(crate) name: String,
    pub(crate) definition: Value,
    /// Its release of Feast, if it is Feast's.
    release: Option<Release>,
}

impl Subject {
    /// The compiled CRD; those of Feast's releases have native rules.
    pub(crate) fn compiled(&self) -> Result<Cow<'static, Crd>, CompileError> {
        match self.release {
            Some(release) => Ok(Cow::Borrowed(feast_validate::feature_store_of(release))),
            None => Crd::compile(&self.definition, &[]).map(Cow::Owned),
        }
    }
}

/// The CRDs of Feast's releases, those made for tests, and those that other projects published; or
/// all in the directory `FEAST_DIFFERENTIAL_CRDS`.
pub(crate) fn all() -> Vec<Subject> {
    if let Some(folder) = std::env::var_os("FEAST_DIFFERENTIAL_CRDS") {
        return of_files(Path::new(&folder));
    }
    let releases = Release::ALL.iter().map(|release| Subject {
        name: format!("feast-{release}"),
        definition: release.crd(),
        release: Some(*release),
    });
    releases.chain(others()).collect()
}

/// Those of [`all`] that are not Feast's.
pub(crate) fn others() -> Vec<Subject> {
    let published = test_support::published("crds");
    let published = published.iter().flat_map(|folder| of_files(folder));
    // The published ones include those made for tests.
    let published = published.filter(|subject| !test_support::is_made(&subject.name));
    made().into_iter().chain(published).collect()
}

/// Those made for tests.
pub(crate) fn made() -> Vec<Subject> {
    of_files(&test_support::workspace().join("tests/recorded/crds"))
}

fn of_files(folder: &Path) -> Vec<Subject> {
    let files = test_support::files(folder, ".json.gz").into_iter();
    let subject = |file: PathBuf| {
        let name = file.file_name()?.to_str()?;
        Some(Subject {
            name: name.strip_suffix(".json.gz")?.to_owned(),
            definition: serde_json::from_str(&test_support::text(&file)).expect("a definition"),
            release: None,
        })
    };
    files.filter_map(subject).collect()
}
