//! Positions of boxes and lines.

use dagre::graph::{Graph as Directed, GraphOptions};
use dagre::layout::types::LabelPos;
use dagre::{EdgeLabel, GraphLabel, LayoutOptions, NodeLabel, RankDir, layout};

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
pub(super) struct Layout {
    /// In the order of the graph's nodes.
    pub(super) boxes: Vec<Box>,
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
        let mut directed = Directed::with_options(GraphOptions {
            directed: true,
            multigraph: true,
            compound: true,
        });
        let graph = drawing.graph;
        let size = |node| (width, height(drawing, node));
        let sizes: Vec<_> = graph.nodes.iter().map(size).collect();
        for (index, (width, height)) in sizes.iter().enumerate() {
            let label = NodeLabel {
                width: *width,
                height: *height,
                ..NodeLabel::default()
            };
            directed.set_node(node_name(index), Some(label));
        }
        for frame in &drawing.frames {
            let name = frame_name(frame.store);
            directed.set_node(name.clone(), Some(NodeLabel::default()));
            for member in &frame.members {
                directed.set_parent(&node_name(*member), Some(&name));
            }
        }
        for (index, edge) in graph.edges.iter().enumerate() {
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
        Self::read(drawing, &directed, &sizes)
    }

    fn read(
        drawing: &Drawing,
        directed: &Directed<NodeLabel, EdgeLabel>,
        sizes: &[(f64, f64)],
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
        let boxes = sizes.iter().enumerate();
        let boxes = boxes.map(|(index, size)| place(&node_name(index), *size));
        let boxes: Vec<_> = boxes.collect();
        let frames = drawing.frames.iter().map(|frame| {
            let name = frame_name(frame.store);
            let label = directed.node(&name);
            let size = label.map_or((0.0, 0.0), |label| (label.width, label.height));
            (with_title(place(&name, size)), frame.title.clone())
        });
        let lines = drawing.graph.edges.iter().enumerate().map(|(index, edge)| {
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
            boxes,
            width,
            height,
        }
    }
}

/// The path of a line from side to side: within a column it is horizontal; between columns there is
/// room for its label. The first and last points are the layout's.
fn level(boxes: &[Box], edge: &Edge, turns: Vec<(f64, f64)>, label: f64) -> Vec<(f64, f64)> {
    let (Some(from), Some(to)) = (boxes.get(edge.from), boxes.get(edge.to)) else {
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
            .iter()
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
