//! The API server's verdict on an object, and the rules it reports.

use std::collections::BTreeSet;

use feast_api::rules::{Rule, of_expression};
use feast_api::{Version, v1, v1alpha1};
use feast_render::OperatorRelease;
use feast_validate::{Request, Validator, Verdict, Violation};
use serde_json::Value;

/// Whether an object is admitted and typed clients can read it.
pub(super) fn is_admitted(version: Version, object: &Value) -> bool {
    is_named(object) && Validator::of(version).is_valid(object) && is_readable(version, object)
}

/// The spec that the API server of a release stores for a `v1` object, if it admits it.
pub(super) fn spec_stored_by(release: OperatorRelease, object: &Value) -> Option<Value> {
    let validator = Validator::of_release(release.release(), Version::V1)?;
    let mut stored = validator.run(Request::create(object)).outcome.ok()?;
    Some(stored["spec"].take())
}

/// Whether the API server of a release stores an object's spec unchanged.
pub(super) fn is_stored_by(release: OperatorRelease, object: &Value) -> bool {
    is_named(object)
        && is_readable(Version::V1, object)
        && spec_stored_by(release, object).is_some_and(|spec| spec == object["spec"])
}

/// Whether an object matches the schema, regardless of rules.
pub(super) fn follows_schema(version: Version, object: &Value) -> bool {
    let violations = Validator::of(version).all(object);
    is_named(object)
        && violations
            .iter()
            .all(|violation| rule_of(violation).is_some())
        && is_readable(version, object)
}

/// Whether an update is admitted without ratcheting.
pub(super) fn is_update(old: &Value, new: &Value) -> bool {
    let is_same = |pointer| old.pointer(pointer) == new.pointer(pointer);
    let verdict = update(old, new);
    ["/metadata/name", "/metadata/namespace", "/metadata/uid"]
        .into_iter()
        .all(is_same)
        && verdict.is_allowed()
        && verdict.warnings.is_empty()
        && is_readable(Version::V1, new)
}

/// The verdict on an update.
pub(super) fn update(old: &Value, new: &Value) -> Verdict {
    Validator::v1().run(Request::update(old, new))
}

/// The rules among violations; `None` if there is any other error.
pub(super) fn rules<'v>(
    violations: impl IntoIterator<Item = &'v Violation>,
) -> Option<BTreeSet<&'static str>> {
    let names = violations
        .into_iter()
        .map(|violation| Some(rule_of(violation)?.name));
    names.collect()
}

/// The rule of a violation.
pub(super) fn rule_of(violation: &Violation) -> Option<&'static Rule> {
    of_expression(violation.rule.as_deref()?)
}

fn is_named(object: &Value) -> bool {
    let metadata = &object["metadata"];
    let is_text = |field: &str| {
        metadata[field]
            .as_str()
            .is_some_and(|text| !text.is_empty())
    };
    ["name", "namespace", "uid"].into_iter().all(is_text)
}

/// Whether typed clients can read an object.
fn is_readable(version: Version, object: &Value) -> bool {
    match version {
        Version::V1 => v1::FeatureStore::from_value(object.clone()).is_ok(),
        Version::V1Alpha1 => v1alpha1::FeatureStore::from_value(object.clone()).is_ok(),
    }
}
