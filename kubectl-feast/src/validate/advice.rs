//! What lints say, as findings.

use feast_api::Admitted;
use feast_check::manifest::Document;
use feast_lint::{FieldPath, Subject};
use feast_render::ObjectRef;
use serde_json::Value;

use super::check::Checker;
use crate::finding::{Finding, Level, Locator, Mark};

/// Runs the lints over a FeatureStore that is admitted.
pub(super) fn findings(
    checker: &Checker<'_>,
    store: Admitted,
    document: &Document,
    locator: &Locator<'_>,
    findings: &mut Vec<Finding>,
) {
    let surroundings = checker.surroundings;
    let old = checker.old.store(&store);
    let others = surroundings.others(store.name(), store.namespace());
    let Ok((inputs, rendered)) = surroundings.render(store) else {
        return;
    };
    let written = Value::Object(document.object().clone());
    let keys = |object: &ObjectRef| surroundings.keys(object);
    let mut subject = Subject::new(&inputs)
        .keys(&keys)
        .rendered(rendered.as_ref())
        .written(&written)
        .others(&others);
    if let Some(old) = &old {
        subject = subject.old(old);
    }
    let report = feast_lint::check(&subject, &checker.config.lints);
    findings.extend(report.findings.iter().map(|found| finding(found, locator)));
}

fn finding(found: &feast_lint::Finding, locator: &Locator<'_>) -> Finding {
    let level = match found.level {
        feast_lint::Level::Deny => Level::Error,
        _ => Level::Warning,
    };
    let mut finding = Finding::new(found.lint.name, level, found.message.as_str())
        .at(found.path.to_string(), mark(&found.path, None, locator));
    let related = found.related.iter();
    finding.related = related
        .filter(|related| locator.pointer(&related.path.pointer()).exists)
        .map(|related| mark(&related.path, Some(&related.message), locator))
        .collect();
    finding.help.extend(found.help.clone());
    finding.fix = found
        .fix
        .as_ref()
        .and_then(|fix| serde_json::to_value(fix).ok());
    finding
}

fn mark(path: &FieldPath, label: Option<&str>, locator: &Locator<'_>) -> Mark {
    let place = locator.pointer(&path.pointer());
    let label = match (label, place.exists) {
        (Some(label), _) => label.to_owned(),
        (None, true) => path.to_string(),
        (None, false) => format!("{path} is not set"),
    };
    Mark {
        span: place.mark().clone(),
        label,
    }
}
