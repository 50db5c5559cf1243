//! What the codes of findings mean.

use feast_api::rules::{self, Rule};
use feast_lint::Lint;

use crate::finding::Level;

/// A code of findings that is neither a rule nor a lint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Code {
    /// In kebab case.
    pub name: &'static str,
    /// How bad its findings are, if nothing else is said.
    pub level: Level,
    /// What it means.
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
        "A document that is not YAML or JSON, or no mapping. The other documents of the file are still read.",
    ),
    error(
        "no-kubernetes-object",
        "A document without `apiVersion` or `kind`: the API server could not tell what it is.",
    ),
    error(
        "unknown-version",
        "An object of a version that does not exist. FeatureStores have feast.dev/v1 and, deprecated, feast.dev/v1alpha1; others have the versions that their CustomResourceDefinition serves.",
    ),
    error(
        "unknown-kind",
        "Another kind in the group feast.dev, which has FeatureStore only.",
    ),
    error(
        "unreadable-object",
        "A Secret or ConfigMap that the API server would refuse. The message names the key at fault and never its value.",
    ),
    error(
        "unreadable-value",
        "A value that the API server stores, but that no typed client can read, such as a number beyond its format.",
    ),
    warning(
        "unknown-field",
        "A field that the schema does not know. The API server drops it silently, unless validation is strict, as with `kubectl apply`.",
    ),
    warning(
        "duplicate-field",
        "A key that is given twice in one JSON object. The last one counts; strict validation refuses it.",
    ),
    warning(
        "repeated-object",
        "A FeatureStore that a text has twice. The last one wins when both are applied.",
    ),
    warning(
        "admission-warning",
        "The API server admits the object and warns.",
    ),
    warning(
        "deprecated-version",
        "The API server warns whoever uses the version, since its CustomResourceDefinition deprecates it. Of `feast.dev/v1alpha1` the lint `deprecated-api-version` tells that, with a fix, unless it is off.",
    ),
    error(
        "wrong-type",
        "The API server refuses a value of another type than the schema's.",
    ),
    error(
        "required-value",
        "The API server refuses an object that lacks a required field.",
    ),
    error(
        "unsupported-value",
        "The API server refuses a value that is none of those listed.",
    ),
    error(
        "duplicate-value",
        "The API server refuses a list in which an item, or its key, is there twice.",
    ),
    error(
        "too-long",
        "The API server refuses a text that is too long; it does not show it.",
    ),
    error(
        "too-many",
        "The API server refuses a list or mapping with too many items.",
    ),
    error(
        "forbidden",
        "The API server refuses a change that the object's state forbids.",
    ),
    error(
        "invalid-value",
        "The API server refuses a value: off its pattern, or out of bounds.",
    ),
    error(
        "broken-rule",
        "The API server refuses an object that breaks a rule of its CustomResourceDefinition (`x-kubernetes-validations`).",
    ),
    error(
        "unusable-definition",
        "A CustomResourceDefinition by which nothing can be judged: it lacks a part without which it is none, or nests more than 100 schemas.",
    ),
    warning(
        "rules-not-checked",
        "The object has faults that keep the API server from checking its rules: there may be more to find once they are gone.",
    ),
    error(
        "bad-request",
        "The API server cannot read the object at all.",
    ),
    error(
        "conflict",
        "The update starts from another state of the object than the stored one: read it again.",
    ),
    error(
        "too-large",
        "The object is larger than what the API server reads.",
    ),
    error(
        "missing-input",
        "A Secret, ConfigMap or FeatureStore that the FeatureStore refers to is not in the files, or not in the cluster.",
    ),
    error(
        "operator-refuses",
        "The operator refuses to render the FeatureStore, and says so in its status.",
    ),
    error(
        "lost-field",
        "A field that has no counterpart in the version that is written.",
    ),
    error("unreadable-file", "A file that cannot be read."),
];

/// The code of this name that is neither a rule nor a lint.
pub fn find(name: &str) -> Option<&'static Code> {
    CODES.iter().find(|code| code.name == name)
}

/// What a code means, be it a rule, a lint or another.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Meaning {
    /// In a line.
    pub summary: String,
    /// In full, as Markdown.
    pub text: String,
    /// What to do about it, as Markdown; may be empty.
    pub instead: &'static str,
    /// How bad its findings are, if nothing else is said; nothing if it is not looked for then.
    pub level: Option<Level>,
    /// The page about it.
    pub page: String,
}

/// What a code means.
///
/// ```
/// use feast_check::codes::meaning;
///
/// let rule = meaning("scaling-online-store").unwrap();
/// assert!(rule.summary.starts_with("Scaling requires DB-backed persistence"));
/// assert!(rule.page.ends_with("/docs/rules.md#scaling-online-store"));
/// assert_eq!(meaning("unreadable-file").unwrap().summary, "A file that cannot be read.");
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

    /// GitHub shows no more of a rule.
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
