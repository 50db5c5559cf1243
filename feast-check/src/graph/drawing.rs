//! What all drawings of a graph show: frames with titles, and the texts of boxes.

use std::collections::BTreeMap;

use super::{Graph, Group, Node};

/// A graph, ready to draw.
pub(super) struct Drawing<'g> {
    pub(super) graph: &'g Graph,
    /// The FeatureStores.
    pub(super) frames: Vec<Frame>,
    /// The nodes in no frame: shared objects, and those that no FeatureStore creates.
    pub(super) outside: Vec<usize>,
    /// Whether FeatureStores are in several namespaces.
    is_spread: bool,
}

/// A FeatureStore with the objects that only it creates.
pub(super) struct Frame {
    /// The node of the FeatureStore.
    pub(super) store: usize,
    pub(super) title: String,
    /// The nodes within, the FeatureStore's too.
    pub(super) members: Vec<usize>,
}

impl<'g> Drawing<'g> {
    pub(super) fn of(graph: &'g Graph) -> Self {
        let mut members: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
        for (index, node) in graph.nodes.iter().enumerate() {
            members
                .entry(frame_of(index, node))
                .or_default()
                .push(index);
        }
        let nodes = graph.nodes.iter().enumerate();
        let stores = nodes.filter(|(_, node)| node.group == Group::Store);
        let mut namespaces = stores.clone().map(|(_, node)| &node.object.namespace);
        let first = namespaces.next();
        let is_spread = namespaces.any(|namespace| Some(namespace) != first);
        let frames = stores.map(|(store, node)| Frame {
            store,
            title: format!("{} {}", node.object.kind, node.object.place()),
            members: members.remove(&Some(store)).unwrap_or_default(),
        });
        Self {
            graph,
            frames: frames.collect(),
            outside: members.remove(&None).unwrap_or_default(),
            is_spread,
        }
    }

    /// The name of an object, with its namespace if FeatureStores are in several.
    pub(super) fn title(&self, node: &Node) -> String {
        if self.is_spread {
            node.object.place()
        } else {
            node.object.name.clone()
        }
    }

    /// The text of a box.
    pub(super) fn lines(&self, node: &Node) -> Vec<String> {
        let mut lines = vec![node.object.kind.to_string(), self.title(node)];
        lines.extend(node.note.clone());
        lines
    }
}

/// The FeatureStore whose frame holds a node, if one does.
fn frame_of(index: usize, node: &Node) -> Option<usize> {
    match node.makers.as_slice() {
        _ if node.group == Group::Store => Some(index),
        [maker] => Some(*maker),
        _ => None,
    }
}
