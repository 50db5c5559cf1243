//! Objects for tests.

use std::borrow::Cow;

use feast_render::ObjectRef;

use crate::graph::Graph;

pub(super) fn object(kind: &str, name: &str) -> ObjectRef {
    ObjectRef {
        api_version: Cow::Borrowed("v1"),
        kind: Cow::Owned(kind.to_owned()),
        namespace: Some("ml".to_owned()),
        name: name.to_owned(),
    }
}

/// A Secret that no FeatureStore creates.
pub(super) fn given(graph: &mut Graph, name: &str) -> usize {
    graph.given(object("Secret", name))
}

/// A FeatureStore and its Deployment.
pub(super) fn store(graph: &mut Graph, name: &str) -> [usize; 2] {
    let store = graph.made(object("FeatureStore", name));
    let deployment = graph.made(object("Deployment", name));
    graph.nodes[deployment].makers.push(store);
    [store, deployment]
}
