//! The files of the workspace, and the configuration of the open texts.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use feast_api::Release;
use feast_check::check::{Beside, Read};
use feast_check::{Checked, Checker, Text};

use super::Args;
use super::documents::Document;
use crate::config::{Configs, NAME};
use crate::input::{self, Files, Manifests, Source, Unit, Unreadable};

/// Maximum number of files and folders of a workspace that are read: users may open their home
/// folder.
const MOST_FILES: usize = 50_000;
/// Larger files, in bytes, are skipped: they are unlikely to be hand-written manifests.
const LARGE: u64 = 4 << 20;

/// The folders of an editor, with their files.
pub(super) struct Workspace<'a> {
    args: &'a Args,
    base: Checker,
    roots: Vec<PathBuf>,
    /// By root; `None` for texts outside all roots. Read on first use.
    folders: BTreeMap<Option<PathBuf>, Folder<'a>>,
}

/// The files of a folder.
struct Folder<'a> {
    configs: Configs<'a>,
    beside: Beside,
    manifests: Manifests,
}

/// The results for the open texts of a folder.
pub(super) struct Outcome {
    /// URI and findings of each text.
    pub(super) checked: Vec<(String, Vec<Checked>)>,
    /// Problems with the folder, for the user.
    pub(super) troubles: Vec<String>,
}

impl<'a> Workspace<'a> {
    /// A workspace without folders.
    ///
    /// # Errors
    ///
    /// CustomResourceDefinitions or settings cannot be read.
    pub(super) fn new(args: &'a Args) -> Result<Self, Unreadable> {
        let mut settings = args.setting.settings();
        settings.strict = args.strict;
        let mut base = Checker::new(settings);
        for text in Files::of(args.crd.clone()).texts() {
            base.add_crds(&*text?);
        }
        Configs::new(&args.flags)?;
        Ok(Self {
            args,
            base,
            roots: Vec::new(),
            folders: BTreeMap::new(),
        })
    }

    /// Replaces the folders.
    pub(super) fn set_roots(&mut self, roots: Vec<PathBuf>) {
        self.roots = roots;
        self.forget();
    }

    pub(super) fn roots(&self) -> &[PathBuf] {
        &self.roots
    }

    /// Discards the files, so that they are read again on the next use.
    pub(super) fn forget(&mut self) {
        self.folders.clear();
    }

    /// The folder of a text: the innermost root that contains it.
    pub(super) fn root_of(&self, document: &Document) -> Option<PathBuf> {
        let path = document.path.as_deref()?;
        let roots = self.roots.iter().filter(|root| path.starts_with(root));
        roots.max_by_key(|root| root.components().count()).cloned()
    }

    /// Checks the open texts of a folder, together with its files.
    pub(super) fn check(
        &mut self,
        root: Option<&Path>,
        open: &BTreeMap<String, Document>,
    ) -> Outcome {
        let mut troubles = Vec::new();
        let key = root.map(Path::to_owned);
        let members = open.values();
        let members: Vec<_> = members.filter(|it| self.root_of(it) == key).collect();
        if !self.folders.contains_key(&key) {
            match self.read(root, &members, &mut troubles) {
                Ok(folder) => drop(self.folders.insert(key.clone(), folder)),
                Err(error) => troubles.push(error.0),
            }
        }
        let Some(folder) = self.folders.get_mut(&key) else {
            let checked = members.iter().map(|it| (it.uri.0.clone(), Vec::new()));
            return Outcome {
                checked: checked.collect(),
                troubles,
            };
        };
        let mut read: Vec<(String, Option<(Checker, Read)>)> = Vec::new();
        for document in members {
            let is_patch = |path: &PathBuf| folder.manifests.patches.contains(path);
            let is_manifest = !document.path.as_ref().is_some_and(is_patch);
            let checker = match folder.configs.of(&source(document)) {
                Ok(number) => {
                    number.map(|number| configured(&self.base, self.args, &folder.configs, number))
                }
                Err(error) => {
                    troubles.push(error.0);
                    Some(self.base.clone())
                }
            };
            if document.is_large() {
                troubles.push(format!("{}: too large to validate", document.name()));
            }
            let checker = checker.filter(|_| is_manifest && !document.is_large());
            let read_text = |checker: Checker| {
                let text = Text::new(document.name(), document.text.as_str()).found(true);
                let read = checker.read(text);
                (checker, read)
            };
            read.push((document.uri.0.clone(), checker.map(read_text)));
        }
        let parts = read.iter_mut().filter_map(|(_, read)| read.as_mut());
        let around = self
            .base
            .gather_beside(&folder.beside, parts.map(|(_, read)| read));
        let checked = read.into_iter().map(|(uri, read)| {
            let findings = read.map(|(checker, read)| checker.findings(read, &around));
            (uri, findings.unwrap_or_default())
        });
        Outcome {
            checked: checked.collect(),
            troubles,
        }
    }

