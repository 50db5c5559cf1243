//! Checks manifests with FeatureStores: findings with line and column, diffs and graphs.
//!
//! ```
//! use feast_check::admit;
//! use feast_render::{Answer, OperatorSettings, Time, render, resolve};
//!
//! let store = admit(br#"{
//!     "apiVersion": "feast.dev/v1",
//!     "kind": "FeatureStore",
//!     "metadata": { "name": "sample" },
//!     "spec": { "feastProject": "credit_scoring" }
//! }"#, "features")?;
//! let now = Time("2026-01-01T00:00:00Z".parse()?);
//! let inputs = resolve(store, &OperatorSettings::reference(), &now, |_| Answer::Absent)?;
//! let rendered = render(&inputs)?;
//! assert!(rendered.documents.service.yaml().starts_with("project: credit_scoring\n"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Overview
//!
//! - [`Checker`]: from texts to findings (verdicts, lints, errors of the operator) or renderings.
//!   All programs use it.
//! - [`admit`]: the API server's verdict on a text of either version, as a FeatureStore to render.
//! - [`manifest`]: multi-document texts, with the position of each field; [`gather`]: the objects
//!   that rendering needs from them; [`missing`]: those that are missing.
//! - [`finding`]: findings in a [`Text`] and their positions; [`admission`]: the API server's
//!   verdict as findings; [`codes`]: documentation of codes; [`mod@format`]: output formats;
//!   [`fix`]: fixes as edits of the text.
//! - [`krm`]: resource lists of kustomize and kpt.
//! - [`brought`]: the changes of each Feast release.
//! - [`diff`]: the effects of a change on the cluster; [`graph`]: references between objects;
//!   [`capacity`]: the resources that pods need as they scale, and whether they fit.
//!
//! # Features
//!
//! - `editing`: completion and hover for editors.
//! - `svg`: graphs and capacity as pictures.
//!
//! Your program selects k8s-openapi's `v1_*`.

pub mod admission;
pub mod brought;
pub mod capacity;
pub mod check;
pub mod codes;
mod credentials;
pub mod diff;
pub mod drift;
#[cfg(feature = "editing")]
pub mod editing;
pub mod finding;
pub mod fix;
pub mod format;
pub mod gather;
pub mod graph;
pub mod krm;
pub mod manifest;
pub mod missing;
mod palette;
#[cfg(feature = "svg")]
mod picture;
mod scaler;
mod text;
mod visible;

#[doc(no_inline)]
pub use apimachinery;
pub use check::{Absent, Checker, Depth, Settings};
pub use credentials::without_credentials;
pub use finding::{Checked, Finding, Level, Mark};
pub use fix::Fix;
#[doc(no_inline)]
pub use serde_json;
pub use text::{PassedBy, Text};
pub use visible::{visible, visible_lines};

use feast_api::{Admitted, Version};
use feast_validate::{NotAdmitted, Request, Validator};
use serde_json::Value;

/// Validates the creation of a FeatureStore of either version, in its own namespace or else in the
/// given one.
///
/// The version is that of the text's `apiVersion`; without a valid one, the text is validated, and
/// rejected, as `v1`.
///
/// # Errors
///
/// As in [`feast_validate::admitted`].
pub fn admit(json: &[u8], namespace: &str) -> Result<Admitted, NotAdmitted> {
    let object: Value = serde_json::from_slice(json).unwrap_or_default();
    let version = object["apiVersion"].as_str();
    let version = version.and_then(Version::from_api_version);
    let own = object["metadata"]["namespace"].as_str();
    let own = own.filter(|own| !own.is_empty());
    let request = Request::create(json).namespace(own.unwrap_or(namespace));
    let verdict = Validator::of(version.unwrap_or(Version::V1)).run(request);
    feast_validate::admitted(verdict)
}
