//! Text graphs for a terminal.

use std::collections::BTreeMap;
use std::fmt::{self, Display};

use super::drawing::Drawing;
use super::{Edge, Graph, Group, Node};
use crate::visible;

/// The objects of each FeatureStore, by group, and the references of each.
pub(super) struct Lines<'g> {
    drawing: Drawing<'g>,
    /// The references, by the referring node.
    references: BTreeMap<usize, Vec<&'g Edge>>,
}

impl<'g> Lines<'g> {
    pub(super) fn of(graph: &'g Graph) -> Self {
        let mut references: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for edge in &graph.edges {
            references.entry(edge.from).or_default().push(edge);
        }
        Self {
            drawing: Drawing::of(graph),
            references,
        }
    }
}

impl Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Drawing {
            graph,
            frames,
            outside,
            ..
        } = &self.drawing;
        let mut is_first = true;
        let mut heading = |f: &mut fmt::Formatter<'_>, title: &str| {
            let gap = if std::mem::take(&mut is_first) {
                ""
            } else {
                "\n"
            };
            writeln!(f, "{gap}{}", visible(title))
        };
        for frame in frames {
            heading(f, &frame.title)?;
            self.groups(f, &frame.members)?;
        }
        let is_shared = |index: &usize| graph.nodes.get(*index).is_some_and(|it| !it.is_given);
        let (shared, given): (Vec<_>, Vec<_>) = outside.iter().copied().partition(is_shared);
        for (title, members) in [("Shared", shared), ("Given", given)] {
            if !members.is_empty() {
                heading(f, title)?;
                self.groups(f, &members)?;
            }
        }
        Ok(())
    }
}

impl Lines<'_> {
    fn groups(&self, f: &mut fmt::Formatter<'_>, members: &[usize]) -> fmt::Result {
        for group in Group::ALL {
            let nodes = members
                .iter()
                .filter_map(|index| Some((*index, self.drawing.graph.nodes.get(*index)?)));
            let mut nodes = nodes.filter(|(_, node)| node.group == group).peekable();
            if nodes.peek().is_none() {
                continue;
            }
            // The FeatureStore is the heading.
            if group == Group::Store {
                nodes.try_for_each(|(index, _)| self.references(f, index, "  "))?;
                continue;
            }
            writeln!(f, "  {}", group.name())?;
            for (index, node) in nodes {
                writeln!(f, "    {}", self.line(node))?;
                self.references(f, index, "      ")?;
            }
        }
        Ok(())
    }

    /// An object on one line.
    fn line(&self, node: &Node) -> String {
        let mut line = format!("{} {}", node.object.kind, self.drawing.title(node));
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

    fn references(&self, f: &mut fmt::Formatter<'_>, from: usize, indent: &str) -> fmt::Result {
        for edge in self.references.get(&from).into_iter().flatten() {
            if let Some(to) = self.drawing.graph.nodes.get(edge.to) {
                let what = format!("{} {}", to.object.kind, self.drawing.title(to));
                writeln!(f, "{indent}{} {}", edge.label, visible(&what))?;
            }
        }
        Ok(())
    }
}
