//! JUnit XML.

use std::io::{self, Write};
use std::sync::Arc;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite, XmlString};

use super::{Format, Summary};
use crate::finding::{Checked, Finding, Level};

/// A suite for each file and a case for each FeatureStore, which fails if it has errors; warnings
/// are its output.
pub(super) struct Junit<W> {
    out: W,
    report: Report,
    /// The file of the current cases.
    suite: Option<(Arc<str>, TestSuite)>,
}

impl<W: Write> Junit<W> {
    pub(super) fn new(out: W) -> Self {
        Self {
            out,
            report: Report::new("kubectl-feast validate"),
            suite: None,
        }
    }

    fn suite(&mut self, file: &Arc<str>) -> &mut TestSuite {
        let finished = self.suite.take_if(|(name, _)| name != file);
        self.report
            .test_suites
            .extend(finished.map(|(_, suite)| suite));
        let new = || (file.clone(), TestSuite::new(XmlString::new(&**file)));
        &mut self.suite.get_or_insert_with(new).1
    }
}

impl<W: Write> Format for Junit<W> {
    fn checked(&mut self, checked: &Checked) -> io::Result<()> {
        let case = case(checked);
        self.suite(&checked.file).add_test_case(case);
        Ok(())
    }

    fn unreadable(&mut self, message: &str) -> io::Result<()> {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(message).set_type("unreadable-file");
        let name: Arc<str> = "unreadable".into();
        let case = TestCase::new(message, status);
        self.suite(&name).add_test_case(case);
        Ok(())
    }

    fn finish(&mut self, _: &Summary) -> io::Result<()> {
        let last = self.suite.take();
        self.report.test_suites.extend(last.map(|(_, suite)| suite));
        for suite in &self.report.test_suites {
            self.report.tests += suite.tests;
            self.report.failures += suite.failures;
            self.report.errors += suite.errors;
        }
        self.report
            .serialize(&mut self.out)
            .map_err(io::Error::other)
    }
}

fn case(checked: &Checked) -> TestCase {
    let with = |level| {
        let findings = checked
            .findings
            .iter()
            .filter(move |finding| finding.level == level);
        findings
            .map(|finding| line(checked, finding))
            .collect::<Vec<_>>()
    };
    let errors = with(Level::Error);
    let first = checked
        .findings
        .iter()
        .find(|finding| finding.level == Level::Error);
    let status = first.map_or_else(TestCaseStatus::success, |first| {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status
            .set_message(first.message.as_str())
            .set_type(first.code.as_str())
            .set_description(errors.concat());
        status
    });
    let name = checked.name().unwrap_or("unreadable");
    let mut case = TestCase::new(format!("{name} (document {})", checked.document), status);
    case.set_classname(&*checked.file);
    let warnings = with(Level::Warning);
    if !warnings.is_empty() {
        case.set_system_out(warnings.concat());
    }
    case
}

fn line(checked: &Checked, finding: &Finding) -> String {
    let start = checked.position(finding);
    format!(
        "{}:{}:{}: {}[{}]: {}\n",
        checked.file,
        start.line,
        start.column,
        finding.level.name(),
        finding.code,
        finding.text(),
    )
}
