//! `--watch`: checks again on changes.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use notify::{Event, EventKind, RecursiveMode, Watcher};

use super::{Args, once};
use crate::color::Color;
use crate::config::NAME;
use crate::input::is_manifest;

/// How long files must be unchanged before they are read: editors write in several steps.
const CALM: Duration = Duration::from_millis(50);

/// A message of the watcher.
type Told = notify::Result<Event>;

/// Checks until the user interrupts, which is not a failure.
pub(super) fn run(args: &Args, color: Color) -> io::Result<ExitCode> {
    let (sender, receiver) = mpsc::channel();
    ctrlc::set_handler(|| std::process::exit(0)).map_err(io::Error::other)?;
    let mut watcher = notify::recommended_watcher(sender).map_err(io::Error::other)?;
    let named = Named::of(args);
    for (folder, mode) in &named.folders {
        watcher.watch(folder, *mode).map_err(|error| {
            let reason = error.to_string();
            io::Error::other(format!("{}: cannot be watched: {reason}", folder.display()))
        })?;
    }
    loop {
        clear()?;
        once(args, color)?;
        writeln!(io::stderr(), "watching for changes; press Ctrl-C to stop")?;
        if !named.wait(&receiver) {
            return Ok(ExitCode::SUCCESS);
        }
    }
}

/// Clears a terminal.
fn clear() -> io::Result<()> {
    let mut out = io::stdout();
    if out.is_terminal() {
        write!(out, "\u{1b}[2J\u{1b}[3J\u{1b}[H")?;
        out.flush()?;
    }
    Ok(())
}

/// The watched files and folders.
struct Named {
    /// Folders, and whether to watch them recursively.
    folders: Vec<(PathBuf, RecursiveMode)>,
    /// Files that are watched whatever their names.
    files: BTreeSet<PathBuf>,
}

impl Named {
    fn of(args: &Args) -> Self {
        let files = &args.files;
        let named = files.paths.iter().chain(&files.named);
        let named = named.chain(&args.old).chain(&args.crd);
        let mut found = Self {
            folders: Vec::new(),
            files: BTreeSet::new(),
        };
        for path in named {
            found.add(path);
        }
        found
    }

    /// A file is watched through its folder, because replacing it gives its name to another file.
    fn add(&mut self, path: &Path) {
        if path.is_dir() {
            self.folders
                .push((path.to_owned(), RecursiveMode::Recursive));
            return;
        }
        let parent = path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty());
        let parent = parent.unwrap_or(Path::new("."));
        if path.exists() {
            self.files.extend(path.file_name().map(PathBuf::from));
            self.folders
                .push((parent.to_owned(), RecursiveMode::NonRecursive));
            return;
        }
        // Matches of a pattern are below the last existing folder.
        let folder = path.ancestors().skip(1).find(|folder| folder.is_dir());
        let folder = folder.unwrap_or(Path::new("."));
        self.folders
            .push((folder.to_owned(), RecursiveMode::Recursive));
    }

    /// Waits for a relevant change, and until changes stop; false if there will be no more.
    fn wait(&self, told: &Receiver<Told>) -> bool {
        loop {
            let Ok(event) = told.recv() else { return false };
            if self.matters(&event) {
                break;
            }
        }
        loop {
            match told.recv_timeout(CALM) {
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => return true,
                Err(RecvTimeoutError::Disconnected) => return false,
            }
        }
    }

    fn matters(&self, event: &Told) -> bool {
        // An error of the watcher may hide any change.
        let Ok(event) = event else { return true };
        let is_change = !matches!(event.kind, EventKind::Access(_));
        is_change && (event.need_rescan() || event.paths.iter().any(|path| self.counts(path)))
    }

    fn counts(&self, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default();
        is_manifest(path) || name == NAME || self.files.contains(Path::new(name))
    }
}

#[cfg(test)]
mod tests {
    use notify::event::{AccessKind, CreateKind};

    use super::*;

    #[test]
    fn changes_of_manifests_and_settings_are_relevant() {
        let named = Named {
            folders: vec![],
            files: [PathBuf::from("store")].into(),
        };
        let change = |path: &str| {
            Ok(Event::new(EventKind::Create(CreateKind::File)).add_path(PathBuf::from(path)))
        };
        for (path, expected) in [
            ("/a/b.yaml", true),
            ("/a/.feast-lint.yaml", true),
            ("/a/store", true),
            ("/a/.b.yaml.swp", false),
            ("/a/main.rs", false),
        ] {
            assert_eq!(named.matters(&change(path)), expected, "{path}");
        }
        let read = Event::new(EventKind::Access(AccessKind::Any)).add_path("/a/b.yaml".into());
        assert!(!named.matters(&Ok(read)));
        assert!(named.matters(&Err(notify::Error::generic("overflow"))));
    }

    #[test]
    fn many_changes_cause_one_check() {
        let named = Named {
            folders: vec![],
            files: BTreeSet::new(),
        };
        let (sender, receiver) = mpsc::channel();
        for path in ["/a.rs", "/a.yaml", "/b.yaml", "/c.yaml"] {
            let event = Event::new(EventKind::Any).add_path(path.into());
            sender.send(Ok(event)).unwrap();
        }
        drop(sender);
        // All are received before the end is noticed.
        assert!(!named.wait(&receiver));
        assert!(receiver.try_recv().is_err());
    }
}
