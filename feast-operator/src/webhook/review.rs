//! What is answered to a review: bytes in, an answer out.

use feast_api::{Admitted, Version};
use feast_check::check::Around;
use feast_check::{Absent, Checker, Settings};
use feast_lint::{Finding, Report};
use feast_render::{OperatorSettings, Time};
use feast_validate::{AdmissionRequest, Answer, NotAdmitted, ReviewError, Validator};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::Policy;
use super::worse::compare;

/// Most warnings of an answer, and most reasons of a refusal; API servers drop warnings beyond 4 KiB
/// in all.
const MOST: usize = 20;

/// Answers an `AdmissionReview` about a FeatureStore, or about its scale: with the verdict of the
/// CRD, and with what lints have to say of what is admitted.
///
/// What makes nothing worse is admitted, with warnings: a deletion, whatever is found, as a refusal
/// would keep the finalizers; an update of metadata or status alone, whatever the verdict; and a
/// lint's finding that was there before.
///
/// `stored` gives FeatureStores by namespace and name: the scale of one does not show the rest.
/// Without it, the scale is left to the API server.
///
/// # Errors
///
/// Bytes that are no review.
pub fn review(
    body: &[u8],
    policy: &Policy,
    operator: &OperatorSettings,
    now: &Time,
    stored: impl FnOnce(&str, &str) -> Option<Value>,
) -> Result<Answer, ReviewError> {
    let mut request = AdmissionRequest::parse(body)?;
    let is_scale = request.sub_resource == "scale";
    let scaled = is_scale.then(|| stored(&request.namespace, &request.name));
    let scaled = scaled.flatten();
    if let Some(store) = &scaled {
        request = request.scaling(store);
    }
    let (before, after) = (data(request.old_object), data(request.object));
    let is_deleted = is_being_deleted(scaled.as_ref().or(before.as_ref()));

    let release = operator.release.release();
    let validator = Validator::of_release(release, Version::V1).unwrap_or_else(Validator::v1);
    let mut answer = validator.judge(&request);
    if is_deleted || is_same_spec(before.as_ref(), after.as_ref()) {
        answer = answer.warn_only();
    }
    let store = match admitted(&answer) {
        None => return Ok(answer),
        Some(Err(error)) => return Ok(answer.with_warnings([unread(&error)])),
        Some(Ok(store)) => store,
    };
    let checker = Checker::new(Settings {
        lints: policy.config().clone(),
        // What is missing may come with the next request.
        absent: Absent::Filled,
        ..Settings::new(operator.clone(), now.clone())
    });
    let lint = |store, written: Option<&Value>| {
        let written = written.filter(|_| !is_scale);
        lint(store, written, &checker)
    };
    let found = lint(store, after.as_ref());
    if is_deleted {
        return Ok(warn(answer, found.findings));
    }
    let found_before = || {
        let store = unchanged(&request, scaled.as_ref(), validator);
        store.map(|store| lint(store, before.as_ref()))
    };
    Ok(advise(answer, found, found_before, policy))
}

/// Adds what lints found to an answer, which may become a refusal.
fn advise(
    answer: Answer,
    found: Report,
    found_before: impl FnOnce() -> Option<Report>,
    policy: &Policy,
) -> Answer {
    let (refused, warned) = policy.sort(found);
    if refused.is_empty() {
        return warn(answer, warned);
    }
    let (before, _) = policy.sort(found_before().unwrap_or_default());
    let (refused, kept) = compare(before, refused);
    let answer = warn(answer, kept.into_iter().chain(warned));
    if refused.is_empty() {
        return answer;
    }
    answer.forbid(reasons(&refused))
}

fn data(object: Option<&RawValue>) -> Option<Value> {
    serde_json::from_str(object?.get()).ok()
}

/// Whether a FeatureStore is on its way out.
fn is_being_deleted(before: Option<&Value>) -> bool {
    before.is_some_and(|before| !before["metadata"]["deletionTimestamp"].is_null())
}

/// Whether an update is about metadata or status alone.
fn is_same_spec(before: Option<&Value>, after: Option<&Value>) -> bool {
    let before = before.and_then(Value::as_object);
    let after = after.and_then(Value::as_object);
    before
        .zip(after)
        .is_some_and(|(before, after)| before.get("spec") == after.get("spec"))
}

/// The FeatureStore as it will be stored; nothing if the request is refused or stores none.
fn admitted(answer: &Answer) -> Option<Result<Admitted, NotAdmitted>> {
    let verdict = answer.verdict().filter(|verdict| verdict.is_allowed())?;
    Some(feast_validate::admitted(verdict.clone()))
}

/// The FeatureStore of a request as it would be stored if the request changed nothing. `scaled` is the
/// one whose scale it is about.
fn unchanged(
    request: &AdmissionRequest<'_>,
    scaled: Option<&Value>,
    validator: Validator,
) -> Option<Admitted> {
    let stored = scaled.and_then(|store| to_raw_value(store).ok());
    let mut request = request.clone();
    if let Some(stored) = &stored {
        request.sub_resource = "".into();
        request.old_object = Some(stored);
    }
    request.object = request.old_object;
    admitted(&validator.judge(&request))?.ok()
}

fn lint(store: Admitted, written: Option<&Value>, checker: &Checker) -> Report {
    let nothing = Around::default();
    let rendering = checker.render(store, &nothing);
    let report = rendering.map(|rendering| checker.lint(&rendering, written, &nothing));
    report.unwrap_or_default()
}

fn unread(error: &NotAdmitted) -> String {
    format!("the operator cannot read this FeatureStore and will leave it alone: {error}")
}

fn warn(answer: Answer, findings: impl IntoIterator<Item = Finding>) -> Answer {
    let findings = findings.into_iter().take(MOST);
    answer.with_warnings(findings.map(|finding| text(&finding)))
}

fn reasons(refused: &[Finding]) -> String {
    let mut reasons: Vec<_> = refused.iter().take(MOST).map(text).collect();
    if let Some(more @ 1..) = refused.len().checked_sub(MOST) {
        reasons.push(format!("and {more} more"));
    }
    reasons.join("; ")
}

fn text(finding: &Finding) -> String {
    format!(
        "{}: {} [{}]",
        finding.path, finding.message, finding.lint.name
    )
}

#[cfg(test)]
mod tests;
