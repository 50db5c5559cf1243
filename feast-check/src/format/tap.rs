//! The Test Anything Protocol.

use std::io::{self, Write};

use serde_json::Value;

use super::json::data;
use super::{Format, Summary};
use crate::finding::{Checked, Level};
use crate::visible;

/// A test for each FeatureStore and for each unreadable document or file; the plan comes last.
pub(super) struct Tap<W> {
    out: W,
    tests: usize,
}

impl<W: Write> Tap<W> {
    pub(super) fn start(mut out: W) -> io::Result<Self> {
        writeln!(out, "TAP version 14")?;
        Ok(Self { out, tests: 0 })
    }

    fn test(&mut self, is_ok: bool, description: &str) -> io::Result<()> {
        self.tests += 1;
        let not = if is_ok { "" } else { "not " };
        // A `#` would start a directive, and a new line another test.
        let description = visible(description)
            .replace('\\', "\\\\")
            .replace('#', "\\#");
        writeln!(self.out, "{not}ok {} - {description}", self.tests)
    }

    /// The YAML block of a test; JSON is YAML.
    fn diagnostics(&mut self, findings: &[Value]) -> io::Result<()> {
        writeln!(self.out, "  ---\n  findings:")?;
        for finding in findings {
            writeln!(self.out, "    - {finding}")?;
        }
        writeln!(self.out, "  ...")
    }
}

impl<W: Write> Format for Tap<W> {
    fn checked(&mut self, checked: &Checked) -> io::Result<()> {
        let name = checked.name().unwrap_or("unreadable");
        let description = format!("{}:{} {name}", checked.file, checked.start.line);
        self.test(checked.count(Level::Error) == 0, &description)?;
        if checked.findings.is_empty() {
            return Ok(());
        }
        let findings: Vec<_> = checked
            .findings
            .iter()
            .map(|finding| data(checked, finding))
            .collect();
        self.diagnostics(&findings)
    }

    fn unreadable(&mut self, message: &str) -> io::Result<()> {
        self.test(false, message)
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        writeln!(self.out, "1..{}\n# {summary}", self.tests)
    }
}
