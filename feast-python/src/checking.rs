//! Findings on manifests.

use std::collections::BTreeSet;
use std::sync::Arc;

use feast_check::codes::Meaning;
use feast_check::format::data;
use feast_check::{Checked, Checker, Finding, Settings, Text};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::json::{self, Json};
use crate::manifests::Manifests;

/// Checks manifests that belong together; they create objects, or update the old ones.
pub(crate) fn check(
    settings: Settings,
    manifests: Manifests,
    old: Manifests,
) -> Result<Json, Failure> {
    let mut checker = Checker::new(settings);
    for old in old {
        for document in old.text.documents() {
            let fault = |error| Failure::Manifest(format!("old {}: {error}", old.text.name()));
            checker.add_old(&document.map_err(fault)?);
        }
    }
    let (texts, written) = texts(manifests);
    let documents = checker.check(texts);
    if !documents.iter().any(says_something) {
        return Err(nothing("check"));
    }
    let findings = documents.iter().flat_map(|checked| {
        let findings = checked.findings.iter();
        findings.map(|finding| of_finding(checked, finding, &written))
    });
    json::text(&findings.collect::<Vec<_>>())
}

/// The names of texts that were generated from objects.
pub(crate) type Written = BTreeSet<Arc<str>>;

pub(crate) fn texts(manifests: Manifests) -> (Vec<Text>, Written) {
    let mut written = Written::new();
    let texts = manifests.into_iter().map(|manifest| {
        if manifest.is_written {
            written.insert(manifest.text.name().clone());
        }
        manifest.text
    });
    (texts.collect(), written)
}

/// Whether a document is a FeatureStore or has findings.
pub(crate) fn says_something(checked: &Checked) -> bool {
    checked.name().is_some() || !checked.findings.is_empty()
}

pub(crate) fn nothing(what: &str) -> Failure {
    Failure::Manifest(format!(
        "nothing to {what}: there is no FeatureStore in the manifests"
    ))
}

/// A finding as data, without positions in generated texts.
pub(crate) fn of_finding(checked: &Checked, finding: &Finding, written: &Written) -> Value {
    let mut data = data(checked, finding);
    if let Some(fields) = data.as_object_mut()
        && written.contains(&checked.file)
    {
        for place in ["line", "column", "end", "related"] {
            fields.remove(place);
        }
    }
    data
}

/// The meaning of a code, as data.
pub(crate) fn meaning(code: &str, meaning: &Meaning) -> Result<Json, Failure> {
    json::text(&json!({
        "code": code,
        "level": meaning.level.map_or("allow", feast_check::Level::name),
        "summary": meaning.summary,
        "text": meaning.text,
        "instead": meaning.instead,
        "page": meaning.page,
    }))
}
