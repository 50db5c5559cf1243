//! Lint levels, excluded files and the release to validate with, from configuration files and flags.

pub(crate) mod file;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use clap_complete::ArgValueCandidates;
use feast_api::Release;
use feast_check::Checker;
use feast_lint::{LINTS, Level};

use self::file::File;
use crate::candidates;
use crate::explain::similar;
use crate::input::{Source, Unreadable, plain};
use crate::repository;

/// Name of configuration files.
pub(crate) const NAME: &str = ".feast-lint.yaml";

/// Lint levels and the configuration file, as flags.
#[derive(Debug, clap::Args)]
pub(crate) struct Flags {
    /// Turn off a lint or a group of lints; `all` for every lint
    #[arg(long, value_name = "LINT", add = ArgValueCandidates::new(candidates::lints))]
    allow: Vec<String>,
    /// Report a lint or a group of lints as warnings
    #[arg(long, value_name = "LINT", add = ArgValueCandidates::new(candidates::lints))]
    warn: Vec<String>,
    /// Report a lint or a group of lints as errors
    #[arg(long, value_name = "LINT", add = ArgValueCandidates::new(candidates::lints))]
    deny: Vec<String>,
    /// Configuration file: lint levels and options, excluded files, release [default: the .feast-lint.yaml in the
    /// folder of each file, or in the nearest folder above, up to the root of the repository]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Flags {
    /// Whether a configuration file is given.
    pub(crate) fn name_a_file(&self) -> bool {
        self.config.is_some()
    }

    /// Sets the levels of the named lints.
    fn apply(&self, lints: &mut feast_lint::Config) -> Result<(), Unreadable> {
        let levels = [
            (Level::Allow, &self.allow),
            (Level::Warn, &self.warn),
            (Level::Deny, &self.deny),
        ];
        for (level, names) in levels {
            for name in names {
                lints.set(name, level).map_err(|error| {
                    Unreadable(format!("{error}{}", similar(name, feast_lint::names())))
                })?;
            }
        }
        Ok(())
    }
}

/// Lints and excluded files of a folder.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) lints: feast_lint::Config,
    /// The Feast release to validate with, if the file sets one.
    release: Option<Release>,
    exclude: ignore::gitignore::Gitignore,
    /// The folder that patterns are relative to.
    folder: PathBuf,
}

impl Config {
    /// The configuration in a file, overridden by flags.
    fn of(file: File, folder: &Path, configs: &Configs<'_>) -> Result<Self, Unreadable> {
        let File {
            mut lints,
            names_kubernetes,
            exclude,
            release,
        } = file;
        configs.flags.apply(&mut lints)?;
        if let Some(release) = configs.kubernetes.filter(|_| !names_kubernetes) {
            lints.options.kubernetes = release;
        }
        Ok(Self {
            lints,
            release,
            exclude,
            folder: folder.to_owned(),
        })
    }

    /// The checker with this configuration. Command-line flags take precedence.
    pub(crate) fn apply(&self, checker: Checker, named: Option<Release>) -> Checker {
        let checker = checker.linting(self.lints.clone());
        match self.release.filter(|_| named.is_none()) {
            Some(release) => checker.of_release(release),
            None => checker,
        }
    }

    /// Whether any lint is on.
    fn has_lints(&self) -> bool {
        let is_wanted = |lint| self.lints.level(lint) != Level::Allow;
        LINTS.iter().copied().any(is_wanted)
    }

    /// Whether a file is excluded.
    fn leaves_out(&self, file: &Path) -> bool {
        let inner = file.strip_prefix(&self.folder);
        inner.is_ok_and(|path| {
            let found = self.exclude.matched_path_or_any_parents(path, false);
            found.is_ignore()
        })
    }
}

/// The configurations of a command's files.
///
/// A file has the configuration of its folder, or else of the nearest folder above, up to the root of
/// the repository. `--config` applies to all files, with patterns relative to the current folder.
#[derive(Debug)]
pub(crate) struct Configs<'f> {
    flags: &'f Flags,
    /// The cluster's Kubernetes release, if there is a cluster; a configuration file takes
    /// precedence.
    pub(crate) kubernetes: Option<feast_lint::Release>,
    current: PathBuf,
    all: Vec<Config>,
    /// Configuration files that were read, as indices into `all`.
    read: BTreeMap<Option<PathBuf>, usize>,
    /// Folders that were searched.
    folders: BTreeMap<PathBuf, usize>,
}

