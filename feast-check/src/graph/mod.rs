//! The objects of FeatureStores and their references.

mod dot;
mod drawing;
mod group;
mod mermaid;
mod note;
mod relations;
#[cfg(feature = "svg")]
mod svg;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use feast_api::Admitted;
use feast_api::v1::FeatureStore;
use feast_render::{ObjectRef, Reference, Rendered, Wanted, references};
use serde_json::Value;

use self::drawing::Drawing;
pub use self::group::Group;
use self::relations::{Made, of_pod};
use crate::check::Around;
pub use crate::palette::Colors;
use crate::scaler::Scaler;

/// Objects and their references.
///
/// A FeatureStore creates all objects that are not given: drawings put them in a frame.
///
/// ```
/// use feast_api::Admitted;
/// use feast_api::v1::{FeatureStore, FeatureStoreSpec};
/// use feast_check::graph::Graph;
/// use feast_render::{Answer, OperatorSettings, Time, render, resolve};
///
/// let mut fs = FeatureStore::new("sample", FeatureStoreSpec {
///     feast_project: "credit_scoring".into(),
///     ..Default::default()
/// });
/// fs.metadata.namespace = Some("ml".into());
/// let store = Admitted::assume(fs)?;
/// let now = Time("2026-01-01T00:00:00Z".parse()?);
/// let inputs = resolve(store, &OperatorSettings::reference(), &now, |_| Answer::Absent)?;
/// let graph = Graph::of(inputs.store(), &render(&inputs)?);
/// assert!(graph.to_dot().contains("selects"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Graph {
    /// The objects, in the order of their first mention.
    pub nodes: Vec<Node>,
    /// The references.
    pub edges: Vec<Edge>,
    /// The nodes of a namespace and name. They differ in kind, so they are few.
    places: BTreeMap<String, Vec<usize>>,
    /// The references, to add each once.
    known: BTreeSet<Edge>,
}

/// An object of a [`Graph`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Node {
    /// The object.
    pub object: ObjectRef,
    /// Its purpose.
    pub group: Group,
    /// Whether no FeatureStore creates it: a Secret with credentials, or another autoscaler.
    pub is_given: bool,
    /// Whether it is required and missing: see [`Graph::expect`].
    pub is_missing: bool,
    /// The FeatureStores that create it, as indices of nodes: they share some objects.
    pub makers: Vec<usize>,
    /// Details, such as `port 80 → 6566` or `1 to 5 pods`.
    pub note: Option<String>,
}

/// A reference between two objects.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Edge {
    /// The referring object, as an index of a node.
    pub from: usize,
    /// The object referred to.
    pub to: usize,
    /// The kind of reference, such as `selects`.
    pub label: &'static str,
}

impl Graph {
    /// The graph of a FeatureStore and its rendering.
    pub fn of(store: &Admitted, rendered: &Rendered) -> Self {
        let mut graph = Self::default();
        graph.add(store, rendered);
        graph
    }

