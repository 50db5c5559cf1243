//! The Python module `feast_kube`, a thin layer over [`feast_check`]: numbers, texts, dicts and lists
//! in and out.
//!
//! What Python gives is read first, then the work is done without the interpreter's lock, and what
//! comes of it is handed over as JSON. Python's own reader and writer of JSON stand between: they
//! know what an endless or very deep object is.

// Rust would link its tests with no Python: those in Python test it.
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

/// Says what the API server refuses of FeatureStores, and what it warns of.
///
/// `manifests` is a text of YAML or JSON with any number of documents, an object as a dict, the path
/// of a file as a `pathlib.Path`, or a list of those. `release` is the release of Feast whose
/// CustomResourceDefinition judges, such as "0.65"; the newest unless given. `namespace` is that of
/// objects that name none. Objects that `old` has are updated, not created. If `strict`, unknown and
/// duplicate fields are refused, as `kubectl apply` does, and not only warned of.
///
/// Returns findings, each a dict; what is refused has the level "error". Raises `ManifestError` if
/// there is nothing to validate, and `SettingError` if a setting is not what it should be.
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

/// Says what the API server refuses of FeatureStores, and gives advice on what it admits.
///
/// `config` has levels and options of lints, as in the file `.feast-lint.yaml`:
/// {"lints": {"security": "deny", "hpa-minimum-of-one": "allow"}, "options": {"databaseConnections": 400}}.
/// `operator` tells what renders the FeatureStores; see the type Operator. `upgrade_from` is the
/// release whose operator runs now, if `release` is to replace it: the lints of the group "upgrade"
/// tell what that means. The others are as for validate.
///
/// Secrets and ConfigMaps that the manifests lack are taken to be in the cluster. Before release
/// 0.61, whose operator is the first that is known, there is no advice.
///
/// Returns findings, each a dict. Raises `ManifestError` if there is nothing to check, and
/// `SettingError` if a setting is not what it should be.
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

/// Renders FeatureStores: every object that the operator makes of each, its `feature_store.yaml`
/// documents and its status.
///
/// `manifests` has FeatureStores together with the Secrets and ConfigMaps that they refer to. If
/// `allow_missing`, visible placeholders stand for those that are not there. `now` is the time of
/// conditions in the status, such as "2026-01-01T00:00:00Z"; that of this computer unless given. The
/// others are as for lint.
///
/// Returns a dict for each FeatureStore, in their order. Raises `Refused` if the API server or the
/// operator refuses one; its `findings` say why. Raises `ManifestError` if there is nothing to render,
/// and `SettingError` if a setting is not what it should be, or if the release is older than 0.61,
/// whose operator is the first that is known.
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

/// Tells what each release of Feast brought to FeatureStores, the newest first: a dict for each.
#[pyfunction]
fn releases(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    let all: Vec<_> = feast_check::brought::Brought::all().collect();
    json::to_python(py, &json::text(&all)?)
}

/// The CustomResourceDefinition of a release of Feast, the newest unless given.
///
/// Raises `SettingError` if there is no such release.
#[pyfunction]
#[pyo3(signature = (release=None))]
fn crd<'py>(py: Python<'py>, release: Option<&str>) -> PyResult<Bound<'py, PyAny>> {
    let release = settings::release(release)?;
    let crd = py.detach(|| json::text(&release.crd()))?;
    json::to_python(py, &crd)
}

/// Tells what the `code` of findings means: that of a rule, of a lint or another.
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
