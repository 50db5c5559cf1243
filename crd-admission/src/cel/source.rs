//! Positions in the text of an expression, and the issues found there.

use std::fmt::{self, Write};

/// Maximum number of issues to print.
const MOST_ISSUES: usize = 100;
/// Maximum length of a line that an issue shows.
const LONGEST_SNIPPET: usize = 16384;

/// An error in an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Issue {
    /// Its byte offset; `None` if it concerns the whole text.
    pub(crate) at: Option<u32>,
    pub(crate) message: String,
}

/// The errors in an expression, in the order of their discovery.
#[derive(Clone, Debug, Default)]
pub(crate) struct Issues {
    found: Vec<Issue>,
    count: usize,
}

impl Issues {
    pub(crate) fn report(&mut self, at: impl Into<Option<u32>>, message: impl Into<String>) {
        self.count += 1;
        if self.count <= MOST_ISSUES {
            self.found.push(Issue {
                at: at.into(),
                message: message.into(),
            });
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The issues as the API server prints them, each with its line.
    pub(crate) fn display(&self, text: &str) -> String {
        let mut sorted: Vec<_> = self
            .found
            .iter()
            .map(|issue| (Position::of(text, issue.at), issue))
            .collect();
        sorted.sort_by_key(|(position, _)| (position.line, position.column));
        let mut out = String::new();
        for (position, issue) in sorted {
            if !out.is_empty() {
                out.push('\n');
            }
            // Writing to a string cannot fail.
            let _ = write!(
                out,
                "{}",
                Display {
                    text,
                    position,
                    issue
                }
            );
        }
        if self.count > MOST_ISSUES {
            let _ = write!(
                out,
                "\n{} more errors were truncated",
                self.count - MOST_ISSUES
            );
        }
        out
    }
}

/// A line, counted from 1, and a column in characters, counted from 0.
#[derive(Clone, Copy)]
struct Position {
    line: i64,
    column: i64,
}

impl Position {
    fn of(text: &str, at: Option<u32>) -> Self {
        let Some(before) = at.and_then(|at| text.get(..at as usize)) else {
            return Self {
                line: -1,
                column: -1,
            };
        };
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        Self {
            line: count(before.matches('\n').count() + 1),
            column: count(before[line_start..].chars().count()),
        }
    }
}

struct Display<'a> {
    text: &'a str,
    position: Position,
    issue: &'a Issue,
}

impl fmt::Display for Display<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Position { line, column } = self.position;
        let message = &self.issue.message;
        write!(f, "ERROR: <input>:{line}:{}: {message}", column + 1)?;
        let index = usize::try_from(line - 1).ok();
        let snippet = index.and_then(|index| self.text.split('\n').nth(index));
        let Some(snippet) = snippet.filter(|snippet| snippet.len() <= LONGEST_SNIPPET) else {
            return Ok(());
        };
        write!(f, "\n | {}\n | ", snippet.replace('\t', " "))?;
        let mut rest = snippet.chars();
        for _ in 0..column {
            let Some(passed) = rest.next() else { break };
            f.write_char(if passed.is_ascii() { '.' } else { '\u{ff0e}' })?;
        }
        let is_wide = rest.next().is_some_and(|at| !at.is_ascii());
        f.write_char(if is_wide { '\u{ff3e}' } else { '^' })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issue_shows_its_line() {
        let text = "self.a &&\n\tα.b == ω";
        let mut issues = Issues::default();
        let at = u32::try_from(text.find('ω').expect("it is there")).expect("it is short");
        issues.report(at, "second");
        issues.report(5, "first");
        assert_eq!(
            issues.display(text),
            "ERROR: <input>:1:6: first\n | self.a &&\n | .....^\n\
             ERROR: <input>:2:9: second\n |  α.b == ω\n | .．......＾"
        );
    }

    #[test]
    fn an_issue_of_the_whole_has_no_line() {
        let mut issues = Issues::default();
        issues.report(None, "too deep");
        assert_eq!(issues.display("x"), "ERROR: <input>:-1:0: too deep");
    }
}
