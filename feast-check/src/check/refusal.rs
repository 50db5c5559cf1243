//! What the operator refuses, as findings.

use feast_lint::{blame, reference_to};
use feast_render::Error;
use feast_render::documents::Error as Document;

use super::advice::mark;
use super::rendering::Rendering;
use crate::finding::{Finding, Level, Locator};
use crate::missing::Missing;

/// Everything that is missing, or the operator's refusal; nothing if it renders.
pub(super) fn findings(rendering: &Rendering, locator: &Locator<'_>) -> Vec<Finding> {
    let Err(error) = &rendering.rendered else {
        return vec![];
    };
    if is_about_inputs(error) && !rendering.missing.is_empty() {
        let missing = rendering.missing.iter();
        return missing
            .map(|missing| missing_input(missing, rendering, locator))
            .collect();
    }
    let path = blame(error, rendering.inputs.store()).path;
    let finding = Finding::new("operator-refuses", Level::Error, error.to_string());
    vec![finding.at(path.to_string(), mark(&path, None, locator))]
}

fn missing_input(missing: &Missing, rendering: &Rendering, locator: &Locator<'_>) -> Finding {
    let finding = Finding::new("missing-input", Level::Error, format!("missing: {missing}"))
        .help(format!(
            "add it to the files; `{}` prints it",
            missing.command()
        ))
        .help("or use --allow-missing, which puts a placeholder in its place");
    let store = rendering.inputs.store();
    match reference_to(&missing.object, missing.key.as_deref(), store) {
        Some(path) => finding.at(path.to_string(), mark(&path, None, locator)),
        None => finding,
    }
}

/// Whether a rendering fails for what it is not given.
pub fn is_about_inputs(error: &Error) -> bool {
    let is_absent = |error: &Document| {
        matches!(
            error,
            Document::SecretNotFound { .. }
                | Document::SecretKeyNotFound { .. }
                | Document::ConfigMapNotFound { .. }
                | Document::ConfigMapKeyNotFound { .. }
                | Document::RequiredKeyNotFound { .. }
        )
    };
    match error {
        Error::StoreSecretNotFound { .. } | Error::ReferenceNotFound { .. } => true,
        Error::Document(Document::LineageSecret { source, .. }) => is_absent(source),
        Error::Document(error) => is_absent(error),
        _ => false,
    }
}
