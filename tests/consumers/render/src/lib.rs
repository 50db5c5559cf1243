//! Rendering alone.

use feast_api::v1::FeatureStore;
use feast_render::{Error, Inputs, render};

/// The document that the servers of a FeatureStore read.
pub fn document(fs: &FeatureStore) -> Result<String, Error> {
    Ok(render(fs, &Inputs::default())?.store_yaml.service)
}
