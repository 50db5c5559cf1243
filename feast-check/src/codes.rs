//! What the codes of findings mean.

use feast_api::rules;

/// The codes of findings that are neither rules nor lints, with their meaning.
pub const CODES: &[(&str, &str)] = &[
    (
        "unreadable-document",
        "A document that is not YAML or JSON, or no mapping. The other documents of the file are still read.",
    ),
    (
        "no-kubernetes-object",
        "A document without `apiVersion` or `kind`: the API server could not tell what it is.",
    ),
    (
        "unknown-version",
        "A FeatureStore of a version that does not exist. There are feast.dev/v1 and, deprecated, feast.dev/v1alpha1.",
    ),
    (
        "unknown-kind",
        "Another kind in the group feast.dev, which has FeatureStore only.",
    ),
    (
        "unreadable-object",
        "A Secret or ConfigMap that the API server would refuse. The message names the key at fault and never its value.",
    ),
    (
        "unreadable-value",
        "A value that the API server stores, but that no typed client can read, such as a number beyond its format.",
    ),
    (
        "unknown-field",
        "A field that the schema does not know. The API server drops it silently, unless validation is strict, as with `kubectl apply`.",
    ),
    (
        "duplicate-field",
        "A key that is given twice in one JSON object. The last one counts; strict validation refuses it.",
    ),
    (
        "repeated-object",
        "A FeatureStore that a text has twice. The last one wins when both are applied.",
    ),
    (
        "admission-warning",
        "The API server admits the object and warns.",
    ),
    (
        "wrong-type",
        "The API server refuses a value of another type than the schema's.",
    ),
    (
        "required-value",
        "The API server refuses an object that lacks a required field.",
    ),
    (
        "unsupported-value",
        "The API server refuses a value that is none of those listed.",
    ),
    (
        "duplicate-value",
        "The API server refuses a list in which an item, or its key, is there twice.",
    ),
    (
        "too-long",
        "The API server refuses a text that is too long; it does not show it.",
    ),
    (
        "too-many",
        "The API server refuses a list or mapping with too many items.",
    ),
    (
        "forbidden",
        "The API server refuses a change that the object's state forbids.",
    ),
    (
        "invalid-value",
        "The API server refuses a value: off its pattern, or out of bounds.",
    ),
    (
        "rules-not-checked",
        "The object has faults that keep the API server from checking its rules: there may be more to find once they are gone.",
    ),
    (
        "bad-request",
        "The API server cannot read the object at all.",
    ),
    (
        "conflict",
        "The update starts from another state of the object than the stored one: read it again.",
    ),
    (
        "too-large",
        "The object is larger than what the API server reads.",
    ),
    (
        "missing-input",
        "A Secret, ConfigMap or FeatureStore that the FeatureStore refers to is not in the files.",
    ),
    (
        "operator-refuses",
        "The operator refuses to render the FeatureStore, and says so in its status.",
    ),
    (
        "lost-field",
        "A field that has no counterpart in the version that is written.",
    ),
    ("unreadable-file", "A file that cannot be read."),
];

/// The meaning of a code that is neither a rule nor a lint.
pub fn find(code: &str) -> Option<&'static str> {
    let (_, text) = CODES.iter().find(|(other, _)| *other == code)?;
    Some(text)
}

/// What any code means, in a line.
///
/// ```
/// use feast_check::codes::summary;
///
/// let rule = summary("scaling-online-store").unwrap();
/// assert!(rule.starts_with("Scaling requires DB-backed persistence"));
/// assert_eq!(summary("unreadable-file").as_deref(), Some("A file that cannot be read."));
/// assert_eq!(summary("nonsense"), None);
/// ```
pub fn summary(code: &str) -> Option<String> {
    if let Some(rule) = rules::find(code) {
        return Some(rule.message.to_owned());
    }
    if let Some(lint) = feast_lint::find(code) {
        return Some(lint.summary.to_owned());
    }
    let text = find(code)?;
    Some(text.split_inclusive(". ").next()?.trim_end().to_owned())
}
