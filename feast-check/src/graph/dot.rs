//! Graphs for Graphviz.

use std::fmt::{self, Display};
use std::slice::from_ref;

use super::drawing::Drawing;
use super::{Edge, Group};
use crate::palette::Colors;
use crate::visible;

/// A graph in Graphviz' language.
pub(super) struct Dot<'g>(pub(super) &'g Drawing<'g>);

impl Display for Dot<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(drawing) = self;
        f.write_str(
            "digraph feast {\n  rankdir=LR;\n  fontname=Helvetica;\n  \
             node [shape=box, style=\"rounded,filled\", fontname=Helvetica];\n  \
             edge [fontname=Helvetica, fontsize=10, color=\"#64748b\"];\n",
        )?;
        for frame in &drawing.frames {
            let store = frame.store;
            writeln!(f, "  subgraph cluster_{store} {{")?;
            writeln!(f, "    label={};", quoted(from_ref(&frame.title)))?;
            writeln!(f, "    color=\"#94a3b8\";")?;
            for index in &frame.members {
                write!(f, "  ")?;
                node(f, drawing, *index)?;
            }
            writeln!(f, "  }}")?;
        }
        for index in &drawing.outside {
            node(f, drawing, *index)?;
        }
        for Edge { from, to, label } in &drawing.graph.edges {
            writeln!(f, "  n{from} -> n{to} [label=\"{label}\"];")?;
        }
        f.write_str("}\n")
    }
}

fn node(f: &mut fmt::Formatter<'_>, drawing: &Drawing, index: usize) -> fmt::Result {
    let Some(node) = drawing.graph.nodes.get(index) else {
        return Ok(());
    };
    let Colors { ground, line } = node.group.light();
    let label = quoted(&drawing.lines(node));
    write!(
        f,
        "  n{index} [label={label}, fillcolor=\"{ground}\", color=\"{line}\""
    )?;
    if node.group == Group::Store {
        f.write_str(", shape=ellipse, style=filled")?;
    }
    if node.is_missing {
        f.write_str(", style=\"rounded,filled,dashed\"")?;
    }
    f.write_str("];\n")
}

/// Lines as a label.
fn quoted(lines: &[String]) -> String {
    let line = |line: &String| {
        let line = visible(line);
        line.replace('\\', "\\\\").replace('"', "\\\"")
    };
    let lines: Vec<_> = lines.iter().map(line).collect();
    format!("\"{}\"", lines.join("\\n"))
}
