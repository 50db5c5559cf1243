//! What the API server says, as findings.

mod focus;

use crate::manifest::{Document, Unrecognized};
use feast_api::rules::{self, Rule};
use feast_validate::{ErrorType, Rejection, Verdict, Violation};

use crate::finding::{Checked, Finding, Level, Locator, Mark};
use crate::text::Text;

/// An object that is not what it should be.
pub fn unrecognized(text: &Text, document: &Document, unrecognized: &Unrecognized) -> Checked {
    let (code, field) = match unrecognized {
        Unrecognized::Version(_) => ("unknown-version", "apiVersion"),
        Unrecognized::Kind(_) => ("unknown-kind", "kind"),
        _ => ("no-kubernetes-object", ""),
    };
    let mut finding = Finding::new(code, Level::Error, unrecognized.to_string());
    let locator = Locator::new(text, document);
    if !field.is_empty() {
        let span = locator.find(field).mark().clone();
        let label = String::new();
        finding = finding.at(field, Mark { span, label });
    }
    locator.other(vec![finding])
}

/// Everything that the API server says to an object.
pub fn findings<T>(
    verdict: &Verdict<T>,
    document: &Document,
    locator: &Locator<'_>,
    strict: bool,
    findings: &mut Vec<Finding>,
) {
    let violations = verdict
        .rejection()
        .into_iter()
        .flat_map(Rejection::violations);
    findings.extend(violations.map(|violation| self::violation(violation, document, locator)));
    let level = if strict { Level::Error } else { Level::Warning };
    for field in &verdict.unknown_fields {
        let message = format!("unknown field {field}");
        findings.push(named("unknown-field", level, message, &field.path, locator));
    }
    for field in &verdict.duplicate_fields {
        let message = format!("duplicate field {field}");
        findings.push(named("duplicate-field", level, message, field, locator));
    }
    for warning in &verdict.warnings {
        findings.push(Finding::new("admission-warning", Level::Warning, warning));
    }
}

/// A finding about a field's name.
fn named(code: &str, level: Level, message: String, field: &str, locator: &Locator<'_>) -> Finding {
    let place = locator.find(field);
    let span = match &place.key {
        Some(key) if place.exists => key.clone(),
        _ => place.mark().clone(),
    };
    let label = String::new();
    Finding::new(code, level, message).at(field, Mark { span, label })
}

fn violation(violation: &Violation, document: &Document, locator: &Locator<'_>) -> Finding {
    let message = violation.message().to_string();
    let field = violation.path.as_str();
    if let Some(rule) = rule(violation) {
        let finding = Finding::new(rule.name, Level::Error, message);
        let finding = focus::point(finding, rule, field, document, locator);
        return finding.help(format!("see `kubectl feast explain {}`", rule.name));
    }
    // The server adds this to other violations; by itself it refuses nothing.
    if field == "<nil>" && violation.error_type == ErrorType::Invalid {
        return Finding::new("rules-not-checked", Level::Warning, message);
    }
    let finding = Finding::new(code(violation.error_type), Level::Error, message);
    if !violation.error_type.is_field() {
        return finding;
    }
    let used = locator.find(field).aliases.into_iter().map(|span| Mark {
        span,
        label: "used here".to_owned(),
    });
    let mut finding = finding.at(field, locator.mark(field));
    finding.related.extend(used);
    finding
}

/// The rule that is broken.
fn rule(violation: &Violation) -> Option<&'static Rule> {
    rules::of_expression(violation.rule.as_deref()?)
}

fn code(error_type: ErrorType) -> &'static str {
    match error_type {
        ErrorType::TypeInvalid => "wrong-type",
        ErrorType::Required => "required-value",
        ErrorType::NotSupported => "unsupported-value",
        ErrorType::Duplicate => "duplicate-value",
        ErrorType::TooLong => "too-long",
        ErrorType::TooMany => "too-many",
        ErrorType::Forbidden => "forbidden",
        ErrorType::BadRequest => "bad-request",
        ErrorType::Conflict => "conflict",
        ErrorType::TooLarge => "too-large",
        _ => "invalid-value",
    }
}