    /// The release to validate a text with.
    pub(super) fn release(&self, document: &Document) -> Release {
        let configured = || {
            let mut configs = Configs::new(&self.args.flags).ok()?;
            let number = configs.of(&source(document)).ok()??;
            Some(configured(&self.base, self.args, &configs, number))
        };
        let checker = configured();
        checker.as_ref().unwrap_or(&self.base).settings().release
    }

    /// Reads the files of a folder, except the open ones.
    fn read(
        &self,
        root: Option<&Path>,
        open: &[&Document],
        troubles: &mut Vec<String>,
    ) -> Result<Folder<'a>, Unreadable> {
        let mut configs = Configs::new(&self.args.flags)?;
        let manifests = root.map(|root| input::manifests(root, MOST_FILES));
        let manifests = manifests.unwrap_or_default();
        if manifests.is_cut {
            let root = root.unwrap_or(Path::new("")).display();
            troubles.push(format!(
                "{root} has more than {MOST_FILES} files: some are not read"
            ));
        }
        let is_open = |path: &Path| open.iter().any(|it| it.path.as_deref() == Some(path));
        let mut jobs: Vec<(Checker, Unit)> = Vec::new();
        for source in &manifests.sources {
            let Some(path) = source.path().filter(|path| !is_open(path)) else {
                continue;
            };
            let is_large = fs::metadata(path).is_ok_and(|metadata| metadata.len() > LARGE);
            // Configuration errors are reported when one of its files is open.
            if let (false, Ok(Some(number))) = (is_large, configs.of(source)) {
                let checker = configured(&self.base, self.args, &configs, number);
                jobs.extend(source.clone().units().map(|unit| (checker.clone(), unit)));
            }
        }
        let mut read = Vec::new();
        let size = |job: &(Checker, Unit)| job.1.size();
        let work = |(checker, unit): (Checker, Unit)| Some(checker.read(unit.read().ok()?));
        let done = input::in_order(jobs.into_iter(), size, work, |one| {
            read.extend(one);
            Ok(())
        });
        done.map_err(|error| Unreadable(error.to_string()))?;
        Ok(Folder {
            configs,
            beside: self.base.keep(read),
            manifests,
        })
    }
}

/// The checker of a configuration.
fn configured(base: &Checker, args: &Args, configs: &Configs<'_>, number: usize) -> Checker {
    match configs.all().get(number) {
        Some(config) => config.apply(base.clone(), args.setting.release),
        None => base.clone(),
    }
}

/// The source for finding a text's configuration.
fn source(document: &Document) -> Source {
    match &document.path {
        Some(path) => Source::file(path, true),
        None => Source::stdin(),
    }
}

/// Whether a text is a configuration file.
pub(super) fn is_configuration(document: &Document) -> bool {
    let name = document.path.as_deref().and_then(Path::file_name);
    name.is_some_and(|name| name == NAME)
}
