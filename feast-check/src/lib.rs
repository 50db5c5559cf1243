//! From manifests to findings on their FeatureStores.
//!
//! ```
//! use feast_check::admit_and_render;
//! use feast_render::Inputs;
//!
//! let rendered = admit_and_render(br#"{
//!     "apiVersion": "feast.dev/v1",
//!     "kind": "FeatureStore",
//!     "metadata": { "name": "sample", "namespace": "features" },
//!     "spec": { "feastProject": "credit_scoring" }
//! }"#, &Inputs::default())?;
//! assert!(rendered.store_yaml.service.starts_with("project: credit_scoring\n"));
//! # Ok::<(), feast_check::Error>(())
//! ```
//!
//! # Overview
//!
//! - [`admit`], [`admit_and_render`]: the API server's verdict, then the operator's rendering.
//! - [`manifest`]: texts with many documents, and where their fields stand; [`gather`]: what a
//!   rendering needs from them; [`missing`]: what they lack.
//! - [`finding`]: what is found in a [`Text`], and where; [`admission`]: what the API server says, as
//!   findings; [`codes`]: what they mean; [`mod@format`]: forms in which they are written.
//! - [`diff`]: what a change does to the cluster; [`graph`]: how objects refer to each other.
//!
//! # Features
//!
//! None. The final crate selects k8s-openapi's `v1_*`.

pub mod admission;
pub mod codes;
pub mod diff;
pub mod finding;
pub mod format;
pub mod gather;
pub mod graph;
pub mod manifest;
pub mod missing;
mod text;

pub use finding::{Checked, Finding, Level, Mark};
#[doc(no_inline)]
pub use serde_json;
pub use text::Text;

use feast_api::v1::FeatureStore;
use feast_api::{ReadError, Version, v1alpha1};
use feast_render::{Inputs, Rendered};
use feast_validate::{Rejection, Request, Validator, Verdict};
use serde_json::Value;

/// Why a FeatureStore was not rendered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The API server would refuse it.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// It was admitted, but has a number that no typed client can hold.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The operator would refuse it.
    #[error(transparent)]
    Render(#[from] feast_render::Error),
}

/// Has a FeatureStore of either version created, and gives what is stored as `v1`.
///
/// The version is that of the text's `apiVersion`; a text without one that exists is judged, and
/// refused, as `v1`.
///
/// # Errors
///
/// [`Error::Rejected`] with the API server's reasons; [`Error::Read`].
pub fn admit(json: &[u8]) -> Result<FeatureStore, Error> {
    let version = version(json).unwrap_or(Version::V1);
    let verdict = Validator::of(version).run(Request::create(json));
    stored(version, verdict)
}

/// Has a FeatureStore of either version created, and renders what is stored.
///
/// # Errors
///
/// As [`admit`], and [`Error::Render`] with the operator's reason.
pub fn admit_and_render(json: &[u8], inputs: &Inputs) -> Result<Rendered, Error> {
    Ok(feast_render::render(&admit(json)?, inputs)?)
}

/// The stored object of a verdict, as `v1`.
///
/// # Errors
///
/// As [`admit`].
pub fn stored(version: Version, verdict: Verdict) -> Result<FeatureStore, Error> {
    let stored = verdict.outcome?;
    Ok(match version {
        Version::V1 => FeatureStore::from_value(stored)?,
        Version::V1Alpha1 => v1alpha1::FeatureStore::from_value(stored)?.into(),
    })
}

fn version(json: &[u8]) -> Option<Version> {
    let object: Value = serde_json::from_slice(json).ok()?;
    Version::from_api_version(object.get("apiVersion")?.as_str()?)
}
