//! Every Kubernetes object, `feature_store.yaml` and status that a Feast FeatureStore calls for, as
//! pure functions.
//!
//! ```
//! use feast_api::v1::FeatureStore;
//! use feast_render::{Inputs, render};
//!
//! let fs = FeatureStore::from_json(br#"{
//!     "apiVersion": "feast.dev/v1",
//!     "kind": "FeatureStore",
//!     "metadata": { "name": "sample", "namespace": "features" },
//!     "spec": { "feastProject": "credit_scoring" }
//! }"#)?;
//! let rendered = render(&fs, &Inputs::default())?;
//!
//! let deployment = rendered.plan.deployment.as_ref().unwrap();
//! assert_eq!(deployment.metadata.name.as_deref(), Some("feast-sample"));
//! assert!(rendered.store_yaml.service.starts_with("project: credit_scoring\n"));
//! assert_eq!(rendered.status.client_config_map.as_deref(), Some("feast-sample-client"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Overview
//!
//! - [`references`] tells what to fetch: Secrets, ConfigMaps, other FeatureStores, live objects.
//! - [`Inputs`] holds what was fetched, what the cluster offers ([`Platform`]), the operator's
//!   settings ([`Environment`]) and what is there already ([`Live`]).
//! - [`render`] gives a [`Rendered`]: the [`Plan`] of what to patch, apply and delete, the
//!   documents, the status, when to look again, and the labels of the info metric.
//! - [`failed`] gives the status of a FeatureStore that `render` refuses, [`render_deletion`] what
//!   is to be done when one is deleted, and [`affected`] which ones a change of another concerns.
//! - [`scaled_object`] makes a KEDA ScaledObject that scales a FeatureStore.
//! - [`store_yaml`] has the documents as data, and what can be wrong with what they are made of.
//!
//! Nothing here reads a clock, the environment or the network, or depends on the order of a hash
//! map: the same input gives the same bytes.
//!
//! # An operator's reconcile function
//!
//! Fetch, render, apply, report. Everything that touches a cluster is the caller's:
//!
//! ```
//! use std::time::Duration;
//!
//! use feast_api::v1::{FeatureStore, FeatureStoreStatus};
//! use feast_render::{
//!     Deviations, Inputs, Object, ObjectRef, Patch, REQUEUE, References, failed, references, render,
//! };
//!
//! /// What an operator does with a cluster.
//! trait Cluster {
//!     fn fetch(&self, wanted: &References) -> Inputs;
//!     fn apply(&mut self, object: Object<'_>);
//!     fn patch(&mut self, patch: &Patch);
//!     fn delete(&mut self, object: &ObjectRef);
//!     fn set_status(&mut self, fs: &FeatureStore, status: FeatureStoreStatus);
//! }
//!
//! /// Makes the cluster have what the FeatureStore calls for; when to look again.
//! fn reconcile(fs: &FeatureStore, cluster: &mut impl Cluster) -> Option<Duration> {
//!     let inputs = cluster.fetch(&references(fs));
//!     match render(fs, &inputs) {
//!         Ok(rendered) => {
//!             rendered.plan.patch().for_each(|patch| cluster.patch(patch));
//!             rendered.plan.apply().for_each(|object| cluster.apply(object));
//!             rendered.plan.delete().for_each(|object| cluster.delete(object));
//!             cluster.set_status(fs, rendered.status);
//!             rendered.requeue_after
//!         }
//!         Err(refusal) => {
//!             cluster.set_status(fs, failed(fs, &inputs, &refusal));
//!             Some(REQUEUE)
//!         }
//!     }
//! }
//! # struct Recorder(Vec<String>);
//! # impl Cluster for Recorder {
//! #     fn fetch(&self, _: &References) -> Inputs {
//! #         Inputs::builder().deviations(Deviations::ALL).now("2026-01-01T00:00:00Z").build()
//! #     }
//! #     fn apply(&mut self, object: Object<'_>) { self.0.push(object.reference().to_string()) }
//! #     fn patch(&mut self, _: &Patch) {}
//! #     fn delete(&mut self, _: &ObjectRef) {}
//! #     fn set_status(&mut self, _: &FeatureStore, status: FeatureStoreStatus) {
//! #         self.0.push(format!("{:?}", status.phase));
//! #     }
//! # }
//! # let mut cluster = Recorder(vec![]);
//! # let mut fs = FeatureStore::new("sample", Default::default());
//! # fs.metadata.namespace = Some("ml".into());
//! # fs.spec.feast_project = "credit_scoring".into();
//! # assert_eq!(reconcile(&fs, &mut cluster), Some(REQUEUE));
//! # assert!(cluster.0.contains(&"apps/v1/Deployment/ml/feast-sample".to_owned()));
//! # fs.spec.services = serde_json::from_value(serde_json::json!({
//! #     "onlineStore": { "disabled": true }
//! # })).unwrap();
//! # assert_eq!(reconcile(&fs, &mut cluster), Some(REQUEUE));
//! # assert!(cluster.0.last().unwrap().contains("Failed"), "{:?}", cluster.0);
//! ```
//!
//! # The reference, and corrections of it
//!
//! The reference is Feast's operator, release 0.66.0, to the letter. Where it is wrong, a
//! [`Deviation`] corrects it, if chosen: none is by default, since somebody who replaces the Go
//! operator on a running cluster must not have pods restarted by the replacement itself; a new
//! operator should take [`Deviations::ALL`]. In the same way [`StoreYaml::InSecret`] keeps
//! credentials out of Deployments.
//!
//! # Kubernetes' types
//!
//! Objects are k8s-openapi's. As for every user of that crate, the binary selects the release of
//! Kubernetes: this crate selects none.

mod canonical;
mod context;
mod defaults;
mod deviations;
mod documents;
mod error;
mod inputs;
mod leftovers;
mod live;
mod names;
mod objects;
mod ownership;
mod plan;
mod pod;
mod quantity;
mod references;
mod remote;
mod render;
mod scaled_object;
mod server;
mod status;
pub mod store_yaml;
mod stores;
#[cfg(test)]
mod testing;

pub use deviations::{Deviation, Deviations};
pub use error::{Error, Stage};
pub use inputs::{Environment, Inputs, InputsBuilder, MlflowServer, Platform, StoreYaml};
pub use live::{Live, ObjectRef};
pub use names::{NAME_LABEL, OBJECTS_SELECTOR};
pub use objects::{
    Endpoint, Route, RoutePort, RouteSpec, RouteTarget, RouteTls, ServiceMonitor,
    ServiceMonitorSpec,
};
pub use plan::{Object, Patch, Plan};
pub use references::{References, SecretReference, affected, references};
pub use render::{REQUEUE, Rendered, StoreYamlDocuments, render, render_deletion};
pub use scaled_object::{
    Advanced, AuthenticationRef, AutoscalerConfig, MetricType, ScaleTargetRef, ScaledObject,
    ScaledObjectError, ScaledObjectOptions, ScaledObjectSpec, Trigger, scaled_object,
};
pub use status::{ConditionType, Metric, failed};
pub use store_yaml::Error as StoreYamlError;
#[doc(no_inline)]
pub use {k8s_openapi, serde_json};
