//! The API server's verdict on a CustomResourceDefinition, as findings.

use feast_validate::{CompileError, Violation};

use super::code;
use crate::finding::{Finding, Level, Locator, Mark};

/// Why a CRD cannot be used to validate.
pub fn refused(error: &CompileError, locator: &Locator<'_>) -> Vec<Finding> {
    match error {
        CompileError::Refused(rejection) => {
            let violations = rejection.violations().iter();
            violations
                .map(|violation| found(violation, locator))
                .collect()
        }
        CompileError::WrongType { path, .. } => {
            let finding = Finding::new("wrong-type", Level::Error, error.to_string());
            vec![finding.at(path, locator.mark(path))]
        }
        _ => {
            let finding = Finding::new("unusable-definition", Level::Error, error.to_string());
            vec![finding.on(locator.object())]
        }
    }
}

/// An error at its position in the CRD; the server reports fields that all versions share at the
/// top level.
fn found(violation: &Violation, locator: &Locator<'_>) -> Finding {
    let message = violation.message().to_string();
    let finding = Finding::new(code(violation.error_type), Level::Error, message);
    if violation.path.steps().is_empty() {
        return finding.on(locator.object());
    }
    let field = violation.path.as_str();
    let place = locator.pointer(&violation.path.to_pointer());
    let missing = if place.exists { "" } else { " is missing" };
    let mark = Mark {
        span: place.mark().clone(),
        label: format!("{field}{missing}"),
    };
    finding.at(field, mark)
}
