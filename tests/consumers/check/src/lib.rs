//! feast-check alone.

use feast_check::{Checker, Settings, Text};
use feast_render::{OperatorSettings, Time};

/// The findings on the FeatureStores in a text, each with its line.
pub fn findings(text: &str, now: &Time) -> Vec<(usize, String)> {
    let settings = Settings::new(OperatorSettings::reference(), now.clone());
    let checked = Checker::new(settings).check([Text::new("stdin", text)]);
    let lines = checked.iter().flat_map(|document| {
        let findings = document.findings.iter();
        findings.map(|finding| (document.position(finding).line, finding.message.clone()))
    });
    lines.collect()
}
