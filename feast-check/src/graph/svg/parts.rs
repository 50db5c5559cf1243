//! The parts of a graph that are laid out each by itself: the time for a layout grows faster than its
//! size.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::graph::Edge;
use crate::graph::drawing::{Drawing, Frame};

/// The most FeatureStores around one box of an object. If more refer to it, there is a box for each:
/// lines from all of them would cross the whole picture.
const MOST: usize = 8;

/// Objects that refer to each other, directly or not.
#[derive(Default)]
pub(super) struct Part<'d> {
    pub(super) nodes: BTreeSet<usize>,
    pub(super) frames: Vec<&'d Frame>,
    /// The references with their indices.
    pub(super) edges: Vec<(usize, &'d Edge)>,
}

impl<'d> Part<'d> {
    /// The parts of a graph: first those with FeatureStores, each in the order of their first nodes.
    pub(super) fn all(drawing: &'d Drawing) -> Vec<Self> {
        if drawing.frames.len() < 2 {
            return vec![Self::whole(drawing)];
        }
        let users = Users::of(drawing);
        let mut parts = Self::linked(drawing, &users);
        parts.retain(|part| !part.is_drawn_elsewhere(&users));
        parts.sort_by_key(|part| part.frames.is_empty());
        parts
    }

    fn linked(drawing: &'d Drawing, users: &Users) -> Vec<Self> {
        let edges = drawing.graph.edges.iter();
        let links = edges.clone().filter(|edge| !users.is_cut(edge));
        let links = links.map(|edge| (edge.from, edge.to));
        let links = links.chain(members(drawing));
        let first = first_linked(drawing.graph.nodes.len(), links);
        let first_of = |node: usize| first.get(&node).copied().unwrap_or(node);
        let mut parts: BTreeMap<usize, Self> = BTreeMap::new();
        for (node, first) in &first {
            parts.entry(*first).or_default().nodes.insert(*node);
        }
        for frame in &drawing.frames {
            let part = parts.entry(first_of(frame.store)).or_default();
            part.frames.push(frame);
        }
        for (index, edge) in edges.enumerate() {
            let part = parts.entry(first_of(users.home(edge))).or_default();
            part.nodes.extend([edge.from, edge.to]);
            part.edges.push((index, edge));
        }
        parts.into_values().collect()
    }

    /// Whether it has only the box of an object that has one beside each of its users.
    fn is_drawn_elsewhere(&self, users: &Users) -> bool {
        self.frames.is_empty() && self.edges.is_empty() && self.nodes.is_subset(&users.many)
    }

    fn whole(drawing: &'d Drawing) -> Self {
        Self {
            nodes: (0..drawing.graph.nodes.len()).collect(),
            frames: drawing.frames.iter().collect(),
            edges: drawing.graph.edges.iter().enumerate().collect(),
        }
    }
}

/// The FeatureStores that use an object outside their frame, by references in either direction.
struct Users {
    /// The FeatureStore of each node in a frame.
    frames: BTreeMap<usize, usize>,
    /// The nodes with more than [`MOST`] users.
    many: BTreeSet<usize>,
}

impl Users {
    fn of(drawing: &Drawing) -> Self {
        let frames = members(drawing).map(|(store, member)| (member, store));
        let mut users = Self {
            frames: frames.collect(),
            many: BTreeSet::new(),
        };
        let mut all: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for Edge { from, to, .. } in &drawing.graph.edges {
            for (node, other) in [(*from, *to), (*to, *from)] {
                let user = users.user(node, other);
                all.entry(node).or_default().extend(user);
            }
        }
        all.retain(|_, users| users.len() > MOST);
        users.many = all.into_keys().collect();
        users
    }

    /// The FeatureStore of `other`, unless `node` is in the same frame.
    fn user(&self, node: usize, other: usize) -> Option<usize> {
        let [frame, user] = [node, other].map(|node| self.frames.get(&node));
        user.filter(|_| frame != user).copied()
    }

    /// Whether `node` gets a box of its own beside the FeatureStore of `other`.
    fn is_repeated(&self, node: usize, other: usize) -> bool {
        self.many.contains(&node) && self.user(node, other).is_some()
    }

