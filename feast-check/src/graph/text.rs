//! Text graphs for a terminal.

use std::fmt::{self, Display};

use super::{Graph, Group, Node};
use crate::visible;

/// The objects of each FeatureStore, by group, and the references of each.
pub(super) struct Lines<'g>(pub(super) &'g Graph);

impl Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let graph = self.0;
        let mut is_first = true;
        let mut heading = |f: &mut fmt::Formatter<'_>, title: &str| {
            let gap = if std::mem::take(&mut is_first) {
                ""
            } else {
                "\n"
            };
            writeln!(f, "{gap}{}", visible(title))
        };
        for (frame, title) in graph.frames() {
            heading(f, &title)?;
            groups(f, graph, &graph.within(Some(frame)))?;
        }
        let is_shared = |index: &usize| graph.nodes.get(*index).is_some_and(|it| !it.is_given);
        let (shared, given): (Vec<_>, Vec<_>) = graph.within(None).into_iter().partition(is_shared);
        for (title, members) in [("Shared", shared), ("Given", given)] {
            if !members.is_empty() {
                heading(f, title)?;
                groups(f, graph, &members)?;
            }
        }
        Ok(())
    }
}

fn groups(f: &mut fmt::Formatter<'_>, graph: &Graph, members: &[usize]) -> fmt::Result {
    for group in Group::ALL {
        let nodes = members
            .iter()
            .filter_map(|index| Some((*index, graph.nodes.get(*index)?)));
        let mut nodes = nodes.filter(|(_, node)| node.group == group).peekable();
        if nodes.peek().is_none() {
            continue;
        }
        // The FeatureStore is the heading.
        if group == Group::Store {
            nodes.try_for_each(|(index, _)| references(f, graph, index, "  "))?;
            continue;
        }
        writeln!(f, "  {}", group.name())?;
        for (index, node) in nodes {
            writeln!(f, "    {}", line(graph, node))?;
            references(f, graph, index, "      ")?;
        }
    }
    Ok(())
}

/// An object on one line.
fn line(graph: &Graph, node: &Node) -> String {
    let mut line = format!("{} {}", node.object.kind, graph.title(node));
    for part in node
        .note
        .iter()
        .map(String::as_str)
        .chain(node.is_missing.then_some("missing"))
    {
        line = format!("{line}, {part}");
    }
    visible(&line).into_owned()
}

fn references(f: &mut fmt::Formatter<'_>, graph: &Graph, from: usize, indent: &str) -> fmt::Result {
    for edge in graph.edges.iter().filter(|edge| edge.from == from) {
        if let Some(to) = graph.nodes.get(edge.to) {
            let what = format!("{} {}", to.object.kind, graph.title(to));
            writeln!(f, "{indent}{} {}", edge.label, visible(&what))?;
        }
    }
    Ok(())
}
