//! Rendering.

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

pub use deviations::{Deviation, Deviations};
pub use error::{Error, Stage};
pub use inputs::{Environment, Inputs, InputsBuilder, MlflowServer, Platform, StoreYaml};
pub use live::{Live, ObjectRef};
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
