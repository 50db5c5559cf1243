//! What the operator refuses, as findings.

use feast_lint::{blame, reference_to};
use feast_render::Error;
use feast_render::documents::Error as Document;

use super::Absent;
use super::advice::mark;
use super::rendering::Rendering;
use crate::finding::{Finding, Level, Locator};
use crate::missing::Missing;

/// Everything that is missing, or the operator's refusal; nothing if it renders.
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

/// The objects that a cluster lacks. That one lacks a key is for lints to say.
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

fn missing_input(
    missing: &Missing,
    rendering: &Rendering,
    absent: Absent,
    locator: &Locator<'_>,
) -> Finding {
    let finding = Finding::new("missing-input", Level::Error, format!("missing: {missing}"));
    let finding = if absent == Absent::Lacking {
        finding.help("the cluster does not have it: create it, or name another")
    } else {
        finding
            .help(format!(
                "add it to the files; `{}` prints it",
                missing.command()
            ))
            .help("or use --allow-missing, which puts a placeholder in its place")
    };
    let store = rendering.inputs.store();
    match reference_to(&missing.object, missing.key.as_deref(), store) {
        Some(path) => finding.at(path.to_string(), mark(&path, None, locator)),
        None => finding,
    }
}

/// Whether a rendering fails for what it is not given.
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

/// Whether a rendering fails since an object is not there.
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

/// What keeps a document from being made, if that is the error.
fn document(error: &Error) -> Option<&Document> {
    match error {
        Error::Document(Document::LineageSecret { source, .. }) => Some(source),
        Error::Document(error) => Some(error),
        _ => None,
    }
}