    /// The graph of all FeatureStores of an input and their renderings, with the autoscalers beside
    /// them. Required objects that the input lacks are marked as missing.
    pub fn of_input<'r>(
        rendered: impl IntoIterator<Item = &'r (Admitted, Rendered)>,
        around: &Around,
    ) -> Self {
        let mut graph = Self::default();
        for (store, rendered) in rendered {
            graph.add(store, rendered);
        }
        for object in around.beside() {
            graph.add_beside(object, around.namespace());
        }
        graph.expect(|object| around.has(object));
        graph
    }

    /// Adds another FeatureStore; shared objects occur once.
    pub fn add(&mut self, store: &Admitted, rendered: &Rendered) {
        let root = ObjectRef::new::<FeatureStore>(Some(store.namespace()), store.name());
        let root = self.made(root);
        let mut made = Vec::new();
        for object in rendered.plan.apply() {
            let value = object.to_value();
            let index = self.made(object.reference());
            if let Some(node) = self.nodes.get_mut(index) {
                node.makers.push(root);
                node.note = note::note(&value);
            }
            made.push((index, value));
        }
        for wanted in references(store) {
            if let Wanted::Secret(Reference { object, .. }) | Wanted::FeatureStore(object) = wanted
            {
                let node = self.given(object);
                self.edge(root, node, "reads");
            }
        }
        self.references(&Made::of(&made));
    }

    /// Adds another object, if it is an autoscaler of a FeatureStore or of one of its objects.
    /// `namespace` is the one for objects that set none.
    pub fn add_beside(&mut self, object: &Value, namespace: &str) {
        let Some(scaler) = Scaler::of(object, namespace) else {
            return;
        };
        let Some(to) = self.find(&scaler.target, |object| scaler.scales(object)) else {
            return;
        };
        let from = self.given(scaler.object);
        if let Some(node) = self.nodes.get_mut(from) {
            node.group = Group::Scaling;
            node.note = note::note(object);
        }
        self.edge(from, to, "scales");
    }

    /// Marks required objects as existing or missing.
    pub fn expect(&mut self, mut is_there: impl FnMut(&ObjectRef) -> bool) {
        for node in &mut self.nodes {
            if node.group == Group::Inputs {
                node.is_missing = !is_there(&node.object);
            }
        }
    }

    /// Removes a group of objects, and their references.
    #[must_use]
    pub fn without(self, group: Group) -> Self {
        let mut kept = Self::default();
        let mut places = Vec::with_capacity(self.nodes.len());
        for node in self.nodes {
            places.push((node.group != group).then(|| kept.push(node)));
        }
        let place = |index: usize| places.get(index).copied().flatten();
        for node in &mut kept.nodes {
            node.makers = node.makers.iter().copied().filter_map(place).collect();
        }
        for Edge { from, to, label } in self.edges {
            if let (Some(from), Some(to)) = (place(from), place(to)) {
                kept.edge(from, to, label);
            }
        }
        kept
    }

    /// The references of a FeatureStore's objects to each other, and to objects that its pods need.
    fn references(&mut self, made: &Made) {
        for (from, value) in made.objects() {
            for (to, label) in made.references(value) {
                self.edge(*from, to, label);
            }
            let template = match value["kind"].as_str() {
                Some("CronJob") => value.pointer("/spec/jobTemplate/spec/template/spec"),
                _ => value.pointer("/spec/template/spec"),
            };
            let namespace = value["metadata"]["namespace"].as_str();
            for (target, label) in template.into_iter().flat_map(|pod| of_pod(pod, namespace)) {
                let to = self.given(target);
                self.edge(*from, to, label);
            }
        }
    }

    /// The node of a FeatureStore or one of its objects.
    fn made(&mut self, object: ObjectRef) -> usize {
        let group = Group::of_kind(&object.kind);
        let index = self.node(object, group);
        if let Some(node) = self.nodes.get_mut(index) {
            node.is_given = false;
            node.group = group;
        }
        index
    }

    /// The node of a required object, unless a FeatureStore creates it.
    fn given(&mut self, object: ObjectRef) -> usize {
        self.node(object, Group::Inputs)
    }

    /// The node of an object, added if new.
    fn node(&mut self, object: ObjectRef, group: Group) -> usize {
        let found = self.find(&object, |known| *known == object);
        found.unwrap_or_else(|| {
            self.push(Node {
                object,
                group,
                is_given: true,
                is_missing: false,
                makers: Vec::new(),
                note: None,
            })
        })
    }

    /// The first node with the namespace and name of `object` that is the one wanted.
    fn find(&self, object: &ObjectRef, is_it: impl Fn(&ObjectRef) -> bool) -> Option<usize> {
        let mut candidates = self.places.get(&object.place())?.iter().copied();
        candidates.find(|index| self.nodes.get(*index).is_some_and(|it| is_it(&it.object)))
    }

    fn push(&mut self, node: Node) -> usize {
        let index = self.nodes.len();
        let places = self.places.entry(node.object.place()).or_default();
        places.push(index);
        self.nodes.push(node);
        index
    }

    fn edge(&mut self, from: usize, to: usize, label: &'static str) {
        let edge = Edge { from, to, label };
        if self.known.insert(edge.clone()) {
            self.edges.push(edge);
        }
    }

    /// A flowchart for [Mermaid](https://mermaid.js.org), which GitHub and others draw.
    pub fn to_mermaid(&self) -> String {
        mermaid::Mermaid(&Drawing::of(self)).to_string()
    }

    /// [Graphviz](https://graphviz.org) source.
    pub fn to_dot(&self) -> String {
        dot::Dot(&Drawing::of(self)).to_string()
    }

    /// Text for a terminal.
    pub fn to_text(&self) -> String {
        text::Lines::of(self).to_string()
    }

    /// A picture with a light and a dark mode. FeatureStores without references between their objects
    /// are below and beside each other. An object that more than eight FeatureStores refer to is drawn
    /// once for each.
    #[cfg(feature = "svg")]
    pub fn to_svg(&self) -> String {
        svg::svg(&Drawing::of(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leaves_its_label() {
        let object = ObjectRef::of_value(&serde_json::json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": { "name": "a\"]\n  n1 --> n2 \\ <b>#\u{1b}", "namespace": "ml" },
        }));
        let mut graph = Graph::default();
        graph.given(object.unwrap());
        let mermaid = graph.to_mermaid();
        let node = "  n0[/\"Secret<br>a#quot;]\\n  n1 --#gt; n2 \\ #lt;b#gt;#35;\\x1b\"/]";
        assert!(mermaid.lines().any(|line| line == node), "{mermaid}");
        let dot = graph.to_dot();
        let label = r#"  n0 [label="Secret\na\"]\\n  n1 --> n2 \\ <b>#\\x1b", "#;
        assert!(dot.lines().any(|line| line.starts_with(label)), "{dot}");
    }

    #[test]
    fn each_object_and_reference_occurs_once() {
        let object = |kind: &str| {
            let metadata = serde_json::json!({ "name": "a", "namespace": "ml" });
            let json =
                serde_json::json!({ "apiVersion": "v1", "kind": kind, "metadata": metadata });
            ObjectRef::of_value(&json).unwrap()
        };
        let mut graph = Graph::default();
        let service = graph.made(object("Service"));
        let account = graph.made(object("ServiceAccount"));
        let secret = graph.given(object("Secret"));
        for _ in 0..2 {
            graph.edge(account, secret, "reads");
            graph.edge(service, secret, "reads");
        }
        assert_eq!(graph.given(object("Secret")), secret);
        // Also after nodes have moved.
        let mut graph = graph.without(Group::Serving);
        let (account, secret) = (
            graph.made(object("ServiceAccount")),
            graph.given(object("Secret")),
        );
        graph.edge(account, secret, "reads");
        assert_eq!((graph.nodes.len(), graph.edges.len()), (2, 1));
    }
}
