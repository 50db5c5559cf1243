//! SVG pictures of graphs.

mod layout;
mod parts;

use std::fmt::Write as _;

use self::layout::{Layout, Line};
use super::drawing::Drawing;
use super::{Graph, Group, Node};
use crate::palette::Colors;
use crate::picture::{Box, LINE, Look, PADDING, Picture, escaped, shortened, text_width};

/// A graph as a picture.
pub(super) fn svg(drawing: &Drawing) -> String {
    let graph = drawing.graph;
    let widths = graph.nodes.iter().map(|node| width(drawing, node));
    let layout = Layout::of(drawing, widths.fold(0.0, f64::max), height, label_size);
    let groups = groups(graph);
    let names: Vec<_> = groups.iter().map(|group| group.name()).collect();
    let mut picture = Picture::new(&look(), layout.width, layout.height, &names);
    for (frame, title) in &layout.frames {
        picture.frame(frame, title);
    }
    for line in &layout.lines {
        picture.line(line, graph);
    }
    for line in &layout.lines {
        picture.label(line);
    }
    for (index, place) in &layout.boxes {
        if let Some(node) = graph.nodes.get(*index) {
            picture.node(drawing, node, place);
        }
    }
    let legend: Vec<_> = names.iter().map(|name| (*name, *name)).collect();
    picture.end(&legend, layout.height)
}

/// The groups that occur, for the legend.
fn groups(graph: &Graph) -> Vec<Group> {
    let occurs = |group: &Group| graph.nodes.iter().any(|node| node.group == *group);
    let told = Group::ALL
        .into_iter()
        .filter(|group| *group != Group::Store);
    told.filter(occurs).collect()
}

/// The maximum width of a node's box.
fn width(drawing: &Drawing, node: &Node) -> f64 {
    let lines = drawing.lines(node);
    let widths = lines.iter().map(|line| text_width(&shortened(line)));
    widths.fold(0.0, f64::max) + 2.0 * PADDING
}

fn height(drawing: &Drawing, node: &Node) -> f64 {
    drawing.lines(node).iter().map(|_| LINE).sum::<f64>() + PADDING
}

fn label_size(label: &str) -> (f64, f64) {
    (text_width(label), LINE)
}

impl Picture {
    fn node(&mut self, drawing: &Drawing, node: &Node, place: &Box) {
        let Box {
            x,
            y,
            width,
            height,
        } = place;
        let (class, missing) = (
            node.group.name(),
            if node.is_missing { " missing" } else { "" },
        );
        let radius = if node.group == Group::Store {
            height / 2.0
        } else {
            6.0
        };
        let _ = write!(
            self.0,
            "<g class=\"{class}{missing}\"><title>{}</title><rect x=\"{x:.1}\" y=\"{y:.1}\" \
             width=\"{width:.1}\" height=\"{height:.1}\" rx=\"{radius:.1}\"/>",
            escaped(&tooltip(node))
        );
        let middle = x + width / 2.0;
        let mut base = y + PADDING / 2.0 - 4.0;
        for (index, line) in drawing.lines(node).iter().enumerate() {
            base += LINE;
            let class = ["kind", "name", "note"].get(index).unwrap_or(&"note");
            let _ = write!(
                self.0,
                "<text class=\"{class}\" x=\"{middle:.1}\" y=\"{base:.1}\">{}</text>",
                escaped(&shortened(line))
            );
        }
        self.0.push_str("</g>\n");
    }

    fn line(&mut self, line: &Line, graph: &Graph) {
        let of = |index: usize| graph.nodes.get(index).map(name).unwrap_or_default();
        let tooltip = format!("{} {} {}", of(line.from), line.label, of(line.to));
        let _ = writeln!(
            self.0,
            "<g class=\"edge\"><title>{}</title><path d=\"{}\" marker-end=\"url(#arrow)\"/></g>",
            escaped(&tooltip),
            path(&line.points),
        );
    }

    fn label(&mut self, line: &Line) {
        let (x, y) = line.middle;
        let _ = writeln!(
            self.0,
            "<text class=\"label\" x=\"{x:.1}\" y=\"{:.1}\">{}</text>",
            y + 4.0,
            escaped(line.label)
        );
    }
}

/// A curve that is horizontal at each point.
fn path(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    let Some(first) = points.first() else {
        return path;
    };
    let _ = write!(path, "M{:.1} {:.1}", first.0, first.1);
    for (from, to) in points.iter().zip(points.iter().skip(1)) {
        let half = f64::midpoint(from.0, to.0);
        let _ = write!(
            path,
            "C{half:.1} {:.1} {half:.1} {:.1} {:.1} {:.1}",
            from.1, to.1, to.0, to.1
        );
    }
    path
}

/// The tooltip of a box.
fn tooltip(node: &Node) -> String {
    let (name, group) = (name(node), node.group.name());
    let said = node.note.iter().map(|note| format!(", {note}"));
    let said: String = said.collect();
    let missing = if node.is_missing { ", missing" } else { "" };
    format!("{name} ({group}{said}{missing})")
}

