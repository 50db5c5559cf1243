//! Positions of boxes and lines.

use std::collections::BTreeMap;

use dagre::graph::{Graph as Directed, GraphOptions};
use dagre::layout::types::LabelPos;
use dagre::{EdgeLabel, GraphLabel, LayoutOptions, NodeLabel, RankDir, layout};

use super::parts::Part;
use crate::graph::drawing::Drawing;
use crate::graph::{Edge, Node};
use crate::picture::{Box, LINE, PADDING};

/// Points above a frame for its title.
const TITLE: f64 = 8.0;

/// A reference.
pub(super) struct Line {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) label: &'static str,
    /// Start, turns and end; horizontal at each point.
    pub(super) points: Vec<(f64, f64)>,
    /// The position of the label.
    pub(super) middle: (f64, f64),
}

/// Positions of everything that is drawn.
#[derive(Default)]
pub(super) struct Layout {
    /// Nodes with their boxes. A node may have several.
    pub(super) boxes: Vec<(usize, Box)>,
    /// FeatureStores with their titles.
    pub(super) frames: Vec<(Box, String)>,
    pub(super) lines: Vec<Line>,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Layout {
    /// Lays out a graph, for boxes of this width and these heights. Boxes are in columns, and lines
    /// run between them.
    pub(super) fn of(
        drawing: &Drawing,
        width: f64,
        height: impl Fn(&Drawing, &Node) -> f64,
        label_size: impl Fn(&str) -> (f64, f64),
    ) -> Self {
        let size = |node: &Node| (width, height(drawing, node));
        let parts = Part::all(drawing).into_iter();
        let parts = parts.map(|part| Self::of_part(drawing, &part, size, &label_size));
        Self::arranged(parts.collect())
    }

    fn of_part(
        drawing: &Drawing,
        part: &Part,
        size: impl Fn(&Node) -> (f64, f64),
        label_size: impl Fn(&str) -> (f64, f64),
    ) -> Self {
        let mut directed = Directed::with_options(GraphOptions {
            directed: true,
            multigraph: true,
            compound: true,
        });
        let nodes = part.nodes.iter();
        let nodes = nodes.filter_map(|index| Some((*index, drawing.graph.nodes.get(*index)?)));
        let sizes: Vec<_> = nodes.map(|(index, node)| (index, size(node))).collect();
        for (index, (width, height)) in &sizes {
            let label = NodeLabel {
                width: *width,
                height: *height,
                ..NodeLabel::default()
            };
            directed.set_node(node_name(*index), Some(label));
        }
        for frame in &part.frames {
            let name = frame_name(frame.store);
            directed.set_node(name.clone(), Some(NodeLabel::default()));
            for member in &frame.members {
                directed.set_parent(&node_name(*member), Some(&name));
            }
        }
        for (index, edge) in &part.edges {
            let (width, height) = label_size(edge.label);
            let label = EdgeLabel {
                width,
                height,
                labelpos: LabelPos::Center,
                ..EdgeLabel::default()
            };
            let [from, to] = [edge.from, edge.to].map(node_name);
            directed.set_edge(from, to, Some(label), Some(&index.to_string()));
        }
        layout(&mut directed, Some(options()));
        Self::read(part, &directed, &sizes)
    }

    fn read(
        part: &Part,
        directed: &Directed<NodeLabel, EdgeLabel>,
        sizes: &[(usize, (f64, f64))],
    ) -> Self {
        let place = |name: &str, (width, height): (f64, f64)| {
            let label = directed.node(name);
            let x = label.and_then(|label| label.x).unwrap_or_default();
            let y = label.and_then(|label| label.y).unwrap_or_default();
            Box {
                x: x - width / 2.0,
                y: y - height / 2.0,
                width,
                height,
            }
        };
        let boxes = sizes.iter();
        let boxes = boxes.map(|(index, size)| (*index, place(&node_name(*index), *size)));
        let boxes: BTreeMap<_, _> = boxes.collect();
        let frames = part.frames.iter().map(|frame| {
            let name = frame_name(frame.store);
            let label = directed.node(&name);
            let size = label.map_or((0.0, 0.0), |label| (label.width, label.height));
            (with_title(place(&name, size)), frame.title.clone())
        });
        let lines = part.edges.iter().map(|(index, edge)| {
            let [from, to] = [edge.from, edge.to].map(node_name);
            let found = directed.edge(&from, &to, Some(&index.to_string()));
            let turns = found.into_iter().flat_map(|label| &label.points);
            let turns = turns.map(|point| (point.x, point.y));
            let middle = found.and_then(|label| Some((label.x?, label.y?)));
            let label = found.map_or(0.0, |label| label.width);
            Line {
                from: edge.from,
                to: edge.to,
                label: edge.label,
                points: level(&boxes, edge, turns.collect(), label),
                middle: middle.unwrap_or_default(),
            }
        });
        let whole = directed.graph_label::<GraphLabel>();
        let (width, height) = whole.map_or((0.0, 0.0), |label| (label.width, label.height));
        Self {
            frames: frames.collect(),
            lines: lines.collect(),
            boxes: boxes.into_iter().collect(),
            width,
            height,
        }
    }

    /// Puts parts below each other, as a layout of all would, but in several columns if the picture
    /// were more than twice as high as wide.
    fn arranged(parts: Vec<Self>) -> Self {
        let area: f64 = parts.iter().map(|part| part.width * part.height).sum();
        let most = (2.0 * area).sqrt();
        let mut whole = Self::default();
        let (mut left, mut top) = (0.0, 0.0);
        for part in parts {
            if top > 0.0 && top + part.height > most {
                (left, top) = (whole.width, 0.0);
            }
            let next = top + part.height;
            whole.add(part, left, top);
            top = next;
        }
        whole
    }

    /// Adds a part with its corner at a position.
    fn add(&mut self, part: Self, left: f64, top: f64) {
        let point = |(x, y)| (x + left, y + top);
        let place = |place: Box| Box {
            x: place.x + left,
            y: place.y + top,
            ..place
        };
        let line = |line: Line| Line {
            points: line.points.into_iter().map(point).collect(),
            middle: point(line.middle),
            ..line
        };
        let boxes = part.boxes.into_iter();
        self.boxes.extend(boxes.map(|(node, it)| (node, place(it))));
        let frames = part.frames.into_iter();
        self.frames
            .extend(frames.map(|(it, title)| (place(it), title)));
        self.lines.extend(part.lines.into_iter().map(line));
        self.width = self.width.max(left + part.width);
        self.height = self.height.max(top + part.height);
    }
}

/// The path of a line from side to side: within a column it is horizontal; between columns there is
/// room for its label. The first and last points are the layout's.
fn level(
    boxes: &BTreeMap<usize, Box>,
    edge: &Edge,
    turns: Vec<(f64, f64)>,
    label: f64,
) -> Vec<(f64, f64)> {
    let (Some(from), Some(to)) = (boxes.get(&edge.from), boxes.get(&edge.to)) else {
        return turns;
    };
    let is_ahead = from.x < to.x;
    let sides = |place: &Box| {
        let sides = [place.x, place.x + place.width];
        if is_ahead {
            sides
        } else {
            [sides[1], sides[0]]
        }
    };
    let middle = |place: &Box| place.y + place.height / 2.0;
    let inner = turns
        .get(1..turns.len().saturating_sub(1))
        .unwrap_or_default();
    let mut points = vec![(sides(from)[1], middle(from))];
    for (x, y) in inner {
        let column = boxes
            .values()
            .find(|place| (place.x..=place.x + place.width).contains(x));
        let column = column.copied().unwrap_or(Box {
            x: x - label / 2.0,
            width: label,
            ..Box::default()
        });
        points.extend(sides(&column).map(|x| (x, *y)));
    }
    points.push((sides(to)[0], middle(to)));
    points
}

fn options() -> LayoutOptions {
    LayoutOptions {
        rankdir: RankDir::LR,
        nodesep: 2.0 * LINE,
        edgesep: LINE,
        ranksep: 4.0 * LINE,
        marginx: PADDING,
        marginy: PADDING,
        ..LayoutOptions::default()
    }
}

/// A frame with room for its title. The gap between a frame and its neighbours is half of that
/// between two boxes.
fn with_title(frame: Box) -> Box {
    Box {
        y: frame.y - TITLE,
        height: frame.height + TITLE,
        ..frame
    }
}

fn node_name(index: usize) -> String {
    format!("n{index}")
}

fn frame_name(index: usize) -> String {
    format!("f{index}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::*;
    use crate::graph::Graph;
    use crate::graph::svg::samples::{given, store};

    fn laid_out(drawing: &Drawing) -> Layout {
        Layout::of(drawing, 150.0, |_, _| 44.0, |_| (6.0 * LINE, LINE))
    }

    fn overlap(one: &Box, other: &Box) -> bool {
        let is_across = one.x < other.x + other.width && other.x < one.x + one.width;
        let is_along = one.y < other.y + other.height && other.y < one.y + one.height;
        is_across && is_along
    }

    /// The frames and boxes of each part.
    fn by_part(drawing: &Drawing, layout: &Layout) -> Vec<Vec<Box>> {
        let mut frames = layout.frames.iter().map(|(frame, _)| *frame);
        let mut boxes = layout.boxes.iter().map(|(_, place)| *place);
        let parts = Part::all(drawing).into_iter();
        let parts = parts.map(|part| {
            let frames = frames.by_ref().take(part.frames.len());
            let boxes = boxes.by_ref().take(part.nodes.len());
            frames.chain(boxes).collect()
        });
        parts.collect()
    }

    /// FeatureStores, Secrets, and references between any of their objects; some are all to one.
    fn graphs() -> impl Strategy<Value = Graph> {
        let node = any::<Index>;
        let links = prop::collection::vec((node(), node()), 0..16);
        let shared = prop::option::of(node());
        (0..14_usize, 0..6_usize, links, shared).prop_map(|(stores, secrets, links, shared)| {
            let mut graph = Graph::default();
            for name in 0..stores {
                store(&mut graph, &name.to_string());
            }
            for name in 0..secrets {
                given(&mut graph, &name.to_string());
            }
            let count = graph.nodes.len();
            let within = |(from, to): &(Index, Index)| (from.index(count), to.index(count));
            let mut links: Vec<_> = links.iter().filter(|_| count > 0).map(within).collect();
            if let Some(shared) = shared.filter(|_| count > 0) {
                links.extend((0..count).map(|node| (node, shared.index(count))));
            }
            for (from, to) in links.into_iter().filter(|(from, to)| from != to) {
                graph.edge(from, to, "reads");
            }
            graph
        })
    }

    #[test]
    fn independent_feature_stores_are_below_each_other() {
        let mut graph = Graph::default();
        for name in ["a", "b"] {
            let [store, deployment] = store(&mut graph, name);
            graph.edge(store, deployment, "scales");
        }
        let layout = laid_out(&Drawing::of(&graph));
        let nodes: Vec<_> = layout.boxes.iter().map(|(node, _)| *node).collect();
        assert_eq!(nodes, [0, 1, 2, 3]);
        let [(a, _), (b, _)] = layout.frames.as_slice() else {
            panic!("there are two FeatureStores");
        };
        assert!((a.x - b.x).abs() < 0.1, "{a:?} {b:?}");
        assert!(a.y + a.height < b.y, "{a:?} {b:?}");
        assert!(b.y + b.height < layout.height, "{b:?}");
    }

    #[test]
    fn many_feature_stores_are_in_columns() {
        let mut graph = Graph::default();
        for name in 0..40 {
            store(&mut graph, &name.to_string());
        }
        let layout = laid_out(&Drawing::of(&graph));
        let ratio = layout.height / layout.width;
        assert!((0.8..2.5).contains(&ratio), "{ratio}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn everything_is_drawn_and_parts_do_not_overlap(graph in graphs()) {
            let drawing = Drawing::of(&graph);
            let layout = laid_out(&drawing);
            for node in 0..graph.nodes.len() {
                prop_assert!(layout.boxes.iter().any(|(drawn, _)| *drawn == node), "{node}");
            }
            prop_assert_eq!(layout.frames.len(), drawing.frames.len());
            let lines = layout.lines.iter().map(|line| (line.from, line.to));
            let edges = graph.edges.iter().map(|edge| (edge.from, edge.to));
            prop_assert_eq!(lines.collect::<BTreeSet<_>>(), edges.collect::<BTreeSet<_>>());
            prop_assert_eq!(layout.lines.len(), graph.edges.len());
            let parts = by_part(&drawing, &layout);
            for (index, part) in parts.iter().enumerate() {
                for other in parts.iter().skip(index + 1).flatten() {
                    let overlapping = part.iter().find(|place| overlap(place, other));
                    prop_assert_eq!(overlapping, None, "{:?}", other);
                }
                for place in part {
                    let (right, bottom) = (place.x + place.width, place.y + place.height);
                    let is_within = place.x >= 0.0 && place.y >= 0.0
                        && right <= layout.width && bottom <= layout.height;
                    prop_assert!(is_within, "{place:?}");
                }
            }
        }

        /// Lines end at the boxes of their objects, also if an object has several.
        #[test]
        fn lines_end_at_boxes(users in 1..20_usize) {
            let mut graph = Graph::default();
            let secret = given(&mut graph, "secret");
            for name in 0..users {
                let [store, _] = store(&mut graph, &name.to_string());
                graph.edge(store, secret, "reads");
            }
            let layout = laid_out(&Drawing::of(&graph));
            let is_side = |node: usize, (x, y): (f64, f64)| {
                let mut boxes = layout.boxes.iter().filter(|(drawn, _)| *drawn == node);
                boxes.any(|(_, place)| {
                    let sides = [place.x, place.x + place.width].map(|side| (side - x).abs());
                    let middle = place.y + place.height / 2.0;
                    sides.into_iter().any(|distance| distance < 0.1) && (middle - y).abs() < 0.1
                })
            };
            for line in &layout.lines {
                prop_assert!(line.points.first().is_some_and(|start| is_side(line.from, *start)));
                prop_assert!(line.points.last().is_some_and(|end| is_side(line.to, *end)));
            }
        }
    }
}
