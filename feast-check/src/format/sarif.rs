//! SARIF 2.1.0, for code scanning.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, Write};

use crate::manifest::Span;
use serde_json::{Value, json};

use super::repository::{self, Repository};
use super::{Format, Summary};
use crate::codes;
use crate::finding::{Checked, Finding, Level};
use crate::fix::may_be_told;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// One run. Results are written as they arrive; the tool and its rules come last.
pub(super) struct Sarif<W> {
    out: W,
    repository: Option<Repository>,
    is_first: bool,
    /// The codes of the results.
    rules: BTreeSet<String>,
    unreadable: Vec<String>,
}

impl<W: Write> Sarif<W> {
    pub(super) fn start(mut out: W, repository: Option<Repository>) -> io::Result<Self> {
        write!(
            out,
            "{{\"$schema\":\"{SCHEMA}\",\"version\":\"2.1.0\",\"runs\":[{{\"columnKind\":\"unicodeCodePoints\",\"results\":["
        )?;
        Ok(Self {
            out,
            repository,
            is_first: true,
            rules: BTreeSet::new(),
            unreadable: Vec::new(),
        })
    }
}

impl<W: Write> Format for Sarif<W> {
    fn checked(&mut self, checked: &Checked) -> io::Result<()> {
        let file = repository::name(self.repository.as_ref(), &checked.file);
        for finding in &checked.findings {
            let separator = if self.is_first { "\n" } else { ",\n" };
            self.is_first = false;
            write!(self.out, "{separator}{}", result(&file, checked, finding))?;
            if !self.rules.contains(&finding.code) {
                self.rules.insert(finding.code.clone());
            }
        }
        Ok(())
    }

    fn unreadable(&mut self, message: &str) -> io::Result<()> {
        self.unreadable.push(message.to_owned());
        Ok(())
    }

    fn finish(&mut self, _: &Summary) -> io::Result<()> {
        let rules: Vec<_> = self.rules.iter().map(|code| rule(code)).collect();
        let tool = json!({ "driver": {
            "name": "kubectl-feast",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": rules,
        } });
        let notifications = self
            .unreadable
            .iter()
            .map(|message| json!({ "level": "error", "message": { "text": message } }));
        let invocation = json!({
            "executionSuccessful": self.unreadable.is_empty(),
            "toolExecutionNotifications": notifications.collect::<Vec<_>>(),
        });
        writeln!(
            self.out,
            "\n],\"tool\":{tool},\"invocations\":[{invocation}]}}]}}"
        )
    }
}

fn rule(code: &str) -> Value {
    let Some(meaning) = codes::meaning(code) else {
        return json!({ "id": code });
    };
    let help = [meaning.text.as_str(), meaning.instead];
    let help = help.join("\n\n").trim_end().to_owned();
    json!({
        "id": code,
        "shortDescription": { "text": meaning.summary },
        "fullDescription": { "text": meaning.text },
        "help": { "text": help, "markdown": help },
        "helpUri": meaning.page,
        "defaultConfiguration": {
            "enabled": meaning.level.is_some(),
            "level": meaning.level.unwrap_or(Level::Warning).name(),
        },
    })
}

fn result(file: &str, checked: &Checked, finding: &Finding) -> Value {
    let start = checked.position(finding);
    let mut region = json!({ "startLine": start.line, "startColumn": start.column });
    if let Some(mark) = &finding.mark {
        region = self::region(&mark.span);
    }
    let mut location = location(file, &region);
    if !finding.field.is_empty() {
        location["logicalLocations"] = json!([{ "fullyQualifiedName": finding.field }]);
    }
    let help = finding.help.iter().map(|help| format!("\n{help}"));
    let mut result = json!({
        "ruleId": finding.code,
        "level": finding.level.name(),
        "message": { "text": plain(&format!("{}{}", finding.text(), help.collect::<String>())) },
        "locations": [location],
    });
    if !finding.related.is_empty() {
        let related = finding.related.iter().map(|mark| {
            let mut location = self::location(file, &self::region(&mark.span));
            location["message"] = json!({ "text": plain(&mark.label) });
            location
        });
        result["relatedLocations"] = related.collect::<Vec<_>>().into();
    }
    if let Some(fix) = finding.fix.as_ref().filter(|fix| may_be_told(fix)) {
        result["properties"] = json!({ "jsonPatch": fix.patch, "isSafe": fix.is_safe });
    }
    result
}

/// Escapes brackets, since SARIF reads `[text](target)` as a link.
fn plain(text: &str) -> Cow<'_, str> {
    if text.contains("](") {
        return text.replace('[', r"\[").replace(']', r"\]").into();
    }
    text.into()
}

fn location(file: &str, region: &Value) -> Value {
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(file) },
        "region": region,
    } })
}

fn region(span: &Span) -> Value {
    json!({
        "startLine": span.start.line,
        "startColumn": span.start.column,
        "endLine": span.end.line,
        "endColumn": span.end.column,
    })
}

/// A path as a relative reference.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'\\' if cfg!(windows) => uri.push('/'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => {
                uri.push(char::from(byte));
            }
            // Writing to a string cannot fail.
            _ => drop(write!(uri, "%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_message_has_no_links() {
        assert_eq!(plain("env[0]: no"), "env[0]: no");
        assert_eq!(plain("[here](https://a)"), r"\[here\](https://a)");
    }
}