/// An object with its namespace.
fn name(node: &Node) -> String {
    format!("{} {}", node.object.kind, node.object.place())
}

fn look() -> Look {
    let light = ".edge path{stroke:#64748b}.head{fill:#64748b}.label{stroke:#fff;fill:#475569}";
    let dark = ".edge path{stroke:#94a3b8}.head{fill:#94a3b8}.label{stroke:#0f172a;fill:#cbd5e1}";
    Look {
        title: "Objects of FeatureStores, and how they refer to each other",
        shapes: ".kind{font-size:11px;opacity:.75}.edge path{fill:none;stroke-width:1.3}\
                 .label{font-size:11px;paint-order:stroke;stroke-width:4px}\
                 .missing rect{stroke-dasharray:5 4}",
        light: colors(light, Group::light),
        dark: colors(dark, Group::dark),
        definitions: "<defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" \
                      markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path class=\"head\" \
                      d=\"M0 0L8 4L0 8z\"/></marker></defs>\n",
    }
}

fn colors(lines: &str, of: fn(Group) -> Colors) -> String {
    let mut style = lines.to_owned();
    for group in Group::ALL {
        let Colors { ground, line } = of(group);
        let _ = write!(
            style,
            ".{} rect{{fill:{ground};stroke:{line}}}",
            group.name()
        );
    }
    style
}

#[cfg(test)]
mod samples;

#[cfg(test)]
mod tests {
    use super::samples::{given, object};
    use super::*;

    /// A Deployment with Services and required objects, and a long path around it.
    fn graph() -> Graph {
        let mut graph = Graph::default();
        let store = graph.made(object("FeatureStore", "a"));
        let deployment = graph.made(object("Deployment", "a"));
        for name in ["one", "two-with-a-longer-name", "three", "four"] {
            let service = graph.made(object("Service", name));
            graph.edge(service, deployment, "selects");
            let account = graph.made(object("ServiceAccount", name));
            graph.edge(deployment, account, "runs as");
            graph.edge(service, account, "knows");
            let secret = given(&mut graph, name);
            graph.edge(store, secret, "reads");
            graph.edge(account, secret, "reads");
        }
        for node in &mut graph.nodes {
            if !node.is_given && node.group != Group::Store {
                node.makers.push(store);
            }
        }
        graph
    }

    /// Points on a curve that is horizontal at each of these points.
    fn points(turns: &[(f64, f64)]) -> Vec<(f64, f64)> {
        let pairs = turns.iter().zip(turns.iter().skip(1));
        let curve = pairs.flat_map(|(from, to)| {
            (0..=20).map(move |step| {
                let t = f64::from(step) / 20.0;
                let (s, half) = (1.0 - t, f64::midpoint(from.0, to.0));
                let bend = |a: f64, b: f64, c: f64, d: f64| {
                    s * s * s * a + 3.0 * s * s * t * b + 3.0 * s * t * t * c + t * t * t * d
                };
                (
                    bend(from.0, half, half, to.0),
                    bend(from.1, from.1, to.1, to.1),
                )
            })
        });
        curve.collect()
    }

    #[test]
    fn no_line_goes_through_a_box() {
        let graph = graph();
        let layout = Layout::of(&Drawing::of(&graph), 150.0, height, label_size);
        for line in &layout.lines {
            for (x, y) in points(&line.points) {
                let within = layout.boxes.iter().position(|(_, place)| {
                    (place.x + 1.0..place.x + place.width - 1.0).contains(&x)
                        && (place.y + 1.0..place.y + place.height - 1.0).contains(&y)
                });
                assert_eq!(within, None, "from {} to {} at {x} {y}", line.from, line.to);
            }
        }
        assert_eq!(layout.lines.len(), graph.edges.len());
    }

    #[test]
    fn objects_without_a_frame_are_outside_frames() {
        let graph = graph();
        let layout = Layout::of(&Drawing::of(&graph), 150.0, height, label_size);
        let [(frame, _)] = layout.frames.as_slice() else {
            panic!("there is one FeatureStore");
        };
        for (node, (_, place)) in graph.nodes.iter().zip(&layout.boxes) {
            let is_across = place.x < frame.x + frame.width && frame.x < place.x + place.width;
            let is_along = place.y < frame.y + frame.height && frame.y < place.y + place.height;
            assert_eq!(is_across && is_along, !node.is_given, "{node:?}");
        }
    }

    #[test]
    fn names_are_escaped() {
        let mut graph = Graph::default();
        given(&mut graph, "</text><script>&\"\n");
        let svg = svg(&Drawing::of(&graph));
        assert!(!svg.contains("<script"), "{svg}");
        assert!(
            svg.contains("&lt;/text&gt;&lt;script&gt;&amp;\"\\n"),
            "{svg}"
        );
    }
}
