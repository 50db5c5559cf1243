//! A progress bar on a terminal.

use std::cell::{Cell, OnceCell};
use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use indicatif::ProgressBar;

/// Minimum duration before the bar is shown.
const PATIENCE: Duration = Duration::from_secs(1);

/// Progress by files.
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
            // Findings on the same terminal would break the bar.
            is_shown: is_wanted
                && files > 1
                && io::stderr().is_terminal()
                && !io::stdout().is_terminal(),
        }
    }

    /// Records a finished file.
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
