//! For people.

use std::io::{self, Write};

use crate::manifest::Position;
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level as Title, Origin, Renderer, Snippet};

use super::{Format, Summary};
use crate::finding::{Checked, Excerpt, Finding, Level};

/// Findings with the lines in question, and a summary.
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
        let title = Title::ERROR.primary_title(message);
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
        .primary_title(finding.message.as_str())
        .id(finding.code.as_str());
    let group = match &checked.excerpt {
        Some(excerpt) if finding.mark.is_some() => {
            title.element(snippet(checked, finding, excerpt))
        }
        _ => title.element(origin(checked, finding)),
    };
    let help = finding.help.iter().map(String::as_str);
    help.fold(group, |group, help| {
        group.element(Title::HELP.message(help))
    })
}

fn snippet<'a>(
    checked: &'a Checked,
    finding: &'a Finding,
    excerpt: &'a Excerpt,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let mark = |kind: AnnotationKind, mark: &'a crate::finding::Mark| {
        let annotation = kind.span(excerpt.range(&mark.span)?);
        Some(match mark.label.as_str() {
            "" => annotation,
            label => annotation.label(label),
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
    Snippet::source(excerpt.text())
        .line_start(excerpt.line())
        .path(&*checked.file)
        .annotations(primary.chain(related))
}

fn origin<'a>(checked: &'a Checked, finding: &Finding) -> Origin<'a> {
    let Position { line, column } = checked.position(finding);
    Origin::path(&*checked.file).line(line).char_column(column)
}
