//! Advice on FeatureStores: what the API server lets through and users regret.
#![forbid(unsafe_code)]
