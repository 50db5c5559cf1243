//! Levels of lints, files to leave out and the release that judges: from configuration files, and
//! from flags.

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

/// What a configuration file is called.
pub(crate) const NAME: &str = ".feast-lint.yaml";

/// What is looked for, and where not.
#[derive(Debug, clap::Args)]
pub(crate) struct Flags {
    /// Do not look for a lint, or a group of them; `all` for every one
    #[arg(long, value_name = "LINT", add = ArgValueCandidates::new(candidates::lints))]
    allow: Vec<String>,
    /// Report a lint, or a group of them, as a warning
    #[arg(long, value_name = "LINT", add = ArgValueCandidates::new(candidates::lints))]
    warn: Vec<String>,
    /// Report a lint, or a group of them, as an error
    #[arg(long, value_name = "LINT", add = ArgValueCandidates::new(candidates::lints))]
    deny: Vec<String>,
    /// Levels and options of lints, files to leave out, and the release [default: the .feast-lint.yaml in the
    /// folder of each file or in the nearest one above, up to the root of the repository]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Flags {
    /// Whether they name a configuration file.
    pub(crate) fn name_a_file(&self) -> bool {
        self.config.is_some()
    }

    /// Sets the levels that they name.
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

/// What is looked for in some files, and which of them are left out.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) lints: feast_lint::Config,
    /// The release of Feast that judges, if a file says one.
    release: Option<Release>,
    exclude: ignore::gitignore::Gitignore,
    /// Where patterns start.
    folder: PathBuf,
}

impl Config {
    /// A file, overridden by flags.
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

    /// The checker that looks for it. What is on the command line counts more.
    pub(crate) fn apply(&self, checker: Checker, named: Option<Release>) -> Checker {
        let checker = checker.linting(self.lints.clone());
        match self.release.filter(|_| named.is_none()) {
            Some(release) => checker.of_release(release),
            None => checker,
        }
    }

    /// Whether anything is looked for beyond the API server's verdict.
    fn has_lints(&self) -> bool {
        let is_wanted = |lint| self.lints.level(lint) != Level::Allow;
        LINTS.iter().copied().any(is_wanted)
    }

    /// Whether a file is not to be looked at.
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
/// A file has that of its folder, or else of the nearest folder above that has one, up to the root
/// of the repository. One that is named on the command line is that of all files, and its patterns
/// start in the current folder.
#[derive(Debug)]
pub(crate) struct Configs<'f> {
    flags: &'f Flags,
    /// The release of the cluster, if there is one: it counts where no file names another.
    pub(crate) kubernetes: Option<feast_lint::Release>,
    current: PathBuf,
    all: Vec<Config>,
    /// Those of configuration files that were read, as places in `all`.
    read: BTreeMap<Option<PathBuf>, usize>,
    /// Those of folders that were looked into.
    folders: BTreeMap<PathBuf, usize>,
}

impl<'f> Configs<'f> {
    /// None yet.
    ///
    /// # Errors
    ///
    /// Flags with names of no lint.
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

    /// All that were asked for, in the order of their numbers.
    pub(crate) fn all(&self) -> &[Config] {
        &self.all
    }

    /// Whether anything is looked for, in whatever file, beyond the API server's verdict.
    pub(crate) fn have_lints(&self) -> bool {
        self.all.iter().any(Config::has_lints)
    }

    /// Adds the text of a configuration that is in no file: its number.
    ///
    /// # Errors
    ///
    /// A text that is no configuration.
    pub(crate) fn add(&mut self, text: &str) -> Result<usize, Unreadable> {
        let config = Config::of(parse(NAME, text)?, &self.current, self)?;
        self.all.push(config);
        Ok(self.all.len() - 1)
    }

    /// The number of a source's configuration, unless the source is left out.
    ///
    /// # Errors
    ///
    /// A configuration file that cannot be read.
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

    /// Reads a configuration, and gives it a number.
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

/// The configuration file of a folder, or of the nearest one above in the same repository.
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