    /// Whether the objects of a reference need not be in the same part.
    fn is_cut(&self, edge: &Edge) -> bool {
        self.is_repeated(edge.to, edge.from) || self.is_repeated(edge.from, edge.to)
    }

    /// The node in whose part a reference is drawn.
    fn home(&self, edge: &Edge) -> usize {
        if self.is_repeated(edge.to, edge.from) {
            edge.from
        } else {
            edge.to
        }
    }
}

/// FeatureStores with the nodes in their frames.
fn members(drawing: &Drawing) -> impl Iterator<Item = (usize, usize)> {
    let frames = drawing.frames.iter();
    frames.flat_map(|frame| frame.members.iter().map(|member| (frame.store, *member)))
}

/// For each node the first one that it is linked to, directly or not; maybe itself.
fn first_linked(
    nodes: usize,
    links: impl Iterator<Item = (usize, usize)>,
) -> BTreeMap<usize, usize> {
    let mut linked: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (one, other) in links {
        linked.entry(one).or_default().push(other);
        linked.entry(other).or_default().push(one);
    }
    let mut found = BTreeMap::new();
    for first in 0..nodes {
        let mut open = vec![first];
        while let Some(node) = open.pop() {
            if let Entry::Vacant(entry) = found.entry(node) {
                entry.insert(first);
                open.extend(linked.get(&node).into_iter().flatten());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Graph;
    use crate::graph::svg::samples::{given, store};

    /// The parts, as the names of their objects.
    fn parts(graph: &Graph) -> Vec<String> {
        let drawing = Drawing::of(graph);
        let names = |part: &Part| {
            let nodes = part.nodes.iter().filter_map(|node| graph.nodes.get(*node));
            nodes
                .map(|node| node.object.name.as_str())
                .collect::<Vec<_>>()
                .join(" ")
        };
        Part::all(&drawing).iter().map(names).collect()
    }

    /// FeatureStores that all refer to an object.
    fn around(users: usize, shared: impl Fn(&mut Graph) -> usize) -> Graph {
        let mut graph = Graph::default();
        let shared = shared(&mut graph);
        for user in 0..users {
            let [user, _] = store(&mut graph, &format!("s{user}"));
            graph.edge(user, shared, "reads");
        }
        graph
    }

    #[test]
    fn objects_that_refer_to_each_other_are_in_one_part() {
        let mut graph = Graph::default();
        let alone = given(&mut graph, "alone");
        let [a, _] = store(&mut graph, "a");
        let [b, _] = store(&mut graph, "b");
        let [c, c_deployment] = store(&mut graph, "c");
        let _ = (alone, b);
        let secret = given(&mut graph, "secret");
        graph.edge(a, secret, "reads");
        graph.edge(c_deployment, secret, "mounts");
        graph.edge(c, c_deployment, "scales");
        assert_eq!(parts(&graph), ["a a c c secret", "b b", "alone"]);
    }

    #[test]
    fn one_feature_store_is_one_part() {
        let mut graph = Graph::default();
        given(&mut graph, "alone");
        store(&mut graph, "a");
        assert_eq!(parts(&graph), ["alone a a"]);
    }

    #[test]
    fn an_object_with_many_users_is_beside_each() {
        let few = around(MOST, |graph| given(graph, "secret"));
        assert_eq!(parts(&few).len(), 1);
        let many = around(MOST + 1, |graph| given(graph, "secret"));
        let parts = parts(&many);
        assert_eq!(parts.len(), MOST + 1);
        assert_eq!(parts.first().map(String::as_str), Some("secret s0 s0"));
    }

    #[test]
    fn a_feature_store_with_many_users_keeps_its_objects() {
        let mut graph = around(MOST + 1, |graph| {
            let [registry, deployment] = store(graph, "registry");
            let secret = given(graph, "secret");
            graph.edge(registry, secret, "reads");
            graph.edge(registry, deployment, "scales");
            registry
        });
        given(&mut graph, "alone");
        let parts = parts(&graph);
        assert_eq!(parts.len(), 1 + MOST + 1 + 1);
        assert_eq!(parts[..2], ["registry registry secret", "registry s0 s0"]);
    }
}
