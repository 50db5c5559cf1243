//! The input of commands: files, folders, patterns, or standard input for `-`.
//!
//! Input is read in parts, so that large inputs are never in memory as a whole.

mod blocks;
mod kustomize;
mod parallel;
mod walk;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub(crate) use feast_check::Text;
use feast_check::manifest::Origin;

use self::blocks::Blocks;
pub(crate) use self::kustomize::plain;
pub(crate) use self::parallel::in_order;
pub(crate) use self::walk::{Manifests, is_manifest, manifests};
use crate::selection::Selection;

/// Files of at least this size, in bytes, are read in parts of this size.
const BLOCK: u64 = 64 << 10;

/// Whether standard input is already being read; a second reader would find nothing.
static STDIN_IS_READ: AtomicBool = AtomicBool::new(false);

/// The sources given to a command.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Files {
    /// YAML or JSON files, folders, patterns such as 'stores/**/*.yaml', or `-` for standard input
    #[arg(id = "files", required_unless_present = "named", value_name = "FILE")]
    pub(crate) paths: Vec<PathBuf>,
    /// FILE, as in kubectl
    #[arg(id = "named", short = 'f', long = "filename", value_name = "FILE")]
    pub(crate) named: Vec<PathBuf>,
    /// Accepted for compatibility with kubectl; folders are always read recursively
    #[arg(short = 'R', long)]
    pub(crate) recursive: bool,
    #[command(flatten)]
    pub(crate) selection: Selection,
}

/// Something that cannot be read; the message names it.
#[derive(Clone, Debug)]
pub(crate) struct Unreadable(pub(crate) String);

impl Unreadable {
    pub(crate) fn new(name: &str, error: &io::Error) -> Self {
        Self(format!("{name}: {}", reason(error)))
    }
}

/// The reason alone, without the operating system's number.
pub(crate) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => {
            let text = error.to_string();
            text.split(" (os error").next().unwrap_or(&text).to_owned()
        }
    }
}

/// Adds the file's name to an error.
pub(crate) fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::other(format!("{}: {}", path.display(), reason(error)))
}

/// The source of a text.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// Name for messages.
    pub(crate) name: Arc<str>,
    /// Whether it was found in a folder rather than named.
    found: bool,
    place: Where,
}

#[derive(Clone, Debug)]
enum Where {
    File(PathBuf),
    Stdin,
    /// A text that was already read.
    Given(String),
}

impl Source {
    /// A text that was already read.
    pub(crate) fn given(text: &Text) -> Self {
        Self {
            name: text.name().clone(),
            found: false,
            place: Where::Given(text.content().to_owned()),
        }
    }

    pub(crate) fn file(path: &Path, found: bool) -> Self {
        Self {
            name: path.display().to_string().into(),
            found,
            place: Where::File(path.to_owned()),
        }
    }

    /// Standard input.
    pub(crate) fn stdin() -> Self {
        Self {
            name: "<stdin>".into(),
            found: false,
            place: Where::Stdin,
        }
    }

    /// Its path, if it is a file.
    pub(crate) fn path(&self) -> Option<&Path> {
        match &self.place {
            Where::File(path) => Some(path),
            Where::Stdin | Where::Given(_) => None,
        }
    }

    /// Whether it was found in a folder rather than named.
    pub(crate) fn is_found(&self) -> bool {
        self.found
    }

    /// Its parts, in order.
    pub(crate) fn units(self) -> Box<dyn Iterator<Item = Unit>> {
        let Self { name, found, place } = self;
        match place {
            Where::Stdin if STDIN_IS_READ.swap(true, Ordering::Relaxed) => {
                let error = Unreadable(format!("{name}: standard input can be read once"));
                Box::new(std::iter::once(Unit::Read(Err(error))))
            }
            Where::Stdin => Box::new(Blocks::new(io::stdin(), name, found)),
            Where::Given(content) => {
                let text = Text::new(name, content).found(found);
                Box::new(std::iter::once(Unit::Read(Ok(text.into()))))
            }
            Where::File(path) => match fs::metadata(&path) {
                Ok(metadata) if metadata.len() <= BLOCK => {
                    Box::new(std::iter::once(Unit::File { path, name, found }))
                }
                _ => match File::open(&path) {
                    Ok(file) => Box::new(Blocks::new(file, name, found)),
                    Err(error) => {
                        let error = Unreadable::new(&name, &error);
                        Box::new(std::iter::once(Unit::Read(Err(error))))
                    }
                },
            },
        }
    }
}

/// A part of the input that is processed at once. A copy can be read again.
#[derive(Clone, Debug)]
pub(crate) enum Unit {
    /// A small file, not read yet.
    File {
        path: PathBuf,
        name: Arc<str>,
        found: bool,
    },
    /// A text that was read.
    Read(Result<Arc<Text>, Unreadable>),
}

impl Unit {
    /// The text.
    pub(crate) fn read(self) -> Result<Arc<Text>, Unreadable> {
        match self {
            Self::Read(text) => text,
            Self::File { path, name, found } => {
                let bytes = fs::read(path).map_err(|error| Unreadable::new(&name, &error))?;
                text(name, found, Origin::default(), bytes).map(Arc::new)
            }
        }
    }

    /// Its size in memory, in bytes.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Read(Ok(text)) => text.content().len(),
            Self::Read(Err(_)) | Self::File { .. } => 0,
        }
    }
}

/// Converts bytes to a text.
fn text(name: Arc<str>, found: bool, origin: Origin, bytes: Vec<u8>) -> Result<Text, Unreadable> {
    match String::from_utf8(bytes) {
        Ok(content) => Ok(Text::new(name, content).after(origin).found(found)),
        Err(error) if is_utf_16(error.as_bytes()) => Err(Unreadable(format!(
            "{name}: this is UTF-16, as PowerShell's `>` writes it: save it as UTF-8"
        ))),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let before = &error.as_bytes()[..valid];
            let line = origin.lines + before.split(|byte| *byte == b'\n').count();
            Err(Unreadable(format!("{name}: not UTF-8 (line {line})")))
        }
    }
}

/// Whether bytes start with a UTF-16 byte order mark.
fn is_utf_16(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff])
}

impl Files {
    /// These files and folders.
    pub(crate) fn of(paths: Vec<PathBuf>) -> Self {
        Self {
            paths,
            ..Self::default()
        }
    }

    /// Whether standard input is one of them.
    pub(crate) fn have_stdin(&self) -> bool {
        let mut named = self.paths.iter().chain(&self.named);
        named.any(|path| path == Path::new("-"))
    }

    /// Whether no file is given, because a cluster is read.
    pub(crate) fn are_none(&self) -> bool {
        self.paths.is_empty() && self.named.is_empty()
    }

    /// The sources, in the given order; those in a folder by name.
    pub(crate) fn sources(&self) -> Vec<Result<Source, Unreadable>> {
        let named = self.paths.iter().chain(&self.named);
        named.flat_map(|path| walk::sources(path)).collect()
    }

    /// The texts, one after the other.
    pub(crate) fn texts(&self) -> impl Iterator<Item = Result<Arc<Text>, Unreadable>> {
        let units = self.sources().into_iter().flat_map(|source| match source {
            Ok(source) => source.units(),
            Err(error) => Box::new(std::iter::once(Unit::Read(Err(error)))),
        });
        units.map(Unit::read)
    }
}
