//! Generators for property tests, weighted towards real configurations, that shrink well.
//!
//! Generated FeatureStores refer to Secrets, ConfigMaps and another FeatureStore by fixed names, so
//! that [`surroundings`] can generate all of them.

mod feature_store;
mod grown;
mod judge;
mod mutate;
mod objects;
mod pod;
mod scenario;
mod schema;
mod server;
mod settings;
mod stores;
mod surroundings;
mod updates;

#[cfg(test)]
mod coverage;

use proptest::option;
use proptest::prelude::*;

pub use objects::{
    Boundary, admitted, admitted_by, admitted_v1alpha1, any_v1, any_v1alpha1, near_boundary,
    raw_json, replicated, spec, violating,
};
pub use scenario::{NoInputs, Scenario, operator_settings, scenarios, scenarios_by, scenarios_of};
pub use surroundings::{SECRET_MARK, surroundings, with_faulty_secrets};
pub use updates::{Update, admitted_updates, edits, updates, violating_update};

/// A value in one of four cases; boxed, as a spec is too large for a test's stack.
fn rarely<S: Strategy + 'static>(strategy: S) -> BoxedStrategy<Option<S::Value>> {
    option::weighted(0.25, strategy).boxed()
}

/// A value in one of two cases.
fn often<S: Strategy + 'static>(strategy: S) -> BoxedStrategy<Option<S::Value>> {
    option::weighted(0.5, strategy).boxed()
}

/// A value always if it is `needed`, else often.
fn with<S: Strategy + 'static>(needed: bool, strategy: S) -> BoxedStrategy<Option<S::Value>> {
    if needed {
        strategy.prop_map(Some).boxed()
    } else {
        often(strategy)
    }
}

/// One of these strings; shrinks towards the first.
fn one_of(texts: &'static [&'static str]) -> impl Strategy<Value = String> {
    proptest::sample::select(texts).prop_map(str::to_owned)
}

/// A few labels, annotations or settings.
fn pairs() -> impl Strategy<Value = std::collections::BTreeMap<String, String>> {
    let keys = one_of(&["a", "team", "example.com/tier"]);
    proptest::collection::btree_map(keys, one_of(&["x", "true", "5", ""]), 0..3)
}
