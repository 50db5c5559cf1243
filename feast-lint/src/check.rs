//! From a subject to a report.

use std::cell::OnceCell;

use crate::config::Config;
use crate::context::Context;
use crate::finding::{Findings, Report};
use crate::lint::Level;
use crate::lints::CHECKS;
use crate::refusals;
use crate::servers::servers;
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
    let refused = |rendered| refusals::all(subject.store(), rendered, config.options.kubernetes);
    let context = Context {
        subject: *subject,
        options: &config.options,
        rendered,
        servers: servers(&subject.store().spec),
        refused: rendered.map(refused).unwrap_or_default(),
        steps: subject.upgrade.iter().flat_map(Upgrade::steps).collect(),
        json: OnceCell::new(),
        document: OnceCell::new(),
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
