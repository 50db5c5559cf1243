//! Answers reviews: bytes in, an answer out.

use feast_api::{Admitted, Version};
use feast_check::check::Around;
use feast_check::{Absent, Checker, Settings};
use feast_lint::{Finding, Report, Written};
use feast_render::{OperatorSettings, Time};
use feast_validate::{AdmissionRequest, Answer, NotAdmitted, ReviewError, Validator};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::Policy;
use super::worse::compare;

/// Maximum number of warnings, and of reasons in a rejection; API servers drop warnings beyond 4
/// KiB in total.
const MOST: usize = 20;

/// Answers an `AdmissionReview` of a FeatureStore or its scale with the CRD's verdict, and with
/// lints if it is admitted.
///
/// Requests that make nothing worse are admitted, with warnings: deletions, because a rejection
/// would keep the finalizers; updates of only metadata or status, whatever the verdict; and
/// findings that already existed.
///
/// `stored` looks up a FeatureStore by namespace and name, because a scale only has the replicas.
/// If it finds none, the scale is left to the API server.
///
/// # Errors
///
/// The bytes are not a review.
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
        Some(Ok(_)) if policy.is_silent() => return Ok(answer),
        Some(Ok(store)) => store,
    };
    let checker = Checker::new(Settings {
        lints: policy.config().clone(),
        // Missing fields may be set by the next request.
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

/// Adds findings to an answer, which may become a rejection.
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

/// Whether a FeatureStore is being deleted.
fn is_being_deleted(before: Option<&Value>) -> bool {
    before.is_some_and(|before| !before["metadata"]["deletionTimestamp"].is_null())
}

/// Whether an update only changes metadata or status.
fn is_same_spec(before: Option<&Value>, after: Option<&Value>) -> bool {
    let before = before.and_then(Value::as_object);
    let after = after.and_then(Value::as_object);
    before
        .zip(after)
        .is_some_and(|(before, after)| before.get("spec") == after.get("spec"))
}

/// The FeatureStore as it will be stored; `None` if the request is rejected or stores none.
fn admitted(answer: &Answer) -> Option<Result<Admitted, NotAdmitted>> {
    let verdict = answer.verdict().filter(|verdict| verdict.is_allowed())?;
    Some(feast_validate::admitted(verdict.clone()))
}

/// The FeatureStore as it would be stored if the request changed nothing. `scaled` is the
/// FeatureStore of a scale.
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
    let written = written.map(|written| written as &dyn Written);
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
