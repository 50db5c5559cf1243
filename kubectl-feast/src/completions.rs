//! Shell completion: a shell, or kubectl, runs this program for candidates.

use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::CommandFactory;
use clap::builder::PossibleValuesParser;
use clap_complete::engine::complete;
use clap_complete::env::{Bash, CompleteEnv, Elvish, EnvCompleter, Fish, Powershell, Shells, Zsh};

use crate::Cli;
use crate::stdout;

/// The program's name on the PATH.
const PROGRAM: &str = "kubectl-feast";

/// The environment variable that names the shell.
const VARIABLE: &str = "COMPLETE";

const ASKING: Shells<'static> =
    Shells(&[&SplittingBash, &Elvish, &Fish, &Kubectl, &Powershell, &Zsh]);

/// Print a completion script for a shell or for kubectl
///
/// For `kubectl feast`, install the output of `completions kubectl` on the PATH as
/// kubectl_complete-feast: kubectl then completes the plugin in any shell in which it completes itself.
/// The scripts for shells complete `kubectl-feast`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  kubectl feast completions kubectl > ~/.local/bin/kubectl_complete-feast
  chmod +x ~/.local/bin/kubectl_complete-feast
  source <(kubectl-feast completions bash)
  source <(kubectl-feast completions zsh)
  kubectl-feast completions fish | source")]
pub(crate) struct Args {
    /// Shell, or kubectl
    #[arg(value_parser = PossibleValuesParser::new(ASKING.names()))]
    shell: String,
}

pub(crate) fn run(args: &Args) -> io::Result<ExitCode> {
    let mut script = Vec::new();
    if let Some(shell) = ASKING.completer(&args.shell) {
        shell.write_registration(VARIABLE, PROGRAM, PROGRAM, PROGRAM, &mut script)?;
    }
    stdout::write(|out| out.write_all(&script))?;
    Ok(ExitCode::SUCCESS)
}

/// If a shell runs the program for candidates, answers and exits.
pub(crate) fn answer() {
    CompleteEnv::with_factory(Cli::command)
        .var(VARIABLE)
        .bin(PROGRAM)
        .shells(ASKING)
        .complete();
}

/// bash, which splits `--output=s` into three words and completes the last.
struct SplittingBash;

impl EnvCompleter for SplittingBash {
    fn name(&self) -> &'static str {
        Bash.name()
    }

    fn is(&self, name: &str) -> bool {
        Bash.is(name)
    }

    fn write_registration(
        &self,
        variable: &str,
        name: &str,
        program: &str,
        completer: &str,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        Bash.write_registration(variable, name, program, completer, out)
    }

    fn write_complete(
        &self,
        command: &mut clap::Command,
        words: Vec<OsString>,
        folder: Option<&Path>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        // Set by the registration script.
        let index = env::var("_CLAP_COMPLETE_INDEX").ok();
        let index = index.and_then(|index| index.parse().ok()).unwrap_or(0);
        let separator = env::var("_CLAP_IFS").unwrap_or_else(|_| "\n".to_owned());
        let (words, index) = without_equals_signs(words, index);
        let found = complete(command, words, index, folder)?;
        let values = found
            .iter()
            .map(|found| found.get_value().to_string_lossy());
        write!(out, "{}", values.collect::<Vec<_>>().join(&separator))
    }
}

/// The words without the `=` between a flag and its value, and the new index of the word at `index`.
fn without_equals_signs(words: Vec<OsString>, index: usize) -> (Vec<OsString>, usize) {
    let mut kept: Vec<OsString> = Vec::new();
    let mut place = index;
    for (position, word) in words.into_iter().enumerate() {
        let follows_flag = kept
            .last()
            .is_some_and(|last| last.to_string_lossy().starts_with("--"));
        if word == "=" && follows_flag && position < index {
            place -= 1;
        } else {
            kept.push(word);
        }
    }
    (kept, place)
}

/// kubectl, which completes plugins with the protocol of its command library, Cobra.
struct Kubectl;

/// The shell offers no files in addition, as Cobra's `ShellCompDirectiveNoFileComp`.
const NO_FILES: u8 = 4;

/// The shell adds no space, as Cobra's `ShellCompDirectiveNoSpace`.
const NO_SPACE: u8 = 2;

impl EnvCompleter for Kubectl {
    fn name(&self) -> &'static str {
        "kubectl"
    }

    fn is(&self, name: &str) -> bool {
        name == self.name()
    }

    fn write_registration(
        &self,
        variable: &str,
        _: &str,
        program: &str,
        completer: &str,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        writeln!(out, "#!/bin/sh")?;
        writeln!(
            out,
            "{variable}=kubectl exec {completer} -- {program} \"$@\""
        )
    }

    fn write_complete(
        &self,
        command: &mut clap::Command,
        words: Vec<OsString>,
        folder: Option<&Path>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let last = words.len().saturating_sub(1);
        let is_flag = words
            .last()
            .is_some_and(|word| word.to_string_lossy().starts_with('-'));
        let mut found = complete(command, words, last, folder)?;
        // Like kubectl, offers flags only for words that start with a dash.
        found.retain(|found| is_flag || !found.get_value().to_string_lossy().starts_with('-'));
        for candidate in &found {
            write!(out, "{}", candidate.get_value().to_string_lossy())?;
            let help = candidate
                .get_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            match help.lines().next() {
                Some(help) => writeln!(out, "\t{help}")?,
                None => writeln!(out)?,
            }
        }
        // The path continues after a folder's name.
        let is_open = |value: &str| value.ends_with('/');
        let is_open = matches!(&found[..], [one] if is_open(&one.get_value().to_string_lossy()));
        writeln!(
            out,
            ":{}",
            if is_open {
                NO_FILES | NO_SPACE
            } else {
                NO_FILES
            }
        )
    }
}
