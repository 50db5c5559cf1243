//! The API server's verdict, as findings.

mod definition;
mod focus;
mod history;
mod mend;

use crate::manifest::{Document, Unrecognized};
use feast_api::Release;
use feast_api::rules::{self, Rule};
use feast_validate::{BadValue, ErrorType, Rejection, Verdict, Violation};

pub use self::definition::refused;
use crate::finding::{Checked, Finding, Level, Locator, Mark};
use crate::text::Text;

/// An invalid object.
pub fn unrecognized(text: &Text, document: &Document, unrecognized: &Unrecognized) -> Checked {
    let locator = Locator::new(text, document);
    let message = unrecognized.to_string();
    let finding = match unrecognized {
        Unrecognized::Version(_) => unknown_version(message, &locator),
        Unrecognized::Kind(kind) => {
            let means_ours = kind.eq_ignore_ascii_case(feast_api::KIND);
            let fix = || mend::replace("kind", feast_api::KIND.into(), &locator);
            Finding::new("unknown-kind", Level::Error, message)
                .at("kind", plain("kind", &locator))
                .fix(means_ours.then(fix).flatten())
        }
        _ => Finding::new("no-kubernetes-object", Level::Error, message),
    };
    locator.other(vec![finding])
}

/// A FeatureStore of a version that a release does not serve.
pub fn not_served(text: &Text, document: &Document, namespace: &str, release: Release) -> Checked {
    let locator = Locator::new(text, document);
    let served: Vec<_> = release.versions().iter().rev().collect();
    let served: Vec<_> = served.iter().map(|version| version.api_version()).collect();
    let version = document.api_version().unwrap_or_default();
    let message = format!(
        "release {release} has no version {version}: use {}",
        served.join(" or ")
    );
    let finding = unknown_version(message, &locator);
    locator.checked(document.namespace().unwrap_or(namespace), vec![finding])
}

/// An object of a version that is not served; the message lists those that are.
pub(crate) fn unknown_version(message: String, locator: &Locator<'_>) -> Finding {
    let mark = plain("apiVersion", locator);
    Finding::new("unknown-version", Level::Error, message).at("apiVersion", mark)
}

/// The API server's warning about a deprecated version.
pub(crate) fn deprecated_version(warning: &str, locator: &Locator<'_>) -> Finding {
    let mark = plain("apiVersion", locator);
    Finding::new("deprecated-version", Level::Warning, warning).at("apiVersion", mark)
}

/// A mark for the field that a message is about.
fn plain(field: &str, locator: &Locator<'_>) -> Mark {
    Mark {
        span: locator.find(field).mark().clone(),
        label: String::new(),
    }
}

/// An object with the API server's verdict.
#[derive(Debug)]
pub struct Said<'d> {
    /// The object.
    pub document: &'d Document,
    /// The locations of its fields.
    pub locator: &'d Locator<'d>,
    /// The release whose CRD validated it, if any.
    pub release: Option<Release>,
    /// Whether unknown fields are errors.
    pub is_strict: bool,
}

impl Said<'_> {
    /// All findings of the API server.
    pub fn findings<T>(&self, verdict: &Verdict<T>, findings: &mut Vec<Finding>) {
        let (document, locator) = (self.document, self.locator);
        let violations = verdict.rejection().into_iter();
        for violation in violations.flat_map(Rejection::violations) {
            let finding = self::violation(violation, document, locator);
            let known = |release| history::of_value(violation, release);
            findings.push(with_help(finding, self.release.and_then(known)));
        }
        let level = if self.is_strict {
            Level::Error
        } else {
            Level::Warning
        };
        for field in &verdict.unknown_fields {
            let message = format!("unknown field {field}");
            let finding = named("unknown-field", level, message, &field.path, locator)
                .fix(mend::unknown_field(field, locator));
            let known = |release| history::of_field(&field.path, release);
            findings.push(with_help(finding, self.release.and_then(known)));
        }
        for field in &verdict.duplicate_fields {
            let message = format!("duplicate field {field}");
            findings.push(named("duplicate-field", level, message, field, locator));
        }
        for warning in &verdict.warnings {
            findings.push(self::warning(warning, locator));
        }
    }
}

fn with_help(finding: Finding, help: Option<String>) -> Finding {
    match help {
        Some(help) => finding.help(help),
        None => finding,
    }
}

/// The API server's warnings. If one concerns a field, it starts with the field.
fn warning(warning: &str, locator: &Locator<'_>) -> Finding {
    let finding = Finding::new("admission-warning", Level::Warning, warning);
    let field = warning.split(": ").next().unwrap_or("");
    let is_field = !field.is_empty() && locator.find(field).exists;
    if is_field {
        return finding.at(field, locator.mark(field));
    }
    finding.on(locator.object())
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
    if let Some(rule) = rule(violation).filter(|_| document.is_feature_store()) {
        let finding = Finding::new(rule.name, Level::Error, message);
        let finding = focus::point(finding, rule, field, document, locator);
        return finding.help(format!("see `kubectl feast explain {}`", rule.name));
    }
    // The server adds this to other violations; on its own it is not an error.
    if field == "<nil>" && violation.error_type == ErrorType::Invalid {
        let span = locator.find("spec").mark().clone();
        let label = String::new();
        return Finding::new("rules-not-checked", Level::Warning, message).on(Mark { span, label });
    }
    let code = match violation.rule {
        Some(_) => "broken-rule",
        None => code(violation.error_type),
    };
    let finding = Finding::new(code, Level::Error, message);
    if !violation.error_type.is_field() {
        return finding.on(locator.object());
    }
    let used = locator.find(field).aliases.into_iter().map(|span| Mark {
        span,
        label: "used here".to_owned(),
    });
    let mark = entry(violation, document, locator).unwrap_or_else(|| locator.mark(field));
    let mut finding = finding.at(field, mark);
    finding.related.extend(used);
    finding.fix(mend::value(violation, locator))
}

/// The faulty entry of a mapping: the server names the mapping, and the entry's key or value.
fn entry(violation: &Violation, document: &Document, locator: &Locator<'_>) -> Option<Mark> {
    let BadValue::Text(text) = &violation.value else {
        return None;
    };
    let field = violation.path.as_str();
    let mut entries = focus::value(document, field)?.as_object()?.iter();
    let (key, value) = entries.find(|(key, value)| *key == text || *value == text)?;
    let label = format!("{field}[{key}]");
    let place = locator.find(&label);
    let span = match place.key.as_ref() {
        Some(name) if value != text => name.clone(),
        _ => place.mark().clone(),
    };
    Some(Mark { span, label })
}

/// The broken rule.
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
