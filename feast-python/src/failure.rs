//! Failures, and their exceptions.

use feast_check::{Checked, Finding};
use pyo3::PyErr;
use serde_json::Value;

use crate::json;

/// The exceptions, defined in Python: see `errors.py`.
mod exceptions {
    pyo3::import_exception!(feast_kube.errors, ManifestError);
    pyo3::import_exception!(feast_kube.errors, SettingError);
    pyo3::import_exception!(feast_kube.errors, Refused);
}

/// Why a call fails.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The argument is not a manifest.
    #[error("{0}")]
    Manifest(String),
    /// A setting is invalid.
    #[error("{0}")]
    Setting(String),
    /// FeatureStores are rejected: the message, and the findings as data.
    #[error("{message}")]
    Refused { message: String, findings: Value },
    /// The answer cannot be serialized to JSON.
    #[error("the answer cannot be serialized: {0}")]
    Unwritable(#[from] serde_json::Error),
    /// Python raised an exception.
    #[error(transparent)]
    Python(#[from] PyErr),
}

impl Failure {
    /// FeatureStores are rejected.
    pub(crate) fn refused(refusals: &[(Checked, Finding)], findings: Value) -> Self {
        let lines = refusals.iter().map(|(checked, finding)| {
            let what = checked.name().unwrap_or(&checked.file);
            format!("{what}: {} [{}]", finding.text(), finding.code)
        });
        let message = lines.collect::<Vec<_>>().join("\n");
        Self::Refused { message, findings }
    }
}

impl From<Failure> for PyErr {
    fn from(failure: Failure) -> Self {
        let message = failure.to_string();
        match failure {
            Failure::Manifest(_) => exceptions::ManifestError::new_err(message),
            Failure::Setting(_) => exceptions::SettingError::new_err(message),
            Failure::Refused { findings, .. } => {
                pyo3::Python::attach(|py| match json::of_value(py, &findings) {
                    Ok(findings) => exceptions::Refused::new_err((message, findings.unbind())),
                    Err(error) => error,
                })
            }
            Failure::Unwritable(_) => pyo3::exceptions::PyValueError::new_err(message),
            Failure::Python(error) => error,
        }
    }
}
