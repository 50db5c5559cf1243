//! GitHub Actions: `::error file=...,line=...::message`.

use std::io::{self, Write};

use super::repository::{self, Repository};
use super::{Format, Summary};
use crate::finding::{Checked, Finding};
use crate::visible;

/// Workflow commands, one per line.
pub(super) struct Github<W> {
    out: W,
    repository: Option<Repository>,
    quiet: bool,
}

impl<W: Write> Github<W> {
    pub(super) fn new(out: W, repository: Option<Repository>, quiet: bool) -> Self {
        Self {
            out,
            repository,
            quiet,
        }
    }

    fn command(&mut self, checked: &Checked, finding: &Finding) -> io::Result<()> {
        let start = checked.position(finding);
        let file = repository::name(self.repository.as_ref(), &checked.file);
        let end = finding.mark.as_ref().map_or(start, |mark| mark.span.end);
        write!(
            self.out,
            "::{} file={},line={},endLine={},col={}",
            finding.level.name(),
            property(&file),
            start.line,
            end.line,
            start.column,
        )?;
        // GitHub accepts an end column only on a single line, and includes it in the range.
        if end.line == start.line && end.column > start.column {
            write!(self.out, ",endColumn={}", end.column - 1)?;
        }
        let help = finding.help.iter().map(|help| format!("\n{help}"));
        let message = format!("{}{}", finding.text(), help.collect::<String>());
        writeln!(
            self.out,
            ",title={}::{}",
            property(&finding.code),
            data(&message)
        )
    }
}

impl<W: Write> Format for Github<W> {
    fn checked(&mut self, checked: &Checked) -> io::Result<()> {
        let mut findings = checked.findings.iter();
        findings.try_for_each(|finding| self.command(checked, finding))
    }

    fn unreadable(&mut self, message: &str) -> io::Result<()> {
        writeln!(self.out, "::error title=unreadable-file::{}", data(message))
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        if summary.goes_without_saying(self.quiet) {
            return Ok(());
        }
        writeln!(self.out, "{summary}")
    }
}

/// Escapes text for a command; of the control characters, GitHub gets only line breaks.
fn data(text: &str) -> String {
    let text = text.replace('%', "%25");
    let lines: Vec<_> = text.split('\n').map(visible).collect();
    lines.join("%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
