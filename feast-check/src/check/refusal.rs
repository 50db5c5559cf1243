//! FeatureStores that the operator rejects, as findings.

use std::collections::BTreeSet;

use feast_lint::{blame, reference_to, references};
use feast_render::documents::Error as Document;
use feast_render::{Error, Object, ObjectRef};
use serde_json::Value;

use super::Absent;
use super::advice::mark;
use super::rendering::Rendering;
use crate::finding::{Finding, Level, Locator};
use crate::missing::Missing;

/// All missing objects, or the operator's error; empty if it renders.
pub(super) fn findings(
    rendering: &Rendering,
    absent: Absent,
    locator: &Locator<'_>,
) -> Vec<Finding> {
    let Err(error) = &rendering.rendered else {
        return vec![];
    };
    if is_about_inputs(error) && !rendering.missing.is_empty() {
        let missing = rendering.missing.iter();
        return missing
            .map(|missing| missing_input(missing, rendering, absent, locator))
            .collect();
    }
    let path = blame(error, rendering.inputs.store()).path;
    let finding = Finding::new("operator-refuses", Level::Error, error.to_string());
    vec![finding.at(path.to_string(), mark(&path, None, locator))]
}

/// The objects missing from a cluster. Missing keys are reported by lints.
pub(super) fn missing_objects(rendering: &Rendering, locator: &Locator<'_>) -> Vec<Finding> {
    let Err(error) = &rendering.rendered else {
        return vec![];
    };
    if !lacks_an_object(error) {
        return vec![];
    }
    let missing = rendering.missing.iter();
    missing
        .map(|missing| missing_input(missing, rendering, Absent::Lacking, locator))
        .collect()
}

/// The Secrets and ConfigMaps missing from a cluster that rendering does not need: those of
/// variables, volumes and certificates, without which no pod starts.
pub(super) fn missing_names(
    rendering: &Rendering,
    written: &Value,
    lacks: impl Fn(&ObjectRef) -> bool,
    locator: &Locator<'_>,
) -> Vec<Finding> {
    let plan = rendering.rendered.iter();
    let made = plan.flat_map(|rendered| rendered.plan.apply());
    let made: BTreeSet<_> = made.map(Object::reference).collect();
    let asked: BTreeSet<_> = rendering
        .missing
        .iter()
        .map(|missing| &missing.object)
        .collect();
    let namespace = rendering.inputs.store().namespace();
    let mut told = BTreeSet::new();
    let references = references(written).into_iter();
    let missing = references.filter_map(|reference| {
        let object = ObjectRef {
            api_version: "v1".into(),
            kind: reference.kind.into(),
            namespace: Some(namespace.to_owned()),
            name: reference.name.to_owned(),
        };
        let is_missing = lacks(&object) && !made.contains(&object) && !asked.contains(&object);
        let message = format!("missing: {} {}", object.kind, object.place());
        let is_new = is_missing && told.insert(object);
        let finding = Finding::new("missing-input", Level::Error, message).help(LACKING);
        let path = &reference.path;
        is_new.then(|| finding.at(path.to_string(), mark(path, None, locator)))
    });
    missing.collect()
}

/// Help for objects missing from a cluster.
const LACKING: &str = "the cluster does not have it: create it, or refer to another";

fn missing_input(
    missing: &Missing,
    rendering: &Rendering,
    absent: Absent,
    locator: &Locator<'_>,
) -> Finding {
    let finding = Finding::new("missing-input", Level::Error, format!("missing: {missing}"));
    let finding = if absent == Absent::Lacking {
        finding.help(LACKING)
    } else {
        finding
            .help(format!(
                "add it to the files; `{}` prints it",
                missing.command()
            ))
            .help("or use --allow-missing for a placeholder")
    };
    let store = rendering.inputs.store();
    match reference_to(&missing.object, missing.key.as_deref(), store) {
        Some(path) => finding.at(path.to_string(), mark(&path, None, locator)),
        None => finding,
    }
}

/// Whether rendering fails because of its inputs.
pub fn is_about_inputs(error: &Error) -> bool {
    let lacks_a_key = matches!(
        document(error),
        Some(
            Document::SecretKeyNotFound { .. }
                | Document::ConfigMapKeyNotFound { .. }
                | Document::RequiredKeyNotFound { .. }
        )
    );
    lacks_a_key || lacks_an_object(error)
}

/// Whether rendering fails because an object is missing.
fn lacks_an_object(error: &Error) -> bool {
    let is_about_stores = matches!(
        error,
        Error::StoreSecretNotFound { .. } | Error::ReferenceNotFound { .. }
    );
    let is_absent = matches!(
        document(error),
        Some(Document::SecretNotFound { .. } | Document::ConfigMapNotFound { .. })
    );
    is_about_stores || is_absent
}

/// The document error, if it is one.
fn document(error: &Error) -> Option<&Document> {
    match error {
        Error::Document(Document::LineageSecret { source, .. }) => Some(source),
        Error::Document(error) => Some(error),
        _ => None,
    }
}
