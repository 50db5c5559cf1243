//! A bar on a terminal, for work that takes a while.

use std::cell::{Cell, OnceCell};
use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use indicatif::ProgressBar;

/// Work that is over sooner needs no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// How much of the files is done.
pub(super) struct Progress {
    files: usize,
    done: Cell<u64>,
    start: Instant,
    bar: OnceCell<ProgressBar>,
    is_shown: bool,
}

impl Progress {
    pub(super) fn new(files: usize, is_wanted: bool) -> Self {
        Self {
            files,
            done: Cell::new(0),
            start: Instant::now(),
            bar: OnceCell::new(),
            // Findings on the same terminal would tear the bar apart.
            is_shown: is_wanted
                && files > 1
                && io::stderr().is_terminal()
                && !io::stdout().is_terminal(),
        }
    }

    /// One more is done.
    pub(super) fn advance(&self) {
        self.done.set(self.done.get() + 1);
        if self.is_shown && self.start.elapsed() > PATIENCE {
            let bar = || ProgressBar::new(self.files as u64);
            self.bar.get_or_init(bar).set_position(self.done.get());
        }
    }

    pub(super) fn finish(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}
