//! Renders a Feast FeatureStore as Feast's operator does: every Kubernetes object,
//! `feature_store.yaml` and the status, as pure functions.
//!
//! ```
//! use feast_api::Admitted;
//! use feast_api::v1::FeatureStore;
//! use feast_render::{Answer, OperatorSettings, Time, render, resolve};
//!
//! let store = Admitted::assume(FeatureStore::from_json(br#"{
//!     "apiVersion": "feast.dev/v1",
//!     "kind": "FeatureStore",
//!     "metadata": { "name": "sample", "namespace": "features" },
//!     "spec": { "feastProject": "credit_scoring" }
//! }"#)?)?;
//! let now = Time("2026-01-01T00:00:00Z".parse()?);
//! // The cluster is empty: every look-up returns `Absent`.
//! let inputs = resolve(store, &OperatorSettings::reference(), &now, |_| Answer::Absent)?;
//! let rendered = render(&inputs)?;
//!
//! let deployment = rendered.plan.deployment.as_ref().unwrap();
//! assert_eq!(deployment.metadata.name.as_deref(), Some("feast-sample"));
//! assert!(rendered.documents.service.yaml().starts_with("project: credit_scoring\n"));
//! assert_eq!(rendered.status.client_config_map.as_deref(), Some("feast-sample-client"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Overview
//!
//! 1. Get an [`Admitted`](feast_api::Admitted) FeatureStore from a verdict of `feast-validate`, or
//!    from a cluster.
//! 2. [`resolve`] asks for everything that rendering needs: the Secrets, ConfigMaps and
//!    FeatureStore that the spec refers to, the cluster's MLflow servers, and the existing objects.
//!    The caller answers each [`Wanted`] with [`Answer::Found`] or [`Answer::Absent`]; an answer
//!    can lead to further questions. [`OperatorSettings`] and the time are arguments. The result is
//!    [`Inputs`], the only argument of [`render`], so that no look-up is forgotten. [`try_resolve`]
//!    is for look-ups that can fail, [`Resolution`] for asynchronous ones.
//! 3. [`render`] returns a [`Rendered`]: the [`Plan`] with what to patch, apply and delete, the
//!    [`documents`], the status, when to reconcile again, and the labels of the info metric. If the
//!    operator rejects the FeatureStore, it returns the [`Error`], and [`failed`] gives the status
//!    that reports it.
//!
//! [`render_deletion`] returns the changes to make when a FeatureStore is deleted, [`references`]
//! the objects that its spec refers to, and [`affected`] the FeatureStores affected by a change of
//! another object. [`drift`] compares a cluster's objects with their rendering. [`keda`] creates a
//! ScaledObject for a FeatureStore. [`openshift`] and [`monitoring`] have types that k8s-openapi
//! lacks.
//!
//! The crate is deterministic: no clock, environment, network or hash order; the same input gives
//! the same bytes. Secret data is in the objects and documents that need it, and never in errors,
//! the status or `Debug` output.
//!
//! # Features
//!
//! `clap` makes [`CorrectionSet`] a command-line argument. Your program selects k8s-openapi's
//! `v1_*`.
//!
//! # An operator's reconcile function
//!
//! Look up, render, apply, report. The caller does everything that touches the cluster:
//!
//! ```
//! use std::time::Duration;
//!
//! use feast_api::Admitted;
//! use feast_api::v1::FeatureStoreStatus;
//! use feast_render::{
//!     Answer, Object, ObjectRef, OperatorSettings, Patch, REQUEUE, Time, Wanted, WrongAnswer,
//!     failed, render, resolve,
//! };
//!
//! /// An operator's access to a cluster.
//! trait Cluster {
//!     fn now(&self) -> Time;
//!     fn look_up(&self, wanted: &Wanted) -> Answer;
//!     fn apply(&mut self, object: Object<'_>);
//!     fn patch(&mut self, patch: &Patch);
//!     fn delete(&mut self, object: &ObjectRef);
//!     fn set_status(&mut self, store: &Admitted, status: FeatureStoreStatus);
//! }
//!
//! /// Makes the cluster match the FeatureStore; returns when to reconcile again.
//! fn reconcile(
//!     store: Admitted,
//!     settings: &OperatorSettings,
//!     cluster: &mut impl Cluster,
//! ) -> Result<Option<Duration>, WrongAnswer> {
//!     let inputs = resolve(store, settings, &cluster.now(), |wanted| cluster.look_up(wanted))?;
//!     match render(&inputs) {
//!         Ok(rendered) => {
//!             rendered.plan.patch().for_each(|patch| cluster.patch(patch));
//!             rendered.plan.apply().for_each(|object| cluster.apply(object));
//!             rendered.plan.delete().for_each(|object| cluster.delete(object));
//!             cluster.set_status(inputs.store(), rendered.status);
//!             Ok(rendered.requeue_after)
//!         }
//!         Err(refusal) => {
//!             cluster.set_status(inputs.store(), failed(&inputs, &refusal));
//!             Ok(Some(REQUEUE))
//!         }
//!     }
//! }
//! # use feast_api::v1::FeatureStore;
//! # struct Recorder(Vec<String>);
//! # impl Cluster for Recorder {
//! #     fn now(&self) -> Time { Time("2026-01-01T00:00:00Z".parse().unwrap()) }
//! #     fn look_up(&self, _: &Wanted) -> Answer { Answer::Absent }
//! #     fn apply(&mut self, object: Object<'_>) { self.0.push(object.reference().to_string()) }
//! #     fn patch(&mut self, _: &Patch) {}
//! #     fn delete(&mut self, _: &ObjectRef) {}
//! #     fn set_status(&mut self, _: &Admitted, status: FeatureStoreStatus) {
//! #         self.0.push(format!("{:?}", status.phase));
//! #     }
//! # }
//! # let settings = OperatorSettings::hardened();
//! # let mut cluster = Recorder(vec![]);
//! # let mut fs = FeatureStore::new("sample", Default::default());
//! # fs.metadata.namespace = Some("ml".into());
//! # fs.spec.feast_project = "credit_scoring".into();
//! # let store = Admitted::assume(fs.clone())?;
//! # assert_eq!(reconcile(store, &settings, &mut cluster)?, Some(REQUEUE));
//! # assert!(cluster.0.contains(&"apps/v1/Deployment/ml/feast-sample".to_owned()));
//! # fs.spec.services = serde_json::from_value(serde_json::json!({
//! #     "onlineStore": { "disabled": true }
//! # }))?;
//! # let store = Admitted::assume(fs)?;
//! # assert_eq!(reconcile(store, &settings, &mut cluster)?, Some(REQUEUE));
//! # assert!(cluster.0.last().unwrap().contains("Failed"), "{:?}", cluster.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The reference and its corrections
//!
//! The reference is Feast's operator in the [`OperatorRelease`] of the settings, reproduced
//! exactly. [`Change`] lists the differences between releases. A [`Correction`] fixes a bug of the
//! reference; each is optional. [`OperatorSettings::reference`] has none, so that replacing the Go
//! operator on a running cluster restarts no pods. [`OperatorSettings::hardened`] has all of them,
//! and keeps documents, which contain credentials, in Secrets instead of Deployments: use it for
//! new installations.
//!
//! # Kubernetes' types
//!
//! Objects are k8s-openapi's types. Your program selects their Kubernetes release; this crate
//! selects none.

