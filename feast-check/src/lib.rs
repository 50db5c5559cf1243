//! From manifests to findings on their FeatureStores.
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
//! - [`Checker`]: from texts to findings: verdicts, lints, refusals foreseen; or to what the
//!   FeatureStores in them render to. Every program takes this way.
//! - [`admit`]: the API server's verdict on a text of either version, as what can be rendered.
//! - [`manifest`]: texts with many documents, and where their fields stand; [`gather`]: what a
//!   rendering needs from them; [`missing`]: what they lack.
//! - [`finding`]: what is found in a [`Text`], and where; [`admission`]: what the API server says, as
//!   findings; [`codes`]: what they mean; [`mod@format`]: forms in which they are written; [`fix`]:
//!   what mends them, as edits of the text.
//! - [`krm`]: lists of resources, as kustomize and kpt hand them to functions.
//! - [`brought`]: what each release of Feast brought.
//! - [`diff`]: what a change does to the cluster; [`graph`]: how objects refer to each other.
//!
//! # Features
//!
//! - `editing`: what may be written in a FeatureStore, and what its fields are.
//! - `svg`: graphs as pictures.
//!
//! The final crate selects k8s-openapi's `v1_*`.

pub mod admission;
pub mod brought;
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

/// Has a FeatureStore of either version created: in the namespace that it names, or else in the one
/// given.
///
/// The version is that of the text's `apiVersion`; a text without one that exists is judged, and
/// refused, as `v1`.
///
/// # Errors
///
/// As [`feast_validate::admitted`].
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
