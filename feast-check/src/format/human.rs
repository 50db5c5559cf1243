//! Text for people.

use std::io::{self, Write};

use crate::manifest::Position;
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level as Title, Origin, Renderer, Snippet};

use super::{Format, Summary};
use crate::finding::{Checked, Excerpt, Finding, Level, Mark};
use crate::{visible, visible_lines};

/// Findings with source lines, and a summary.
pub(super) struct Human<W> {
    out: W,
    renderer: Renderer,
    quiet: bool,
}

impl<W: Write> Human<W> {
    pub(super) fn new(out: W, color: bool, quiet: bool) -> Self {
        let renderer = if color {
            Renderer::styled().decor_style(DecorStyle::Unicode)
        } else {
            Renderer::plain()
        };
        Self {
            out,
            renderer,
            quiet,
        }
    }
}

impl<W: Write> Format for Human<W> {
    fn checked(&mut self, checked: &Checked) -> io::Result<()> {
        for finding in &checked.findings {
            let report = self.renderer.render(&[group(checked, finding)]);
            writeln!(self.out, "{report}\n")?;
        }
        Ok(())
    }

    fn unreadable(&mut self, message: &str) -> io::Result<()> {
        let title = Title::ERROR.primary_title(visible(message));
        let report = self.renderer.render(&[Group::with_title(title)]);
        writeln!(self.out, "{report}\n")
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        if summary.goes_without_saying(self.quiet) {
            return Ok(());
        }
        writeln!(self.out, "{summary}")
    }
}

fn group<'a>(checked: &'a Checked, finding: &'a Finding) -> Group<'a> {
    let level = match finding.level {
        Level::Error => Title::ERROR,
        Level::Warning => Title::WARNING,
    };
    let title = level
        .primary_title(visible_lines(&finding.message))
        .id(finding.code.as_str());
    let excerpt = checked.excerpt.as_ref();
    let group = match excerpt.and_then(|excerpt| snippet(checked, finding, excerpt)) {
        Some(snippet) => title.element(snippet),
        None => title.element(origin(checked, finding)),
    };
    let help = finding.help.iter().map(|help| visible(help));
    help.fold(group, |group, help| {
        group.element(Title::HELP.message(help))
    })
}

/// Longer lines are not shown: a document on one line may have thousands of findings.
const LONGEST: usize = 10_000;

/// The source lines of a finding, if they can be shown.
fn snippet<'a>(
    checked: &'a Checked,
    finding: &'a Finding,
    excerpt: &'a Excerpt,
) -> Option<Snippet<'a, annotate_snippets::Annotation<'a>>> {
    let lines = excerpt.lines(finding.mark.iter().chain(&finding.related))?;
    let longest = lines.text.split('\n').map(str::len).max();
    if longest > Some(LONGEST) {
        return None;
    }
    let mark = |kind: AnnotationKind, mark: &'a Mark| {
        let annotation = kind.span(lines.range(excerpt.range(&mark.span)?));
        Some(match mark.label.as_str() {
            "" => annotation,
            label => annotation.label(visible(label)),
        })
    };
    let primary = finding
        .mark
        .iter()
        .filter_map(|at| mark(AnnotationKind::Primary, at));
    let related = finding
        .related
        .iter()
        .filter_map(|at| mark(AnnotationKind::Context, at));
    let snippet = Snippet::source(lines.text)
        .line_start(lines.number)
        .path(visible(&checked.file))
        .annotations(primary.chain(related));
    Some(snippet)
}

fn origin<'a>(checked: &'a Checked, finding: &Finding) -> Origin<'a> {
    let Position { line, column } = checked.position(finding);
    Origin::path(visible(&checked.file))
        .line(line)
        .char_column(column)
}
