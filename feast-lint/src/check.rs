//! From a subject to a report.

use feast_render::Rendered;
use serde_json::Value;

use crate::config::Config;
use crate::context::Context;
use crate::finding::{Findings, Report};
use crate::lint::Level;
use crate::lints::CHECKS;
use crate::refusals;
use crate::subject::{Subject, Upgrade};
use crate::suppress::Suppressions;

/// Runs every lint that is not off.
pub fn check(subject: &Subject<'_>, config: &Config) -> Report {
    let made = subject
        .rendered
        .is_none()
        .then(|| feast_render::render(subject.inputs));
    let given = subject.rendered;
    let rendered = given
        .or_else(|| made.as_ref().map(Result::as_ref))
        .expect("given or rendered above");
    let written = serde_json::to_value(&**subject.store()).unwrap_or_default();
    let context = Context {
        subject: *subject,
        options: &config.options,
        rendered,
        document: rendered.map(document).unwrap_or_default(),
        refused: rendered
            .map(|rendered| refusals::all(&written, rendered, config.options.kubernetes))
            .unwrap_or_default(),
        steps: subject.upgrade.iter().flat_map(Upgrade::steps).collect(),
        written,
    };
    let suppressions = Suppressions::of(subject.store());
    let mut report = Report::default();
    for (lint, check) in CHECKS {
        let level = config.level(lint);
        if level == Level::Allow {
            continue;
        }
        let mut findings = Findings::new(lint, level);
        check(&context, &mut findings);
        for finding in findings.into_vec() {
            suppressions.sort(finding, &mut report);
        }
    }
    report.findings.extend(suppressions.findings(config));
    report
}

/// The servers' document as JSON; null if it cannot be parsed.
fn document(rendered: &Rendered) -> Value {
    go_yaml::to_value(rendered.documents.service.yaml()).unwrap_or_default()
}
