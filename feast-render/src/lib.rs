//! Rendering.

mod deviations;
mod error;
mod inputs;
mod live;
mod scaled_object;
mod store_yaml;

pub use deviations::{Deviation, Deviations};
pub use error::Error;
pub use inputs::{Environment, Inputs, InputsBuilder, MlflowServer, Platform, StoreYaml};
pub use live::{Live, ObjectRef};
pub use scaled_object::{
    Advanced, AuthenticationRef, AutoscalerConfig, MetricType, ScaleTargetRef, ScaledObject,
    ScaledObjectError, ScaledObjectOptions, ScaledObjectSpec, Trigger, scaled_object,
};
