//! The fields that break a rule, where the API server only names their parent.

use crate::manifest::Document;
use feast_api::rules::{self, Rule};
use serde_json::Value;

use crate::finding::{Finding, Locator, Mark};

const REPLICAS: &str = "spec.replicas";
const AUTOSCALING: &str = "spec.services.scaling.autoscaling";

/// Points at the fields that break a rule.
pub(super) fn point(
    finding: Finding,
    rule: &Rule,
    field: &str,
    document: &Document,
    locator: &Locator<'_>,
) -> Finding {
    let (first, others) = fields(rule, field, document);
    let mark = |(field, label): (&str, &str)| Mark {
        span: locator.find(field).mark().clone(),
        label: label.to_owned(),
    };
    Finding {
        related: others
            .iter()
            .filter(|(field, _)| locator.find(field).exists)
            .map(|other| mark(*other))
            .collect(),
        ..finding.at(field, mark(first))
    }
}

type Label<'a> = (&'a str, &'a str);

fn fields<'a>(rule: &Rule, field: &'a str, document: &Document) -> (Label<'a>, Vec<Label<'a>>) {
    let is = |other: &Rule| rule.name == other.name;
    let scaled = if value(document, AUTOSCALING).is_some() {
        (AUTOSCALING, "may scale to more than one replica")
    } else if replicas(document) > 1 {
        (REPLICAS, "more than one replica")
    } else {
        (REPLICAS, REPLICAS)
    };
    let local = "pods cannot share a file";
    if is(&rules::SCALING_REPLICAS_OR_AUTOSCALING) {
        let first = (REPLICAS, "a fixed number of replicas");
        (first, vec![(AUTOSCALING, "an autoscaler")])
    } else if is(&rules::SCALING_ONLINE_STORE) {
        (
            scaled,
            vec![("spec.services.onlineStore.persistence.file", local)],
        )
    } else if is(&rules::SCALING_OFFLINE_STORE) {
        let store = "spec.services.offlineStore";
        let file = "spec.services.offlineStore.persistence.file";
        let has_file = value(document, file).is_some();
        (scaled, vec![(if has_file { file } else { store }, local)])
    } else if is(&rules::SCALING_REGISTRY) {
        (
            scaled,
            vec![("spec.services.registry.local.persistence.file", local)],
        )
    } else {
        ((field, field), vec![])
    }
}

fn replicas(document: &Document) -> i64 {
    value(document, REPLICAS)
        .and_then(Value::as_i64)
        .unwrap_or(1)
}

pub(super) fn value<'a>(document: &'a Document, field: &str) -> Option<&'a Value> {
    let (first, rest) = field.split_once('.')?;
    let mut names = rest.split('.');
    names.try_fold(document.object().get(first)?, |value, name| value.get(name))
}
