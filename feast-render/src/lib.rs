//! Rendering.

mod deviations;
mod error;
mod inputs;
mod live;
mod store_yaml;

pub use deviations::{Deviation, Deviations};
pub use error::Error;
pub use inputs::{Environment, Inputs, InputsBuilder, MlflowServer, Platform, StoreYaml};
pub use live::{Live, ObjectRef};
