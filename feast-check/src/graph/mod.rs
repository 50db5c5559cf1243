//! The objects of FeatureStores and their references.

mod dot;
mod group;
mod mermaid;
mod note;
mod relations;
#[cfg(feature = "svg")]
mod svg;
mod text;

use feast_api::Admitted;
use feast_api::v1::FeatureStore;
use feast_render::{Object, ObjectRef, Reference, Rendered, Wanted, references};
use serde_json::Value;

pub use self::group::Group;
use self::relations::{of_pod, relation};
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
        let values: Vec<_> = rendered.plan.apply().map(Object::to_value).collect();
        for (object, value) in rendered.plan.apply().zip(&values) {
            let index = self.made(object.reference());
            if let Some(node) = self.nodes.get_mut(index) {
                node.makers.push(root);
                node.note = note::note(value);
            }
        }
        for wanted in references(store) {
            if let Wanted::Secret(Reference { object, .. }) | Wanted::FeatureStore(object) = wanted
            {
                let node = self.given(object);
                self.edge(root, node, "reads");
            }
        }
        let targets: Vec<_> = rendered
            .plan
            .apply()
            .map(Object::reference)
            .zip(&values)
            .collect();
        for (object, value) in &targets {
            self.references(object, value, &targets);
        }
    }

    /// Adds another object, if it is an autoscaler of a FeatureStore or of one of its objects.
    /// `namespace` is the one for objects that set none.
    pub fn add_beside(&mut self, object: &Value, namespace: &str) {
        let Some(scaler) = Scaler::of(object, namespace) else {
            return;
        };
        let is_target = |node: &Node| scaler.scales(&node.object);
        let Some(to) = self.nodes.iter().position(is_target) else {
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
        let mut places = Vec::with_capacity(self.nodes.len());
        let mut kept = 0;
        for node in &self.nodes {
            places.push((node.group != group).then_some(kept));
            kept += usize::from(node.group != group);
        }
        let place = |index: usize| places.get(index).copied().flatten();
        let nodes = self.nodes.into_iter().filter(|node| node.group != group);
        let nodes = nodes.map(|mut node| {
            node.makers = node.makers.into_iter().filter_map(place).collect();
            node
        });
        let edges = self.edges.into_iter().filter_map(|edge| {
            Some(Edge {
                from: place(edge.from)?,
                to: place(edge.to)?,
                ..edge
            })
        });
        Self {
            nodes: nodes.collect(),
            edges: edges.collect(),
        }
    }

    /// The references of an object to others of its FeatureStore, and to objects that its pods
    /// need.
    fn references(&mut self, object: &ObjectRef, value: &Value, made: &[(ObjectRef, &Value)]) {
        let from = self.made(object.clone());
        for (target, target_value) in made {
            if let Some(label) = relation(value, target_value) {
                let to = self.made(target.clone());
                self.edge(from, to, label);
            }
        }
        let template = match &*object.kind {
            "CronJob" => value.pointer("/spec/jobTemplate/spec/template/spec"),
            _ => value.pointer("/spec/template/spec"),
        };
        let namespace = object.namespace.as_deref();
        for (target, label) in template.into_iter().flat_map(|pod| of_pod(pod, namespace)) {
            let to = self.given(target);
            self.edge(from, to, label);
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
        if let Some(index) = self.nodes.iter().position(|node| node.object == object) {
            return index;
        }
        self.nodes.push(Node {
            object,
            group,
            is_given: true,
            is_missing: false,
            makers: Vec::new(),
            note: None,
        });
        self.nodes.len() - 1
    }

    fn edge(&mut self, from: usize, to: usize, label: &'static str) {
        let edge = Edge { from, to, label };
        if !self.edges.contains(&edge) {
            self.edges.push(edge);
        }
    }

    /// A flowchart for [Mermaid](https://mermaid.js.org), which GitHub and others draw.
    pub fn to_mermaid(&self) -> String {
        mermaid::Mermaid(self).to_string()
    }

    /// [Graphviz](https://graphviz.org) source.
    pub fn to_dot(&self) -> String {
        dot::Dot(self).to_string()
    }

    /// Text for a terminal.
    pub fn to_text(&self) -> String {
        text::Lines(self).to_string()
    }

    /// A picture with a light and a dark mode.
    #[cfg(feature = "svg")]
    pub fn to_svg(&self) -> String {
        svg::svg(self)
    }

    /// The FeatureStores drawn as frames, with their titles.
    fn frames(&self) -> Vec<(usize, String)> {
        let nodes = self.nodes.iter().enumerate();
        let stores = nodes.filter(|(_, node)| node.group == Group::Store);
        let title = |node: &Node| format!("{} {}", node.object.kind, node.object.place());
        stores.map(|(index, node)| (index, title(node))).collect()
    }

    /// The nodes in the frame of a FeatureStore, or in none: shared objects are in none.
    fn within(&self, frame: Option<usize>) -> Vec<usize> {
        let nodes = self.nodes.iter().enumerate();
        let frame_of = |index: usize, node: &Node| match node.makers.as_slice() {
            _ if node.group == Group::Store => Some(index),
            [maker] => Some(*maker),
            _ => None,
        };
        let members = nodes.filter(|(index, node)| frame_of(*index, node) == frame);
        members.map(|(index, _)| index).collect()
    }

    /// The name of an object, with its namespace if FeatureStores are in several.
    fn title(&self, node: &Node) -> String {
        let stores = self.nodes.iter().filter(|node| node.group == Group::Store);
        let mut namespaces = stores.map(|node| &node.object.namespace);
        let first = namespaces.next();
        if namespaces.any(|namespace| Some(namespace) != first) {
            return node.object.place();
        }
        node.object.name.clone()
    }

    /// The text of a box.
    fn lines(&self, node: &Node) -> Vec<String> {
        let mut lines = vec![node.object.kind.to_string(), self.title(node)];
        lines.extend(node.note.clone());
        lines
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
}
