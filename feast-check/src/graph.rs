//! The objects that a FeatureStore calls for, and how they refer to each other.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use feast_api::Admitted;
use feast_api::v1::FeatureStore;
use feast_render::{Object, ObjectRef, Reference, Rendered, Wanted, references};
use k8s_openapi::api::core::v1::{ConfigMap, PersistentVolumeClaim, Secret, ServiceAccount};
use serde_json::Value;

use crate::visible;

/// Objects and their references.
///
/// A FeatureStore makes all that is not given. It is shown as the maker of those objects only that
/// no other refers to.
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
    /// The objects, in the order in which they are mentioned.
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
    /// Whether it has to be there already, such as a Secret with credentials.
    pub is_given: bool,
}

/// A reference from one object to another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Edge {
    /// The object that refers, as an index of the nodes.
    pub from: usize,
    /// The object that it refers to.
    pub to: usize,
    /// How, such as `selects`.
    pub label: &'static str,
}

impl Graph {
    /// The graph of a FeatureStore and what it renders to.
    pub fn of(store: &Admitted, rendered: &Rendered) -> Self {
        let mut graph = Self::default();
        graph.add(store, rendered);
        graph
    }

    /// Adds another FeatureStore; objects that are shared are there once.
    pub fn add(&mut self, store: &Admitted, rendered: &Rendered) {
        let root = ObjectRef::new::<FeatureStore>(Some(store.namespace()), store.name());
        let root = self.node(root, false);
        for object in rendered.plan.apply() {
            self.node(object.reference(), false);
        }
        for wanted in references(store) {
            if let Wanted::Secret(Reference { object, .. }) | Wanted::FeatureStore(object) = wanted
            {
                let node = self.node(object, true);
                self.edge(root, node, "reads");
            }
        }
        for object in rendered.plan.apply() {
            self.references(object, rendered);
        }
        for object in rendered.plan.apply() {
            let node = self.node(object.reference(), false);
            if !self.edges.iter().any(|edge| edge.to == node) {
                self.edge(root, node, "makes");
            }
        }
    }

    /// The references of one object.
    fn references(&mut self, object: Object<'_>, rendered: &Rendered) {
        let from = self.node(object.reference(), false);
        let value = object.to_value();
        for target in rendered.plan.apply() {
            if let Some(label) = relation(&value, &target.to_value()) {
                let to = self.node(target.reference(), false);
                self.edge(from, to, label);
            }
        }
        let template = match object {
            Object::CronJob(_) => value.pointer("/spec/jobTemplate/spec/template/spec"),
            _ => value.pointer("/spec/template/spec"),
        };
        let namespace = object.metadata().namespace.as_deref();
        for (target, label) in template.into_iter().flat_map(|pod| of_pod(pod, namespace)) {
            let to = self.node(target, true);
            self.edge(from, to, label);
        }
    }

    /// The node of an object; one that is made is not given.
    fn node(&mut self, object: ObjectRef, is_given: bool) -> usize {
        if let Some(index) = self.nodes.iter().position(|node| node.object == object) {
            self.nodes[index].is_given &= is_given;
            return index;
        }
        self.nodes.push(Node { object, is_given });
        self.nodes.len() - 1
    }

    fn edge(&mut self, from: usize, to: usize, label: &'static str) {
        let edge = Edge { from, to, label };
        if !self.edges.contains(&edge) {
            self.edges.push(edge);
        }
    }

    /// As a flowchart for [Mermaid](https://mermaid.js.org), which GitHub and others draw.
    pub fn to_mermaid(&self) -> String {
        let mut text = "flowchart LR\n".to_owned();
        for (index, Node { object, is_given }) in self.nodes.iter().enumerate() {
            let (open, close) = match (object.kind == feast_api::KIND, is_given) {
                (true, _) => ("([", "])"),
                (_, true) => ("[/", "/]"),
                _ => ("[", "]"),
            };
            let name = mermaid_text(&object.name);
            // Writing to a string cannot fail.
            let _ = writeln!(text, "  n{index}{open}\"{}<br>{name}\"{close}", object.kind);
        }
        for Edge { from, to, label } in &self.edges {
            let _ = writeln!(text, "  n{from} -->|{label}| n{to}");
        }
        text
    }

    /// In the language of [Graphviz](https://graphviz.org).
    pub fn to_dot(&self) -> String {
        let mut text = "digraph feast {\n  rankdir=LR;\n  node [shape=box];\n".to_owned();
        for (index, Node { object, is_given }) in self.nodes.iter().enumerate() {
            let name = visible(&object.name);
            let name = name.replace('\\', "\\\\").replace('"', "\\\"");
            let style = match (object.kind == feast_api::KIND, is_given) {
                (true, _) => ", shape=ellipse",
                (_, true) => ", style=dashed",
                _ => "",
            };
            let _ = writeln!(
                text,
                "  n{index} [label=\"{}\\n{name}\"{style}];",
                object.kind
            );
        }
        for Edge { from, to, label } in &self.edges {
            let _ = writeln!(text, "  n{from} -> n{to} [label=\"{label}\"];");
        }
        text.push_str("}\n");
        text
    }
}

