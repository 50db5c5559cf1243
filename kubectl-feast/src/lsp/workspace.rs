//! What is beside the texts that are open: the files of the workspace, and what is said of them.

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

/// How many files and folders of a workspace are looked at: somebody opens their home folder.
const MOST_FILES: usize = 50_000;
/// Files that are larger, in bytes, are no manifests that somebody wrote.
const LARGE: u64 = 4 << 20;

/// The folders of an editor, each with what is in it.
pub(super) struct Workspace<'a> {
    args: &'a Args,
    base: Checker,
    roots: Vec<PathBuf>,
    /// By their roots; what is in no root has no folder. Read when they are first asked for.
    folders: BTreeMap<Option<PathBuf>, Folder<'a>>,
}

/// What was read of a folder.
struct Folder<'a> {
    configs: Configs<'a>,
    beside: Beside,
    manifests: Manifests,
}

/// What came of the open texts of a folder.
pub(super) struct Outcome {
    /// Address and findings of each.
    pub(super) checked: Vec<(String, Vec<Checked>)>,
    /// What the user should know of the folder.
    pub(super) troubles: Vec<String>,
}

impl<'a> Workspace<'a> {
    /// One without folders yet.
    ///
    /// # Errors
    ///
    /// CustomResourceDefinitions and settings that cannot be read.
    pub(super) fn new(args: &'a Args) -> Result<Self, Unreadable> {
        let mut settings = args.setting.settings();
        settings.strict = args.strict;
        let mut base = Checker::new(settings);
        for text in Files::of(args.crd.clone()).texts() {
            base.add_crds(&text?);
        }
        Configs::new(&args.flags)?;
        Ok(Self {
            args,
            base,
            roots: Vec::new(),
            folders: BTreeMap::new(),
        })
    }

    /// Takes other folders.
    pub(super) fn set_roots(&mut self, roots: Vec<PathBuf>) {
        self.roots = roots;
        self.forget();
    }

    pub(super) fn roots(&self) -> &[PathBuf] {
        &self.roots
    }

    /// Has files read again, once somebody asks.
    pub(super) fn forget(&mut self) {
        self.folders.clear();
    }

    /// The folder of a text: the innermost root that it is in.
    pub(super) fn root_of(&self, document: &Document) -> Option<PathBuf> {
        let path = document.path.as_deref()?;
        let roots = self.roots.iter().filter(|root| path.starts_with(root));
        roots.max_by_key(|root| root.components().count()).cloned()
    }

    /// Checks the open texts of a folder, with its files.
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
            let outcomes = read.map(|(checker, read)| checker.finish(read, &around));
            let outcomes = outcomes.into_iter().flatten();
            (uri, outcomes.map(|outcome| outcome.checked).collect())
        });
        Outcome {
            checked: checked.collect(),
            troubles,
        }
    }

    /// The release that a text is written for.
    pub(super) fn release(&self, document: &Document) -> Release {
        let configured = || {
            let mut configs = Configs::new(&self.args.flags).ok()?;
            let number = configs.of(&source(document)).ok()??;
            Some(configured(&self.base, self.args, &configs, number))
        };
        let checker = configured();
        checker.as_ref().unwrap_or(&self.base).settings().release
    }

    /// Reads the files of a folder, without those that are open.
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
            // Who opens a file is told what is wrong with its configuration.
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

/// Where a text's configuration is looked for.
fn source(document: &Document) -> Source {
    match &document.path {
        Some(path) => Source::file(path, true),
        None => Source::stdin(),
    }
}

/// Whether a text is a configuration.
pub(super) fn is_configuration(document: &Document) -> bool {
    let name = document.path.as_deref().and_then(Path::file_name);
    name.is_some_and(|name| name == NAME)
}
