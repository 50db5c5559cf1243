//! Lints, as findings.

use feast_lint::{FieldPath, Report, Subject, Written};
use feast_render::ObjectRef;

use super::rendering::Rendering;
use super::{Around, Checker};
use crate::finding::{Finding, Level, Locator, Mark};

impl Checker {
    /// Runs the lints on a rendered FeatureStore. `written` is the object as in the manifest.
    pub fn lint(
        &self,
        rendering: &Rendering,
        written: Option<&dyn Written>,
        around: &Around,
    ) -> Report {
        let store = rendering.inputs.store();
        let old = self.old.store(store);
        let meant = around.meant(store);
        let others: Vec<_> = around.concerning(store).chain(&meant).collect();
        let neighbours = around.stores().compared_with(store);
        let keys = |object: &ObjectRef, key: &str| around.has_key(object, key);
        let mut subject = Subject::new(&rendering.inputs)
            .keys(&keys)
            .rendered(rendering.rendered.as_ref())
            .others(&others)
            .neighbours(&neighbours);
        if let Some(written) = written {
            subject = subject.written(written);
        }
        if let Some(old) = &old {
            subject = subject.old(old);
        }
        let upgraded = self.upgraded(store, around);
        if let Some([before, after]) = &upgraded {
            subject = subject.upgraded(before, after);
        }
        feast_lint::check(&subject, &self.settings.lints)
    }
}

pub(super) fn findings(report: &Report, locator: &Locator<'_>) -> Vec<Finding> {
    let findings = report.findings.iter();
    findings.map(|found| finding(found, locator)).collect()
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
    finding.fix(found.fix.clone())
}

/// Points at a field and labels it.
pub(super) fn mark(path: &FieldPath, label: Option<&str>, locator: &Locator<'_>) -> Mark {
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