mod canonical;
mod changes;
mod condition_type;
mod context;
mod corrections;
mod custom;
mod defaults;
pub mod documents;
pub mod drift;
mod error;
mod inputs;
pub mod keda;
mod known;
mod leftovers;
mod live;
mod mlflow;
pub mod monitoring;
mod names;
mod object_ref;
mod objects;
pub mod openshift;
mod ownership;
mod plan;
mod pod;
mod quantity;
mod references;
mod release;
mod remote;
mod render;
mod resolving;
mod server;
mod settings;
mod stage;
mod status;
mod stores;
#[cfg(test)]
mod testing;
mod wanted;

pub use changes::Change;
pub use condition_type::ConditionType;
pub use corrections::{Correction, CorrectionSet, Corrections, UnknownCorrectionSet};
pub use error::Error;
pub use inputs::Inputs;
pub use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
pub use known::{places, without_fields};
pub use leftovers::bound;
pub use live::Live;
pub use names::{CLUSTER_ROLES_SELECTOR, DISCOVERY_CONFIG_MAPS, NAME_LABEL, OBJECTS_SELECTOR};
pub use object_ref::ObjectRef;
pub use objects::deployment::strategy;
pub use objects::directory::Directory;
pub use objects::listing::Listing;
pub use plan::{Object, Patch, Plan};
pub use references::{affected, references};
pub use release::{BadRelease, OperatorRelease};
pub use render::{REQUEUE, Rendered, render, render_deletion};
pub use resolving::{Resolution, Round, preview, resolve, try_resolve};
pub use settings::{DocumentStorage, Environment, OperatorSettings, Platform};
pub use stage::Stage;
pub use status::{Metric, failed};
pub use wanted::{Answer, Content, Found, KeyReference, Reference, Selection, Wanted, WrongAnswer};
#[doc(no_inline)]
pub use {k8s_openapi, serde_json};
