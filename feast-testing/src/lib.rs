//! Tests of what is made from FeatureStores, without a cluster.

pub mod cluster;
pub mod operator;
pub mod strategies;
