//! Mermaid flowcharts.

use std::fmt::{self, Display};

use super::drawing::Drawing;
use super::{Edge, Graph, Group, Node};
use crate::palette::Colors;
use crate::visible;

/// A graph in Mermaid's language.
pub(super) struct Mermaid<'g>(pub(super) &'g Drawing<'g>);

impl Display for Mermaid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(drawing) = self;
        f.write_str("flowchart LR\n")?;
        for frame in &drawing.frames {
            let store = frame.store;
            writeln!(f, "  subgraph s{store}[\"{}\"]", text(&frame.title))?;
            for index in &frame.members {
                write!(f, "  ")?;
                node(f, drawing, *index)?;
            }
            writeln!(f, "  end")?;
        }
        for index in &drawing.outside {
            node(f, drawing, *index)?;
        }
        for Edge { from, to, label } in &drawing.graph.edges {
            writeln!(f, "  n{from} -->|{label}| n{to}")?;
        }
        classes(f, drawing.graph)
    }
}

fn node(f: &mut fmt::Formatter<'_>, drawing: &Drawing, index: usize) -> fmt::Result {
    let Some(node) = drawing.graph.nodes.get(index) else {
        return Ok(());
    };
    let (open, close) = match node.group {
        Group::Store => ("([", "])"),
        Group::Inputs => ("[/", "/]"),
        _ => ("[", "]"),
    };
    let lines: Vec<_> = drawing.lines(node).iter().map(|line| text(line)).collect();
    writeln!(f, "  n{index}{open}\"{}\"{close}", lines.join("<br>"))
}

/// The colours of groups, and dashes for missing objects.
fn classes(f: &mut fmt::Formatter<'_>, graph: &Graph) -> fmt::Result {
    for group in Group::ALL {
        let nodes = graph.nodes.iter().enumerate();
        let members: Vec<_> = nodes
            .filter(|(_, node)| node.group == group)
            .map(|(index, _)| format!("n{index}"))
            .collect();
        if members.is_empty() {
            continue;
        }
        let (name, Colors { ground, line }) = (group.name(), group.light());
        writeln!(
            f,
            "  classDef {name} fill:{ground},stroke:{line},color:#0f172a"
        )?;
        writeln!(f, "  class {} {name}", members.join(","))?;
    }
    let is_missing = |(index, node): (usize, &Node)| node.is_missing.then(|| format!("n{index}"));
    let missing: Vec<_> = graph
        .nodes
        .iter()
        .enumerate()
        .filter_map(is_missing)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    writeln!(f, "  classDef missing stroke-dasharray:5 4")?;
    writeln!(f, "  class {} missing", missing.join(","))
}

/// Escapes a label: referenced names may be anything.
pub(super) fn text(name: &str) -> String {
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
