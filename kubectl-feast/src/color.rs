//! Coloured output.

use std::io;

use anstream::{AutoStream, ColorChoice};
use clap::ValueEnum;

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Color {
    /// Whether standard output is in colour.
    pub(crate) fn on_stdout(self) -> Self {
        self.decide(|| AutoStream::choice(&io::stdout()))
    }

    /// Whether standard error is in colour.
    pub(crate) fn on_stderr(self) -> Self {
        self.decide(|| AutoStream::choice(&io::stderr()))
    }

    fn decide(self, choose: impl Fn() -> ColorChoice) -> Self {
        match self {
            Self::Auto if choose() == ColorChoice::Never => Self::Never,
            Self::Auto => Self::Always,
            decided => decided,
        }
    }

    pub(crate) fn is_on(self) -> bool {
        self == Self::Always
    }
}
