//! The Python module `feast_kube`, a thin layer over [`feast_check`], with numbers, strings, dicts
//! and lists as arguments and results.
//!
//! Arguments are converted first; then the work is done without the interpreter's lock, and the
//! result converted from JSON. Both conversions use Python's `json` module, which handles cyclic
//! and very deep objects.

// Rust's tests cannot be linked without Python: the tests in Python cover this module.
#![cfg(not(test))]

mod checking;
mod failure;
mod json;
mod manifests;
mod rendering;
mod settings;

use pyo3::prelude::*;

use crate::failure::Failure;
use crate::manifests::Manifests;
use crate::settings::Common;

/// Returns the errors of the API server for FeatureStores, and its warnings.
///
/// `manifests` is YAML or JSON with any number of documents, an object as a dict, the path of a
/// file as a `pathlib.Path`, or a list of those. `release` is the release of Feast whose
/// CustomResourceDefinition to use, such as "0.65"; by default the newest. `namespace` is for
/// objects that set none. Objects that are in `old` are updated, not created. With `strict`,
/// unknown and duplicate fields are errors, as for `kubectl apply`, instead of warnings.
///
/// Returns findings, each a dict; errors have the level "error". Raises `ManifestError` if there is
/// nothing to validate, and `SettingError` if a setting is invalid.
#[pyfunction]
#[pyo3(signature = (manifests, *, release=None, namespace="default", old=None, strict=false))]
fn validate<'py>(
    manifests: &Bound<'py, PyAny>,
    release: Option<&str>,
    namespace: &str,
    old: Option<&Bound<'py, PyAny>>,
    strict: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let py = manifests.py();
    let settings = Common::new(release, namespace)?.verdict(strict);
    let (manifests, old) = (Manifests::of(manifests)?, Manifests::of_optional(old)?);
    let findings = py.detach(|| checking::check(settings, manifests, old))?;
    json::to_python(py, &findings)
}

/// Returns the errors of the API server for FeatureStores, and lints what it accepts.
///
/// `config` sets levels and options of lints, as in the file `.feast-lint.yaml`: {"lints":
/// {"security": "deny", "hpa-minimum-of-one": "allow"}, "options": {"databaseConnections": 400}}.
/// `operator` describes the operator; see the type Operator. `upgrade_from` is the release of the
/// operator that runs now, if `release` is to replace it: the lints of the group "upgrade" report
/// the effects. The other arguments are those of validate.
///
/// Secrets and ConfigMaps that the manifests lack are assumed to be in the cluster. There are no
/// lints before release 0.61, the first with a known operator.
///
/// Returns findings, each a dict. Raises `ManifestError` if there is nothing to check, and
/// `SettingError` if a setting is invalid.
#[pyfunction]
#[pyo3(signature = (manifests, *, release=None, namespace="default", old=None, strict=false, config=None, operator=None, upgrade_from=None))]
#[expect(clippy::too_many_arguments, reason = "Python gives them by name")]
fn lint<'py>(
    manifests: &Bound<'py, PyAny>,
    release: Option<&str>,
    namespace: &str,
    old: Option<&Bound<'py, PyAny>>,
    strict: bool,
    config: Option<&Bound<'py, PyAny>>,
    operator: Option<&Bound<'py, PyAny>>,
    upgrade_from: Option<&str>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = manifests.py();
    let common = Common::new(release, namespace)?;
    let config = settings::lints(config)?;
    let settings = common.lints(strict, config, settings::operator(operator)?, upgrade_from)?;
    let (manifests, old) = (Manifests::of(manifests)?, Manifests::of_optional(old)?);
    let findings = py.detach(|| checking::check(settings, manifests, old))?;
    json::to_python(py, &findings)
}

/// Renders FeatureStores: all objects that the operator creates for each, its `feature_store.yaml`
/// documents and its status.
///
/// `manifests` contains FeatureStores and the Secrets and ConfigMaps that they refer to. With
/// `allow_missing`, visible placeholders replace missing ones. `now` is the time of conditions in
/// the status, such as "2026-01-01T00:00:00Z"; by default the current time. The other arguments are
/// those of lint.
///
/// Returns a dict for each FeatureStore, in order. Raises `Refused` if the API server or the
/// operator rejects one, with the reasons in `findings`. Raises `ManifestError` if there is nothing
/// to render, and `SettingError` if a setting is invalid, or if the release is older than 0.61, the
/// first with a known operator.
#[pyfunction]
#[pyo3(signature = (manifests, *, release=None, namespace="default", operator=None, allow_missing=false, now=None))]
fn render<'py>(
    manifests: &Bound<'py, PyAny>,
    release: Option<&str>,
    namespace: &str,
    operator: Option<&Bound<'py, PyAny>>,
    allow_missing: bool,
    now: Option<&str>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = manifests.py();
    let common = Common::new(release, namespace)?.at(now)?;
    let settings = common.rendering(settings::operator(operator)?, allow_missing)?;
    let manifests = Manifests::of(manifests)?;
    let rendered = py.detach(|| rendering::render(settings, manifests))?;
    json::to_python(py, &rendered)
}

/// Returns the changes to FeatureStores in each release of Feast, the newest first: a dict for
/// each.
#[pyfunction]
fn releases(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    let all: Vec<_> = feast_check::brought::Brought::all().collect();
    json::to_python(py, &json::text(&all)?)
}

/// Returns the CustomResourceDefinition of a release of Feast, by default the newest.
///
/// Raises `SettingError` if there is no such release.
#[pyfunction]
#[pyo3(signature = (release=None))]
fn crd<'py>(py: Python<'py>, release: Option<&str>) -> PyResult<Bound<'py, PyAny>> {
    let release = settings::release(release)?;
    let crd = py.detach(|| json::text(&release.crd()))?;
    json::to_python(py, &crd)
}

/// Explains the `code` of findings: a rule, a lint or another code.
///
/// Returns a dict. Raises `SettingError` if no finding has this code.
#[pyfunction]
fn explain<'py>(py: Python<'py>, code: &str) -> PyResult<Bound<'py, PyAny>> {
    let meaning = feast_check::codes::meaning(code).ok_or_else(|| {
        Failure::Setting(format!(
            "no finding has the code {code:?}: give the `code` of a finding, or see {}",
            concat!(
                env!("CARGO_PKG_REPOSITORY"),
                "/blob/main/docs/findings.md for all of them"
            ),
        ))
    })?;
    json::to_python(py, &checking::meaning(code, &meaning)?)
}

/// Checks and renders FeatureStores of the Feast feature store without a cluster.
#[pymodule]
mod _native {
    #[pymodule_export]
    use super::{crd, explain, lint, releases, render, validate};

    /// The version of the package.
    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "it is Python's name for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
