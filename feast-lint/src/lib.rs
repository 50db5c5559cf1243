//! Lints for FeatureStores: what the API server accepts but then fails, loses data or exposes
//! credentials.
//!
//! ```
//! use feast_api::Admitted;
//! use feast_api::v1::FeatureStore;
//! use feast_lint::{Config, Subject, check};
//! use feast_render::{Answer, OperatorSettings, Time, resolve};
//!
//! let store = Admitted::assume(FeatureStore::from_json(br#"{
//!     "apiVersion": "feast.dev/v1",
//!     "kind": "FeatureStore",
//!     "metadata": { "name": "sample", "namespace": "ml" },
//!     "spec": {
//!         "feastProject": "credit_scoring",
//!         "services": { "scaling": { "autoscaling": { "minReplicas": 5, "maxReplicas": 3 } } }
//!     }
//! }"#)?)?;
//! let now = Time("2026-01-01T00:00:00Z".parse()?);
//! let inputs = resolve(store, &OperatorSettings::reference(), &now, |_| Answer::Absent)?;
//! let report = check(&Subject::new(&inputs), &Config::default());
//! let finding = report.find("hpa-minimum-above-maximum").unwrap();
//! assert_eq!(finding.path.to_string(), "spec.services.scaling.autoscaling.minReplicas");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Overview
//!
//! - [`check`] takes a [`Subject`], a FeatureStore with its context, and returns a [`Report`] of
//!   [`Finding`]s: data, with the path of each cause.
//! - [`LINTS`] lists the lints with their documentation; [`find`] looks one up by name.
//! - [`Config`] sets levels and options. The annotation `allow.lint.feast.dev/NAME: reason` on a
//!   FeatureStore suppresses a lint.
//! - `refused` predicts which fields of rendered objects a Kubernetes API server rejects.
#![forbid(unsafe_code)]

mod blame;
mod budget;
mod check;
mod concerned;
mod config;
mod connections;
mod context;
mod finding;
mod foreseen;
mod images;
mod lint;
mod lints;
mod neighbours;
mod options;
mod origin;
mod patch;
mod processes;
mod references;
mod refusals;
mod sdk;
mod servers;
mod subject;
mod suppress;
mod upgrade;

pub use apimachinery::{FieldPath, Segment};
pub use blame::{Blame, blame, reference_to};
pub use check::check;
pub use concerned::{Concerned, concerned};
pub use config::{Config, ConfigError, names};
pub use connections::{Pool, pools, server_processes};
pub use finding::{Finding, Fix, Related, Report, Suppressed};
pub use json_patch::{Patch, PatchOperation};
pub use kube_object_validation::Release;
pub use lint::{Docs, Group, Level, Lint, ParseLevelError};
pub use lints::{LINTS, find};
pub use neighbours::{Neighbour, Registry};
pub use options::Options;
pub use references::{Reference, generated_from, references};
pub use sdk::is_parameter;
#[doc(no_inline)]
pub use serde_json;
pub use subject::{Subject, Upgrade, Written};
pub use suppress::ANNOTATION_PREFIX;
pub use upgrade::told;
