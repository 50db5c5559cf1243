//! The codes of findings and their documentation.

use feast_api::rules::{self, Rule};
use feast_lint::Lint;

use crate::finding::Level;

/// A code of findings that is neither a rule nor a lint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Code {
    /// Name in kebab case.
    pub name: &'static str,
    /// Default level of its findings.
    pub level: Level,
    /// Documentation.
    pub text: &'static str,
}

const fn error(name: &'static str, text: &'static str) -> Code {
    let level = Level::Error;
    Code { name, level, text }
}

const fn warning(name: &'static str, text: &'static str) -> Code {
    let level = Level::Warning;
    Code { name, level, text }
}

/// The codes of findings that are neither rules nor lints.
pub const CODES: &[Code] = &[
    error(
        "unreadable-document",
        "The document is not valid YAML or JSON, or not a mapping. Other documents in the file are still read.",
    ),
    error(
        "no-kubernetes-object",
        "The document has no `apiVersion` or `kind`, so the API server cannot tell what it is.",
    ),
    error(
        "unknown-version",
        "The object's API version does not exist. FeatureStores have feast.dev/v1 and, deprecated, feast.dev/v1alpha1; other kinds have the versions that their CustomResourceDefinition serves.",
    ),
    error(
        "unknown-kind",
        "The kind does not exist: the group feast.dev only has FeatureStore.",
    ),
    error(
        "unreadable-object",
        "The API server would reject the Secret or ConfigMap. The message names the key and never its value.",
    ),
    error(
        "unreadable-value",
        "The API server stores the value, but typed clients cannot read it, such as a number out of range.",
    ),
    warning(
        "unknown-field",
        "The schema has no such field. The API server drops it silently, unless validation is strict, as with `kubectl apply`.",
    ),
    warning(
        "duplicate-field",
        "The object has the same key twice. The API server uses the last one; strict validation rejects it.",
    ),
    warning(
        "repeated-object",
        "The file has the same FeatureStore twice. If you apply it, the last one wins.",
    ),
    warning(
        "admission-warning",
        "The API server admits the object with a warning.",
    ),
    warning(
        "deprecated-version",
        "The CustomResourceDefinition deprecates the version, and the API server warns about it. For `feast.dev/v1alpha1`, the lint `deprecated-api-version` reports this with a fix, unless it is off.",
    ),
    error(
        "wrong-type",
        "The API server rejects the value because its type does not match the schema.",
    ),
    error(
        "required-value",
        "The API server rejects the object because a required field is missing.",
    ),
    error(
        "unsupported-value",
        "The API server rejects the value because it is not one of the allowed values.",
    ),
    error(
        "duplicate-value",
        "The API server rejects the list because an item, or its key, occurs twice.",
    ),
    error(
        "too-long",
        "The API server rejects the string because it is too long. The message does not show it.",
    ),
    error(
        "too-many",
        "The API server rejects the list or mapping because it has too many items.",
    ),
    error(
        "forbidden",
        "The API server rejects the change because the object's state forbids it.",
    ),
    error(
        "invalid-value",
        "The API server rejects the value because it does not match its pattern or is out of range.",
    ),
    error(
        "broken-rule",
        "The API server rejects the object because it violates a CEL rule of its CustomResourceDefinition (`x-kubernetes-validations`).",
    ),
    error(
        "unusable-definition",
        "Objects cannot be validated with the CustomResourceDefinition: it lacks a required part, or nests schemas more than 100 deep.",
    ),
    warning(
        "rules-not-checked",
        "Because of other errors, the API server does not evaluate the object's CEL rules. Fix them and validate again: there may be more errors.",
    ),
    error(
        "bad-request",
        "The API server cannot read the object at all.",
    ),
    error(
        "conflict",
        "The object has changed since you read it: read it again and reapply the change.",
    ),
    error(
        "too-large",
        "The object is larger than the API server accepts.",
    ),
    error(
        "missing-input",
        "The FeatureStore refers to a Secret, ConfigMap or FeatureStore that is not in the files or the cluster.",
    ),
    error(
        "operator-refuses",
        "The operator cannot reconcile the FeatureStore and reports this in its status.",
    ),
    error("lost-field", "The target API version has no such field."),
    error("unreadable-file", "The file cannot be read."),
];

/// The code of this name that is neither a rule nor a lint.
pub fn find(name: &str) -> Option<&'static Code> {
    CODES.iter().find(|code| code.name == name)
}

/// The documentation of a code: a rule, a lint or another code.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Meaning {
    /// One line.
    pub summary: String,
    /// The full text, as Markdown.
    pub text: String,
    /// What to do instead, as Markdown; may be empty.
    pub instead: &'static str,
    /// Default level of its findings; `None` if it is off by default.
    pub level: Option<Level>,
    /// URL of its documentation.
    pub page: String,
}

/// Documents a code.
///
/// ```
/// use feast_check::codes::meaning;
///
/// let rule = meaning("scaling-online-store").unwrap();
/// assert!(rule.summary.starts_with("Scaling requires DB-backed persistence"));
/// assert!(rule.page.ends_with("/docs/rules.md#scaling-online-store"));
/// assert_eq!(meaning("unreadable-file").unwrap().summary, "The file cannot be read.");
/// assert_eq!(meaning("nonsense"), None);
/// ```
pub fn meaning(code: &str) -> Option<Meaning> {
    let rule = || rules::find(code).map(of_rule);
    let lint = || feast_lint::find(code).map(of_lint);
    rule().or_else(lint).or_else(|| find(code).map(of_code))
}

fn of_rule(rule: &Rule) -> Meaning {
    Meaning {
        summary: rule.message.to_owned(),
        text: rule.message.to_owned(),
        instead: "",
        level: Some(Level::Error),
        page: page("rules", rule.name),
    }
}

fn of_lint(lint: &Lint) -> Meaning {
    Meaning {
        summary: lint.summary.to_owned(),
        text: lint.docs.why.to_owned(),
        instead: lint.docs.instead,
        level: match lint.level {
            feast_lint::Level::Allow => None,
            feast_lint::Level::Warn => Some(Level::Warning),
            feast_lint::Level::Deny => Some(Level::Error),
        },
        page: page("lints", lint.name),
    }
}

fn of_code(code: &Code) -> Meaning {
    let mut sentences = code.text.split_inclusive(". ");
    Meaning {
        summary: sentences.next().unwrap_or_default().trim_end().to_owned(),
        text: code.text.to_owned(),
        instead: "",
        level: Some(code.level),
        page: page("findings", code.name),
    }
}

/// A heading of the documentation.
fn page(file: &str, heading: &str) -> String {
    let repository = env!("CARGO_PKG_REPOSITORY");
    format!("{repository}/blob/main/docs/{file}.md#{heading}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The maximum length that GitHub shows of a rule's text.
    const MOST: usize = 1000;

    #[test]
    fn every_name_has_a_meaning() {
        let rules = rules::RULES.iter().map(|rule| rule.name);
        let lints = feast_lint::LINTS.iter().map(|lint| lint.name);
        let codes = CODES.iter().map(|code| code.name);
        for name in rules.chain(lints).chain(codes) {
            let meaning = meaning(name).unwrap();
            for text in [&meaning.summary, &meaning.text] {
                assert!(!text.is_empty() && text.chars().count() <= MOST, "{name}");
            }
        }
    }
}
