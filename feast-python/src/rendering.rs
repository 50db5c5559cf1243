//! Renders FeatureStores.

use feast_check::check::{Outcome, Read};
use feast_check::{Checked, Checker, Finding, Level, Settings};
use feast_render::{Object, Rendered};
use serde_json::{Value, json};

use crate::checking::{self, Written, nothing, of_finding, says_something};
use crate::failure::Failure;
use crate::json::{self, Json};
use crate::manifests::Manifests;

/// Renders FeatureStores with the other objects of the manifests.
pub(crate) fn render(settings: Settings, manifests: Manifests) -> Result<Json, Failure> {
    let checker = Checker::new(settings);
    let (texts, written) = checking::texts(manifests);
    let mut read: Vec<_> = texts.into_iter().map(|text| checker.read(text)).collect();
    if !read
        .iter()
        .flat_map(Read::checked)
        .any(|it| says_something(&it))
    {
        return Err(nothing("render"));
    }
    let around = checker.gather(read.iter_mut());
    let outcomes = read
        .into_iter()
        .flat_map(|read| checker.finish(read, &around));
    let (mut rendered, mut refusals) = (Vec::new(), Vec::new());
    for Outcome {
        checked,
        rendered: objects,
        ..
    } in outcomes
    {
        refusals.extend(errors(&checked));
        if let Some(objects) = objects {
            rendered.push(of_rendered(&checked, &objects.1, &written));
        }
    }
    if refusals.is_empty() {
        return json::text(&rendered);
    }
    let data = |(checked, finding): &(Checked, Finding)| of_finding(checked, finding, &written);
    let findings = refusals.iter().map(data).collect();
    Err(Failure::refused(&refusals, findings))
}

fn errors(checked: &Checked) -> Vec<(Checked, Finding)> {
    let findings = checked.findings.iter();
    let errors = findings.filter(|finding| finding.level == Level::Error);
    errors
        .map(|error| (checked.clone(), error.clone()))
        .collect()
}

fn of_rendered(checked: &Checked, rendered: &Rendered, written: &Written) -> Value {
    let warnings = checked.findings.iter();
    let warnings = warnings.map(|finding| of_finding(checked, finding, written));
    let objects = rendered.plan.apply().map(Object::to_value);
    let documents = &rendered.documents;
    let mut data = json!({
        "featureStore": checked.feature_store,
        "objects": objects.collect::<Vec<_>>(),
        "documents": {
            "service": documents.service.yaml(),
            "client": documents.client.yaml(),
        },
        "status": rendered.status,
        "warnings": warnings.collect::<Vec<_>>(),
    });
    if let Some(lineage) = &documents.lineage {
        data["documents"]["lineage"] = lineage.yaml().into();
    }
    data
}