/// A name as a part of a label: names that others refer to may be anything.
fn mermaid_text(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for c in visible(name).chars() {
        match c {
            '"' => text.push_str("#quot;"),
            '#' => text.push_str("#35;"),
            '<' => text.push_str("#lt;"),
            '>' => text.push_str("#gt;"),
            c => text.push(c),
        }
    }
    text
}

/// How one object refers to another of the same FeatureStore, if it does.
fn relation(from: &Value, to: &Value) -> Option<&'static str> {
    let is = |object: &Value, kind: &str| object["kind"] == kind;
    let names = |pointer: &str| {
        let reference = from.pointer(pointer);
        reference.is_some_and(|reference| {
            reference["kind"] == to["kind"] && reference["name"] == to["metadata"]["name"]
        })
    };
    match from["kind"].as_str()? {
        "Service" | "PodDisruptionBudget" if is(to, "Deployment") => {
            let selector = match from["kind"].as_str() {
                Some("Service") => from.pointer("/spec/selector"),
                _ => from.pointer("/spec/selector/matchLabels"),
            };
            let label = if is(from, "Service") {
                "selects"
            } else {
                "protects"
            };
            selects(selector?, to.pointer("/spec/template/metadata/labels")?).then_some(label)
        }
        "ServiceMonitor" if is(to, "Service") => {
            let selector = from.pointer("/spec/selector/matchLabels")?;
            selects(selector, to.pointer("/metadata/labels")?).then_some("watches")
        }
        "HorizontalPodAutoscaler" => names("/spec/scaleTargetRef").then_some("scales"),
        "Route" => names("/spec/to").then_some("exposes"),
        "RoleBinding" | "ClusterRoleBinding" => {
            if names("/roleRef") {
                return Some("grants");
            }
            let subjects = from["subjects"].as_array()?;
            let is_subject = |subject: &Value| {
                subject["kind"] == to["kind"] && subject["name"] == to["metadata"]["name"]
            };
            subjects.iter().any(is_subject).then_some("to")
        }
        _ => None,
    }
}

fn selects(selector: &Value, labels: &Value) -> bool {
    let selector = selector.as_object();
    selector.is_some_and(|selector| {
        !selector.is_empty()
            && selector
                .iter()
                .all(|(key, value)| labels.get(key) == Some(value))
    })
}

/// What a pod refers to.
fn of_pod(pod: &Value, namespace: Option<&str>) -> BTreeSet<(ObjectRef, &'static str)> {
    let mut found = BTreeSet::new();
    if let Some(account) = pod["serviceAccountName"].as_str() {
        found.insert((
            ObjectRef::new::<ServiceAccount>(namespace, account),
            "runs as",
        ));
    }
    let secret = |name: &str| ObjectRef::new::<Secret>(namespace, name);
    let config_map = |name: &str| ObjectRef::new::<ConfigMap>(namespace, name);
    for volume in pod["volumes"].as_array().into_iter().flatten() {
        let name = |pointer| volume.pointer(pointer).and_then(Value::as_str);
        found.extend(name("/secret/secretName").map(|name| (secret(name), "mounts")));
        found.extend(name("/configMap/name").map(|name| (config_map(name), "mounts")));
        found.extend(name("/persistentVolumeClaim/claimName").map(|name| {
            (
                ObjectRef::new::<PersistentVolumeClaim>(namespace, name),
                "mounts",
            )
        }));
    }
    let containers = ["containers", "initContainers"].map(|field| pod[field].as_array());
    for container in containers.into_iter().flatten().flatten() {
        let variables = ["env", "envFrom"].map(|field| container[field].as_array());
        for source in variables.into_iter().flatten().flatten() {
            let name = |pointer| source.pointer(pointer).and_then(Value::as_str);
            let secrets = ["/valueFrom/secretKeyRef/name", "/secretRef/name"];
            found.extend(
                secrets
                    .into_iter()
                    .filter_map(name)
                    .map(|name| (secret(name), "reads")),
            );
            let maps = ["/valueFrom/configMapKeyRef/name", "/configMapRef/name"];
            found.extend(
                maps.into_iter()
                    .filter_map(name)
                    .map(|name| (config_map(name), "reads")),
            );
        }
    }
    found
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
        graph.nodes.push(Node {
            object: object.unwrap(),
            is_given: true,
        });
        assert_eq!(
            graph.to_mermaid(),
            "flowchart LR\n  n0[/\"Secret<br>a#quot;]\\n  n1 --#gt; n2 \\ #lt;b#gt;#35;\\x1b\"/]\n"
        );
        let dot = graph.to_dot();
        let label = r#"  n0 [label="Secret\na\"]\\n  n1 --> n2 \\ <b>#\\x1b", style=dashed];"#;
        assert!(dot.lines().any(|line| line == label), "{dot}");
    }
}