impl<'f> Configs<'f> {
    /// Creates configurations without reading any file yet.
    ///
    /// # Errors
    ///
    /// A flag names an unknown lint.
    pub(crate) fn new(flags: &'f Flags) -> Result<Self, Unreadable> {
        flags.apply(&mut feast_lint::Config::default())?;
        let current = env::current_dir();
        Ok(Self {
            flags,
            kubernetes: None,
            current: current.map_err(|error| Unreadable::new(".", &error))?,
            all: Vec::new(),
            read: BTreeMap::new(),
            folders: BTreeMap::new(),
        })
    }

    /// All configurations in use, by number.
    pub(crate) fn all(&self) -> &[Config] {
        &self.all
    }

    /// Whether any lint is on in any file.
    pub(crate) fn have_lints(&self) -> bool {
        self.all.iter().any(Config::has_lints)
    }

    /// Adds a configuration that is not in a file, and returns its number.
    ///
    /// # Errors
    ///
    /// The text is not a configuration.
    pub(crate) fn add(&mut self, text: &str) -> Result<usize, Unreadable> {
        let config = Config::of(parse(NAME, text)?, &self.current, self)?;
        self.all.push(config);
        Ok(self.all.len() - 1)
    }

    /// The number of a source's configuration, unless the source is excluded.
    ///
    /// # Errors
    ///
    /// A configuration file cannot be read.
    pub(crate) fn of(&mut self, source: &Source) -> Result<Option<usize>, Unreadable> {
        let file = source.path().map(|path| plain(&self.current.join(path)));
        let folder = file.as_deref().and_then(Path::parent);
        let folder = folder.unwrap_or(&self.current).to_owned();
        let number = self.of_folder(folder)?;
        let config = self.all.get(number);
        let is_out = config
            .zip(file)
            .is_some_and(|(config, file)| config.leaves_out(&file));
        Ok((!is_out).then_some(number))
    }

    /// The number of a folder's configuration.
    fn of_folder(&mut self, folder: PathBuf) -> Result<usize, Unreadable> {
        if let Some(number) = self.folders.get(&folder) {
            return Ok(*number);
        }
        let file = self.flags.config.clone().or_else(|| nearest(&folder));
        let known = self.read.get(&file).copied();
        let number = known.map_or_else(|| self.read(file), Ok)?;
        self.folders.insert(folder, number);
        Ok(number)
    }

    /// Reads a configuration and returns its number.
    fn read(&mut self, file: Option<PathBuf>) -> Result<usize, Unreadable> {
        let found = file.as_deref().filter(|_| self.flags.config.is_none());
        let start = found.and_then(Path::parent).unwrap_or(&self.current);
        let said = file.as_deref().map_or(Ok(File::default()), read)?;
        let config = Config::of(said, start, self)?;
        self.all.push(config);
        let number = self.all.len() - 1;
        self.read.insert(file, number);
        Ok(number)
    }
}

/// The configuration file of a folder, or of the nearest folder above in the same repository.
fn nearest(folder: &Path) -> Option<PathBuf> {
    let root = repository::root(folder);
    let is_inside = |above: &&Path| root.is_none_or(|root| above.starts_with(root));
    let folders = folder.ancestors().take_while(is_inside);
    let mut files = folders.map(|folder| folder.join(NAME));
    files.find(|file| file.is_file())
}

fn read(path: &Path) -> Result<File, Unreadable> {
    let name = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| Unreadable::new(&name, &error))?;
    parse(&name, &text)
}

fn parse(name: &str, text: &str) -> Result<File, Unreadable> {
    file::read(text).map_err(|fault| {
        let place = fault.position;
        let message = fault.message;
        Unreadable(format!("{name}:{}:{}: {message}", place.line, place.column))
    })
}
